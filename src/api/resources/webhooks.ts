// /webhooks: who is told of events, and what became of each message.
import { z } from '@hono/zod-openapi'
import { getAttempt, listAttempts } from '#access/events/webhooks/attempts.ts'
import {
  pauseWebhook,
  replayEvents,
  resumeWebhook,
  skipEvent,
  testWebhook,
} from '#access/events/webhooks/change-status.ts'
import { getWebhook, listWebhooks } from '#access/events/webhooks/webhooks.ts'
import {
  createWebhook,
  deleteWebhook,
  rotateWebhookSecret,
  updateWebhook,
} from '#access/events/webhooks/write-webhook.ts'
import { publishedTypes } from '#audit/events/events.ts'
import { given } from '#platform/input.ts'
import { afterId, page, pageOf, pageParams, pageQuery } from '../contract/paging.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { time, timeInput } from '../contract/schemas.ts'

const type = z.enum(publishedTypes as [string, ...string[]])
const reach = z.enum(['all', 'only', 'except'])

const fields = {
  url: z
    .string()
    .openapi({ description: 'https, a public address', example: 'https://news.example.com/hooks/rolecall' }),
  description: z.string(),
  types: z.array(type).nullable().openapi({ description: 'Null: all of them' }),
  reach: reach.openapi({ description: 'Of webhooks of the platform: which organizations they are told of' }),
  organizationIds: z.array(z.string()),
}

const Webhook = z
  .object({
    id: z.string(),
    ...fields,
    status: z.enum(['active', 'paused']),
    pauseReason: z.enum(['manual', 'failing', 'gone']).nullable(),
    publicKey: z.string().openapi({ description: 'For `v1a` signatures' }),
    previousUntil: time.nullable().openapi({ description: 'Until when the former secret and key sign, too' }),
    attempts: z.number().int().openapi({ description: 'How often the next event was tried without success' }),
    failingSince: time.nullable(),
    failingEventId: z.string().nullable(),
    nextAttemptAt: time.nullable(),
    deliveredAt: time.nullable(),
    createdAt: time,
    createdBy: z.string(),
  })
  .openapi('Webhook')

const WebhookWithSecret = Webhook.extend({
  secret: z.string().openapi({ description: '`whsec_…`, for `v1` signatures; shown this once' }),
}).openapi('WebhookWithSecret')

const attemptFields = {
  id: z.string(),
  kind: z.enum(['event', 'replay', 'test']),
  eventId: z.string(),
  eventType: z.string(),
  organizationId: z.string(),
  attempt: z.number().int(),
  sentAt: time,
  durationMillis: z.number().int(),
  isDelivered: z.boolean(),
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  nextAttemptAt: time.nullable(),
}

const AttemptInShort = z.object(attemptFields).openapi('WebhookAttempt')

const Attempt = z
  .object({
    ...attemptFields,
    request: z.object({ headers: z.record(z.string(), z.string()), body: z.string() }),
    answer: z.string().nullable().openapi({ description: 'The first 2,000 characters' }),
  })
  .openapi('WebhookAttemptWithBodies')

const operation = operationsOf('Webhooks')

const listRoute = operation('get', '/webhooks', 'listWebhooks', {
  summary: 'List the webhooks',
  request: { query: pageQuery },
  responses: { 200: jsonAnswer(pageOf(Webhook), 'A page of webhooks') },
})

const createRoute = operation('post', '/webhooks', 'createWebhook', {
  summary: 'Have an address told of events from now on; with a platform key, of those of every organization',
  request: {
    body: jsonBody(
      z.strictObject({
        url: fields.url,
        description: z.string().optional(),
        types: z.array(type).nullish(),
        reach: reach.optional(),
        organizationIds: z.array(z.string()).optional(),
      }),
    ),
  },
  responses: { 201: jsonAnswer(WebhookWithSecret, 'The webhook, with its secret') },
})

const getRoute = operation('get', '/webhooks/{id}', 'getWebhook', {
  summary: 'Read a webhook',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Webhook, 'The webhook') },
})

const updateRoute = operation('patch', '/webhooks/{id}', 'updateWebhook', {
  summary: 'Change a webhook; what is left out stays',
  request: {
    params: idParam,
    body: jsonBody(
      z.strictObject({
        url: fields.url.optional(),
        description: z.string().optional(),
        types: z.array(type).nullish(),
        reach: reach.optional(),
        organizationIds: z.array(z.string()).optional(),
      }),
    ),
  },
  responses: { 200: jsonAnswer(Webhook, 'The webhook as it is now') },
})

const deleteRoute = operation('delete', '/webhooks/{id}', 'deleteWebhook', {
  summary: 'Delete a webhook, with what is known of its messages',
  request: { params: idParam },
  responses: { 204: noContent('The webhook is gone') },
})

const rotateRoute = operation('post', '/webhooks/{id}/secret', 'rotateWebhookSecret', {
  summary: 'Give it another secret and key; the former ones sign beside them for some hours',
  request: {
    params: idParam,
    body: jsonBody(z.strictObject({ overlapHours: z.number().int().min(0).max(168).optional() })),
  },
  responses: { 200: jsonAnswer(WebhookWithSecret, 'The webhook, with its new secret') },
})

const testRoute = operation('post', '/webhooks/{id}/test', 'testWebhook', {
  summary: 'Send a `webhook.test` now, and show what it answers',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Attempt, 'What was sent and answered') },
})

const pauseRoute = operation('post', '/webhooks/{id}/pause', 'pauseWebhook', {
  summary: 'Send nothing for now; what happens is kept for 30 days',
  request: { params: idParam },
  responses: { 200: jsonAnswer(Webhook, 'The webhook as it is now') },
})

const resumeRoute = operation('post', '/webhooks/{id}/resume', 'resumeWebhook', {
  summary: 'Send again: what was missed first, or only what comes from now on',
  request: {
    params: idParam,
    body: jsonBody(z.strictObject({ from: z.enum(['where_it_was', 'now']).optional() })),
  },
  responses: { 200: jsonAnswer(Webhook, 'The webhook as it is now') },
})

const skipRoute = operation('post', '/webhooks/{id}/skip', 'skipWebhookEvent', {
  summary: 'Leave out the event that it does not take, so that those after it come',
  request: { params: idParam, body: jsonBody(z.strictObject({ eventId: z.string() })) },
  responses: { 200: jsonAnswer(Webhook, 'The webhook as it is now') },
})

const replayRoute = operation('post', '/webhooks/{id}/replays', 'replayWebhookEvents', {
  summary: 'Send an event once more, or all of a time, in their order and with the ids that they have',
  request: {
    params: idParam,
    body: jsonBody(
      z.strictObject({
        eventId: z.string().optional(),
        from: timeInput.optional(),
        to: timeInput.optional().openapi({ description: 'Now, where it is left out' }),
      }),
    ),
  },
  responses: { 202: jsonAnswer(z.object({ id: z.string() }), 'It is under way') },
})

const attemptsRoute = operation('get', '/webhooks/{id}/attempts', 'listWebhookAttempts', {
  summary: 'List what was sent in the last 30 days, newest first',
  request: {
    params: idParam,
    query: z.strictObject({
      ...pageParams,
      status: z.enum(['failed', 'delivered']).optional(),
      eventId: z.string().max(100).optional(),
    }),
  },
  responses: { 200: jsonAnswer(pageOf(AttemptInShort), 'A page of attempts') },
})

const attemptRoute = operation('get', '/webhooks/{id}/attempts/{attemptId}', 'getWebhookAttempt', {
  summary: 'Read what was sent and answered',
  request: { params: z.object({ id: z.string(), attemptId: z.string() }) },
  responses: { 200: jsonAnswer(Attempt, 'The attempt') },
})

export const webhookRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listWebhooks(c.get('ctx'), { after: afterId(cursor, 'whk'), limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(createRoute, async (c) => {
    const { types, ...rest } = c.req.valid('json')
    return c.json(await createWebhook(c.get('ctx'), given({ ...rest, types: types ?? null })), 201)
  })
  .openapi(getRoute, async (c) => c.json(await getWebhook(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(updateRoute, async (c) =>
    c.json(await updateWebhook(c.get('ctx'), c.req.valid('param').id, given(c.req.valid('json'))), 200),
  )
  .openapi(deleteRoute, async (c) => {
    await deleteWebhook(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
  .openapi(rotateRoute, async (c) =>
    c.json(await rotateWebhookSecret(c.get('ctx'), c.req.valid('param').id, given(c.req.valid('json'))), 200),
  )
  .openapi(testRoute, async (c) => c.json(await testWebhook(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(pauseRoute, async (c) => c.json(await pauseWebhook(c.get('ctx'), c.req.valid('param').id), 200))
  .openapi(resumeRoute, async (c) =>
    c.json(await resumeWebhook(c.get('ctx'), c.req.valid('param').id, given(c.req.valid('json'))), 200),
  )
  .openapi(skipRoute, async (c) =>
    c.json(await skipEvent(c.get('ctx'), c.req.valid('param').id, c.req.valid('json').eventId), 200),
  )
  .openapi(replayRoute, async (c) =>
    c.json(await replayEvents(c.get('ctx'), c.req.valid('param').id, given(c.req.valid('json'))), 202),
  )
  .openapi(attemptsRoute, async (c) => {
    const { limit, cursor, status, eventId } = c.req.valid('query')
    const wanted = { isFailed: status === undefined ? undefined : status === 'failed', eventId }
    const after = afterId(cursor, 'wha')
    const rows = await listAttempts(c.get('ctx'), c.req.valid('param').id, { ...wanted, after, limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(attemptRoute, async (c) => {
    const { id, attemptId } = c.req.valid('param')
    return c.json(await getAttempt(c.get('ctx'), { webhookId: id, attemptId }), 200)
  })
