// The audit trail of an organization, newest first.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type Actor, type CallContext, inTransaction, requirePermission } from '#src/context.ts'

export type AuditEvent = {
  id: string
  occurredAt: string
  actor: Actor
  action: string
  targetType: string
  targetId: string
  detail: Record<string, unknown>
  requestId: string
}

export type AuditFilter = {
  action?: string | undefined
  targetId?: string | undefined
  actorId?: string | undefined
  /** ISO time; what happened then or later. */
  since?: string | undefined
}

const selectEvents = prepared<
  {
    organizationId: string
    action: string | null
    targetId: string | null
    actorId: string | null
    since: string | null
    before: string | null
    limit: number
  },
  AuditEvent
>(
  (
    p,
  ) => sql`select a.id, a.occurred_at as "occurredAt", json_build_object('type', a.actor_type, 'id', a.actor_id) as actor,
      a.action, a.target_type as "targetType", a.target_id as "targetId", a.detail, a.request_id as "requestId"
    from audit_events a where a.organization_id = ${p.organizationId}
      and (${p.action}::text is null or a.action = ${p.action})
      and (${p.targetId}::text is null or a.target_id = ${p.targetId})
      and (${p.actorId}::text is null or a.actor_id = ${p.actorId})
      and (${p.since}::timestamptz is null or a.occurred_at >= ${p.since}::timestamptz)
      and (${p.before}::text is null or a.id < ${p.before})
    order by a.id desc limit ${p.limit}::int`,
)

/** Ids grow with time, so the id of the last event shown leads to the next page. */
export async function listAuditEvents(
  ctx: CallContext,
  { filter = {}, before, limit }: { filter?: AuditFilter; before?: string | undefined; limit: number },
): Promise<AuditEvent[]> {
  requirePermission(ctx, 'audit.read')
  const { action = null, targetId = null, actorId = null, since = null } = filter
  const key = { organizationId: ctx.organizationId, action, targetId, actorId, since }
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith(selectEvents({ ...key, before: before ?? null, limit })),
  )
  return rows ?? []
}
