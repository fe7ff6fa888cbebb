// /link-requests: identities that wait for an administrator's word before they are somebody who manages something.
import { z } from '@hono/zod-openapi'
import { approveLinkRequest, refuseLinkRequest } from '#access/sign-in/decide-link-request.ts'
import { listLinkRequests } from '#access/sign-in/link-requests.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const status = z.enum(['pending', 'approved', 'refused'])

const LinkRequest = z
  .object({
    id: z.string(),
    connectionId: z.string(),
    connectionName: z.string(),
    subject: z.string().openapi({ description: 'How the provider calls them' }),
    userId: z.string().openapi({ description: 'Whom they would be' }),
    userName: z.string(),
    displayName: z.string().nullable(),
    email: z.string().openapi({ description: 'The address by which the person was found' }),
    status,
    createdAt: time,
    lastSeenAt: time,
    decidedAt: time.nullable(),
    decidedBy: z.string().nullable(),
  })
  .openapi('LinkRequest')

const operation = operationsOf('Sign-in')

const listRoute = operation('get', '/link-requests', 'listLinkRequests', {
  summary: 'List the links that wait or waited for an administrator’s word, the newest first',
  request: { query: z.strictObject({ ...pageParams, status: status.optional() }) },
  responses: { 200: jsonAnswer(pageOf(LinkRequest), 'A page of requests') },
})

const approveRoute = operation('post', '/link-requests/{id}/approve', 'approveLinkRequest', {
  summary: 'Link the identity to the person: they sign in by it from now on',
  request: { params: idParam },
  responses: { 200: jsonAnswer(LinkRequest, 'The request as it is now') },
})

const refuseRoute = operation('post', '/link-requests/{id}/refuse', 'refuseLinkRequest', {
  summary: 'Refuse the link permanently: the identity can no longer ask',
  request: { params: idParam },
  responses: { 200: jsonAnswer(LinkRequest, 'The request as it is now') },
})

export const linkRequestRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, status: wanted } = c.req.valid('query')
    const after = afterId(cursor, 'lrq')
    const rows = await listLinkRequests(c.get('ctx'), { status: wanted, after, limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(approveRoute, async (c) => c.json(await approveLinkRequest(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(refuseRoute, async (c) => c.json(await refuseLinkRequest(c.get('ctx'), c.req.valid('param').id), 200))
