// Whom an administrator deleted, as they were before.
import { jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, time } from './common.ts'
import { users } from './users.ts'

/** For restoring them. Whom a directory deleted has no row here. */
export const deletedPeople = pgTable(
  'deleted_people',
  {
    organizationId: text('organization_id').notNull(),
    userId: text('user_id').notNull(),
    deletedAt: time('deleted_at').notNull(),
    deletedByType: text('deleted_by_type').notNull(),
    deletedBy: text('deleted_by').notNull(),
    note: text('note'),
    status: text('status', { enum: ['invited', 'active', 'inactive'] }).notNull(),
    statusReason: text('status_reason'),
    /** Ids of the groups that they were a direct member of. */
    groupIds: jsonb('group_ids').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId] }),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)
