// Absences: somebody is deactivated for a time, from now or from a day ahead, and comes back.
import { sql } from 'drizzle-orm'
import { index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, time } from './common.ts'
import { organizations } from './organizations.ts'
import { users } from './users.ts'

/** What happens at the end of an absence where it does not say so itself; none: it is proposed. */
export const absenceRules = pgTable(
  'absence_rules',
  {
    organizationId: text('organization_id')
      .primaryKey()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    atReturn: text('at_return', { enum: ['propose', 'return'] }).notNull(),
  },
  () => [ownOrganizationOnly()],
)

/** At most one of a person that is planned or under way. */
export const absences = pgTable(
  'absences',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    userId: text('user_id').notNull(),
    fromAt: time('from_at').notNull(),
    untilAt: time('until_at').notNull(),
    reason: text('reason').notNull(),
    /** Null: as the organization says. */
    atReturn: text('at_return', { enum: ['propose', 'return'] }),
    status: text('status', { enum: ['planned', 'under_way', 'ended', 'cancelled'] }).notNull(),
    /** The deactivation that it brought about, and by which it is known whether that is still what holds them. */
    deactivatedAt: time('deactivated_at'),
    outcome: text('outcome', {
      enum: ['returned', 'proposed', 'ended_early', 'deactivated', 'not_active', 'refused', 'missed'],
    }),
    endedAt: time('ended_at'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('absences_open').on(table.organizationId, table.userId).where(sql`status in ('planned', 'under_way')`),
    index('absences_user').on(table.organizationId, table.userId),
    index('absences_from').on(table.fromAt).where(sql`status = 'planned'`),
    index('absences_until').on(table.untilAt).where(sql`status = 'under_way'`),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)
