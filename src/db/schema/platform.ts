// What stands above the organizations: keys of the platform, what it knows of each organization, and whom its applications serve.
import { sql } from 'drizzle-orm'
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, serverRole, time } from './common.ts'
import { organizations } from './organizations.ts'
import { users } from './users.ts'

const isPlatform = sql`current_setting('rolecall.instance', true) = 'on'`

/** Rows that no transaction of an organization sees. */
const platformOnly = () =>
  pgPolicy('platform_only', { as: 'permissive', for: 'all', to: serverRole, using: isPlatform, withCheck: isPlatform })

/** A key of the product that runs Rolecall, kept as SHA-256. */
export const platformKeys = pgTable(
  'platform_keys',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    keyHash: text('key_hash').notNull(),
    lastFour: text('last_four').notNull(),
    /** What it may do above the organizations. */
    scopes: jsonb('scopes').notNull(),
    /** What it may do inside of those that it reaches. */
    access: text('access', { enum: ['nothing', 'decisions', 'permissions', 'everything'] }).notNull(),
    permissions: jsonb('permissions'),
    reach: text('reach', { enum: ['all', 'only', 'except'] })
      .notNull()
      .default('all'),
    organizationIds: jsonb('organization_ids').notNull().default([]),
    addressRanges: jsonb('address_ranges'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    expiresAt: time('expires_at'),
    revokedAt: time('revoked_at'),
    lastUsedAt: time('last_used_at'),
  },
  (table) => [unique('platform_keys_hash').on(table.keyHash), platformOnly()],
)

/** What the platform knows of an organization and the organization does not. */
export const platformOrganizations = pgTable(
  'platform_organizations',
  {
    organizationId: text('organization_id')
      .primaryKey()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    externalId: text('external_id'),
    metadata: jsonb('metadata').notNull().default({}),
    /** Erased after it. */
    deletionDueAt: time('deletion_due_at'),
    deletionBy: text('deletion_by'),
    /** From then on rows of it are gone, and it does not come back. */
    erasingSince: time('erasing_since'),
  },
  (table) => [
    unique('platform_organizations_external_id').on(table.externalId),
    index('platform_organizations_due').on(table.deletionDueAt).where(sql`deletion_due_at is not null`),
    platformOnly(),
  ],
)

/** Which organizations an application of the platform serves. */
export const platformApplicationTerms = pgTable(
  'platform_application_terms',
  {
    applicationId: text('application_id').primaryKey(),
    reach: text('reach', { enum: ['all', 'only', 'except'] }).notNull(),
    organizationIds: jsonb('organization_ids').notNull(),
    /** They may switch it off for themselves. */
    isOptional: boolean('is_optional').notNull(),
  },
  () => [platformOnly()],
)

/** People who run the installation. */
export const platformOperators = pgTable(
  'platform_operators',
  {
    userId: text('user_id').primaryKey(),
    organizationId: text('organization_id').notNull(),
    name: text('name').notNull(),
    role: text('role', { enum: ['reader', 'administrator'] }).notNull(),
    addedAt: time('added_at').notNull(),
    addedBy: text('added_by').notNull(),
  },
  (table) => [belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]), platformOnly()],
)

/** Applications of the platform that an organization has switched off for itself. */
export const applicationChoices = pgTable(
  'application_choices',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    applicationId: text('application_id').notNull(),
    switchedOffAt: time('switched_off_at').notNull(),
    switchedOffBy: text('switched_off_by').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.applicationId] }), ownOrganizationOnly()],
)

/** What was answered to POSTs with an Idempotency-Key. */
export const idempotentAnswers = pgTable(
  'idempotent_answers',
  {
    organizationId: text('organization_id').notNull(),
    callerId: text('caller_id').notNull(),
    keyHash: text('key_hash').notNull(),
    requestHash: text('request_hash').notNull(),
    answerSealed: text('answer_sealed').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.callerId, table.keyHash] }),
    index('idempotent_answers_expiry').on(table.expiresAt),
    ownOrganizationOnly(),
  ],
)

/** How many people an organization may have active, as the platform says. */
export const seatLimits = pgTable(
  'seat_limits',
  {
    organizationId: text('organization_id')
      .primaryKey()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    seats: integer('seats').notNull(),
    /** `hold`: new people beyond it wait. */
    rule: text('rule', { enum: ['warn', 'hold'] }).notNull(),
  },
  () => [ownOrganizationOnly()],
)

/** Whether operators may come into the console of the organization. */
export const supportConsents = pgTable(
  'support_consents',
  {
    organizationId: text('organization_id')
      .primaryKey()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    mode: text('mode', { enum: ['never', 'on_request', 'open'] }).notNull(),
    mayWrite: boolean('may_write').notNull().default(false),
    openUntil: time('open_until'),
  },
  () => [ownOrganizationOnly()],
)

/** Operators who asked to come in, and what became of it. */
export const supportAccesses = pgTable(
  'support_accesses',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    /** Somebody of the operators' organization. */
    operatorId: text('operator_id').notNull(),
    operatorName: text('operator_name').notNull(),
    reason: text('reason').notNull(),
    minutes: integer('minutes').notNull(),
    wantsWrite: boolean('wants_write').notNull(),
    mayWrite: boolean('may_write').notNull().default(false),
    status: text('status', { enum: ['requested', 'granted', 'refused', 'entered', 'ended'] }).notNull(),
    requestedAt: time('requested_at').notNull(),
    decidedAt: time('decided_at'),
    decidedBy: text('decided_by'),
    /** The session that entered, and no other. */
    sessionId: text('session_id'),
    enteredAt: time('entered_at'),
    endsAt: time('ends_at'),
    endedAt: time('ended_at'),
    endedBy: text('ended_by'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('support_accesses_id').on(table.id),
    index('support_accesses_operator').on(table.operatorId),
    ownOrganizationOnly(),
  ],
)

/** Accounts of one human in several organizations, each pair joined by a proof in both. No organization sees it. */
export const platformAccountLinks = pgTable(
  'platform_account_links',
  {
    firstOrganizationId: text('first_organization_id').notNull(),
    firstUserId: text('first_user_id').notNull(),
    secondOrganizationId: text('second_organization_id').notNull(),
    secondUserId: text('second_user_id').notNull(),
    linkedAt: time('linked_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.firstUserId, table.secondUserId] }),
    foreignKey({
      name: 'platform_account_links_first',
      columns: [table.firstOrganizationId, table.firstUserId],
      foreignColumns: [users.organizationId, users.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'platform_account_links_second',
      columns: [table.secondOrganizationId, table.secondUserId],
      foreignColumns: [users.organizationId, users.id],
    }).onDelete('cascade'),
    index('platform_account_links_first_user').on(table.firstOrganizationId, table.firstUserId),
    index('platform_account_links_second_user').on(table.secondOrganizationId, table.secondUserId),
    platformOnly(),
  ],
)
