// /users/{id}/deactivate and /reactivate, what each of them would do, and what the last deactivation did.
import { z } from '@hono/zod-openapi'
import { getDeactivationReceipt } from '#access/people/status/deactivation-receipt.ts'
import { previewDeactivation } from '#access/people/status/preview-deactivation.ts'
import { previewReactivation } from '#access/people/status/preview-reactivation.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import { confirmFailures, makeConfirmed, previewHeaders } from '../contract/confirming.ts'
import { idParam, jsonAnswer, newRoutes, operationsOf, writeFailures } from '../contract/routes.ts'
import { brandReference, roleReference, time, timeInput } from '../contract/schemas.ts'
import { handOverBody, MadeByThem, Returnable, Work } from './hand-over-shape.ts'
import { HeldRole, idle, person } from './held-shape.ts'
import { presentUser, User } from './user-shape.ts'

const operation = operationsOf('Users')

const optionalBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: false,
  content: { 'application/json': { schema } },
})

const deactivateRoute = operation('post', '/users/{id}/deactivate', 'deactivateUser', {
  summary: 'Switch a user off and close everything they hold',
  request: {
    params: idParam,
    headers: previewHeaders,
    body: optionalBody(
      z.strictObject({
        note: z.string().nullish().openapi({ description: 'Why, for the audit trail' }),
        returnsAt: timeInput.nullish().openapi({ description: 'When they are expected back' }),
        handOver: z.strictObject(handOverBody).nullish(),
      }),
    ),
  },
  responses: { 200: jsonAnswer(User, 'The user as they are now'), ...confirmFailures },
})

const reactivateRoute = operation('post', '/users/{id}/reactivate', 'reactivateUser', {
  summary: 'Switch a user on again; old sessions and keys stay closed',
  request: {
    params: idParam,
    body: optionalBody(
      z.strictObject({
        restore: z
          .union([z.enum(['all', 'none']), z.array(z.string()).max(1_000)])
          .optional()
          .openapi({ description: 'Which direct assignments come back: all (unless said otherwise), none, or these' }),
        mustChangePassword: z.boolean().optional(),
        takeBack: z
          .boolean()
          .optional()
          .openapi({ description: 'What was handed over, and is still as it was, returns' }),
      }),
    ),
  },
  responses: { 200: jsonAnswer(User, 'The user as they are now') },
})

const counts = z.record(z.string(), z.number().int()).openapi({ example: { sessions: 2, api_keys: 0 } })

const DeactivationPreview = z
  .object({
    user: person
      .omit({ statusReason: true })
      .extend({ directoryId: z.string().nullable(), email: z.string().nullable() }),
    closes: counts,
    roles: z.array(HeldRole),
    sponsored: z
      .array(
        z.object({
          assignmentId: z.string(),
          user: z.object({ id: z.string(), userName: z.string(), displayName: z.string().nullable() }),
          role: roleReference,
          brand: brandReference,
          expiresAt: time.nullable(),
        }),
      )
      .openapi({ description: 'Assignments of others for which they vouch' }),
    leaves: z.array(Work).openapi({ description: 'What would be left behind, if nobody takes it over' }),
    made: MadeByThem,
    refusal: z
      .object({ reason: z.string(), message: z.string() })
      .nullable()
      .openapi({ description: 'Why it would be refused' }),
  })
  .openapi('DeactivationPreview')

const previewDeactivationRoute = operation('get', '/users/{id}/deactivation-preview', 'previewDeactivation', {
  summary: 'What switching a user off would close',
  request: { params: idParam },
  responses: { 200: jsonAnswer(DeactivationPreview, 'Nothing is changed'), ...writeFailures },
})

const ReactivationPreview = z
  .object({
    user: person.extend({ directoryId: z.string().nullable() }),
    derived: z.array(HeldRole).openapi({ description: 'By groups and filters: comes back by itself' }),
    direct: z.array(HeldRole).openapi({ description: 'Direct ones, to be chosen from' }),
    ...idle,
    hasPassword: z.boolean(),
    returnable: z.array(Returnable),
    isDirectoryDecision: z.boolean().openapi({ description: 'Their identity provider switched them off' }),
    isHeldByDirectory: z
      .boolean()
      .openapi({ description: 'It says so, too, and holds them once an administrator lifts what they did' }),
    mayLift: z.boolean().openapi({ description: 'False where it is for the identity provider alone to lift' }),
  })
  .openapi('ReactivationPreview')

const previewReactivationRoute = operation('get', '/users/{id}/reactivation-preview', 'previewReactivation', {
  summary: 'What switching a user on again would bring back',
  request: { params: idParam },
  responses: { 200: jsonAnswer(ReactivationPreview, 'Nothing is changed') },
})

const DeactivationReceipt = z
  .object({
    auditEventId: z.string(),
    occurredAt: time,
    actor: z.object({ type: z.string(), id: z.string(), name: z.string().nullable() }),
    reason: z.string(),
    note: z.string().nullable(),
    returnsAt: time.nullable(),
    closed: counts,
    logouts: z
      .object({ sent: z.number().int(), queued: z.number().int(), failed: z.number().int() })
      .openapi({ description: 'Applications that were told that a session has ended' }),
  })
  .openapi('DeactivationReceipt')

const receiptRoute = operation('get', '/users/{id}/deactivation-receipt', 'getDeactivationReceipt', {
  summary: 'What the latest deactivation of a user closed',
  request: { params: idParam },
  responses: { 200: jsonAnswer(DeactivationReceipt, 'The receipt') },
})

export const userStatusRoutes = newRoutes()
  .openapi(deactivateRoute, async (c) => {
    const change = { userId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(presentUser(await makeConfirmed(c, { kind: 'deactivate_user', ...change })), 200)
  })
  .openapi(reactivateRoute, async (c) => {
    const input = { userId: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(presentUser(await reactivateUser(c.get('ctx'), input)), 200)
  })
  .openapi(previewDeactivationRoute, async (c) =>
    c.json(await previewDeactivation(c.get('ctx'), c.req.valid('param').id), 200),
  )
  .openapi(previewReactivationRoute, async (c) =>
    c.json(await previewReactivation(c.get('ctx'), c.req.valid('param').id), 200),
  )
  .openapi(receiptRoute, async (c) => c.json(await getDeactivationReceipt(c.get('ctx'), c.req.valid('param').id), 200))
