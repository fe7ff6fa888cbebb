// /ownerships: what host applications say that people own or approve, and who has it since somebody left.
import { z } from '@hono/zod-openapi'
import { listOwnershipChanges, listOwnerships, ownershipKinds } from '#access/grants/ownerships/ownerships.ts'
import { deleteOwnerships, putOwnerships } from '#access/grants/ownerships/put-ownerships.ts'
import { pageOf, pageParams, pageQuery } from '../contract/paging.ts'
import { jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const kind = z.enum(ownershipKinds)

const key = {
  type: z.string().openapi({ example: 'campaign' }),
  id: z.string().openapi({ description: 'The application’s own' }),
}

const Ownership = z
  .object({
    ...{ ...key, kind, name: z.string(), url: z.string().nullable() },
    user: z.object({
      id: z.string(),
      userName: z.string(),
      displayName: z.string().nullable(),
      status: z.string(),
    }),
    brandId: z.string().nullable(),
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('Ownership')

const person = z.object({ id: z.string(), userName: z.string() })

const OwnershipChange = z
  .object({
    ...{ ...key, kind, name: z.string(), brandId: z.string().nullable(), from: person, to: person },
    isReturn: z.boolean().openapi({ description: 'It went back to whoever had it before' }),
    occurredAt: time,
  })
  .openapi('OwnershipChange')

const operation = operationsOf('Ownerships')

const listRoute = operation('get', '/ownerships', 'listOwnerships', {
  summary: 'List what people own or approve in host applications',
  request: {
    query: z.strictObject({
      ...pageParams,
      cursor: z.string().max(2_000).optional(),
      ...{ type: z.string().max(50).optional(), kind: kind.optional(), userId: z.string().optional() },
      brandId: z.string().optional(),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(Ownership), 'A page, by type and id') },
})

const changesRoute = operation('get', '/ownerships/changes', 'listOwnershipChanges', {
  summary: 'List what was handed over since, oldest first, to be carried out in the application',
  request: { query: pageQuery },
  responses: {
    200: jsonAnswer(
      z.object({
        items: z.array(OwnershipChange),
        nextCursor: z.string().openapi({ description: 'To go on from, now or later' }),
      }),
      'What is new',
    ),
  },
})

const putRoute = operation('put', '/ownerships', 'putOwnerships', {
  summary: 'Register what people own or approve, up to a thousand things at once; repeating is harmless',
  request: {
    body: jsonBody(
      z.strictObject({
        ownerships: z
          .array(
            z.strictObject({
              ...{ ...key, kind: kind.default('owner'), name: z.string() },
              user: z.string().openapi({ description: 'Id or userName' }),
              url: z.string().nullish().openapi({ description: 'Where it is looked at: https' }),
              brandId: z.string().nullish(),
            }),
          )
          .min(1)
          .max(1_000),
      }),
    ),
  },
  responses: { 200: jsonAnswer(z.object({ changed: z.number().int() }), 'How many were new or other than before') },
})

const deleteRoute = operation('delete', '/ownerships/{type}/{id}', 'deleteOwnerships', {
  summary: 'Withdraw who owns or approves a thing; of one kind or user where they are named',
  request: {
    params: z.object(key),
    query: z.strictObject({ kind: kind.optional(), userId: z.string().max(100).optional() }),
  },
  responses: { 204: noContent('They are withdrawn') },
})

export const ownershipRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    return c.json(await listOwnerships(c.get('ctx'), { filter, cursor, limit }), 200)
  })
  .openapi(changesRoute, async (c) => c.json(await listOwnershipChanges(c.get('ctx'), c.req.valid('query')), 200))
  .openapi(putRoute, async (c) => c.json(await putOwnerships(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(deleteRoute, async (c) => {
    await deleteOwnerships(c.get('ctx'), { ...c.req.valid('param'), ...c.req.valid('query') })
    return c.body(null, 204)
  })
