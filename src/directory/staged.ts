// Whether somebody whom a directory brings, or brings back, waits until they are let in, as an expression.
import { type SQL, sql } from 'drizzle-orm'

export const isStaged = (organizationId: SQL, directoryId: SQL): SQL =>
  sql`exists (select from directories d where d.organization_id = ${organizationId} and d.id = ${directoryId}
    and d.arrivals = 'staged')`

/** The same, where every seat is taken, too; of several who arrive at once, one at a time asks. */
export const isWaitingForSeat = (organizationId: SQL): SQL => sql`are_seats_taken(${organizationId})`
