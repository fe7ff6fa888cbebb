// Drafts: several changes of access that are shown, approved, made and taken back as one.
import { sql } from 'drizzle-orm'
import { check, index, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import { ownOrganizationOnly, time } from './common.ts'
import { organizations } from './organizations.ts'

export const changeDrafts = pgTable(
  'change_drafts',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    name: text('name').notNull(),
    /** As the API takes them, in the order in which they are made. */
    changes: jsonb('changes').notNull(),
    status: text('status').notNull(),
    /** Of the preview that was approved or put on a time. */
    hash: text('hash'),
    /** Empty but while it waits for its time. */
    applyAt: time('apply_at'),
    scheduledBy: text('scheduled_by'),
    createdBy: text('created_by').notNull(),
    createdAt: time('created_at').notNull(),
    changedBy: text('changed_by').notNull(),
    changedAt: time('changed_at').notNull(),
    /** Ids of whoever has made or changed it. */
    hands: jsonb('hands').notNull().default([]),
    decidedBy: text('decided_by'),
    decidedAt: time('decided_at'),
    /** What whoever decided said. */
    note: text('note'),
    appliedBy: text('applied_by'),
    appliedAt: time('applied_at'),
    /** By the clock of the database. */
    madeAt: timestamp('made_at', { withTimezone: true, mode: 'string' }),
    /** What takes it back, in this order. */
    inverse: jsonb('inverse'),
    undoneBy: text('undone_by'),
    undoneAt: time('undone_at'),
    /** Why it was not made at its time. */
    fault: text('fault'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    check('change_drafts_status', sql`status in ('open', 'waiting', 'approved', 'applied', 'undone', 'discarded')`),
    index('change_drafts_due').on(table.applyAt).where(sql`apply_at is not null`),
    ownOrganizationOnly(),
  ],
)
