// The audit trail.
import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { ownOrganizationOnly, time } from './common.ts'
import { organizations } from './organizations.ts'

/** Who changed what, written in the transaction of the change. The server's role may insert and read, nothing else. */
export const auditEvents = pgTable(
  'audit_events',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    occurredAt: time('occurred_at').notNull(),
    actorType: text('actor_type', {
      enum: [
        'directory',
        'api_key',
        'application',
        'platform_key',
        'operator',
        'user',
        'system',
        'setup_link',
        'support',
      ],
    }).notNull(),
    actorId: text('actor_id').notNull(),
    action: text('action').notNull(),
    targetType: text('target_type').notNull(),
    targetId: text('target_id').notNull(),
    detail: jsonb('detail').notNull(),
    requestId: text('request_id').notNull(),
    /** In the order of insertion; a trigger gives it. */
    position: bigint('position', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('audit_events_target').on(table.organizationId, table.targetId, table.id),
    index('audit_events_action').on(table.organizationId, table.action, table.id),
    index('audit_events_actor').on(table.organizationId, table.actorId, table.id),
    index('audit_events_user')
      .on(table.organizationId, sql`(detail ->> 'userId')`, table.id)
      .where(sql`(detail ->> 'userId') is not null`),
    index('audit_events_brand')
      .using('gin', sql`jsonb_path_query_array(detail, 'lax $.**.brandId')`)
      .where(sql`jsonb_path_exists(detail, 'lax $.**.brandId')`),
    uniqueIndex('audit_events_position').on(table.organizationId, table.position),
    index('audit_events_in_order').on(table.position),
    ownOrganizationOnly(),
  ],
)

/** Events that the worker works out of changes; those of the changes themselves are rows of the trail. Kept for 30 days. */
export const derivedEvents = pgTable(
  'derived_events',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    occurredAt: time('occurred_at').notNull(),
    action: text('action').notNull(),
    detail: jsonb('detail').notNull(),
    /** In one order with those of the trail; the same trigger gives it. */
    position: bigint('position', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('derived_events_position').on(table.organizationId, table.position),
    index('derived_events_in_order').on(table.position),
    ownOrganizationOnly(),
  ],
)

/** Up to which position it was worked out whose access has changed. */
export const eventProgress = pgTable(
  'event_progress',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    workedOutTo: bigint('worked_out_to', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId] }), ownOrganizationOnly()],
)

/**
 * Audit rows under a seal, one segment after the other; each hash covers the one before (src/audit/seal). The server's role may
 * insert and read, nothing else.
 */
export const auditSegments = pgTable(
  'audit_segments',
  {
    organizationId: text('organization_id').notNull(),
    /** From 1, without gaps. */
    sequence: integer('sequence').notNull(),
    /** The rows of the segment are those after this position, up to and with the last one. */
    afterPosition: bigint('after_position', { mode: 'number' }).notNull(),
    lastPosition: bigint('last_position', { mode: 'number' }).notNull(),
    eventCount: integer('event_count').notNull(),
    /** In their order; with the beginnings of their hashes they tell which row it is that differs. */
    eventIds: text('event_ids').array().notNull(),
    eventHashes: text('event_hashes').notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
    sealedAt: time('sealed_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.sequence] }), ownOrganizationOnly()],
)

/** What administrators have to be told at once; it stays in sight until somebody settles it. */
export const alarms = pgTable(
  'alarms',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    kind: text('kind').notNull(),
    detail: jsonb('detail').notNull(),
    raisedAt: time('raised_at').notNull(),
    /** When mails about it were queued. */
    notifiedAt: time('notified_at'),
    settledAt: time('settled_at'),
    settledBy: text('settled_by'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('alarms_to_notify').on(table.raisedAt).where(sql`notified_at is null`),
    ownOrganizationOnly(),
  ],
)
