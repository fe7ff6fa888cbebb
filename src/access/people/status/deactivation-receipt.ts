// The receipt of a deactivation: what was closed, by whom and when, and whether the applications have heard of it.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type Actor, type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'

export type DeactivationReceipt = {
  auditEventId: string
  occurredAt: string
  actor: Actor & { name: string | null }
  reason: string
  note: string | null
  returnsAt: string | null
  /** What ended with it, by the kind of credential. */
  closed: Record<string, number>
  /** Logouts to applications since then. */
  logouts: { sent: number; queued: number; failed: number }
}

const select = prepared<{ organizationId: string; userId: string }, DeactivationReceipt>(
  (p) => sql`select a.id as "auditEventId", a.occurred_at as "occurredAt",
      json_build_object('type', a.actor_type, 'id', a.actor_id, 'name', coalesce(
        (select coalesce(u.display_name, u.user_name) from users u
          where u.organization_id = a.organization_id and u.id = a.actor_id),
        (select d.name from directories d where d.organization_id = a.organization_id and d.id = a.actor_id),
        (select k.name from api_keys k where k.organization_id = a.organization_id and k.id = a.actor_id))) as actor,
      a.detail ->> 'reason' as reason, a.detail ->> 'note' as note, a.detail ->> 'returnsAt' as "returnsAt",
      coalesce(a.detail -> 'closed', '{}') as closed,
      (select json_build_object('sent', count(*) filter (where l.status = 'sent'),
          'queued', count(*) filter (where l.status = 'queued'), 'failed', count(*) filter (where l.status = 'failed'))
        from application_logouts l where l.organization_id = a.organization_id and l.user_id = a.target_id
          and l.created_at >= a.occurred_at - interval '1 minute') as logouts
    from audit_events a
    where a.organization_id = ${p.organizationId} and a.target_id = ${p.userId} and a.action = 'user.deactivate'
    order by a.id desc limit 1`,
)

/** Of the latest deactivation. @throws AppError forbidden; not_found, also for somebody who was never deactivated */
export async function getDeactivationReceipt(ctx: CallContext, userId: string): Promise<DeactivationReceipt> {
  requirePermission(ctx, 'users.read')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({ organizationId: ctx.organizationId, userId })))
  const receipt = rows?.[0]
  if (receipt === undefined) throw notFound('Deactivation')
  return receipt
}
