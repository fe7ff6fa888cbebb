// The time zone in which somebody lives (RFC 7643 §4.1.1), as their directory or they themselves say it.
import { sql } from 'drizzle-orm'

/** For `users u`: as it was given, which need not be a zone that exists; null where nobody said. */
export const timeZoneColumn = sql`u.attributes ->> 'timezone'`
