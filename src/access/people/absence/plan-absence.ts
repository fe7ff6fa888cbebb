// An absence is planned, begun, changed and cancelled. Whoever is absent is deactivated by the one door out.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { lockUserRow } from '#directory/users.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { instantSchema, invalidField, lineSchema, parseInput, requireFuture } from '#platform/input.ts'
import {
  type CallContext,
  inOneUnitOfWork,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { requireNotAbove } from '../../ceiling/ceiling.ts'
import { requireSomebodyElse } from '../../ground/somebody-else.ts'
import { deactivateUserWithin } from '../status/deactivate-user.ts'
import { reactivateUser } from '../status/reactivate-user.ts'
import { type Absence, AtReturn, getAbsence, readAbsence } from './absences.ts'

const fields = {
  /** Left out, or past: from now on. */
  from: instantSchema.nullish(),
  until: instantSchema,
  reason: lineSchema(1_000, 'say why'),
  /** Null: as the organization says. */
  atReturn: AtReturn.nullish(),
}

const PlanInput = z.object({ userId: z.string(), ...fields })
const ChangeInput = z
  .object({ absenceId: z.string(), ...fields })
  .partial()
  .required({ absenceId: true })

type Key = { organizationId: string; absenceId: string }
type Row = Key & { from: string; until: string; reason: string; atReturn: string | null }

const insert = prepared<Row & { userId: string; by: string; now: string }, never>(
  (
    p,
  ) => sql`insert into absences (organization_id, id, user_id, from_at, until_at, reason, at_return, status, created_at, created_by)
    values (${p.organizationId}, ${p.absenceId}, ${p.userId}, ${p.from}::timestamptz, ${p.until}::timestamptz, ${p.reason},
      ${p.atReturn}, 'planned', ${p.now}::timestamptz, ${p.by})`,
)

const openOf = prepared<{ organizationId: string; userId: string }, { id: string }>(
  (p) => sql`select id from absences where organization_id = ${p.organizationId} and user_id = ${p.userId}
    and status in ('planned', 'under_way')`,
)

const begun = prepared<Key & { at: string }, never>(
  (p) => sql`update absences set status = 'under_way', deactivated_at = ${p.at}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.absenceId}`,
)

/** Deactivates whoever is absent from now on, in a transaction that holds their row and has to end after it. */
export async function beginAbsence(tx: Transaction, caller: CallContext, absence: Absence): Promise<void> {
  // One moment, by which it is known at the end whether it is still this deactivation that holds.
  const at = caller.clock.now()
  const ctx: CallContext = { ...caller, clock: { now: () => at } }
  await tx.run(begun({ organizationId: ctx.organizationId, absenceId: absence.id, at: nowOf(ctx) }))
  const note = `Absence: ${absence.reason}`
  await deactivateUserWithin(tx, ctx, { userId: absence.user.id, note, returnsAt: absence.until })
}

/**
 * From now on they are deactivated at once; from later on, by the worker.
 * @throws AppError invalid, not_found; forbidden (reasons `permission`, `ceiling`); conflict (reasons `absence` for somebody who has
 *   one that is planned or under way, `not_active`, `yourself`, `last_administrator`)
 */
export async function planAbsence(ctx: CallContext, input: z.input<typeof PlanInput>): Promise<Absence> {
  requirePermission(ctx, 'users.write')
  const { userId, from, until, reason, atReturn = null } = parseInput(PlanInput, input)
  requireSpan(ctx, from, until)
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  requireSomebodyElse(ctx, userId, 'deactivate you')
  const { organizationId } = ctx
  const absenceId = ctx.ids.next('abs')
  const isNow = from === undefined || from === null || new Date(from) <= ctx.clock.now()
  await inTransaction(ctx, async (tx) => {
    const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
    await requireNotAbove(tx, ctx, userId)
    if (user.status !== 'active')
      throw new AppError('conflict', 'Only somebody who is active can be absent', { reason: 'not_active' })
    if ((await tx.run(openOf({ organizationId, userId }))).length > 0)
      throw new AppError('conflict', 'They have an absence already: change that one', { reason: 'absence' })
    const now = nowOf(ctx)
    const span = { from: isNow ? now : (from ?? now), until }
    await tx.run(insert({ organizationId, absenceId, userId, ...span, reason, atReturn, by: ctx.actor.id, now }))
    const detail = { absence: absenceId, ...span, reason, atReturn }
    await tx.run(recordAudit(ctx, { action: 'absence.plan', targetType: 'user', targetId: userId, detail }))
    if (isNow) await beginAbsence(tx, ctx, await readAbsence(tx, ctx, absenceId))
  })
  return getAbsence(ctx, absenceId)
}

/** So far ahead it may begin, and so long it may last. */
const most = { days: 3_650, millis: 3_650 * 86_400_000 }

/** @throws AppError invalid */
function requireSpan({ clock }: CallContext, from: string | null | undefined, until: string): void {
  const now = clock.now()
  requireFuture(until, now, 'until')
  const begins = Math.max(now.getTime(), from == null ? 0 : Date.parse(from))
  if (begins > now.getTime() + most.millis) throw invalidField('from', `must be at most ${most.days} days from now`)
  if (Date.parse(until) > begins + most.millis)
    throw invalidField('until', `must be at most ${most.days} days after it begins`)
  if (from !== undefined && from !== null && new Date(from) >= new Date(until))
    throw invalidField('until', 'must be after from')
}

const lock = prepared<Key, unknown>(
  (p) => sql`select 1 from absences where organization_id = ${p.organizationId} and id = ${p.absenceId} for update`,
)

const update = prepared<Row, never>(
  (
    p,
  ) => sql`update absences set from_at = ${p.from}::timestamptz, until_at = ${p.until}::timestamptz, reason = ${p.reason},
      at_return = ${p.atReturn} where organization_id = ${p.organizationId} and id = ${p.absenceId}`,
)

const expectBack = prepared<{ organizationId: string; userId: string; until: string }, never>(
  (p) => sql`update users set returns_at = ${p.until}::timestamptz where organization_id = ${p.organizationId}
    and id = ${p.userId} and status = 'inactive'`,
)

/** Holds the person's row and the absence. @throws AppError not_found; forbidden; conflict (reasons `over`, `yourself`) */
async function lockOpen(tx: Transaction, ctx: CallContext, absenceId: string): Promise<Absence> {
  const found = await readAbsence(tx, ctx, absenceId)
  requireSomebodyElse(ctx, found.user.id, 'change or cancel your absence')
  await lockUserRow(tx, ctx, { userId: found.user.id, directoryId: null })
  await requireNotAbove(tx, ctx, found.user.id)
  await tx.run(lock({ organizationId: ctx.organizationId, absenceId }))
  const absence = await readAbsence(tx, ctx, absenceId)
  if (absence.status === 'planned' || absence.status === 'under_way') return absence
  throw new AppError('conflict', 'The absence is over', { reason: 'over' })
}

/**
 * What is not mentioned stays. Its beginning can be moved until it has begun.
 * @throws AppError invalid, not_found; forbidden (reasons `permission`, `ceiling`); conflict (reasons `over`, `begun`,
 *   `yourself`)
 */
export async function changeAbsence(ctx: CallContext, input: z.input<typeof ChangeInput>): Promise<Absence> {
  requirePermission(ctx, 'users.write')
  const { absenceId, ...wanted } = parseInput(ChangeInput, input)
  if (!isId('abs', absenceId)) return refuseUnknown(ctx, 'Absence')
  const { organizationId } = ctx
  await inTransaction(ctx, async (tx) => {
    const before = await lockOpen(tx, ctx, absenceId)
    const isBegun = before.status === 'under_way'
    if (isBegun && wanted.from !== undefined && wanted.from !== before.from)
      throw new AppError('conflict', 'It has begun already', { reason: 'begun' })
    const { reason = before.reason, until = before.until, atReturn = before.atReturn } = wanted
    const from = wanted.from ?? before.from
    requireSpan(ctx, from, until)
    await tx.run(update({ organizationId, absenceId, from, until, reason, atReturn }))
    if (isBegun) await tx.run(expectBack({ organizationId, userId: before.user.id, until }))
    const was = { from: before.from, until: before.until, reason: before.reason, atReturn: before.atReturn }
    const detail = { absence: absenceId, before: was, after: { from, until, reason, atReturn } }
    const target = { targetType: 'user', targetId: before.user.id } as const
    await tx.run(recordAudit(ctx, { action: 'absence.change', ...target, detail }))
  })
  return getAbsence(ctx, absenceId)
}

const cancel = prepared<Key & { now: string }, never>(
  (p) => sql`update absences set status = 'cancelled', ended_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.absenceId}`,
)

/**
 * Before it has begun nothing happens; afterwards they are back at once, if nobody else has switched them off meanwhile.
 * @throws AppError not_found; forbidden (reasons `permission`, `ceiling`); conflict (reasons `over`, `yourself`)
 */
export async function cancelAbsence(ctx: CallContext, absenceId: string): Promise<Absence> {
  requirePermission(ctx, 'users.write')
  if (!isId('abs', absenceId)) return refuseUnknown(ctx, 'Absence')
  const { organizationId } = ctx
  await inOneUnitOfWork(ctx, async (part) => {
    const userId = await inTransaction(part, async (tx) => {
      const absence = await lockOpen(tx, part, absenceId)
      await tx.run(cancel({ organizationId, absenceId, now: nowOf(ctx) }))
      const target = { targetType: 'user', targetId: absence.user.id } as const
      await tx.run(recordAudit(ctx, { action: 'absence.cancel', ...target, detail: { absence: absenceId } }))
      return absence.status === 'under_way' ? absence.user.id : undefined
    })
    if (userId !== undefined) await reactivateUser(part, { userId })
  })
  return getAbsence(ctx, absenceId)
}
