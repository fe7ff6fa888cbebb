// /alarms: what administrators have to know of and settle.
import { z } from '@hono/zod-openapi'
import { listAlarms } from '#access/notices/alarms/alarms.ts'
import { settleAlarm } from '#access/notices/alarms/settle-alarm.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const Alarm = z
  .object({
    id: z.string(),
    kind: z
      .enum([
        'last_administrator',
        'return_due',
        'end_date_refused',
        'inactivity_refused',
        'absence_refused',
        'certificate_ending',
        'client_secret_ending',
        'sponsor_left',
        'self_grant',
        'access_request',
        'invitation_claimed',
        'link_request',
        'link_undone',
        'adoption_request',
        'mass_change',
        'address_proposal',
        'reactivation_held',
        'groups_unreadable',
        'draft_waiting',
        'draft_stalled',
        'review_stalled',
        'review_tasks',
        'webhook_failing',
        'webhook_paused',
        'emergency_drill',
        'support_request',
      ])
      .openapi({ description: '`emergency_drill` only notes that the monthly mail went out' }),
    detail: z
      .record(z.string(), z.unknown())
      .openapi({ description: 'What it is about, by the kind: userId, connectionId, notAfter and so on' }),
    raisedAt: time,
    notifiedAt: time.nullable().openapi({ description: 'When mails about it were queued' }),
    settledAt: time.nullable(),
    settledBy: z.string().nullable(),
  })
  .openapi('Alarm')

const query = z.strictObject({
  ...pageParams,
  status: z.enum(['open', 'settled']).optional().openapi({ description: 'Both where it is left out' }),
})

const operation = operationsOf('Alarms')

const listRoute = operation('get', '/alarms', 'listAlarms', {
  summary: 'List the alarms: the open ones first, of each the newest first',
  request: { query },
  responses: { 200: jsonAnswer(pageOf(Alarm), 'A page of alarms') },
})

const settleRoute = operation('post', '/alarms/{id}/settle', 'settleAlarm', {
  summary: 'Say that an alarm was seen to',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Alarm, 'The alarm as it is now') },
})

export const alarmRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, status } = c.req.valid('query')
    const isOpen = status === undefined ? undefined : status === 'open'
    const rows = await listAlarms(c.get('ctx'), { isOpen, after: afterId(cursor, 'alm'), limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(settleRoute, async (c) => c.json(await settleAlarm(c.get('ctx'), c.req.valid('param').id), 200))
