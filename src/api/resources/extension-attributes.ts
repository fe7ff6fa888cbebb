// /directories/{id}/extension-attributes
import { z } from '@hono/zod-openapi'
import { attributeTypes, declareAttribute } from '#connections/directories/declare-attribute.ts'
import { getDirectory } from '#connections/directories/directories.ts'
import { listExtensionAttributes } from '#directory/extension-attributes.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'

const described = {
  resource: z.enum(['User', 'Group']),
  urn: z
    .string()
    .openapi({ description: 'Of the extension', example: 'urn:example:params:scim:schemas:badge:2.0:User' }),
  name: z.string().openapi({ description: 'A path for a sub-attribute', example: 'door.front' }),
  type: z.enum(attributeTypes),
}

const Attribute = z
  .object({
    ...described,
    multiValued: z.boolean(),
    isGiven: z.boolean().openapi({ description: 'Registered here, rather than inferred from what was sent' }),
  })
  .openapi('ExtensionAttribute')

const operation = operationsOf('Directories')

const listRoute = operation('get', '/directories/{id}/extension-attributes', 'listExtensionAttributes', {
  summary: 'List what the directory sends beside the standard schemas, as its discovery declares it',
  request: { params: idParam },
  responses: { 200: jsonAnswer(z.object({ items: z.array(Attribute) }), 'The attributes') },
})

const declareRoute = operation('put', '/directories/{id}/extension-attributes', 'declareExtensionAttribute', {
  summary: 'Register an attribute of an extension, or say of which type one is that was sent',
  request: {
    params: idParam,
    body: jsonBody(z.strictObject({ ...described, multiValued: z.boolean().default(false) })),
  },
  responses: { 204: noContent('The attribute is registered') },
})

export const extensionAttributeRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { id } = c.req.valid('param')
    await getDirectory(c.get('ctx'), id)
    return c.json({ items: await listExtensionAttributes(c.get('ctx'), id) }, 200)
  })
  .openapi(declareRoute, async (c) => {
    await declareAttribute(c.get('ctx'), { directoryId: c.req.valid('param').id, ...c.req.valid('json') })
    return c.body(null, 204)
  })
