// The record of what was done above the organizations: it outlives the organizations that it is about.
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, inTransaction, nowOf } from '#src/context.ts'
import { requirePlatform } from '../../ground/platform-rights.ts'

export type PlatformEventEntry = {
  /** noun.verb, e.g. `organization.create` */
  action: string
  targetType: 'organization' | 'platform_key' | 'application'
  targetId: string
  organizationId?: string
  /** What changed, by names and ids; never secrets. */
  detail?: Record<string, unknown>
}

export type PlatformEvent = {
  id: string
  occurredAt: string
  actor: { type: string; id: string; name: string | null }
  action: string
  target: { type: string; id: string }
  organizationId: string | null
  detail: Record<string, unknown>
  requestId: string
}

const insertEvent = prepared<
  {
    id: string
    now: string
    actorType: string
    actorId: string
    action: string
    targetType: string
    targetId: string
    organizationId: string | null
    detail: string
    requestId: string
  },
  never
>(
  (
    p,
  ) => sql`insert into platform_events (id, occurred_at, actor_type, actor_id, action, target_type, target_id, organization_id,
      detail, request_id)
    values (${p.id}, ${p.now}::timestamptz, ${p.actorType}, ${p.actorId}, ${p.action}, ${p.targetType}, ${p.targetId},
      ${p.organizationId}, ${p.detail}::jsonb, ${p.requestId})`,
)

/** For the transaction of the change, so that neither exists without the other. */
export const recordPlatformEvent = (ctx: CallContext, entry: PlatformEventEntry): Statement<never> =>
  insertEvent({
    ...{ id: ctx.ids.next('pev'), now: nowOf(ctx), actorType: ctx.actor.type, actorId: ctx.actor.id },
    ...{ action: entry.action, targetType: entry.targetType, targetId: entry.targetId },
    ...{ organizationId: entry.organizationId ?? null, detail: JSON.stringify(entry.detail ?? {}) },
    requestId: ctx.requestId,
  })

export type PlatformEventFilter = {
  /** The id that the page begins below. */
  before?: string | undefined
  limit: number
  organizationId?: string | undefined
  action?: string | undefined
}

const selectEvents = prepared<
  { before: string | null; limit: number; organizationId: string | null; action: string | null },
  PlatformEvent
>(
  (
    p,
  ) => sql`select e.id, e.occurred_at as "occurredAt", json_build_object('type', e.actor_type, 'id', e.actor_id, 'name',
      (select k.name from platform_keys k where k.id = e.actor_id)) as actor, e.action,
      json_build_object('type', e.target_type, 'id', e.target_id) as target, e.organization_id as "organizationId", e.detail,
      e.request_id as "requestId"
    from platform_events e
    where (${p.before}::text is null or e.id < ${p.before})
      and (${p.organizationId}::text is null or e.organization_id = ${p.organizationId})
      and (${p.action}::text is null or starts_with(e.action, ${p.action}))
    order by e.id desc limit ${p.limit}::int`,
)

/** The newest first. @throws AppError forbidden */
export async function listPlatformEvents(ctx: CallContext, filter: PlatformEventFilter): Promise<PlatformEvent[]> {
  requirePlatform(ctx, 'events.read')
  const { before = null, organizationId = null, action = null, limit } = filter
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith(selectEvents({ before, organizationId, action, limit })),
  )
  return rows ?? []
}
