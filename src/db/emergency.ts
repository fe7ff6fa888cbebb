// Emergency accounts are rows of users, but nobody's: who counts people, lists them or changes many at once leaves them out.
import { type SQL, sql } from 'drizzle-orm'

/** Of `users u`. */
export const isEmergencyAccount: SQL = sql`exists (select from emergency_accounts sealed
  where sealed.organization_id = u.organization_id and sealed.user_id = u.id)`

/** Of `users u`: somebody, and not an envelope in a safe. */
export const isPerson: SQL = sql`not ${isEmergencyAccount}`
