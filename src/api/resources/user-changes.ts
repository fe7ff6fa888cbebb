// /user-changes: the same for many users at once, after a preview, with an outcome for each.
import { z } from '@hono/zod-openapi'
import { previewBulk } from '#access/people/bulk/preview-bulk.ts'
import { startUserChange } from '#access/people/bulk/start-user-change.ts'
import { getUserChange, listUserChangeOutcomes, type UserChange } from '#access/people/bulk/user-changes.ts'
import { idParam, jsonAnswer, jsonBody, newRoutes, operationsOf } from '../contract/routes.ts'
import { time, timeInput } from '../contract/schemas.ts'
import { userStatus } from './user-shape.ts'

const operation = operationsOf('Users')

const scope = {
  roleId: z.string(),
  brandId: z.string().nullable().openapi({ description: 'Null: in the organization' }),
}

const ids = z.array(z.string()).max(10_000)

const change = {
  action: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('deactivate'), note: z.string().nullish(), returnsAt: timeInput.nullish() }),
      z.strictObject({ kind: z.literal('reactivate'), restore: z.enum(['all', 'none']).optional() }),
      z.strictObject({
        kind: z.literal('assign'),
        ...scope,
        reason: z.string(),
        sponsor: z.string().nullish(),
        expiresAt: timeInput.nullish(),
      }),
      z.strictObject({ kind: z.literal('unassign'), ...scope }),
    ])
    .openapi('UserChange'),
  selection: z.union([
    z.strictObject({ userIds: ids }),
    z.strictObject({
      filter: z.strictObject({
        q: z.string().max(200).optional(),
        status: userStatus.optional(),
        roleId: z.string().optional(),
        brandId: z.string().optional(),
        source: z.string().optional(),
        activeSince: timeInput.optional(),
        notActiveSince: timeInput.optional(),
        neverActive: z.boolean().optional(),
      }),
    }),
  ]),
  excluded: ids.optional().openapi({ description: 'Left out of what the filter finds' }),
}

const Preview = z
  .object({
    hash: z.string().openapi({ description: 'Running it needs this, and only what was previewed is run' }),
    total: z.number().int(),
    ready: z.number().int(),
    blocked: z.number().int(),
    rows: z
      .array(
        z.object({
          id: z.string(),
          userName: z.string(),
          displayName: z.string().nullable(),
          status: userStatus,
          blocker: z.object({ reason: z.string(), message: z.string() }).nullable(),
        }),
      )
      .openapi({ description: 'The first 50, by name' }),
    reasons: z.array(z.object({ reason: z.string(), message: z.string(), count: z.number().int() })),
  })
  .openapi('UserChangePreview')

const previewRoute = operation('post', '/user-changes/preview', 'previewUserChange', {
  summary: 'What a change of many users would do to each; nothing is changed',
  request: { body: jsonBody(z.strictObject(change)) },
  responses: { 200: jsonAnswer(Preview, 'The preview') },
})

export const UserChangeProgress = z
  .object({
    id: z.string(),
    startedAt: time,
    finishedAt: time.nullable().openapi({ description: 'Null while it is under way' }),
    total: z.number().int(),
    done: z.number().int(),
    skipped: z.number().int(),
    failed: z.number().int(),
  })
  .openapi('UserChangeProgress')

const Outcome = z
  .object({
    position: z.number().int(),
    userId: z.string(),
    userName: z.string().nullable(),
    displayName: z.string().nullable(),
    outcome: z.enum(['done', 'skipped', 'failed']),
    reason: z.string().nullable(),
    message: z.string().nullable(),
  })
  .openapi('UserChangeOutcome')

const runRoute = operation('post', '/user-changes', 'runUserChange', {
  summary: 'Change many users, as it was previewed; whom it fails for keeps nobody else back',
  request: { body: jsonBody(z.strictObject({ ...change, hash: z.string() })) },
  responses: {
    200: jsonAnswer(UserChangeProgress, 'All of it is done'),
    202: jsonAnswer(UserChangeProgress, 'It goes on in the background; read it again'),
  },
})

const getRoute = operation('get', '/user-changes/{id}', 'getUserChange', {
  summary: 'How far a change of many users is',
  request: { params: idParam },
  responses: { 200: jsonAnswer(UserChangeProgress, 'The change') },
})

const outcomesRoute = operation('get', '/user-changes/{id}/outcomes', 'listUserChangeOutcomes', {
  summary: 'What came of each, so far: what failed first, then who was kept back',
  request: { params: idParam },
  responses: { 200: jsonAnswer(z.object({ items: z.array(Outcome) }), 'At most 10,000') },
})

export const progressOf = ({ action: _action, actor: _actor, ...progress }: UserChange) => progress

export const userChangeRoutes = newRoutes()
  .openapi(previewRoute, async (c) => c.json(await previewBulk(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(runRoute, async (c) => {
    const started = await startUserChange(c.get('ctx'), c.req.valid('json'))
    return started.finishedAt === null ? c.json(progressOf(started), 202) : c.json(progressOf(started), 200)
  })
  .openapi(getRoute, async (c) => c.json(progressOf(await getUserChange(c.get('ctx'), c.req.valid('param').id)), 200))
  .openapi(outcomesRoute, async (c) => {
    const items = await listUserChangeOutcomes(c.get('ctx'), { changeId: c.req.valid('param').id, limit: 10_000 })
    return c.json({ items }, 200)
  })
