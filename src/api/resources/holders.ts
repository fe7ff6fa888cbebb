// /holders: who holds a role, or stands in a brand, and through what.
import { z } from '@hono/zod-openapi'
import { contextOf } from '#access/ground/context-at.ts'
import { holdersCsv, listHolders } from '#access/people/list-holders.ts'
import { download } from '#http/download.ts'
import { pageOf, pageParams } from '../contract/paging.ts'
import { jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'
import { moment, time } from '../contract/schemas.ts'
import { HeldRole, person } from './held-shape.ts'
import { accountsFilter } from './user-shape.ts'

const operation = operationsOf('Access')

const filter = {
  roleId: z.string().max(100).optional(),
  brandId: z
    .string()
    .max(100)
    .optional()
    .openapi({ description: 'A brand, or `organization` for what is held in no brand; without it, anywhere' }),
  q: z.string().max(200).optional().openapi({ description: 'Words of names or addresses' }),
  accounts: accountsFilter,
  at: moment,
}

const Holder = z
  .object({
    user: person.omit({ statusReason: true }).extend({ email: z.string().nullable(), lastActiveAt: time.nullable() }),
    holdings: z.array(HeldRole).openapi({ description: 'Each way in which they hold it' }),
  })
  .openapi('Holder')

const listRoute = operation('get', '/holders', 'listHolders', {
  summary: 'List active and invited people who hold a role or stand in a brand, by name',
  request: { query: z.strictObject({ ...pageParams, ...filter, cursor: z.string().max(4_000).optional() }) },
  responses: {
    200: jsonAnswer(pageOf(Holder).extend({ total: z.number().int() }), 'A page of people, and how many there are'),
  },
})

const exportRoute = operation('get', '/holders/export', 'exportHolders', {
  summary: 'Download the same as CSV',
  request: { query: z.strictObject(filter) },
  responses: {
    200: { description: 'A line for each way of holding a role', content: { 'text/csv': { schema: z.string() } } },
  },
})

export const holderRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, at, ...wanted } = c.req.valid('query')
    return c.json(await listHolders(await contextOf(c.get('ctx'), at), { filter: wanted, cursor, limit }), 200)
  })
  .openapi(exportRoute, async (c) => {
    const { at, ...wanted } = c.req.valid('query')
    const lines = await holdersCsv(await contextOf(c.get('ctx'), at), wanted)
    return download(lines, { type: 'text/csv; charset=utf-8', name: 'access.csv' })
  })
