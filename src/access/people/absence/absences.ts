// Absences as they are read, and what the organization says of their end.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'

/** `propose`: administrators are asked to reactivate them; `return`: that happens by itself. */
export const AtReturn = z.enum(['propose', 'return'])
export type AtReturn = z.output<typeof AtReturn>

export type AbsenceStatus = 'planned' | 'under_way' | 'ended' | 'cancelled'

/**
 * What became of it: they came back by themselves, were proposed, came back early; somebody has deactivated them permanently; they were
 * not active when it was to begin, it was refused (it would have taken the last administrator, or whoever planned it may not do that
 * any more), or nobody worked before its time was over.
 */
export type AbsenceOutcome =
  | 'returned'
  | 'proposed'
  | 'ended_early'
  | 'deactivated'
  | 'not_active'
  | 'refused'
  | 'missed'

export type Absence = {
  id: string
  user: { id: string; userName: string; displayName: string | null }
  from: string
  until: string
  reason: string
  /** Null: as the organization says. */
  atReturn: AtReturn | null
  status: AbsenceStatus
  outcome: AbsenceOutcome | null
  endedAt: string | null
  createdAt: string
  createdBy: string
}

type Filter = {
  organizationId: string
  absenceId: string | null
  userId: string | null
  isOpen: boolean | null
  after: string | null
  limit: number
}

const select = prepared<Filter, Absence>(
  (
    p,
  ) => sql`select a.id, json_build_object('id', u.id, 'userName', u.user_name, 'displayName', u.display_name) as "user",
      a.from_at as from, a.until_at as until, a.reason, a.at_return as "atReturn", a.status, a.outcome, a.ended_at as "endedAt",
      a.created_at as "createdAt", a.created_by as "createdBy"
    from absences a join users u on u.organization_id = a.organization_id and u.id = a.user_id
    where a.organization_id = ${p.organizationId} and (${p.absenceId}::text is null or a.id = ${p.absenceId})
      and (${p.userId}::text is null or a.user_id = ${p.userId})
      and (${p.isOpen}::boolean is null or (a.status in ('planned', 'under_way')) = ${p.isOpen}::boolean)
      and (${p.after}::text is null or a.id < ${p.after}) order by a.id desc limit ${p.limit}::int`,
)

export type AbsencePage = {
  userId?: string | undefined
  /** Planned and under way. */
  isOpen?: boolean | undefined
  after?: string | undefined
  limit: number
}

/** The newest first. @throws AppError forbidden */
export async function listAbsences(ctx: CallContext, page: AbsencePage): Promise<Absence[]> {
  requirePermission(ctx, 'users.read')
  const { userId = null, isOpen = null, after = null, limit } = page
  const statement = select({ organizationId: ctx.organizationId, absenceId: null, userId, isOpen, after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** In a transaction of the caller's. @throws AppError not_found */
export async function readAbsence(tx: Transaction, ctx: CallContext, absenceId: string): Promise<Absence> {
  const wanted = { absenceId, userId: null, isOpen: null, after: null, limit: 1 }
  const [found] = await tx.run(select({ organizationId: ctx.organizationId, ...wanted }))
  if (found === undefined) throw notFound('Absence')
  return found
}

/** @throws AppError forbidden, not_found */
export async function getAbsence(ctx: CallContext, absenceId: string): Promise<Absence> {
  requirePermission(ctx, 'users.read')
  if (!isId('abs', absenceId)) return refuseUnknown(ctx, 'Absence')
  return inTransaction(ctx, (tx) => readAbsence(tx, ctx, absenceId))
}

const rule = prepared<{ organizationId: string }, { atReturn: AtReturn }>(
  (p) => sql`select at_return as "atReturn" from absence_rules where organization_id = ${p.organizationId}`,
)

/** In a transaction of the caller's. */
export const readAtReturn = async (tx: Transaction, { organizationId }: CallContext): Promise<AtReturn> =>
  (await tx.run(rule({ organizationId })))[0]?.atReturn ?? 'propose'

/** What happens at the end of absences that do not say so themselves. @throws AppError forbidden */
export async function getAbsenceRule(ctx: CallContext): Promise<{ atReturn: AtReturn }> {
  requirePermission(ctx, 'users.read')
  return { atReturn: await inTransaction(ctx, (tx) => readAtReturn(tx, ctx)) }
}

const upsert = prepared<{ organizationId: string; atReturn: string }, never>(
  (p) => sql`insert into absence_rules (organization_id, at_return) values (${p.organizationId}, ${p.atReturn})
    on conflict (organization_id) do update set at_return = excluded.at_return`,
)

/** It counts for those that are under way, too. @throws AppError invalid, forbidden */
export async function setAbsenceRule(ctx: CallContext, input: { atReturn: AtReturn }): Promise<{ atReturn: AtReturn }> {
  requirePermission(ctx, 'organization.write')
  const { atReturn } = parseInput(z.object({ atReturn: AtReturn }), input)
  const { organizationId } = ctx
  await inTransaction(ctx, async (tx) => {
    const before = await readAtReturn(tx, ctx)
    const target = { targetType: 'organization', targetId: organizationId } as const
    await tx.commitWith(
      upsert({ organizationId, atReturn }),
      recordAudit(ctx, { action: 'absence_rule.set', ...target, detail: { before, after: atReturn } }),
    )
  })
  return { atReturn }
}
