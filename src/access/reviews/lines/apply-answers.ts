// Answers take effect, once the time to undo them is over: line by line, each in a transaction of its own and in the name of
// whoever set the campaign going, so that their rights, and the rule of the last administrator, hold. What is refused stands in
// the evidence with the reason.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { asAppError } from '#platform/errors.ts'
import {
  type Actor,
  type CallContext,
  inOneUnitOfWork,
  inTransaction,
  nowOf,
  requirePermissionIn,
  type Transaction,
} from '#src/context.ts'
import { deleteAssignmentWithin } from '../../grants/assignments/delete-assignment.ts'
import { notifyOfAccess } from '../../grants/assignments/notify-of-access.ts'
import { updateAssignmentWithin } from '../../grants/assignments/update-assignment.ts'
import { actorContext } from '../../grants/managers/actor-context.ts'
import { leaveOutOf } from '../../grants/teams/left-out.ts'
import { lockTeamRow } from '../../grants/teams/teams.ts'
import { raiseAlarm } from '../../notices/alarms/raise-alarm.ts'
import { deactivateUser } from '../../people/status/deactivate-user.ts'
import type { ReviewOutcome } from './lines.ts'
import { beginTask } from './tasks.ts'

type Due = {
  reviewId: string
  position: number
  review: { name: string; owner: Actor; openedAt: string }
}

const due = prepared<
  { organizationId: string; reviewId: string | null; stalled: readonly string[]; limit: number },
  Due
>(
  (p) => sql`select l.review_id as "reviewId", l.position, json_build_object('name', r.name,
      'owner', json_build_object('type', r.owner_type, 'id', r.owner_id), 'openedAt', r.opened_at) as review
    from access_review_lines l join access_reviews r on r.organization_id = l.organization_id and r.id = l.review_id
    where l.organization_id = ${p.organizationId} and l.effective_at <= now() and l.outcome is null
      and r.status in ('open', 'closing') and r.suspended_at is null and (${p.reviewId}::text is null or r.id = ${p.reviewId})
      and r.id <> all (${p.stalled}::text[])
    order by l.effective_at, l.review_id, l.position limit ${p.limit}::int`,
)

type Key = { organizationId: string; reviewId: string; position: number }

type Line = {
  userId: string
  source: 'direct' | 'mapping' | 'team' | 'account'
  sourceId: string
  roleId: string
  roleName: string
  brandId: string | null
  brandName: string | null
  answer: 'remove' | 'end'
  endAt: string | null
  comment: string | null
  /** The assignment as it is now; null where it is gone, or has ended. */
  assignment: Record<string, unknown> | null
  isMapped: boolean
  /** Of the person: whether they are active, and have been since the campaign opened. */
  isActive: boolean
  wasHere: boolean
}

// Whoever changed the answer meanwhile, or did this already, came first.
const lock = prepared<Key, Line>(
  (
    p,
  ) => sql`select l.user_id as "userId", l.source, l.source_id as "sourceId", l.role_id as "roleId", l.role_name as "roleName",
      l.brand_id as "brandId", l.brand_name as "brandName", l.answer, l.end_at as "endAt", l.comment,
      (select json_build_object('reason', a.reason, 'sponsor', a.sponsor, 'expiresAt', a.expires_at, 'reviewAt', a.review_at)
        from assignments a where l.source = 'direct' and a.organization_id = l.organization_id and a.id = l.source_id
          and (a.expires_at is null or a.expires_at > now())) as assignment,
      l.source = 'mapping' and is_mapped(l.organization_id, l.user_id, l.source_id) as "isMapped",
      u.status = 'active' as "isActive", coalesce(u.last_active_at > r.opened_at, false) as "wasHere"
    from access_review_lines l join access_reviews r on r.organization_id = l.organization_id and r.id = l.review_id
    join users u on u.organization_id = l.organization_id and u.id = l.user_id
    where l.organization_id = ${p.organizationId} and l.review_id = ${p.reviewId} and l.position = ${p.position}::int
      and l.effective_at <= now() and l.outcome is null and r.suspended_at is null for update of l`,
)

const note = prepared<Key & { outcome: string; message: string | null; taken: string | null; now: string }, never>(
  (p) => sql`update access_review_lines set outcome = ${p.outcome}, message = ${p.message}, taken = ${p.taken}::jsonb,
      applied_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and review_id = ${p.reviewId} and position = ${p.position}::int
      and outcome is null`,
)

type Applied = { outcome: ReviewOutcome; message?: string; taken?: Record<string, unknown> }

const atOnce = 100

/**
 * @param ctx the worker's
 * @param reviewId of one campaign alone
 * @param forMillis for how long; the next run goes on
 */
export async function applyAnswers(
  ctx: CallContext,
  { reviewId = null, forMillis }: { reviewId?: string | null; forMillis: number },
): Promise<void> {
  const until = performance.now() + forMillis
  const stalled: string[] = []
  while (performance.now() < until) {
    const found = await nextOf(ctx, { reviewId, stalled })
    const [first] = found
    if (first === undefined) return
    const own = await actorContext(ctx, first.review.owner)
    if (own === undefined) stalled.push(await stall(ctx, first))
    else await applyEach(ctx, own, { lines: found, until })
  }
}

/** Some that are due, of one campaign. */
async function nextOf(
  ctx: CallContext,
  { reviewId, stalled }: { reviewId: string | null; stalled: readonly string[] },
): Promise<Due[]> {
  const statement = due({ organizationId: ctx.organizationId, reviewId, stalled, limit: atOnce })
  const [found = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return found.filter((line) => line.reviewId === found[0]?.reviewId)
}

async function applyEach(
  ctx: CallContext,
  own: CallContext,
  { lines, until }: { lines: readonly Due[]; until: number },
): Promise<void> {
  for (const line of lines) {
    if (performance.now() >= until) return
    await applyOne(ctx, own, line)
  }
}

/** Nobody is left in whose name it could be done: it waits until somebody takes the campaign over. @returns the campaign's id */
async function stall(ctx: CallContext, { reviewId, review }: Due): Promise<string> {
  const detail = { reviewId, name: review.name }
  await inTransaction(ctx, (tx) => tx.commitWith(raiseAlarm(ctx, { kind: 'review_stalled', detail })))
  return reviewId
}

async function applyOne(system: CallContext, own: CallContext, { reviewId, position, review }: Due): Promise<void> {
  const key = { organizationId: system.organizationId, reviewId, position }
  try {
    await inOneUnitOfWork(own, (ctx) =>
      inTransaction(ctx, async (tx) => {
        const [line] = await tx.run(lock(key))
        if (line === undefined) return
        const { outcome, message = null, taken } = await take(tx, ctx, line, key)
        const kept = taken === undefined ? null : JSON.stringify(taken)
        await tx.run(note({ ...key, outcome, message, taken: kept, now: nowOf(ctx) }))
        const told = { reviewId, name: review.name }
        if (outcome === 'task') await tx.run(raiseAlarm(system, { kind: 'review_tasks', detail: told }))
        const { userId, roleId, brandId, answer } = line
        const detail = { position, userId, roleId, brandId, answer, outcome, message }
        const entry = { action: 'access_review.apply', targetType: 'access_review', targetId: reviewId } as const
        await tx.run(recordAudit(system, { ...entry, detail }))
      }),
    )
  } catch (error) {
    const { code, message } = asAppError(error)
    if (code === 'unavailable' || code === 'internal') throw error
    await inTransaction(system, async (tx) => {
      await tx.run(note({ ...key, outcome: 'refused', message, taken: null, now: nowOf(system) }))
      const entry = { action: 'access_review.apply', targetType: 'access_review', targetId: reviewId } as const
      await tx.run(recordAudit(system, { ...entry, detail: { position, outcome: 'refused', message } }))
    })
  }
}

const take = (tx: Transaction, ctx: CallContext, line: Line, key: Key): Promise<Applied> =>
  ({ direct: takeAssignment, mapping: holdBack, team: leaveTeams, account: closeAccount })[line.source](
    tx,
    ctx,
    line,
    key,
  )

async function takeAssignment(tx: Transaction, ctx: CallContext, line: Line): Promise<Applied> {
  const { assignment, sourceId, answer, endAt } = line
  if (assignment === null) return { outcome: 'gone' }
  const isOver = endAt !== null && Date.parse(endAt) <= ctx.clock.now().getTime()
  if (answer === 'remove' || isOver) {
    await deleteAssignmentWithin(tx, ctx, sourceId)
    return { outcome: 'removed', taken: assignment }
  }
  const ends = assignment['expiresAt']
  if (typeof ends === 'string' && endAt !== null && Date.parse(ends) <= Date.parse(endAt)) return { outcome: 'kept' }
  await updateAssignmentWithin(tx, ctx, { assignmentId: sourceId, expiresAt: endAt })
  return { outcome: 'ended', taken: { expiresAt: ends } }
}

async function holdBack(tx: Transaction, ctx: CallContext, line: Line, key: Key): Promise<Applied> {
  if (!line.isMapped) return { outcome: 'gone' }
  const { userId, sourceId: mappingId, roleId, brandId, endAt } = line
  const isOver = endAt === null || Date.parse(endAt) <= ctx.clock.now().getTime()
  const { reviewId, position } = key
  await beginTask(tx, ctx, { reviewId, position, userId, mappingId, roleId, brandId, startsAt: isOver ? null : endAt })
  const notice = { userId, kind: 'taken', role: line.roleName, brand: line.brandName } as const
  if (isOver) await notifyOfAccess(tx, ctx, { ...notice, reason: line.comment, expiresAt: null })
  return { outcome: 'task' }
}

const teamsThatGive = prepared<{ organizationId: string; userId: string; teamRoleId: string }, { id: string }>(
  (p) => sql`select distinct t.team_id as id from teams_of_people t
    join teams x on x.organization_id = t.organization_id and x.id = t.team_id
    join team_roles g on g.organization_id = t.organization_id and g.team_id in (x.id, x.parent_id)
    where t.organization_id = ${p.organizationId} and t.user_id = ${p.userId} and g.id = ${p.teamRoleId}
      and (g.expires_at is null or g.expires_at > now()) order by 1`,
)

/** Out of the team that holds it, and of those within it that they are in. */
async function leaveTeams(tx: Transaction, ctx: CallContext, line: Line): Promise<Applied> {
  const { userId, sourceId: teamRoleId, brandId, comment } = line
  requirePermissionIn(ctx, 'assignments.write', brandId)
  const teams = await tx.run(teamsThatGive({ organizationId: ctx.organizationId, userId, teamRoleId }))
  if (teams.length === 0) return { outcome: 'gone' }
  const taken: Record<string, boolean> = {}
  const reason = comment ?? 'Taken out by an access review'
  for (const { id } of teams) {
    const { wasByHand } = await leaveOutOf(tx, ctx, await lockTeamRow(tx, ctx, id), { userId, reason })
    taken[id] = wasByHand
  }
  const notice = { userId, kind: 'taken', role: line.roleName, brand: line.brandName } as const
  await notifyOfAccess(tx, ctx, { ...notice, reason: comment, expiresAt: null })
  return { outcome: 'removed', taken: { teams: taken } }
}

async function closeAccount(_tx: Transaction, ctx: CallContext, line: Line): Promise<Applied> {
  if (!line.isActive) return { outcome: 'gone' }
  if (line.wasHere) return { outcome: 'refused', message: 'They have been active since the review opened' }
  const note = line.comment ?? 'Not used, says an access review'
  await deactivateUser(ctx, { userId: line.userId, note }, 'inactivity')
  return { outcome: 'removed' }
}
