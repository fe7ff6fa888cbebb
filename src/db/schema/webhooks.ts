// Webhooks: who is told of events, what was sent and answered, and what is sent once more.
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, time } from './common.ts'

export const webhooks = pgTable(
  'webhooks',
  {
    /** `platform` for those that are told of all organizations. */
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    url: text('url').notNull(),
    description: text('description').notNull(),
    /** Null: all of them. */
    types: jsonb('types'),
    /** Of the platform's: which organizations. */
    reach: text('reach', { enum: ['all', 'only', 'except'] }).notNull(),
    organizationIds: jsonb('organization_ids').notNull(),
    status: text('status', { enum: ['active', 'paused'] }).notNull(),
    pauseReason: text('pause_reason'),
    /** The secrets and private keys that sign, the current ones first, as JSON. */
    secretSealed: text('secret_sealed').notNull(),
    publicKey: text('public_key').notNull(),
    /** Until when the former ones sign beside them. */
    previousUntil: time('previous_until'),
    /** Up to where it was told. */
    position: bigint('position', { mode: 'number' }).notNull(),
    /** How often the event after it was tried. */
    attempts: integer('attempts').notNull(),
    failingSince: time('failing_since'),
    failingEventId: text('failing_event_id'),
    nextAttemptAt: time('next_attempt_at'),
    deliveredAt: time('delivered_at'),
    leaseHolder: text('lease_holder'),
    leaseUntil: timestamp('lease_until', { withTimezone: true, mode: 'string' }),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('webhooks_pending').on(table.nextAttemptAt).where(sql`next_attempt_at is not null`),
    index('webhooks_leased').on(table.leaseUntil).where(sql`lease_until is not null`),
    check('webhooks_status', sql`status in ('active', 'paused')`),
    check('webhooks_reach', sql`reach in ('all', 'only', 'except')`),
    ownOrganizationOnly(),
  ],
)

/** Kept for 30 days. */
export const webhookAttempts = pgTable(
  'webhook_attempts',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    webhookId: text('webhook_id').notNull(),
    kind: text('kind', { enum: ['event', 'replay', 'test'] }).notNull(),
    eventId: text('event_id').notNull(),
    eventType: text('event_type').notNull(),
    eventOrganizationId: text('event_organization_id').notNull(),
    /** Whom or what the event is about, where it is a person. */
    subjectId: text('subject_id'),
    attempt: integer('attempt').notNull(),
    sentAt: time('sent_at').notNull(),
    durationMillis: integer('duration_millis').notNull(),
    isDelivered: boolean('is_delivered').notNull(),
    status: integer('status'),
    error: text('error'),
    requestHeaders: jsonb('request_headers').notNull(),
    requestBody: text('request_body').notNull(),
    answer: text('answer'),
    nextAttemptAt: time('next_attempt_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('webhook_attempts_webhook').on(table.organizationId, table.webhookId, table.id),
    index('webhook_attempts_event').on(table.organizationId, table.eventId),
    check('webhook_attempts_kind', sql`kind in ('event', 'replay', 'test')`),
    belongsTo([table.organizationId, table.webhookId], [webhooks.organizationId, webhooks.id]),
    ownOrganizationOnly(),
  ],
)

export const webhookReplays = pgTable(
  'webhook_replays',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    webhookId: text('webhook_id').notNull(),
    position: bigint('position', { mode: 'number' }).notNull(),
    lastPosition: bigint('last_position', { mode: 'number' }).notNull(),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    finishedAt: time('finished_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('webhook_replays_open').on(table.organizationId, table.webhookId, table.id).where(sql`finished_at is null`),
    belongsTo([table.organizationId, table.webhookId], [webhooks.organizationId, webhooks.id]),
    ownOrganizationOnly(),
  ],
)
