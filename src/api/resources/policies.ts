// /policies and /permissions
import { z } from '@hono/zod-openapi'
import { listPermissions, registerPermission, withdrawPermission } from '#access/decisions/catalogue.ts'
import { listPolicies } from '#access/grants/policies/policies.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { brandReference, permissionName, roleReference, time } from '../contract/schemas.ts'

const Policy = z
  .object({
    id: z.string(),
    name: z.string(),
    permission: permissionName,
    brand: brandReference.openapi({ description: 'Null: everywhere' }),
    exceptRoles: z.array(roleReference).openapi({ description: 'Whoever holds one of these there is not concerned' }),
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('Policy')

const operation = operationsOf('Policies')

const listRoute = operation('get', '/policies', 'listPolicies', {
  summary: 'List the rules that take permissions away',
  responses: { 200: jsonAnswer(z.object({ items: z.array(Policy) }), 'All of them') },
})

const createPolicyRoute = operation('post', '/policies', 'createPolicy', {
  summary: 'Take a permission away from everybody but the holders of some roles',
  request: {
    headers: previewHeaders,
    body: jsonBody(
      z.strictObject({
        name: z.string(),
        permission: permissionName,
        brandId: z.string().nullish(),
        exceptRoleIds: z.array(z.string()).optional(),
      }),
    ),
  },
  responses: { 201: jsonAnswer(Policy, 'The new policy'), ...confirmFailures },
})

const deleteRoute = operation('delete', '/policies/{id}', 'deletePolicy', {
  summary: 'Delete a policy',
  request: { params: idParam, headers: previewHeaders },
  responses: { 204: noContent('The policy is gone'), ...confirmFailures },
})

const Permission = z
  .object({
    name: permissionName,
    description: z.string(),
    parameter: z.string().nullable().openapi({ description: 'What may come after a colon, in a word' }),
    isBuiltIn: z.boolean().openapi({ description: 'False: registered by a host application' }),
  })
  .openapi('Permission')

const nameParam = z.object({ name: z.string().max(200) })

const permissionOperation = operationsOf('Permissions')

const listPermissionsRoute = permissionOperation('get', '/permissions', 'listPermissions', {
  summary: 'The catalogue that roles are built from',
  responses: {
    200: jsonAnswer(z.object({ items: z.array(Permission), nextCursor: z.null() }), 'The whole catalogue'),
  },
})

const registerRoute = permissionOperation('put', '/permissions/{name}', 'registerPermission', {
  summary: 'Register a permission of a host application; its name begins with `app.`',
  request: {
    params: nameParam,
    body: jsonBody(z.strictObject({ description: z.string(), parameter: z.string().nullish() })),
  },
  responses: { 200: jsonAnswer(Permission, 'The permission') },
})

const withdrawRoute = permissionOperation('delete', '/permissions/{name}', 'withdrawPermission', {
  summary: 'Take a registered permission out of the catalogue',
  request: { params: nameParam },
  responses: { 204: noContent('It is gone') },
})

export const policyRoutes = newRoutes()
  .openapi(listRoute, async (c) => c.json({ items: await listPolicies(c.get('ctx')) }, 200))
  .openapi(createPolicyRoute, async (c) => {
    const made = await makeConfirmed(c, { kind: 'create_policy', policy: c.req.valid('json') })
    return c.json(made, 201)
  })
  .openapi(deleteRoute, async (c) => {
    await makeConfirmed(c, { kind: 'delete_policy', policyId: c.req.valid('param').id })
    return c.body(null, 204)
  })
  .openapi(listPermissionsRoute, async (c) =>
    c.json({ items: await listPermissions(c.get('ctx')), nextCursor: null }, 200),
  )
  .openapi(registerRoute, async (c) => {
    const input = { ...c.req.valid('json'), name: c.req.valid('param').name }
    return c.json(await registerPermission(c.get('ctx'), input), 200)
  })
  .openapi(withdrawRoute, async (c) => {
    await withdrawPermission(c.get('ctx'), c.req.valid('param').name)
    return c.body(null, 204)
  })
