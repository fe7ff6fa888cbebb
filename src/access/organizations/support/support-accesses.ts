// Operators who ask to come in, as the organization sees them: who, why, for how long, and what became of it.
import { type SQL, sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit, recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { settleRequestAlarm } from '../../notices/alarms/settle-alarm.ts'

export type SupportAccess = {
  id: string
  /** The operator, as customers are shown them. */
  operator: string
  reason: string
  /** How long it lasts from entering on. */
  minutes: number
  wantsWrite: boolean
  mayWrite: boolean
  /** `granted`: may be entered; `entered`: they are in now; `ended`: whatever ended it. */
  status: 'requested' | 'granted' | 'refused' | 'entered' | 'ended'
  requestedAt: string
  decidedAt: string | null
  /** A user's or key's id; null where it was open. */
  decidedBy: string | null
  enteredAt: string | null
  endsAt: string | null
  endedAt: string | null
}

/** The columns of a SupportAccess, for `support_accesses a`. Who is in, the database says; what nobody enters within a day is over. */
export const accessColumns = (organizationId: SQL): SQL => sql`a.id, a.operator_name as operator, a.reason, a.minutes,
  a.wants_write as "wantsWrite", a.may_write as "mayWrite",
  case when a.status = 'entered' and a.id not in (select l.id from current_supports(${organizationId}) l) then 'ended'
    when a.status in ('requested', 'granted') and a.requested_at < now() - interval '24 hours' then 'ended'
    else a.status end as status,
  a.requested_at as "requestedAt", a.decided_at as "decidedAt", a.decided_by as "decidedBy", a.entered_at as "enteredAt",
  a.ends_at as "endsAt", coalesce(a.ended_at, case when a.status = 'entered' and a.ends_at <= now() then a.ends_at end) as "endedAt"`

const select = prepared<{ organizationId: string; id: string | null }, SupportAccess>(
  (p) => sql`select ${accessColumns(p.organizationId)} from support_accesses a
    where a.organization_id = ${p.organizationId} and (${p.id}::text is null or a.id = ${p.id})
    order by a.requested_at desc, a.id desc limit 100`,
)

/** The newest hundred. @throws AppError forbidden */
export async function listSupportAccesses(ctx: CallContext): Promise<SupportAccess[]> {
  requirePermission(ctx, 'organization.read')
  const statement = select({ organizationId: ctx.organizationId, id: null })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** In a transaction inside of the organization. @throws AppError not_found */
export async function accessWithin(tx: Transaction, ctx: CallContext, id: string): Promise<SupportAccess> {
  const [found] = isId('sup', id) ? await tx.run(select({ organizationId: ctx.organizationId, id })) : []
  if (found === undefined) throw notFound('Support access')
  return found
}

const lock = prepared<{ organizationId: string; id: string }, unknown>(
  (p) =>
    sql`select from support_accesses a where a.organization_id = ${p.organizationId} and a.id = ${p.id} for update`,
)

const decide = prepared<
  { organizationId: string; id: string; status: string; mayWrite: boolean; now: string; by: string },
  never
>(
  (p) => sql`update support_accesses set status = ${p.status}, may_write = ${p.mayWrite}::boolean,
      decided_at = ${p.now}::timestamptz, decided_by = ${p.by}
    where organization_id = ${p.organizationId} and id = ${p.id}`,
)

/** Nobody lets themselves in: neither the platform's keys nor its operators. @throws AppError forbidden (reason `own_word`) */
export function requireOwnWord({ actor }: CallContext): void {
  if (actor.type === 'user' || actor.type === 'api_key' || actor.type === 'application') return
  throw new AppError(
    'forbidden',
    'Only the organization itself lets support in: its administrators, or a key of its own',
    {
      reason: 'own_word',
    },
  )
}

export type Decision = { id: string; decision: 'grant' | 'refuse'; mayWrite?: boolean | undefined }

/**
 * What an operator asks for is granted or refused. They may read unless they are told that they may write.
 * @throws AppError forbidden; not_found; conflict (reason `decided`); unauthenticated (reason `fresh_proof`)
 */
export async function decideSupport(
  ctx: CallContext,
  { id, decision, mayWrite = false }: Decision,
): Promise<SupportAccess> {
  requirePermission(ctx, 'organization.write')
  if (decision === 'grant') requireOwnWord(ctx)
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    if (isId('sup', id)) await tx.run(lock({ organizationId, id }))
    const access = await accessWithin(tx, ctx, id)
    if (access.status !== 'requested')
      throw new AppError('conflict', 'It has already been decided, or nobody is waiting for it', {
        reason: 'decided',
      })
    const isGranted = decision === 'grant'
    const status = isGranted ? 'granted' : 'refused'
    const [now, by] = [nowOf(ctx), ctx.actor.id]
    await tx.run(decide({ organizationId, id, status, mayWrite: isGranted && mayWrite, now, by }))
    const alarm = { kind: 'support_request', field: 'supportAccessId', requestId: id, settledBy: by, now }
    await tx.run(settleRequestAlarm({ organizationId, ...alarm }))
    const target = { targetType: 'support_access', targetId: id } as const
    const detail = { mayWrite: isGranted && mayWrite, minutes: access.minutes }
    await tx.run(recordAudit(ctx, { action: `support.${decision}`, ...target, detail }))
    return accessWithin(tx, ctx, id)
  })
}

type Ending = AuditParameters & { organizationId: string; id: string; now: string; by: string }

const end = prepared<Ending, { id: string }>(
  (p) => sql`with ended as (
      update support_accesses a set status = 'ended', ended_at = ${p.now}::timestamptz, ended_by = ${p.by}
      where a.organization_id = ${p.organizationId} and a.id = ${p.id}
        and a.status in ('requested', 'granted', 'entered') returning a.id),
    audited as (${insertAudit(p)} from ended)
    select id from ended`,
)

const endingOf = (ctx: CallContext, id: string, action: 'support.end' | 'support.leave') => {
  const entry = { action, targetType: 'support_access', targetId: id } as const
  const { organizationId } = ctx
  return end({ ...auditParameters(ctx, entry), organizationId, id, now: nowOf(ctx), by: ctx.actor.id })
}

const open = prepared<{ organizationId: string }, { id: string }>(
  (p) => sql`select a.id from support_accesses a where a.organization_id = ${p.organizationId}
    and a.status in ('requested', 'granted', 'entered') for update`,
)

/** All of them, as far as they go on; for a transaction of the caller's. */
export async function endAllWithin(tx: Transaction, ctx: CallContext): Promise<void> {
  const { organizationId } = ctx
  for (const { id } of await tx.run(open({ organizationId }))) await tx.run(endingOf(ctx, id, 'support.end'))
}

/** Inside of the organization, for whoever is in. */
export async function leaveWithin(tx: Transaction, ctx: CallContext, id: string): Promise<boolean> {
  return (await tx.run(endingOf(ctx, id, 'support.leave'))).length > 0
}

/**
 * At once: the operator is out with their next request.
 * @throws AppError forbidden; not_found; unauthenticated (reason `fresh_proof`)
 */
export async function endSupport(ctx: CallContext, id: string): Promise<void> {
  requirePermission(ctx, 'organization.write')
  await inTransaction(ctx, async (tx) => {
    await accessWithin(tx, ctx, id)
    await tx.run(endingOf(ctx, id, 'support.end'))
  })
}
