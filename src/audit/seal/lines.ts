// Audit rows in the one form that their hashes are made of.
import { hash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'

export type SealedRow = {
  /** A bigint as text; positions stay far below 2^53. */
  position: string
  id: string
  /** Milliseconds since 1970. */
  at: string
  actorType: string
  actorId: string
  action: string
  targetType: string
  targetId: string
  /** As PostgreSQL writes jsonb. */
  detail: string
  requestId: string
}

/** Rows of one organization after a position, up to and with another one, in their order. */
export const selectRows = prepared<{ organizationId: string; after: string; last: string; limit: number }, SealedRow>(
  (p) => sql`select a.position::text as position, a.id, (extract(epoch from a.occurred_at) * 1000)::bigint::text as at,
      a.actor_type as "actorType", a.actor_id as "actorId", a.action, a.target_type as "targetType",
      a.target_id as "targetId", a.detail::text as detail, a.request_id as "requestId"
    from audit_events a
    where a.organization_id = ${p.organizationId} and a.position > ${p.after}::bigint and a.position <= ${p.last}::bigint
    order by a.position limit ${p.limit}::int`,
)

/** SHA-256, as hex, of everything that a row says. Its place is sealed by the order of the rows in their segment. */
export const hashRow = (row: SealedRow): string =>
  hash(
    'sha256',
    JSON.stringify([
      ...[row.id, row.at, row.actorType, row.actorId, row.action, row.targetType, row.targetId],
      ...[row.detail, row.requestId],
    ]),
  )
