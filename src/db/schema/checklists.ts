// What is to be done when somebody joins or leaves: lists to begin with, and those that are under way.
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, time } from './common.ts'
import { brands, organizations } from './organizations.ts'
import { users } from './users.ts'

/** Begun by itself while `on`: for whoever joins or leaves from `counts_from` on, the brand if it has one. */
export const checklistTemplates = pgTable(
  'checklist_templates',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    name: text('name').notNull(),
    kind: text('kind', { enum: ['joining', 'leaving'] }).notNull(),
    brandId: text('brand_id'),
    /** A list of tasks: title, note, owner (a person’s id, or `administrators`), days until it is due. */
    tasks: jsonb('tasks').notNull(),
    status: text('status', { enum: ['on', 'off'] }).notNull(),
    countsFrom: time('counts_from').notNull(),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    belongsTo([table.organizationId, table.brandId], [brands.organizationId, brands.id]),
    ownOrganizationOnly(),
  ],
)

/** A list under way for one person. `occasion`: when they joined or left; once for each. */
export const checklists = pgTable(
  'checklists',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    templateId: text('template_id').notNull(),
    userId: text('user_id').notNull(),
    occasion: time('occasion').notNull(),
    status: text('status', { enum: ['open', 'done', 'cancelled'] }).notNull(),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    endedAt: time('ended_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('checklists_occasion').on(table.organizationId, table.templateId, table.userId, table.occasion),
    index('checklists_user').on(table.organizationId, table.userId),
    belongsTo([table.organizationId, table.templateId], [checklistTemplates.organizationId, checklistTemplates.id]),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** `owner_id` null: whoever administers the organization. */
export const checklistTasks = pgTable(
  'checklist_tasks',
  {
    organizationId: text('organization_id').notNull(),
    checklistId: text('checklist_id').notNull(),
    position: integer('position').notNull(),
    title: text('title').notNull(),
    note: text('note'),
    ownerId: text('owner_id'),
    dueAt: time('due_at').notNull(),
    outcome: text('outcome', { enum: ['done', 'not_needed'] }),
    comment: text('comment'),
    settledAt: time('settled_at'),
    settledBy: text('settled_by'),
    remindedAt: time('reminded_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.checklistId, table.position] }),
    index('checklist_tasks_owner').on(table.organizationId, table.ownerId).where(sql`settled_at is null`),
    belongsTo([table.organizationId, table.checklistId], [checklists.organizationId, checklists.id]),
    ownOrganizationOnly(),
  ],
)
