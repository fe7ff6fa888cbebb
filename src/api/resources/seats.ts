// /seats
import { z } from '@hono/zod-openapi'
import { getSeatUse } from '#access/organizations/seats.ts'
import { jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'
import { slug } from '../contract/schemas.ts'
import { seatLimit } from './organization-shape.ts'

const SeatUse = z
  .object({
    used: z.number().int().openapi({ description: 'Active people' }),
    limit: seatLimit,
    brands: z.array(z.object({ id: z.string(), slug, name: z.string(), used: z.number().int() })).openapi({
      description: 'Active people with a role in the brand; somebody in two brands counts in both',
    }),
  })
  .openapi('SeatUse')

const route = operationsOf('Organization')('get', '/seats', 'getSeatUse', {
  summary: 'Read how many people are active, and how many may be',
  responses: { 200: jsonAnswer(SeatUse, 'The seats') },
})

export const seatRoutes = newRoutes().openapi(route, async (c) => c.json(await getSeatUse(c.get('ctx')), 200))
