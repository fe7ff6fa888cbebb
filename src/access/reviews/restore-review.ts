// What a campaign took is given back: assignments as they were, roles that were held back, accounts. Line by line, within the
// rights of whoever asks for it; what cannot be given back says why.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, asAppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import {
  type Actor,
  type CallContext,
  inOneUnitOfWork,
  inTransaction,
  nowOf,
  requirePermissionIn,
  requirePermissionSomewhere,
  type Transaction,
} from '#src/context.ts'
import { createAssignment } from '../grants/assignments/create-assignment.ts'
import { updateAssignmentWithin } from '../grants/assignments/update-assignment.ts'
import { actorContext } from '../grants/managers/actor-context.ts'
import { letIntoAgain } from '../grants/teams/left-out.ts'
import { lockTeamRow } from '../grants/teams/teams.ts'
import { requireLastingActor } from '../people/bulk/user-changes.ts'
import { reactivateUser } from '../people/status/reactivate-user.ts'
import { positionSchema } from './lines/chosen-lines.ts'
import { cancelTask } from './lines/tasks.ts'
import { lockReview } from './scope/reviews.ts'

const RestoreInput = z.object({
  reviewId: z.string(),
  /** Positions; absent: all that was taken. */
  lines: z.array(positionSchema).min(1).max(500).optional(),
})

export type Restored = {
  restored: number
  /** What could not be given back; the lines say why. */
  failed: number
  /** What the worker goes on with. */
  left: number
}

type Key = { organizationId: string; reviewId: string }

const request = prepared<Key & { type: string; id: string }, never>(
  (p) => sql`with begun as (update access_reviews set restore_type = ${p.type}, restore_id = ${p.id}
      where organization_id = ${p.organizationId} and id = ${p.reviewId})
    update access_review_lines set restore_message = null where organization_id = ${p.organizationId}
      and review_id = ${p.reviewId} and restored_at is null and restore_message is not null`,
)

const finish = prepared<Key, never>(
  (p) => sql`update access_reviews set restore_type = null, restore_id = null
    where organization_id = ${p.organizationId} and id = ${p.reviewId}`,
)

const isTaken = sql`l.outcome in ('removed', 'ended', 'task') and l.restored_at is null`

const next = prepared<Key & { limit: number }, { position: number }>(
  (p) => sql`select l.position from access_review_lines l where l.organization_id = ${p.organizationId}
      and l.review_id = ${p.reviewId} and ${isTaken} and l.restore_message is null
    order by l.position limit ${p.limit}::int`,
)

const progress = prepared<Key, Restored>(
  (p) => sql`select (count(*) filter (where l.restored_at is not null))::int as restored,
      (count(*) filter (where l.restored_at is null and l.restore_message is not null))::int as failed,
      (count(*) filter (where l.restored_at is null and l.restore_message is null))::int as left
    from access_review_lines l where l.organization_id = ${p.organizationId} and l.review_id = ${p.reviewId}
      and l.outcome in ('removed', 'ended', 'task')`,
)

type Line = {
  userId: string
  source: 'direct' | 'mapping' | 'team' | 'account'
  sourceId: string
  roleId: string
  brandId: string | null
  outcome: 'removed' | 'ended' | 'task'
  /** What was there before: terms of an assignment; of teams, whether they had been added by hand, by the team's id. */
  taken: Record<string, string | null> | { teams: Record<string, boolean> } | null
  taskId: string | null
}

const lock = prepared<Key & { position: number }, Line>(
  (
    p,
  ) => sql`select l.user_id as "userId", l.source, l.source_id as "sourceId", l.role_id as "roleId", l.brand_id as "brandId",
      l.outcome, l.taken, (select t.id from review_tasks t where t.organization_id = l.organization_id
        and t.user_id = l.user_id and t.mapping_id = l.source_id and t.status in ('waiting', 'open')) as "taskId"
    from access_review_lines l where l.organization_id = ${p.organizationId} and l.review_id = ${p.reviewId}
      and l.position = ${p.position}::int and ${isTaken} for update of l`,
)

const note = prepared<Key & { position: number; by: string; now: string; message: string | null }, never>(
  (p) => sql`update access_review_lines set restore_message = ${p.message},
      restored_at = case when ${p.message}::text is null then ${p.now}::timestamptz end,
      restored_by = case when ${p.message}::text is null then ${p.by} end
    where organization_id = ${p.organizationId} and review_id = ${p.reviewId} and position = ${p.position}::int
      and restored_at is null`,
)

/** What is done within this time is done when the request is answered; the worker goes on with the rest. */
const atOnceMillis = 1_500

/** @throws AppError invalid; not_found; forbidden; conflict (reason `nothing_taken`) */
export async function restoreReview(ctx: CallContext, input: z.input<typeof RestoreInput>): Promise<Restored> {
  const { reviewId, lines } = parseInput(RestoreInput, input)
  const actor = requireLastingActor(ctx)
  const key = { organizationId: ctx.organizationId, reviewId }
  const positions = await inTransaction(ctx, async (tx) => {
    const { id } = await lockReview(tx, ctx, reviewId)
    const taken = (await tx.run(next({ ...key, reviewId: id, limit: 1_000_000 }))).map(({ position }) => position)
    const wanted = lines ?? taken
    if (lines === undefined) await tx.run(request({ ...key, type: actor.type, id: actor.id }))
    const [state] = await tx.run(progress(key))
    if (wanted.length === 0 && (state?.failed ?? 0) === 0)
      throw new AppError('conflict', 'This review has taken nothing that could be given back', {
        reason: 'nothing_taken',
      })
    const entry = { action: 'access_review.restore', targetType: 'access_review', targetId: id } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { lines: lines ?? 'all' } }))
    return lines
  })
  if (positions === undefined) await continueRestoring(ctx, reviewId, atOnceMillis)
  else for (const position of positions) await restoreOne(ctx, { ...key, position })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(progress(key)))
  return rows?.[0] ?? { restored: 0, failed: 0, left: 0 }
}

/** @param ctx of whoever asked for it, with their rights of now */
async function continueRestoring(ctx: CallContext, reviewId: string, forMillis: number): Promise<void> {
  const key = { organizationId: ctx.organizationId, reviewId }
  const until = performance.now() + forMillis
  for (;;) {
    const [found = []] = await inTransaction(ctx, (tx) => tx.commitWith(next({ ...key, limit: 50 })))
    if (found.length === 0) break
    for (const { position } of found) {
      if (performance.now() >= until) return
      await restoreOne(ctx, { ...key, position })
    }
  }
  await inTransaction(ctx, (tx) => tx.commitWith(finish(key)))
}

async function restoreOne(ctx: CallContext, key: Key & { position: number }): Promise<void> {
  const done = { ...key, by: ctx.actor.id, now: nowOf(ctx) }
  try {
    await inOneUnitOfWork(ctx, (own) =>
      inTransaction(own, async (tx) => {
        const [line] = await tx.run(lock(key))
        if (line === undefined) return
        await giveBack(tx, own, line)
        await tx.run(note({ ...done, message: null }))
      }),
    )
  } catch (error) {
    const { code, message } = asAppError(error)
    if (code === 'unavailable' || code === 'internal' || code === 'unauthenticated') throw error
    await inTransaction(ctx, (tx) => tx.commitWith(note({ ...done, message })))
  }
}

async function giveBack(tx: Transaction, ctx: CallContext, line: Line): Promise<void> {
  const { userId, roleId, brandId, source, sourceId, taskId, taken } = line
  if (source === 'account') {
    await reactivateUser(ctx, { userId, restore: 'all' })
    return
  }
  if (source === 'mapping') {
    const given = taskId !== null && (await cancelTask(tx, ctx, { id: taskId, userId, roleId, brandId }))
    if (given) return
    throw new AppError('conflict', 'The group has changed at the provider already; it has to be given back there')
  }
  if (source === 'team') return giveBackTeams(tx, ctx, line)
  const { reason, sponsor = null, expiresAt = null, reviewAt = null } = (taken ?? {}) as Record<string, string | null>
  if (line.outcome === 'ended') {
    await updateAssignmentWithin(tx, ctx, { assignmentId: sourceId, expiresAt })
    return
  }
  if (expiresAt !== null && new Date(expiresAt) <= ctx.clock.now())
    throw new AppError('conflict', 'It would have ended in the meantime')
  await createAssignment(ctx, { userId, roleId, brandId, reason: reason ?? 'Given back', sponsor, expiresAt, reviewAt })
}

async function giveBackTeams(tx: Transaction, ctx: CallContext, { userId, brandId, taken }: Line): Promise<void> {
  requirePermissionIn(ctx, 'assignments.write', brandId)
  const teams = Object.entries((taken as { teams?: Record<string, boolean> } | null)?.teams ?? {})
  for (const [teamId, wasByHand] of teams) {
    const team = await lockTeamRow(tx, ctx, teamId)
    await letIntoAgain(tx, ctx, team, { userId, wasByHand })
  }
}

const underWay = prepared<{ organizationId: string }, { reviewId: string; actor: Actor }>(
  (p) => sql`select id as "reviewId", json_build_object('type', restore_type, 'id', restore_id) as actor
    from access_reviews where organization_id = ${p.organizationId} and restore_type is not null order by id`,
)

/** Goes on with what is under way, each in the name of whoever asked for it. @param ctx the worker's */
export async function continueRestores(ctx: CallContext, forMillis: number): Promise<void> {
  const { organizationId } = ctx
  const [found = []] = await inTransaction(ctx, (tx) => tx.commitWith(underWay({ organizationId })))
  for (const { reviewId, actor } of found) {
    const own = await actorContext(ctx, actor)
    if (own === undefined) await inTransaction(ctx, (tx) => tx.commitWith(finish({ organizationId, reviewId })))
    else await continueRestoring(own, reviewId, forMillis)
  }
}

const lineOfTask = prepared<{ organizationId: string; taskId: string }, { reviewId: string; position: number }>(
  (p) => sql`select review_id as "reviewId", position from review_tasks
    where organization_id = ${p.organizationId} and id = ${p.taskId}`,
)

/**
 * The role that a task holds back is held again.
 * @throws AppError not_found; forbidden; conflict (reason `not_given_back`) saying why
 */
export async function giveBackTask(ctx: CallContext, taskId: string): Promise<void> {
  requirePermissionSomewhere(ctx, 'assignments.write')
  const key = { organizationId: ctx.organizationId, taskId: isId('rtk', taskId) ? taskId : '' }
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(lineOfTask(key)))
  const line = rows?.[0]
  if (line === undefined) throw notFound('Task')
  const { reviewId, position } = line
  await restoreReview(ctx, { reviewId, lines: [position] })
  const [state] = await inTransaction(ctx, (tx) =>
    tx.commitWith(stateOf({ organizationId: ctx.organizationId, reviewId, position })),
  )
  const message = state?.[0]?.message ?? null
  if (message !== null) throw new AppError('conflict', message, { reason: 'not_given_back' })
}

const stateOf = prepared<Key & { position: number }, { message: string | null }>(
  (p) => sql`select case when restored_at is null then restore_message end as message from access_review_lines
    where organization_id = ${p.organizationId} and review_id = ${p.reviewId} and position = ${p.position}::int`,
)
