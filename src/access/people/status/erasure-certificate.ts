// That somebody was erased, when, by whom, and how much of what: from the audit trail, which is sealed.
import { sql } from 'drizzle-orm'
import { isoTime, prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'

export type ErasureCertificate = {
  userId: string
  erasedAt: string
  erasedBy: { type: string; id: string }
  /** The event of the audit trail that says so; `audit verify` proves that nobody has changed it. */
  auditEventId: string
  /** How many rows went, by table. */
  removed: Record<string, number>
}

const select = prepared<{ organizationId: string; userId: string }, ErasureCertificate>(
  (p) => sql`select e.target_id as "userId", ${isoTime(sql`e.occurred_at`)} as "erasedAt",
      json_build_object('type', e.actor_type, 'id', e.actor_id) as "erasedBy", e.id as "auditEventId",
      coalesce(e.detail -> 'removed', '{}') as removed
    from audit_events e where e.organization_id = ${p.organizationId} and e.target_type = 'user'
      and e.target_id = ${p.userId} and e.action = 'user.erase' order by e.id desc limit 1`,
)

/** @throws AppError forbidden; not_found for somebody who was not erased */
export async function getErasureCertificate(ctx: CallContext, userId: string): Promise<ErasureCertificate> {
  requirePermission(ctx, 'audit.read')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'Certificate')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({ organizationId: ctx.organizationId, userId })))
  const found = rows?.[0]
  if (found === undefined) throw notFound('Certificate')
  return found
}
