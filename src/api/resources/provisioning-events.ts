// /provisioning-events: what identity providers sent to directories, and what they were answered.
import { z } from '@hono/zod-openapi'
import { getProvisioningEvent, listProvisioningEvents } from '#connections/provisioning/events.ts'
import { afterId, page, pageOf, pageParams } from '../contract/paging.ts'
import { idParam, jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const fields = {
  id: z.string(),
  directoryId: z.string(),
  occurredAt: time,
  method: z.string(),
  path: z.string().openapi({ description: 'Below the base URL of the directory, with the query' }),
  status: z.number().int(),
  durationMillis: z.number().int(),
  quirks: z
    .array(z.string())
    .openapi({ description: 'What was tolerated beside the standard, by name', example: ['boolean-as-text'] }),
  error: z.object({ scimType: z.string().nullable(), detail: z.string().nullable() }).nullable(),
  targetId: z.string().nullable().openapi({ description: 'The user or group that it was about' }),
  userAgent: z.string().nullable(),
  requestId: z.string(),
}

const Event = z.object(fields).openapi('ProvisioningEvent')

const EventWithBodies = z
  .object({
    ...fields,
    request: z.unknown().openapi({ description: 'The body, without secrets and cut to size' }),
    response: z.unknown(),
    explanations: z
      .array(z.object({ name: z.string(), explanation: z.string(), change: z.string().nullable() }))
      .openapi({ description: 'What each quirk is, and what could be changed at the provider' }),
    advice: z.string().nullable().openapi({ description: 'What to do about a refusal' }),
  })
  .openapi('ProvisioningEventWithBodies')

const query = z.strictObject({
  ...pageParams,
  directoryId: z.string().max(100).optional(),
  status: z
    .enum(['failed', 'changed'])
    .optional()
    .openapi({ description: '`failed`: answered with 400 or more; `changed`: what changed something' }),
  targetId: z.string().max(100).optional(),
  q: z.string().max(200).optional().openapi({ description: 'Text anywhere in path, bodies or ids' }),
})

const operation = operationsOf('Directories')

const listRoute = operation('get', '/provisioning-events', 'listProvisioningEvents', {
  summary: 'List the requests of identity providers to directories, newest first',
  request: { query },
  responses: { 200: jsonAnswer(pageOf(Event), 'A page of requests') },
})

const getRoute = operation('get', '/provisioning-events/{id}', 'getProvisioningEvent', {
  summary: 'Read a request with its bodies, what was tolerated, and advice',
  request: { params: idParam },
  responses: { 200: jsonAnswer(EventWithBodies, 'The request') },
})

export const provisioningEventRoutes = newRoutes()
  .openapi(listRoute, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const before = afterId(cursor, 'prv')
    const rows = await listProvisioningEvents(c.get('ctx'), { ...filter, before, limit: limit + 1 })
    return c.json(page(rows, limit), 200)
  })
  .openapi(getRoute, async (c) =>
    c.json((await getProvisioningEvent(c.get('ctx'), c.req.valid('param').id)) as never, 200),
  )
