// Absences begin and end at their time. At the end only what the absence has switched off comes back by itself; where a directory or
// somebody else has switched the person off besides, that stays, and administrators are asked.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, isPermitted, nowOf, type Transaction } from '#src/context.ts'
import { requireNotAbove } from '../../ceiling/ceiling.ts'
import { makersContext } from '../../grants/managers/actor-context.ts'
import { raiseAlarm } from '../../notices/alarms/raise-alarm.ts'
import { reactivateUser } from '../status/reactivate-user.ts'
import {
  type Absence,
  type AbsenceOutcome,
  type AbsenceStatus,
  getAbsence,
  readAbsence,
  readAtReturn,
} from './absences.ts'
import { beginAbsence } from './plan-absence.ts'

type Key = { organizationId: string; absenceId: string }

const starting = prepared<{ organizationId: string; limit: number }, { absenceId: string }>(
  (p) => sql`select id as "absenceId" from absences where organization_id = ${p.organizationId} and status = 'planned'
    and from_at <= now() order by id limit ${p.limit}::int`,
)

const ending = prepared<{ organizationId: string; limit: number }, { absenceId: string }>(
  (p) => sql`select id as "absenceId" from absences where organization_id = ${p.organizationId} and status = 'under_way'
    and until_at <= now() order by id limit ${p.limit}::int`,
)

type Standing = { userId: string; status: AbsenceStatus; isActive: boolean; isOver: boolean; isHeldByIt: boolean }

/** Holds the person's row and the absence. */
const lock = prepared<Key, Standing>(
  (p) => sql`select u.id as "userId", a.status, a.until_at <= now() as "isOver",
      u.status = 'active' and u.deleted_at is null as "isActive",
      (u.status = 'inactive' and u.status_reason = 'administrator' and u.deleted_at is null
        and u.status_changed_at = a.deactivated_at and not u.is_held_by_directory) as "isHeldByIt"
    from absences a join users u on u.organization_id = a.organization_id and u.id = a.user_id
    where a.organization_id = ${p.organizationId} and a.id = ${p.absenceId} for no key update`,
)

const finish = prepared<Key & { outcome: string; now: string }, never>(
  (p) => sql`update absences set status = 'ended', outcome = ${p.outcome}, ended_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.absenceId}`,
)

async function finishAs(tx: Transaction, ctx: CallContext, absence: Key & { userId: string }, outcome: AbsenceOutcome) {
  const { organizationId, absenceId, userId } = absence
  await tx.run(finish({ organizationId, absenceId, outcome, now: nowOf(ctx) }))
  const detail = { absence: absenceId, outcome }
  await tx.run(recordAudit(ctx, { action: 'absence.end', targetType: 'user', targetId: userId, detail }))
}

const atOnce = 200

/** @param ctx the worker's */
export async function runAbsences(ctx: CallContext): Promise<void> {
  const { organizationId } = ctx
  for (const [due, work] of [
    [starting, start],
    [ending, end],
  ] as const) {
    const [found = []] = await inTransaction(ctx, (tx) => tx.commitWith(due({ organizationId, limit: atOnce })))
    for (const { absenceId } of found) await work(ctx, { organizationId, absenceId })
  }
}

/** Whoever planned it could deactivate them by now, too. @throws AppError forbidden */
async function requirePlanner(tx: Transaction, planner: CallContext | undefined, { user }: Absence): Promise<void> {
  const message = 'The person who planned the absence is no longer allowed to deactivate users'
  if (planner === undefined || !isPermitted(planner, 'users.write'))
    throw new AppError('forbidden', message, { reason: 'permission' })
  await requireNotAbove(tx, planner, user.id)
}

async function start(ctx: CallContext, key: Key): Promise<void> {
  const { createdBy } = await getAbsence(ctx, key.absenceId)
  const planner = await makersContext(ctx, createdBy)
  try {
    await inTransaction(ctx, async (tx) => {
      const [standing] = await tx.run(lock(key))
      if (standing?.status !== 'planned') return
      const absence = { ...key, userId: standing.userId }
      if (standing.isOver) return finishAs(tx, ctx, absence, 'missed')
      if (!standing.isActive) return finishAs(tx, ctx, absence, 'not_active')
      const planned = await readAbsence(tx, ctx, key.absenceId)
      await requirePlanner(tx, planner, planned)
      await beginAbsence(tx, ctx, planned)
    })
  } catch (error) {
    if (!(error instanceof AppError && (error.reason === 'last_administrator' || error.code === 'forbidden')))
      throw error
    const why = error.code === 'forbidden' ? 'planner' : 'last_administrator'
    await inTransaction(ctx, async (tx) => {
      const { user } = await readAbsence(tx, ctx, key.absenceId)
      const { id: userId, userName, displayName } = user
      await finishAs(tx, ctx, { ...key, userId }, 'refused')
      await tx.run(raiseAlarm(ctx, { kind: 'absence_refused', detail: { userId, userName, displayName, why } }))
    })
  }
}

/** What is left to people is told by the alarm that somebody is due back, which goes by the person's own date. */
async function end(ctx: CallContext, key: Key): Promise<void> {
  const isLifted = await inTransaction(ctx, async (tx) => {
    const [standing] = await tx.run(lock(key))
    if (standing?.status !== 'under_way') return undefined
    const absence = await readAbsence(tx, ctx, key.absenceId)
    const atReturn = absence.atReturn ?? (await readAtReturn(tx, ctx))
    if (standing.isHeldByIt && atReturn === 'return') return standing.userId
    await finishAs(tx, ctx, { ...key, userId: standing.userId }, standing.isActive ? 'ended_early' : 'proposed')
    return undefined
  })
  if (isLifted === undefined) return
  try {
    await reactivateUser(ctx, { userId: isLifted })
  } catch (error) {
    // Their address is somebody else's by now, or they are gone: for people to settle.
    if (!(error instanceof AppError && ['conflict', 'not_found'].includes(error.code))) throw error
    await inTransaction(ctx, (tx) => finishAs(tx, ctx, { ...key, userId: isLifted }, 'proposed'))
  }
}
