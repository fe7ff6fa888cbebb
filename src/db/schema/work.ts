// Who does the work of an organization in the background.
import { integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import { time } from './common.ts'
import { organizations } from './organizations.ts'

/** One row for each kind of work that an organization ever had; closed to the server's role, which takes work by functions. */
export const workLeases = pgTable(
  'work_leases',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    kind: text('kind').notNull(),
    /** The run that has it; null where nobody does. */
    holder: text('holder'),
    /** Nobody else takes it before: the lease runs until then, or the pause after a failure. */
    freeAt: time('free_at').notNull(),
    /** When it was last taken; to the microsecond, since it is compared with the moment of a look. */
    takenAt: timestamp('taken_at', { withTimezone: true, mode: 'string' }).notNull(),
    /** How often it has failed in a row. */
    failures: integer('failures').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.kind] })],
).enableRLS()
