// The one door out: whatever switches a person off comes through here. One statement sets the status, bumps the epoch,
// closes every credential and writes the audit row.
import { type SQL, sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, nowOf } from '#src/context.ts'
import { credentialKinds } from './credentials.ts'
import { type StatusReason, type WrittenUser, writtenColumns } from './users.ts'

type Parameters = AuditParameters & {
  organizationId: string
  userId: string
  reason: string
  returnsAt: string | null
  now: string
}

const closings = (p: { organizationId: SQL; userId: SQL; now: SQL }): SQL =>
  sql.join(
    credentialKinds.map((kind) => sql`${sql.identifier(`closed_${kind.name}`)} as (${kind.close(p)})`),
    sql`, `,
  )

const closedCounts = sql`jsonb_build_object(${sql.join(
  credentialKinds.map(
    (kind) => sql`${sql.raw(`'${kind.name}'`)}, (select count(*) from ${sql.identifier(`closed_${kind.name}`)})`,
  ),
  sql`, `,
)})`

const deactivate = prepared<Parameters, WrittenUser>(
  (p) => sql`with deactivated as (
      update users u set status = 'inactive', status_reason = ${p.reason},
        returns_at = ${p.returnsAt}::timestamptz, status_changed_at = ${p.now}::timestamptz,
        epoch = epoch + 1, version = version + 1, updated_at = ${p.now}::timestamptz
      where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.status in ('active', 'invited')
      returning ${writtenColumns}),
    ${closings(p)},
    audited as (${insertAudit(p, sql`${p.detail}::jsonb || jsonb_build_object('closed', ${closedCounts})`)}
      from deactivated)
    select * from deactivated`,
)

export type Deactivation = {
  reason: StatusReason
  /** In somebody's words, for the audit trail. */
  note?: string | null
  /** Until when it is meant: then the person is proposed for reactivation. */
  returnsAt?: string | null
}

const take = prepared<AuditParameters & { organizationId: string; userId: string }, WrittenUser>(
  (p) => sql`with held as (
      update users u set status_reason = 'administrator', is_held_by_directory = true, version = version + 1
      where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.status = 'inactive'
        and u.status_reason in ('directory', 'directory_deleted')
      returning ${writtenColumns}),
    audited as (${insertAudit(p)} from held)
    select * from held`,
)

/** Whom a directory switched off, an administrator holds, too: they stay off until both have lifted it. As a statement. */
export function administratorsHold(ctx: CallContext, userId: string): Statement<WrittenUser> {
  const entry = { action: 'user.hold', targetType: 'user', targetId: userId } as const
  const audit = auditParameters(ctx, { ...entry, detail: { by: 'administrator', isHeld: true } })
  return take({ ...audit, organizationId: ctx.organizationId, userId })
}

/** The deactivation as a statement for a transaction that holds the user's row; no row where they are inactive already. */
export function deactivation(
  ctx: CallContext,
  userId: string,
  { reason, note = null, returnsAt = null }: Deactivation,
): Statement<WrittenUser> {
  const detail = { reason, ...(note === null ? {} : { note }), ...(returnsAt === null ? {} : { returnsAt }) }
  const entry = { action: 'user.deactivate', targetType: 'user', targetId: userId, detail } as const
  const { organizationId } = ctx
  return deactivate({ ...auditParameters(ctx, entry), organizationId, userId, reason, returnsAt, now: nowOf(ctx) })
}
