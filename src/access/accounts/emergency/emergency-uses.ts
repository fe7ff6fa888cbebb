// What emergency accounts were used for, and the report about it that somebody else signs once the account is sealed anew.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { isoTime, prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, type Transaction } from '#src/context.ts'

export type EmergencyUse = {
  id: string
  account: { userId: string; userName: string; displayName: string | null; status: string }
  reason: string
  ip: string | null
  startedAt: string
  /** False while the password, authenticator and codes of the time are still good. */
  isSealedAnew: boolean
  /** Null until somebody has signed. */
  report: { statement: string; signedAt: string; signedBy: { id: string; name: string | null } } | null
}

const columns = sql`x.id, x.reason, x.ip, x.started_at as "startedAt",
  json_build_object('userId', u.id, 'userName', u.user_name, 'displayName', u.display_name, 'status', u.status) as account,
  (u.status <> 'active' or e.sealed_at > x.started_at) as "isSealedAnew",
  case when x.signed_at is not null then json_build_object('statement', x.statement, 'signedAt', ${isoTime(sql`x.signed_at`)},
    'signedBy', json_build_object('id', x.signed_by, 'name', coalesce(s.display_name, s.user_name))) end as report`

const from = sql`from emergency_uses x
  join users u on u.organization_id = x.organization_id and u.id = x.user_id
  left join emergency_accounts e on e.organization_id = x.organization_id and e.user_id = x.user_id
  left join users s on s.organization_id = x.organization_id and s.id = x.signed_by`

const newest = prepared<{ organizationId: string }, EmergencyUse>(
  (p) => sql`select ${columns} ${from} where x.organization_id = ${p.organizationId} order by x.id desc limit 100`,
)

const useById = prepared<{ organizationId: string; useId: string }, EmergencyUse>(
  (p) =>
    sql`select ${columns} ${from} where x.organization_id = ${p.organizationId} and x.id = ${p.useId} for update of x`,
)

/** The last hundred, the newest first; drills are not among them. @throws AppError forbidden */
export async function listEmergencyUses(ctx: CallContext): Promise<EmergencyUse[]> {
  requirePermission(ctx, 'users.read')
  const { organizationId } = ctx
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(newest({ organizationId })))
  return rows ?? []
}

/** @throws AppError forbidden, not_found */
export function getEmergencyUse(ctx: CallContext, useId: string): Promise<EmergencyUse> {
  requirePermission(ctx, 'users.read')
  return inTransaction(ctx, (tx) => lockUse(tx, ctx, useId))
}

async function lockUse(tx: Transaction, { organizationId }: CallContext, useId: string): Promise<EmergencyUse> {
  const [use] = await tx.run(useById({ organizationId, useId: isId('emu', useId) ? useId : '' }))
  if (use === undefined) throw notFound('Use of an emergency account')
  return use
}

const SignInput = z.object({
  useId: z.string(),
  statement: z.string().trim().min(1, 'say what happened and what was done').max(5_000),
})

const sign = prepared<
  { organizationId: string; useId: string; statement: string; now: string; signedBy: string },
  never
>(
  (p) => sql`update emergency_uses set statement = ${p.statement}, signed_at = ${p.now}::timestamptz,
      signed_by = ${p.signedBy}
    where organization_id = ${p.organizationId} and id = ${p.useId}`,
)

const isEmergencyAccount = prepared<{ organizationId: string; userId: string }, { userId: string }>(
  (p) => sql`select user_id as "userId" from emergency_accounts
    where organization_id = ${p.organizationId} and user_id = ${p.userId}`,
)

/**
 * Signs the report about a use, once and for all.
 * @throws AppError invalid, not_found; forbidden (reason `own_report`) for emergency accounts, which are nobody in person; conflict (reasons
 *   `not_sealed` while what was in the envelope is still good, `already_signed`)
 */
export async function signEmergencyReport(ctx: CallContext, input: z.input<typeof SignInput>): Promise<EmergencyUse> {
  requirePermission(ctx, 'accounts.write')
  const { useId, statement } = parseInput(SignInput, input)
  const { organizationId, actor } = ctx
  return inTransaction(ctx, async (tx) => {
    const use = await lockUse(tx, ctx, useId)
    const [nobody] = await tx.run(isEmergencyAccount({ organizationId, userId: actor.id }))
    if (nobody !== undefined)
      throw new AppError('forbidden', 'Somebody signs in their own name', { reason: 'own_report' })
    const refusal = refusalOf(use)
    if (refusal !== undefined) throw refusal
    await tx.run(sign({ organizationId, useId, statement, now: nowOf(ctx), signedBy: actor.id }))
    const { userId } = use.account
    const entry = { action: 'emergency.report', targetType: 'user', targetId: userId } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { useId, reason: use.reason, statement } }))
    return lockUse(tx, ctx, useId)
  })
}

function refusalOf({ report, isSealedAnew }: EmergencyUse): AppError | undefined {
  if (report !== null) return new AppError('conflict', 'This report is signed already', { reason: 'already_signed' })
  if (isSealedAnew) return undefined
  const message = 'The envelope is still open: seal the account anew first, or switch it off'
  return new AppError('conflict', message, { reason: 'not_sealed' })
}
