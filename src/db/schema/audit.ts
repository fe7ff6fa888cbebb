// The audit trail.
import { index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { ownOrganizationOnly, time } from './common.ts'

/** Who changed what, written in the transaction of the change. The server's role may insert and read, nothing else. */
export const auditEvents = pgTable(
  'audit_events',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    occurredAt: time('occurred_at').notNull(),
    actorType: text('actor_type', { enum: ['directory', 'api_key', 'operator', 'user', 'system'] }).notNull(),
    actorId: text('actor_id').notNull(),
    action: text('action').notNull(),
    targetType: text('target_type').notNull(),
    targetId: text('target_id').notNull(),
    detail: jsonb('detail').notNull(),
    requestId: text('request_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('audit_events_target').on(table.organizationId, table.targetId, table.id),
    ownOrganizationOnly(),
  ],
)
