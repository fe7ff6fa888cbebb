// What becomes of people who are not here for long: the rule of an organization, whom it leaves alone, whom it has warned and
// deactivated, and what its runs did.
import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, time } from './common.ts'
import { organizations } from './organizations.ts'
import { users } from './users.ts'

/** One an organization; none: off, and never switched on. Days are counted from somebody's last activity. */
export const inactivityRules = pgTable(
  'inactivity_rules',
  {
    organizationId: text('organization_id')
      .primaryKey()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    status: text('status', { enum: ['on', 'off'] }).notNull(),
    /** People of directories as well, or those alone whom none manages. */
    concerns: text('concerns', { enum: ['local', 'everybody'] }).notNull(),
    warnDays: integer('warn_days').notNull(),
    deactivateDays: integer('deactivate_days').notNull(),
    /** So long after the rule has deactivated somebody they are erased; null: they are not. */
    eraseDays: integer('erase_days'),
    /** Since when it is on: what was said to people before counts no more. */
    countsFrom: time('counts_from').notNull(),
    /** Since when it erases, or so early. */
    erasesFrom: time('erases_from').notNull(),
    ranAt: time('ran_at'),
    updatedAt: time('updated_at').notNull(),
    updatedBy: text('updated_by').notNull(),
  },
  () => [check('inactivity_rules_days', sql`warn_days >= 1 and deactivate_days > warn_days`), ownOrganizationOnly()],
)

/** People whom the rule leaves alone: for a reason, until a date. */
export const inactivityExceptions = pgTable(
  'inactivity_exceptions',
  {
    organizationId: text('organization_id').notNull(),
    userId: text('user_id').notNull(),
    reason: text('reason').notNull(),
    /** Null: without an end. */
    until: time('until'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId] }),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** What the rule has told somebody, and done. A warning counts until they are here again. */
export const inactivityNotices = pgTable(
  'inactivity_notices',
  {
    organizationId: text('organization_id').notNull(),
    userId: text('user_id').notNull(),
    warnedAt: time('warned_at').notNull(),
    /** False where they have no address. */
    isMailed: boolean('is_mailed').notNull(),
    /** The day that they were told: it comes no earlier, whatever the rule says by then. */
    deactivatesAt: time('deactivates_at').notNull(),
    deactivatedAt: time('deactivated_at'),
    /** The run that did it. */
    deactivatedIn: text('deactivated_in'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId] }),
    index('inactivity_notices_run')
      .on(table.organizationId, table.deactivatedIn)
      .where(sql`deactivated_in is not null`),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** A run that did something. */
export const inactivityRuns = pgTable(
  'inactivity_runs',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    ranAt: time('ran_at').notNull(),
    warned: integer('warned').notNull(),
    deactivated: integer('deactivated').notNull(),
    erased: integer('erased').notNull(),
    /** Who could not be deactivated, since nobody else administers the organization. */
    refused: integer('refused').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] }), ownOrganizationOnly()],
)
