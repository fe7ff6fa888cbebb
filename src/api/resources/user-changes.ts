// /user-changes: the same for many users at once, after a preview, with an outcome for each.
import { createRoute, z } from '@hono/zod-openapi'
import { previewBulk } from '#access/people/bulk/preview-bulk.ts'
import { runBulk } from '#access/people/bulk/run-bulk.ts'
import { jsonAnswer, jsonBody, newRoutes, security, writeFailures } from '../routes.ts'
import { timeInput } from '../schemas.ts'
import { userStatus } from './user-shape.ts'

const shared = { tags: ['Users'], security }

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

const previewRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/user-changes/preview',
  operationId: 'previewUserChange',
  summary: 'What a change of many users would do to each; nothing is changed',
  request: { body: jsonBody(z.strictObject(change)) },
  responses: { 200: jsonAnswer(Preview, 'The preview'), ...writeFailures },
})

const Result = z
  .object({
    done: z.number().int(),
    skipped: z.number().int(),
    failed: z.number().int(),
    outcomes: z.array(
      z.object({
        userId: z.string(),
        userName: z.string(),
        displayName: z.string().nullable(),
        outcome: z.enum(['done', 'skipped', 'failed']),
        reason: z.string().nullable(),
        message: z.string().nullable(),
      }),
    ),
  })
  .openapi('UserChangeResult')

const runRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/user-changes',
  operationId: 'runUserChange',
  summary: 'Change many users, as it was previewed; whom it fails for keeps nobody else back',
  request: { body: jsonBody(z.strictObject({ ...change, hash: z.string() })) },
  responses: { 200: jsonAnswer(Result, 'An outcome for each'), ...writeFailures },
})

export const userChangeRoutes = newRoutes()
  .openapi(previewRoute, async (c) => c.json(await previewBulk(c.get('ctx'), c.req.valid('json')), 200))
  .openapi(runRoute, async (c) => c.json(await runBulk(c.get('ctx'), c.req.valid('json')), 200))
