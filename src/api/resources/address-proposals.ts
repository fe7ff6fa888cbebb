// /address-proposals: addresses that directories want people to have, where the organization never changes one by itself.
import { z } from '@hono/zod-openapi'
import { decideAddressProposal, listAddressProposals } from '#access/people/adoption/address-proposals.ts'
import { afterId, page, pageOf, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const Proposal = z
  .object({
    userId: z.string(),
    directory: z.object({ id: z.string(), name: z.string() }),
    userName: z.string().openapi({ description: 'As the directory wants it' }),
    emails: z.array(z.unknown()),
    current: z.object({ userName: z.string(), displayName: z.string().nullable(), email: z.string().nullable() }),
    status: z.enum(['pending', 'accepted', 'refused']),
    createdAt: time,
    lastSeenAt: time,
  })
  .openapi('AddressProposal')

const operation = operationsOf('Users')

const listRoute = operation('get', '/address-proposals', 'listAddressProposals', {
  summary: 'List the addresses that directories want people to have and that wait for a word',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Proposal), 'A page of proposals') },
})

const decideRoute = operation('post', '/users/{id}/address-proposal/decide', 'decideAddressProposal', {
  summary: 'Accept the address that a directory wants somebody to have, or refuse it',
  request: { params: idParam, body: jsonBody(z.strictObject({ decision: z.enum(['accept', 'refuse']) })) },
  responses: { 200: jsonAnswer(Proposal, 'The proposal as it is now') },
})

export const addressProposalRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listAddressProposals(c.get('ctx'), { after: afterId(cursor, 'usr'), limit: limit + 1 })
    const { items, nextCursor } = page(
      rows.map((row) => ({ ...row, id: row.userId })),
      limit,
    )
    return c.json({ items: items.map(({ id: _, ...proposal }) => proposal), nextCursor }, 200)
  })
  .openapi(decideRoute, async (c) => {
    const input = { userId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await decideAddressProposal(c.get('ctx'), input), 200)
  })
