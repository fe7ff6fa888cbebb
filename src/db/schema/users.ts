// Who exists: people, their addresses and former names, and those whom two sides claim.
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { adoptionBarriers, belongsTo, ownOrganizationOnly, recordedAt, time } from './common.ts'
import { directories } from './directories.ts'

/**
 * People. What is searched has a column (keys are folded: NFKC and lower case); the rest of the SCIM resource is in
 * `attributes`, already canonical. `epoch` grows with each deactivation: whatever was issued under an older epoch is dead.
 */
export const users = pgTable(
  'users',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    directoryId: text('directory_id'),
    userName: text('user_name').notNull(),
    userNameKey: text('user_name_key').notNull(),
    externalId: text('external_id'),
    displayName: text('display_name'),
    status: text('status', { enum: ['invited', 'active', 'inactive', 'erased'] }).notNull(),
    statusReason: text('status_reason', {
      enum: ['directory', 'directory_deleted', 'administrator', 'inactivity', 'end_date'],
    }),
    statusChangedAt: time('status_changed_at').notNull(),
    epoch: integer('epoch').notNull().default(0),
    attributes: jsonb('attributes').notNull(),
    version: integer('version').notNull().default(1),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
    /** Set by SCIM DELETE: hidden from the directory, never revived; the userName is free again. */
    deletedAt: time('deleted_at'),
    /** Until when a deactivation is meant; at that time the person is proposed for reactivation. */
    returnsAt: time('returns_at'),
    /** When one of their sessions was last in use, to the hour; kept by a trigger. */
    lastActiveAt: time('last_active_at'),
    /** The directory said so while somebody else had switched them off; it holds them once that is lifted. */
    isHeldByDirectory: boolean('is_held_by_directory').notNull().default(false),
    /** The sign-in address, folded: the primary e-mail, else the first one, else a userName that is one. */
    emailKey: text('email_key').generatedAlwaysAs(sql`sign_in_key(attributes, user_name)`),
    /** Somebody else of the directory had the externalId before that was refused. */
    sharesExternalId: boolean('shares_external_id').notNull().default(false),
    /** Who has the sign-in address instead of them, where it was two people's; nobody signs in as this one by it. */
    addressYieldedTo: text('address_yielded_to'),
    /** What lists are sorted by: the display name, or else the userName, without case and accents. */
    nameKey: text('name_key').generatedAlwaysAs(sql`bare(coalesce(display_name, user_name))`),
    /** What lists are searched in: all names and addresses, without case and accents. */
    searchKey: text('search_key').generatedAlwaysAs(
      sql`bare(coalesce(display_name, '') || ' ' || user_name || ' ' || coalesce(attributes #>> '{name,givenName}', '')
        || ' ' || coalesce(attributes #>> '{name,familyName}', '')
        || ' ' || jsonb_path_query_array(attributes, '$.emails[*].value')::text)`,
    ),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    foreignKey({
      columns: [table.organizationId, table.directoryId],
      foreignColumns: [directories.organizationId, directories.id],
    }),
    uniqueIndex('users_user_name').on(table.organizationId, table.userNameKey).where(sql`deleted_at is null`),
    uniqueIndex('users_sign_in_address')
      .on(table.organizationId, table.emailKey)
      .where(sql`deleted_at is null and address_yielded_to is null`),
    // For the platform, which asks about somebody by their id alone.
    index('users_id').on(table.id),
    index('users_yielded').on(table.organizationId, table.addressYieldedTo).where(sql`address_yielded_to is not null`),
    index('users_removed_name').on(table.organizationId, table.userNameKey).where(sql`deleted_at is not null`),
    index('users_removed_external_id')
      .on(table.organizationId, table.externalId)
      .where(sql`deleted_at is not null and external_id is not null`),
    index('users_removed_address').on(table.organizationId, table.emailKey).where(sql`deleted_at is not null`),
    index('users_directory').on(table.organizationId, table.directoryId, table.id).where(sql`deleted_at is null`),
    index('users_modified')
      .on(table.organizationId, table.directoryId, table.updatedAt, table.id)
      .where(sql`deleted_at is null`),
    index('users_international')
      .on(table.organizationId, table.id)
      .where(sql`deleted_at is null and user_name_key like '%xn--%'`),
    index('users_external_id')
      .on(table.organizationId, table.externalId)
      .where(sql`deleted_at is null and external_id is not null`),
    uniqueIndex('users_own_external_id')
      .on(table.organizationId, table.directoryId, table.externalId)
      .where(
        sql`deleted_at is null and external_id is not null and directory_id is not null and status in ('active', 'invited') and not shares_external_id`,
      ),
    index('users_name').on(table.organizationId, table.nameKey, table.id).where(sql`deleted_at is null`),
    index('users_status')
      .on(table.organizationId, table.status, table.nameKey, table.id)
      .where(sql`deleted_at is null`),
    index('users_last_active')
      .on(table.organizationId, sql`last_active_at desc nulls last`, table.id)
      .where(sql`deleted_at is null`),
    index('users_idle')
      .on(table.organizationId, sql`greatest(last_active_at, status_changed_at)`)
      .where(sql`status = 'active' and deleted_at is null`),
    index('users_recorded').on(table.organizationId, table.recordedAt),
    index('users_returning').on(table.returnsAt).where(sql`returns_at is not null`),
    check('users_reason_when_inactive', sql`(status = 'inactive') = (status_reason is not null)`),
    ownOrganizationOnly(),
  ],
)

/**
 * How many people who were not deleted there are, by directory and status, as changes that are added up (ADR 0055). Kept by triggers of
 * `users` and read by a function alone.
 */
export const peopleCounts = pgTable(
  'people_counts',
  {
    organizationId: text('organization_id').notNull(),
    id: bigint('id', { mode: 'number' }).generatedByDefaultAsIdentity(),
    directoryId: text('directory_id'),
    status: text('status', { enum: ['invited', 'active', 'inactive', 'erased'] }).notNull(),
    people: integer('people').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] }), ownOrganizationOnly()],
)

/**
 * Folded e-mail addresses of users, for look-ups; the addresses themselves are in `users.attributes`, and each write of
 * those writes here. An index rather than a record, so it has no foreign key to pay for.
 */
export const userEmails = pgTable(
  'user_emails',
  {
    organizationId: text('organization_id').notNull(),
    valueKey: text('value_key').notNull(),
    userId: text('user_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.valueKey, table.userId] }), ownOrganizationOnly()],
)

/**
 * How people were called before: a leaver whom the provider renames stays known by what they signed in as, and a directory that
 * another one took somebody over from does not take them back by itself. Kept by a trigger.
 */
export const formerNames = pgTable(
  'former_names',
  {
    organizationId: text('organization_id').notNull(),
    userId: text('user_id').notNull(),
    kind: text('kind', { enum: ['user_name', 'address', 'external_id', 'directory'] }).notNull(),
    /** Folded, but for external ids and directories. */
    valueKey: text('value_key').notNull(),
    /** Whose they were then. */
    directoryId: text('directory_id'),
    endedAt: time('ended_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId, table.kind, table.valueKey] }),
    index('former_names_value').on(table.organizationId, table.valueKey),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** People whom a directory brought, and the organization has from elsewhere, where the directory's word is not enough. */
export const adoptionRequests = pgTable(
  'adoption_requests',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    directoryId: text('directory_id').notNull(),
    userId: text('user_id').notNull(),
    /** Why it was not enough. */
    reason: text('reason', { enum: adoptionBarriers }).notNull(),
    /** What the directory says of them. */
    content: jsonb('content').notNull(),
    /** What it calls them, by which it finds them. */
    userNameKey: text('user_name_key').notNull(),
    externalId: text('external_id'),
    status: text('status', { enum: ['pending', 'adopted', 'refused'] }).notNull(),
    createdAt: time('created_at').notNull(),
    lastSeenAt: time('last_seen_at').notNull(),
    decidedAt: time('decided_at'),
    decidedBy: text('decided_by'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    uniqueIndex('adoption_requests_once').on(table.organizationId, table.directoryId, table.userId),
    index('adoption_requests_name').on(table.organizationId, table.directoryId, table.userNameKey),
    index('adoption_requests_user').on(table.organizationId, table.userId),
    belongsTo([table.organizationId, table.directoryId], [directories.organizationId, directories.id]),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** Addresses that a directory wants people to have, where the organization never changes one: they wait for a word. */
export const addressProposals = pgTable(
  'address_proposals',
  {
    organizationId: text('organization_id').notNull(),
    userId: text('user_id').notNull(),
    directoryId: text('directory_id').notNull(),
    userName: text('user_name').notNull(),
    emails: jsonb('emails').notNull(),
    status: text('status', { enum: ['pending', 'accepted', 'refused'] }).notNull(),
    createdAt: time('created_at').notNull(),
    lastSeenAt: time('last_seen_at').notNull(),
    decidedAt: time('decided_at'),
    decidedBy: text('decided_by'),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId] }),
    index('address_proposals_directory').on(table.organizationId, table.directoryId),
    belongsTo([table.organizationId, table.directoryId], [directories.organizationId, directories.id]),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/**
 * How an address of a person was proven to be theirs. A trigger takes the proof away as soon as they no longer have the
 * address, whoever changes it.
 */
export const emailProofs = pgTable(
  'email_proofs',
  {
    organizationId: text('organization_id').notNull(),
    userId: text('user_id').notNull(),
    /** The folded address. */
    valueKey: text('value_key').notNull(),
    how: text('how', { enum: ['invitation', 'reset', 'provider'] }).notNull(),
    connectionId: text('connection_id'),
    provenAt: time('proven_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.userId, table.valueKey, table.how] }),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)
