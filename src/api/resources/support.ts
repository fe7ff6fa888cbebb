// /support-consent, /support-accesses: whether those who run the installation may come into the organization's console, and who was.
import { z } from '@hono/zod-openapi'
import { decideSupport, endSupport, listSupportAccesses } from '#access/organizations/support/support-accesses.ts'
import {
  getSupportConsent,
  mostOpenHours,
  setSupportConsent,
  supportModes,
} from '#access/organizations/support/support-consent.ts'
import { given } from '#platform/input.ts'
import { jsonAnswer, jsonBody, newRoutes, noContent, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const operation = operationsOf('Settings')

const mode = z
  .enum(supportModes)
  .openapi({ description: '`on_request`: administrators decide each time; `open`: without asking, until a time' })

const Consent = z.object({ mode, mayWrite: z.boolean(), openUntil: time.nullable() }).openapi('SupportConsent')

const SupportAccess = z
  .object({
    id: z.string(),
    operator: z.string(),
    reason: z.string(),
    minutes: z.number().int().openapi({ description: 'From entering on' }),
    wantsWrite: z.boolean(),
    mayWrite: z.boolean(),
    status: z.enum(['requested', 'granted', 'refused', 'entered', 'ended']),
    requestedAt: time,
    decidedAt: time.nullable(),
    decidedBy: z.string().nullable(),
    enteredAt: time.nullable(),
    endsAt: time.nullable(),
    endedAt: time.nullable(),
  })
  .openapi('SupportAccess')

const getRoute = operation('get', '/support-consent', 'getSupportConsent', {
  summary: 'Read whether operators may come into the console',
  responses: { 200: jsonAnswer(Consent, 'What the organization has said') },
})

const setRoute = operation('put', '/support-consent', 'setSupportConsent', {
  summary: 'Say whether operators may come into the console',
  description:
    'Only the organization itself opens it: keys of the platform may say `never`, and nothing else (`own_word`)',
  request: {
    body: jsonBody(
      z.strictObject({
        mode,
        mayWrite: z.boolean().optional().openapi({ description: 'Where it is open' }),
        hours: z
          .number()
          .int()
          .min(1)
          .max(mostOpenHours)
          .optional()
          .openapi({ description: 'Where it is open: for how long from now on' }),
      }),
    ),
  },
  responses: { 200: jsonAnswer(Consent, 'It as it is now') },
})

const listRoute = operation('get', '/support-accesses', 'listSupportAccesses', {
  summary: 'List the operators who asked to come in, the newest hundred',
  responses: { 200: jsonAnswer(z.object({ items: z.array(SupportAccess) }), 'The accesses') },
})

const params = z.object({ id: z.string() })

const decideRoute = operation('post', '/support-accesses/{id}/decide', 'decideSupport', {
  summary: 'Grant or refuse what an operator asks for',
  request: {
    params,
    body: jsonBody(
      z.strictObject({
        decision: z.enum(['grant', 'refuse']),
        mayWrite: z.boolean().optional().openapi({ description: 'They read unless it is true' }),
      }),
    ),
  },
  responses: { 200: jsonAnswer(SupportAccess, 'It as it is now') },
})

const endRoute = operation('post', '/support-accesses/{id}/end', 'endSupport', {
  summary: 'End an access at once',
  request: { params },
  responses: { 204: noContent('It is over') },
})

export const supportRoutes = newRoutes()
  .openapi(getRoute, async (c) => c.json(await getSupportConsent(c.get('ctx')), 200))
  .openapi(setRoute, async (c) => c.json(await setSupportConsent(c.get('ctx'), given(c.req.valid('json'))), 200))
  .openapi(listRoute, async (c) => c.json({ items: await listSupportAccesses(c.get('ctx')) }, 200))
  .openapi(decideRoute, async (c) =>
    c.json(await decideSupport(c.get('ctx'), { id: c.req.valid('param').id, ...c.req.valid('json') }), 200),
  )
  .openapi(endRoute, async (c) => {
    await endSupport(c.get('ctx'), c.req.valid('param').id)
    return c.body(null, 204)
  })
