// Reports on a schedule, what each run found, and places by which sign-ins are told apart.
import { index, inet, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, time } from './common.ts'
import { organizations } from './organizations.ts'

/** Which report is made how often, and who is told. */
export const reportSchedules = pgTable(
  'report_schedules',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    kind: text('kind').notNull(),
    every: text('every', { enum: ['day', 'week', 'month', 'quarter'] }).notNull(),
    unusedDays: integer('unused_days').notNull().default(90),
    /** Ids of people. */
    recipients: jsonb('recipients').notNull(),
    /** Told even where there is nothing to look at. */
    sent: text('sent', { enum: ['always', 'findings'] }).notNull(),
    status: text('status', { enum: ['on', 'off'] }).notNull(),
    nextAt: time('next_at').notNull(),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('report_schedules_due').on(table.nextAt),
    ownOrganizationOnly(),
  ],
)

/** What a run found, in numbers and findings; its rows are made again, as they were at that moment. */
export const reportRuns = pgTable(
  'report_runs',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    scheduleId: text('schedule_id').notNull(),
    kind: text('kind').notNull(),
    madeAt: time('made_at').notNull(),
    facts: jsonb('facts').notNull(),
    findings: jsonb('findings').notNull(),
    told: integer('told').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    belongsTo([table.organizationId, table.scheduleId], [reportSchedules.organizationId, reportSchedules.id]),
    index('report_runs_schedule').on(table.organizationId, table.scheduleId, table.id),
    ownOrganizationOnly(),
  ],
)

/** Address ranges that the organization has named: offices, countries. */
export const addressPlaces = pgTable(
  'address_places',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    range: inet('range').notNull(),
    place: text('place').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.range] }), ownOrganizationOnly()],
)
