// Changes of many people: begun by a request, gone on with by the worker, person by person.
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, time } from './common.ts'
import { organizations } from './organizations.ts'

export const userChanges = pgTable(
  'user_changes',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    action: jsonb('action').notNull(),
    actorType: text('actor_type', { enum: ['api_key', 'application', 'operator', 'user'] }).notNull(),
    actorId: text('actor_id').notNull(),
    startedAt: time('started_at').notNull(),
    finishedAt: time('finished_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('user_changes_open').on(table.organizationId).where(sql`finished_at is null`),
    ownOrganizationOnly(),
  ],
)

export const userChangePeople = pgTable(
  'user_change_people',
  {
    organizationId: text('organization_id').notNull(),
    changeId: text('change_id').notNull(),
    position: integer('position').notNull(),
    userId: text('user_id').notNull(),
    /** When somebody began with this person; a claim that led to nothing is good for two minutes. */
    claimedAt: time('claimed_at'),
    outcome: text('outcome', { enum: ['done', 'skipped', 'failed'] }),
    reason: text('reason'),
    message: text('message'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.changeId, table.position] }),
    belongsTo([table.organizationId, table.changeId], [userChanges.organizationId, userChanges.id]),
    index('user_change_people_user').on(table.organizationId, table.userId),
    ownOrganizationOnly(),
  ],
)
