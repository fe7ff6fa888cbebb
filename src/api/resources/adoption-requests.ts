// /directories/{id}/adoption-requests: people whom a directory asked for, and whom the organization has from elsewhere.
import { z } from '@hono/zod-openapi'
import { type AdoptionRequest, listAdoptionRequests } from '#access/people/adoption/adoption-requests.ts'
import { decideAdoptions } from '#access/people/adoption/decide-adoption.ts'
import { adoptionBarriers } from '#directory/adopt-user.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const status = z.enum(['pending', 'adopted', 'refused'])

const Request = z
  .object({
    id: z.string(),
    directoryId: z.string(),
    reason: z.enum(adoptionBarriers).openapi({ description: 'Why the directory’s word was not enough' }),
    status,
    user: z.object({
      id: z.string(),
      userName: z.string(),
      displayName: z.string().nullable(),
      status: z.enum(['invited', 'active', 'inactive', 'erased']),
      directory: z.object({ id: z.string(), name: z.string() }).nullable(),
      managesAnything: z.boolean().openapi({ description: 'They hold a role that lets them manage something' }),
    }),
    content: z
      .object({
        userName: z.string(),
        externalId: z.string().nullable(),
        displayName: z.string().nullable(),
        isActive: z.boolean().optional(),
        attributes: z.record(z.string(), z.unknown()),
      })
      .openapi({ description: 'What the directory says of them' }),
    createdAt: time,
    lastSeenAt: time,
    decidedAt: time.nullable(),
    decidedBy: z.string().nullable(),
  })
  .openapi('AdoptionRequest')

function present({ directoryName: _, user, ...request }: AdoptionRequest): z.infer<typeof Request> {
  const { attributes: _attributes, ...shown } = user
  return { ...request, user: shown }
}

const operation = operationsOf('Directories')

const listRoute = operation('get', '/directories/{id}/adoption-requests', 'listAdoptionRequests', {
  summary: 'List the people whom the directory asked for: the newest first',
  request: { params: idParam, query: z.strictObject({ ...pageParams, status: status.optional() }) },
  responses: { 200: jsonAnswer(pageOf(Request), 'A page of requests') },
})

const decideRoute = operation('post', '/directories/{id}/adoption-requests/decide', 'decideAdoptions', {
  summary: 'Confirm that people are the same, so that they become the directory’s, or refuse it',
  request: {
    params: idParam,
    body: jsonBody(
      z.strictObject({
        requests: z
          .union([z.literal('all'), z.array(z.string()).min(1).max(1_000)])
          .openapi({ description: 'Their ids, or all that wait' }),
        decision: z.enum(['adopt', 'refuse']),
      }),
    ),
  },
  responses: {
    200: jsonAnswer(
      z.object({
        items: z.array(
          z.object({ id: z.string(), userId: z.string(), userName: z.string(), error: z.string().nullable() }),
        ),
      }),
      'What came of each',
    ),
  },
})

export const adoptionRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, status: wanted } = c.req.valid('query')
    const { id: directoryId } = c.req.valid('param')
    const after = afterId(cursor, 'ado')
    const rows = await listAdoptionRequests(c.get('ctx'), { directoryId, status: wanted, after, limit: limit + 1 })
    return c.json(page(rows.map(present), limit), 200)
  })
  .openapi(decideRoute, async (c) => {
    const input = { directoryId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json({ items: await decideAdoptions(c.get('ctx'), input) }, 200)
  })
