// /audit-events
import { createRoute, z } from '@hono/zod-openapi'
import { withIsoTimes } from '#access/times.ts'
import { listAuditEvents } from '#audit/list-events.ts'
import { afterId, page, pageOf, pageParams } from '../paging.ts'
import { jsonAnswer, newRoutes, readFailures, security } from '../routes.ts'
import { time } from '../schemas.ts'

const AuditEvent = z
  .object({
    id: z.string(),
    occurredAt: time,
    actor: z.object({
      type: z.enum(['directory', 'api_key', 'operator', 'user', 'system', 'setup_link']),
      id: z.string(),
    }),
    action: z.string().openapi({ example: 'user.deactivate' }),
    targetType: z.string(),
    targetId: z.string(),
    detail: z.record(z.string(), z.unknown()),
    requestId: z.string(),
  })
  .openapi('AuditEvent')

const query = z.strictObject({
  ...pageParams,
  action: z.string().max(100).optional(),
  targetId: z.string().max(100).optional(),
  actorId: z.string().max(100).optional(),
  since: z.iso.datetime({ offset: true }).optional().openapi({ description: 'What happened then or later' }),
})

const listRoute = createRoute({
  method: 'get',
  path: '/audit-events',
  operationId: 'listAuditEvents',
  summary: 'List who changed what, newest first',
  tags: ['Audit'],
  security,
  request: { query },
  responses: { 200: jsonAnswer(pageOf(AuditEvent), 'A page of audit events'), ...readFailures },
})

export const auditEventRoutes = newRoutes().openapi(listRoute, async (c) => {
  const { limit, cursor, ...filter } = c.req.valid('query')
  const rows = await listAuditEvents(c.get('ctx'), { filter, before: afterId(cursor, 'evt'), limit: limit + 1 })
  return c.json(page(rows.map(withIsoTimes), limit), 200)
})
