// Statements with one fault each, which the check of all statements has to find; and one without.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'

type Key = { organizationId: string }

export const planted = [
  prepared<
    Key,
    { id: string; createdAt: string; version: number; attributes: { x: string }[]; deletedAt: string | null }
  >(
    (p) => sql`select id, created_at as "createdAt", version, attributes, deleted_at as "deletedAt" from users
      where organization_id = ${p.organizationId}`,
  ),
  prepared<Key, { id: string; slug: string }>(
    (p) => sql`select id, slug as "shortName" from brands where organization_id = ${p.organizationId}`,
  ),
  prepared<Key, { id: string; rank: string }>(
    (p) => sql`select id, rank from roles where organization_id = ${p.organizationId}`,
  ),
  prepared<Key, { brands: number }>(
    (p) => sql`select count(*) as brands from brands where organization_id = ${p.organizationId}`,
  ),
  prepared<Key, { ids: string[] }>(
    (p) => sql`select array_agg(id) as ids from brands where organization_id = ${p.organizationId}`,
  ),
  prepared<Key, { at: string }>(
    (p) => sql`select created_at at time zone 'UTC' as at from brands where organization_id = ${p.organizationId}`,
  ),
  prepared<Key & { rank: string }, { id: string }>(
    (p) => sql`select id from roles where organization_id = ${p.organizationId} and rank > ${p.rank}`,
  ),
  prepared<Key & { brandId: string }, { id: string }>(
    (p) => sql`select id from roles where organization_id = ${p.organizationId}`,
  ),
  prepared<Key, { id: string }>((p) => sql`select id from rolls where organization_id = ${p.organizationId}`),
  prepared<Key, never>((p) => sql`delete from audit_events where organization_id = ${p.organizationId}`),
]
