// /mappings
import { z } from '@hono/zod-openapi'
import { getMapping, listMappings } from '#access/grants/mappings/mappings.ts'
import { suggestMappings } from '#access/grants/mappings/suggest.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { brandReference, roleReference, time } from '../contract/schemas.ts'

const Mapping = z
  .object({
    id: z.string(),
    group: z
      .object({ id: z.string(), displayName: z.string() })
      .nullable()
      .openapi({ description: 'Null where a filter takes its place' }),
    filter: z.string().nullable().openapi({ description: 'A SCIM filter over the user' }),
    role: roleReference,
    brand: brandReference.openapi({ description: 'Null: the role is held in the organization' }),
    pattern: z.string().nullable().openapi({ description: 'The pattern over group names that it was made from' }),
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('Mapping')

const operation = operationsOf('Mappings')

const listRoute = operation('get', '/mappings', 'listMappings', {
  summary: 'List the mappings',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Mapping), 'A page of mappings') },
})

const createMappingRoute = operation('post', '/mappings', 'createMapping', {
  summary: 'Give a role to the members of a group, in the organization or in a brand',
  request: {
    headers: previewHeaders,
    body: jsonBody(
      z.strictObject({
        groupId: z.string().nullish(),
        filter: z.string().nullish().openapi({ description: 'In place of a group', example: 'title eq "Counsel"' }),
        roleId: z.string(),
        brandId: z.string().nullish(),
      }),
    ),
  },
  responses: { 201: jsonAnswer(Mapping, 'The new mapping'), ...confirmFailures },
})

const getRoute = operation('get', '/mappings/{id}', 'getMapping', {
  summary: 'Read a mapping',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Mapping, 'The mapping') },
})

const suggestRoute = operation('get', '/mapping-suggestions', 'suggestMappings', {
  summary: 'Mappings that the names of groups suggest; nothing is mapped by it',
  request: {
    query: z.strictObject({
      pattern: z.string().max(200).optional().openapi({
        example: 'brand-{brand}-{role}',
        description: 'Without one, any name with a role and a brand in it',
      }),
    }),
  },
  responses: {
    200: jsonAnswer(
      z.object({
        items: z.array(
          z.object({
            group: z.object({ id: z.string(), displayName: z.string() }),
            role: roleReference,
            brand: brandReference,
            isWithinCeiling: z.boolean(),
          }),
        ),
      }),
      'What is not mapped yet, at most 500',
    ),
  },
})

const deleteRoute = operation('delete', '/mappings/{id}', 'deleteMapping', {
  summary: 'Take back what a mapping gives',
  request: { params: idParam, headers: previewHeaders },
  responses: { 204: noContent('The mapping is gone'), ...confirmFailures },
})

export const mappingRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listMappings(c.get('ctx'), { after: afterId(cursor, 'map'), limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(createMappingRoute, async (c) => {
    const change = { kind: 'create_mappings', mappings: [c.req.valid('json')] } as const
    return c.json(await makeConfirmed(c, change), 201)
  })
  .openapi(suggestRoute, async (c) =>
    c.json({ items: await suggestMappings(c.get('ctx'), c.req.valid('query').pattern) }, 200),
  )
  .openapi(getRoute, async (c) => c.json(await getMapping(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(deleteRoute, async (c) => {
    await makeConfirmed(c, { kind: 'delete_mappings', mappingIds: [c.req.valid('param').id] })
    return c.body(null, 204)
  })
