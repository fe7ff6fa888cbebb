// Whether a directory's people wait until they are let in, as an expression.
import { type SQL, sql } from 'drizzle-orm'

export const isStaged = (organizationId: SQL, directoryId: SQL): SQL =>
  sql`exists (select from directories d where d.organization_id = ${organizationId} and d.id = ${directoryId}
    and d.arrivals = 'staged')`
