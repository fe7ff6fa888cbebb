// Emergency accounts are rows of users, but nobody's: who counts people, lists them or changes many at once leaves them out.
import { type SQL, sql } from 'drizzle-orm'

/** Of `users u`. */
export const isEmergencyAccount: SQL = sql`exists (select from emergency_accounts sealed
  where sealed.organization_id = u.organization_id and sealed.user_id = u.id)`

/** Of `users u`: somebody, and not an envelope in a safe. */
export const isPerson: SQL = sql`not ${isEmergencyAccount}`

/**
 * How many of them there are, in one of the statuses or in any: what is kept of all accounts (ADR 0055), without the envelopes.
 * @param statuses a list, or null
 */
export const countOfPeople = (organizationId: SQL, statuses: SQL): SQL =>
  sql`(people_count(${organizationId}, null, ${statuses}::text[]) - (select count(*)::int from emergency_accounts sealed
    join users envelope on envelope.organization_id = sealed.organization_id and envelope.id = sealed.user_id
    where sealed.organization_id = ${organizationId} and envelope.deleted_at is null
      and (${statuses}::text[] is null or envelope.status = any (${statuses}::text[]))))`
