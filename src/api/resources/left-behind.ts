// /left-behind and what people leave behind: to look at, to hand over, to take back.
import { z } from '@hono/zod-openapi'
import { handOver } from '#access/people/hand-over/hand-over.ts'
import { getLeftBehind, listLeftBehind } from '#access/people/hand-over/left-behind.ts'
import { takeBack } from '#access/people/hand-over/take-back.ts'
import { writeCursor } from '#platform/cursor.ts'
import { afterId, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'
import { handOverBody, MadeByThem, Returnable, Work } from './hand-over-shape.ts'

const operation = operationsOf('Users')

const Leaver = z
  .object({
    id: z.string(),
    userName: z.string(),
    displayName: z.string().nullable(),
    status: z.string(),
    isDeleted: z.boolean(),
  })
  .openapi('Leaver')

const counts = z.record(z.string(), z.number().int()).openapi({ example: { ownership: 12, team: 1 } })

const listRoute = operation('get', '/left-behind', 'listLeftBehind', {
  summary: 'List people who have gone and left work behind that nobody has taken over',
  request: { query: pageQuery },
  responses: {
    200: jsonAnswer(
      pageOf(z.object({ user: Leaver, since: time, counts, total: z.number().int() }).openapi('LeftByPerson')),
      'A page of people',
    ),
  },
})

const getRoute = operation('get', '/users/{id}/left-behind', 'getLeftBehind', {
  summary: 'What hangs on a user, also on one who is deleted or still here',
  request: { params: idParam },
  responses: {
    200: jsonAnswer(
      z.object({ user: Leaver, work: z.array(Work), made: MadeByThem, returnable: z.array(Returnable) }),
      'All of it',
    ),
  },
})

const handOverRoute = operation('post', '/users/{id}/hand-over', 'handOver', {
  summary: 'Hand over what a user leaves behind',
  request: { params: idParam, body: jsonBody(z.strictObject(handOverBody)) },
  responses: {
    200: jsonAnswer(z.object({ handedOver: z.array(Work), left: z.array(Work) }), 'What went, and what is left'),
  },
})

const takeBackRoute = operation('post', '/users/{id}/take-back', 'takeBack', {
  summary: 'Give a user who is active again what was handed over and is still as it was',
  request: { params: idParam },
  responses: { 200: jsonAnswer(z.object({ takenBack: z.array(Work) }), 'What they have again') },
})

export const leftBehindRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listLeftBehind(c.get('ctx'), { after: afterId(cursor, 'usr'), limit: limit + 1 })
    const items = rows.slice(0, limit)
    const last = items.at(-1)
    const nextCursor = rows.length > limit && last !== undefined ? writeCursor(last.user.id) : null
    return c.json({ items, nextCursor }, 200)
  })
  .openapi(getRoute, async (c) => c.json(await getLeftBehind(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(handOverRoute, async (c) =>
    c.json(await handOver(c.get('ctx'), { userId: c.req.valid('param').id, ...c.req.valid('json') }), 200),
  )
  .openapi(takeBackRoute, async (c) =>
    c.json({ takenBack: await takeBack(c.get('ctx'), c.req.valid('param').id) }, 200),
  )
