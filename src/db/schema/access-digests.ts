// What people are told of changes of their access that nobody made for them alone: how often, until when, and who is next.
import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, time } from './common.ts'
import { organizations } from './organizations.ts'
import { users } from './users.ts'

/** One an organization; none: daily, since it was made. What happened between the two moments is being told, or has been. */
export const accessDigests = pgTable(
  'access_digests',
  {
    organizationId: text('organization_id')
      .primaryKey()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    pace: text('pace', { enum: ['off', 'hourly', 'daily'] }).notNull(),
    toldFrom: time('told_from').notNull(),
    toldUntil: time('told_until').notNull(),
  },
  () => [ownOrganizationOnly()],
)

/** People whom something may concern that happened between those moments, and who were not looked at yet. */
export const accessDigestPeople = pgTable(
  'access_digest_people',
  { organizationId: text('organization_id').notNull(), userId: text('user_id').notNull() },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId] }),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)
