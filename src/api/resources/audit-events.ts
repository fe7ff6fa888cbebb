// /audit-events
import { z } from '@hono/zod-openapi'
import { recordHostEvents } from '#access/applications/record-host-events.ts'
import { exportAuditEvents } from '#audit/export-events.ts'
import { listAuditEvents } from '#audit/list-events.ts'
import { getAuditHead } from '#audit/seal/head.ts'
import { download } from '#http/download.ts'
import { relaxed } from '#src/context.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { time, timeInput } from '../contract/schemas.ts'

const AuditEvent = z
  .object({
    id: z.string(),
    occurredAt: time,
    actor: z.object({
      type: z.enum([
        'directory',
        'api_key',
        'application',
        'platform_key',
        'operator',
        'user',
        'system',
        'setup_link',
        'support',
      ]),
      id: z.string(),
      name: z.string().nullable(),
    }),
    action: z.string().openapi({ example: 'user.deactivate' }),
    targetType: z.string(),
    targetId: z.string(),
    targetName: z.string().nullable().openapi({ description: 'As it is called today, where that is known' }),
    detail: z.record(z.string(), z.unknown()),
    requestId: z.string(),
  })
  .openapi('AuditEvent')

const moment = z.iso.datetime({ offset: true })

const filter = {
  action: z
    .string()
    .max(100)
    .optional()
    .openapi({ description: 'One action, or with a dot at its end all that begin with it', example: 'user.' }),
  targetId: z.string().max(100).optional(),
  actorId: z.string().max(100).optional(),
  brandId: z.string().max(100).optional().openapi({ description: 'What concerns this brand' }),
  since: moment.optional().openapi({ description: 'What happened then or later' }),
  until: moment.optional().openapi({ description: 'What happened before' }),
  q: z.string().max(200).optional().openapi({ description: 'An id, or words of the names of people' }),
}

const operation = operationsOf('Audit')

const listRoute = operation('get', '/audit-events', 'listAuditEvents', {
  summary: 'List who changed what, newest first',
  request: { query: z.strictObject({ ...pageParams, ...filter }) },
  responses: { 200: jsonAnswer(pageOf(AuditEvent), 'A page of audit events') },
})

const exportRoute = operation('get', '/audit-events/export', 'exportAuditEvents', {
  summary: 'Download who changed what, newest first',
  request: { query: z.strictObject({ format: z.enum(['csv', 'ndjson']).default('csv'), ...filter }) },
  responses: {
    200: {
      description: 'All of it, as it is read',
      content: { 'text/csv': { schema: z.string() }, 'application/x-ndjson': { schema: z.string() } },
    },
  },
})

const AuditHead = z
  .object({
    sequence: z.number().int().openapi({ description: 'Number of the last segment; 0 where nothing is sealed yet' }),
    hash: z.string().nullable().openapi({ description: 'SHA-256, as hex; covers every event up to the last one' }),
    sealedAt: time.nullable(),
    lastEventId: z.string().nullable(),
  })
  .openapi('AuditHead')

const headRoute = operation('get', '/audit-head', 'getAuditHead', {
  summary: 'Show the head of the sealed audit trail: kept elsewhere, it proves that nothing before it was rewritten',
  responses: { 200: jsonAnswer(AuditHead, 'The head') },
})

const noHead = { sequence: 0, hash: null, sealedAt: null, lastEventId: null }

const HostEvents = z.strictObject({
  events: z
    .array(
      z.strictObject({
        action: z.string().openapi({
          description: 'Words with dots between them; kept with `app.` before it',
          example: 'content.publish',
        }),
        target: z.strictObject({
          type: z.string().openapi({ description: 'One word; kept with `app.` before it', example: 'content' }),
          id: z.string(),
          name: z.string().nullish(),
        }),
        userId: z.string().nullish().openapi({ description: 'Who did it; without it, the key' }),
        brandId: z.string().nullish(),
        occurredAt: timeInput.nullish().openapi({ description: 'When it happened, where that was not now' }),
        detail: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .min(1)
    .max(500),
})

const recordRoute = operation('post', '/audit-events', 'recordAuditEvents', {
  summary: 'Write what happened in an application into the audit trail; all of the events or none',
  request: { body: jsonBody(HostEvents) },
  responses: { 201: jsonAnswer(z.object({ ids: z.array(z.string()) }), 'The ids of the audit events, in their order') },
})

export const auditEventRoutes = newRoutes()
  .openapi(recordRoute, async (c) => {
    const ids = await recordHostEvents(c.get('ctx'), c.req.valid('json'))
    return c.json({ ids }, 201)
  })
  .openapi(listRoute, async (c) => {
    const { limit, cursor, ...wanted } = c.req.valid('query')
    const before = afterId(cursor, 'evt')
    const rows = await listAuditEvents(relaxed(c.get('ctx')), { filter: wanted, before, limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(exportRoute, async (c) => {
    const { format, ...wanted } = c.req.valid('query')
    const lines = await exportAuditEvents(c.get('ctx'), { format, filter: wanted })
    const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson'
    return download(lines, { type, name: `audit.${format}` })
  })
  .openapi(headRoute, async (c) => c.json((await getAuditHead(c.get('ctx'))) ?? noHead, 200))
