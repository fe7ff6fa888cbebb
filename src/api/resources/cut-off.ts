// /users/{id}/cut-off-receipt: that somebody is out, with who has confirmed it.
import { z } from '@hono/zod-openapi'
import { signedCutOff } from '#access/events/cut-off.ts'
import { idParam, jsonAnswer, newRoutes, operationsOf } from '../contract/routes.ts'
import { time } from '../contract/schemas.ts'

const Told = z.object({
  kind: z.enum(['application', 'webhook']),
  id: z.string(),
  name: z.string(),
  status: z.enum(['confirmed', 'waiting', 'failed', 'unknown']).openapi({
    description: '`failed`: given up, or left out by hand; `unknown`: its messages of that time are no longer kept',
  }),
  confirmedAt: time.nullable(),
  attempts: z.number().int(),
  error: z.string().nullable(),
})

const CutOffReceipt = z
  .object({
    organizationId: z.string(),
    userId: z.string(),
    deactivation: z.object({
      auditEventId: z.string(),
      occurredAt: time,
      reason: z.string(),
      actor: z.object({ type: z.string(), id: z.string() }),
    }),
    closed: z.record(z.string(), z.number().int()).openapi({ description: 'What ended here at that time, by kind' }),
    told: z.array(Told),
    isComplete: z.boolean().openapi({ description: 'Whether everybody who was told has confirmed it' }),
    issuedAt: time,
  })
  .openapi('CutOffReceipt')

const receiptRoute = operationsOf('Users')('get', '/users/{id}/cut-off-receipt', 'getCutOffReceipt', {
  summary: 'What the latest deactivation closed, who was told of it, and who has not confirmed it yet; signed',
  request: { params: idParam },
  responses: {
    200: jsonAnswer(
      z.object({
        receipt: CutOffReceipt,
        jws: z
          .string()
          .openapi({ description: 'The receipt as a JWS (ES256), to be checked with the keys of the provider' }),
      }),
      'The receipt',
    ),
  },
})

export const cutOffRoutes = newRoutes().openapi(receiptRoute, async (c) =>
  c.json(await signedCutOff(c.get('ctx'), c.req.valid('param').id), 200),
)
