// Where people and groups come from: SCIM directories, how they sign in to us, what they send.
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, time } from './common.ts'
import { organizations } from './organizations.ts'

/** An organization's SCIM feed. */
export const directories = pgTable(
  'directories',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    name: text('name').notNull(),
    status: text('status', { enum: ['active', 'disabled'] })
      .notNull()
      .default('active'),
    /** `staged`: people whom it brings wait (as invited ones do) until somebody has looked at what they get. */
    arrivals: text('arrivals', { enum: ['active', 'staged'] })
      .notNull()
      .default('active'),
    /** What happens where it brings somebody whom the organization has from elsewhere. */
    adoption: text('adoption', { enum: ['verified_domain', 'always', 'never', 'confirm'] })
      .notNull()
      .default('verified_domain'),
    /** Whether what many people would lose at once waits for an administrator. */
    brake: text('brake', { enum: ['on', 'off'] })
      .notNull()
      .default('on'),
    /** How many people may lose something within `brake_minutes`: a number, else a share of its people in percent, else learned. */
    brakePeople: integer('brake_people'),
    brakeShare: integer('brake_share'),
    brakeMinutes: integer('brake_minutes').notNull().default(60),
    /** What that comes to, worked out when it is set and once a day, so that no change has to count the directory. */
    brakeLimit: integer('brake_limit').notNull().default(25),
    brakeLearnedAt: time('brake_learned_at'),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] }), ownOrganizationOnly()],
)

/**
 * What people lost by the word of a directory: the source for the brake, which counts it, and for putting it back. One row for a
 * person and a group; `group_id` null where they were switched off or deleted.
 */
export const directoryLosses = pgTable(
  'directory_losses',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: bigint('id', { mode: 'number' }).generatedByDefaultAsIdentity(),
    directoryId: text('directory_id').notNull(),
    occurredAt: time('occurred_at').notNull(),
    kind: text('kind', { enum: ['deactivated', 'deleted', 'left_group', 'group_deleted', 'left_nesting'] }).notNull(),
    userId: text('user_id').notNull(),
    groupId: text('group_id'),
    /** Of `left_nesting`: the group that left, through which they were in. */
    childGroupId: text('child_group_id'),
    /** Their status before. */
    status: text('status').notNull(),
    /** It took access: they were in, and the group leads to a role. */
    counts: boolean('counts').notNull(),
    /** An administrator has said that this person has really left. */
    hasLeft: boolean('has_left').notNull().default(false),
    /** What putting it back came to; null before that. */
    outcome: text('outcome'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('directory_losses_time').on(table.organizationId, table.directoryId, table.occurredAt),
    ownOrganizationOnly(),
  ],
)

/**
 * More people lost something by a directory in a time than it may take: what only takes rights waits for an administrator's word.
 * It has the losses of the directory from `began_at` until `ended_at`.
 */
export const massChanges = pgTable(
  'mass_changes',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    directoryId: text('directory_id').notNull(),
    beganAt: time('began_at').notNull(),
    trippedAt: time('tripped_at').notNull(),
    /** Null while it goes on: with the next loss, when ten minutes have passed, it is the time of the last one. */
    endedAt: time('ended_at'),
    /** The limit that was passed; null where an administrator looked back by hand. */
    peopleLimit: integer('people_limit'),
    status: text('status', { enum: ['open', 'confirmed', 'restoring', 'restored'] }).notNull(),
    decidedAt: time('decided_at'),
    decidedBy: text('decided_by'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    belongsTo([table.organizationId, table.directoryId], [directories.organizationId, directories.id]),
    index('mass_changes_directory').on(table.organizationId, table.directoryId, table.id),
    ownOrganizationOnly(),
  ],
)

/**
 * Who may have access tokens for a directory: by a secret or a key of their own (OAuth 2.0 client credentials), or, for `entra`, by
 * what a tenant of Entra ID issues itself. `settings` has public keys, or tenant and audience.
 */
export const directoryClients = pgTable(
  'directory_clients',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    directoryId: text('directory_id').notNull(),
    name: text('name').notNull(),
    kind: text('kind', { enum: ['secret', 'private_key_jwt', 'entra'] }).notNull(),
    secretHash: text('secret_hash'),
    settings: jsonb('settings').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at'),
    revokedAt: time('revoked_at'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('directory_clients_id').on(table.id),
    index('directory_clients_directory').on(table.directoryId),
    belongsTo([table.organizationId, table.directoryId], [directories.organizationId, directories.id]),
    ownOrganizationOnly(),
  ],
)

/**
 * Bearer tokens of a directory, several at once; only the SHA-256 is kept. Those of a client are access tokens, which run out within
 * hours.
 */
export const directoryTokens = pgTable(
  'directory_tokens',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    directoryId: text('directory_id').notNull(),
    clientId: text('client_id'),
    tokenHash: text('token_hash').notNull().unique(),
    lastFour: text('last_four').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at'),
    revokedAt: time('revoked_at'),
    lastUsedAt: time('last_used_at'),
    /** Kept by triggers: the directory and the organization are active. One row then tells whether the token works. */
    isOpen: boolean('is_open').notNull().default(true),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    belongsTo([table.organizationId, table.directoryId], [directories.organizationId, directories.id]),
    belongsTo([table.organizationId, table.clientId], [directoryClients.organizationId, directoryClients.id]),
    index('directory_tokens_directory').on(table.organizationId, table.directoryId),
    index('directory_tokens_client').on(table.organizationId, table.clientId).where(sql`client_id is not null`),
    ownOrganizationOnly(),
  ],
)

/** When a directory last asked for something, and how that went; written in batches, off the path of the request. */
export const directoryActivity = pgTable(
  'directory_activity',
  {
    organizationId: text('organization_id').notNull(),
    directoryId: text('directory_id').notNull(),
    firstRequestAt: time('first_request_at').notNull(),
    lastRequestAt: time('last_request_at').notNull(),
    lastChangeAt: time('last_change_at'),
    lastErrorAt: time('last_error_at'),
    lastError: text('last_error'),
    userAgent: text('user_agent'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.directoryId] }),
    belongsTo([table.organizationId, table.directoryId], [directories.organizationId, directories.id]),
    ownOrganizationOnly(),
  ],
)

/** Requests of identity providers and our answers, redacted, for as long as the organization keeps them. */
export const provisioningEvents = pgTable(
  'provisioning_events',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    directoryId: text('directory_id').notNull(),
    occurredAt: time('occurred_at').notNull(),
    method: text('method').notNull(),
    /** Below the directory's base URL, with the query. */
    path: text('path').notNull(),
    status: integer('status').notNull(),
    durationMillis: integer('duration_millis').notNull(),
    /** Null where there was none, or it was no JSON; cut where it is long. */
    request: jsonb('request'),
    response: jsonb('response'),
    /** Habits of the provider that were tolerated, by their names. */
    quirks: jsonb('quirks').notNull(),
    /** The user or group that it was about, where the path or the answer names one. */
    targetId: text('target_id'),
    userAgent: text('user_agent'),
    requestId: text('request_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('provisioning_events_directory').on(table.organizationId, table.directoryId, table.id),
    index('provisioning_events_target')
      .on(table.organizationId, table.targetId, table.id)
      .where(sql`target_id is not null`),
    index('provisioning_events_failed').on(table.organizationId, table.id).where(sql`status >= 400`),
    index('provisioning_events_age').on(table.occurredAt),
    ownOrganizationOnly(),
  ],
)

/**
 * Attributes of extensions that no standard describes, as a directory has sent them or as they were registered; `key` is their
 * full name in lower case, `name` a path for a sub-attribute. A trigger on users and groups keeps those that were seen.
 */
export const extensionAttributes = pgTable(
  'extension_attributes',
  {
    organizationId: text('organization_id').notNull(),
    directoryId: text('directory_id').notNull(),
    resource: text('resource', { enum: ['User', 'Group'] }).notNull(),
    key: text('key').notNull(),
    urn: text('urn').notNull(),
    name: text('name').notNull(),
    type: text('type', {
      enum: ['string', 'boolean', 'integer', 'decimal', 'dateTime', 'reference', 'binary', 'complex'],
    }).notNull(),
    multiValued: boolean('multi_valued').notNull(),
    isGiven: boolean('is_given').notNull().default(false),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.directoryId, table.resource, table.key] }),
    belongsTo([table.organizationId, table.directoryId], [directories.organizationId, directories.id]),
    ownOrganizationOnly(),
  ],
)
