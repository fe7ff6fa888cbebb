// Events of all organizations that a caller of the platform reaches, in one order, for a transaction of the platform.
import { sql } from 'drizzle-orm'
import { isoTime, prepared } from '#db/statement.ts'
import type { PlacedRow } from './rows.ts'

type Range = {
  after: number
  upTo: number
  since: string
  reach: string
  organizationIds: readonly string[]
  actions: readonly string[]
  limit: number
}

export const selectPlatformEvents = prepared<Range, PlacedRow>(
  (p) => sql`select e.position::float8 as position, e.id, e.organization_id as "organizationId",
      ${isoTime(sql`e.occurred_at`)} as "occurredAt", e.actor_type as "actorType", e.actor_id as "actorId", e.action,
      e.target_id as "targetId", e.detail
    from platform_events(${p.after}::bigint, ${p.upTo}::bigint, ${p.since}::timestamptz, ${p.reach},
      ${p.organizationIds}::text[], ${p.actions}::text[], ${p.limit}::int) e order by e.position`,
)

export const firstPosition = prepared<{ firstId: string }, { position: number }>(
  (p) => sql`select first_event_position(${p.firstId})::float8 as position`,
)

export const isForgotten = prepared<{ after: number; since: string }, { isForgotten: boolean }>(
  (p) => sql`select is_event_forgotten(${p.after}::bigint, ${p.since}::timestamptz) as "isForgotten"`,
)
