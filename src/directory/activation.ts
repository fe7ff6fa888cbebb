// An invited person becomes active: by accepting the invitation, by an administrator's approval of a first
// sign-in, or since a directory brings them.
import { sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, nowOf } from '#src/context.ts'
import { type WrittenUser, writtenColumns } from './users.ts'

const activate = prepared<AuditParameters & { organizationId: string; userId: string; now: string }, WrittenUser>(
  (p) => sql`with activated as (
      update users u set status = 'active', status_changed_at = ${p.now}::timestamptz, version = version + 1,
        updated_at = ${p.now}::timestamptz
      where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.status = 'invited' and u.deleted_at is null
      returning ${writtenColumns}),
    accepted as (
      update invitations i set status = 'accepted', accepted_at = ${p.now}::timestamptz
      where i.organization_id = ${p.organizationId} and i.user_id = ${p.userId} and i.status = 'pending'
        and exists (select from activated)),
    audited as (${insertAudit(p)} from activated)
    select * from activated`,
)

/** The activation as a statement for a transaction that holds the user's row; no row where they are not invited. */
export function activation(
  ctx: CallContext,
  userId: string,
  by: 'invitation' | 'approval' | 'directory',
): Statement<WrittenUser> {
  const entry = { action: 'user.activate', targetType: 'user', targetId: userId, detail: { by } } as const
  return activate({ ...auditParameters(ctx, entry), organizationId: ctx.organizationId, userId, now: nowOf(ctx) })
}
