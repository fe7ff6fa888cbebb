// Reactivation: the person may come in again, by a new sign-in. No old session or key revives; the epoch stays bumped.
import { type SQL, sql } from 'drizzle-orm'
import { type AuditRowParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, nowOf } from '#src/context.ts'
import { isStaged, isWaitingForSeat } from './staged.ts'
import { type WrittenUser, writtenColumns } from './users.ts'

type Parameters = AuditRowParameters & { organizationId: string; userId: string; isArrival: boolean; now: string }

// Switched off by others, while the directory said that they are gone: it is the directory's to lift now.
const isHeld = (p: { isArrival: SQL }): SQL => sql`not ${p.isArrival}::boolean and u.is_held_by_directory`

const reactivate = prepared<Parameters, WrittenUser>(
  (p) => sql`with reactivated as (
      update users u set status = case when ${isHeld(p)} then 'inactive'
          when ${p.isArrival}::boolean and (${isStaged(sql`u.organization_id`, sql`u.directory_id`)}
            or ${isWaitingForSeat(sql`u.organization_id`)}) then 'invited'
          else 'active' end,
        status_reason = case when ${isHeld(p)} then 'directory' end, is_held_by_directory = false, returns_at = null,
        address_yielded_to = case when ${isHeld(p)} then u.address_yielded_to end,
        status_changed_at = ${p.now}::timestamptz,
        version = version + 1, updated_at = ${p.now}::timestamptz
      where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.status = 'inactive'
        and u.deleted_at is null
      returning ${writtenColumns}),
    audited as (${insertAudit(p, sql`jsonb_strip_nulls(jsonb_build_object('heldBy', reactivated."statusReason"))`)} from reactivated)
    select * from reactivated`,
)

/**
 * The reactivation as a statement for a transaction that holds the user's row. It fails as conflict (reason `uniqueness`) where
 * somebody else has their sign-in address by now.
 * @param by a directory brings people back as it brings them: where its arrivals are staged, or every seat is taken, they wait
 */
export function reactivation(
  ctx: CallContext,
  userId: string,
  by: 'directory' | 'administrator',
): Statement<WrittenUser> {
  const entry = { action: 'user.reactivate', targetType: 'user', targetId: userId } as const
  const { organizationId } = ctx
  const isArrival = by === 'directory'
  return reactivate({ ...auditParameters(ctx, entry), organizationId, userId, isArrival, now: nowOf(ctx) })
}
