// All tables. Each row carries organization_id, each table (but organizations) has it first in its primary key, every
// foreign key includes it, and row-level security holds the server's role to the organization of its transaction.
import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgRole,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'

/** The server's own database role: not the owner of the tables and not a superuser. */
export const serverRole = pgRole('rolecall_server').existing()

const isOwnOrganization = sql`organization_id = (select current_setting('rolecall.organization_id', true))`

const ownOrganizationOnly = () =>
  pgPolicy('own_organization', {
    as: 'permissive',
    for: 'all',
    to: serverRole,
    using: isOwnOrganization,
    withCheck: isOwnOrganization,
  })

const time = (name: string) => timestamp(name, { precision: 3, withTimezone: true, mode: 'string' })

const isOrganizationInReach = sql`id = (select current_setting('rolecall.organization_id', true)) or (select current_setting('rolecall.instance', true)) = 'on'`

/** A customer; the unit of isolation. The `instance` setting opens this table alone, for the operator's commands. */
export const organizations = pgTable(
  'organizations',
  {
    id: text('id').primaryKey(),
    slug: text('slug').notNull().unique(),
    name: text('name').notNull(),
    status: text('status', { enum: ['active', 'suspended'] })
      .notNull()
      .default('active'),
    administratorBrandAccess: text('administrator_brand_access', { enum: ['explicit', 'implicit'] })
      .notNull()
      .default('explicit'),
    roleStrategy: text('role_strategy', { enum: ['union', 'highest'] })
      .notNull()
      .default('union'),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  () => [
    pgPolicy('own_organization', {
      as: 'permissive',
      for: 'all',
      to: serverRole,
      using: isOrganizationInReach,
      withCheck: isOrganizationInReach,
    }),
  ],
)

/** A space inside an organization with its own memberships. */
export const brands = pgTable(
  'brands',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    slug: text('slug').notNull(),
    name: text('name').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    unique('brands_slug').on(table.organizationId, table.slug),
    ownOrganizationOnly(),
  ],
)

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
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.id] }), ownOrganizationOnly()],
)

/** Bearer tokens of a directory, several at once; only the SHA-256 is kept. */
export const directoryTokens = pgTable(
  'directory_tokens',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    directoryId: text('directory_id').notNull(),
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
    foreignKey({
      columns: [table.organizationId, table.directoryId],
      foreignColumns: [directories.organizationId, directories.id],
    }).onDelete('cascade'),
    index('directory_tokens_directory').on(table.organizationId, table.directoryId),
    ownOrganizationOnly(),
  ],
)

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
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    foreignKey({
      columns: [table.organizationId, table.directoryId],
      foreignColumns: [directories.organizationId, directories.id],
    }),
    uniqueIndex('users_user_name').on(table.organizationId, table.userNameKey).where(sql`deleted_at is null`),
    index('users_directory').on(table.organizationId, table.directoryId, table.id).where(sql`deleted_at is null`),
    index('users_external_id')
      .on(table.organizationId, table.externalId)
      .where(sql`deleted_at is null and external_id is not null`),
    check('users_reason_when_inactive', sql`(status = 'inactive') = (status_reason is not null)`),
    ownOrganizationOnly(),
  ],
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

/** Groups from a directory, or local ones (`directory_id` null). */
export const groups = pgTable(
  'groups',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    directoryId: text('directory_id'),
    externalId: text('external_id'),
    displayName: text('display_name').notNull(),
    displayNameKey: text('display_name_key').notNull(),
    attributes: jsonb('attributes').notNull(),
    version: integer('version').notNull().default(1),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    foreignKey({
      columns: [table.organizationId, table.directoryId],
      foreignColumns: [directories.organizationId, directories.id],
    }),
    index('groups_directory').on(table.organizationId, table.directoryId, table.id),
    index('groups_display_name').on(table.organizationId, table.displayNameKey),
    ownOrganizationOnly(),
  ],
)

/** Users in groups. */
export const groupMembers = pgTable(
  'group_members',
  {
    organizationId: text('organization_id').notNull(),
    groupId: text('group_id').notNull(),
    userId: text('user_id').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.groupId, table.userId] }),
    index('group_members_user').on(table.organizationId, table.userId),
    foreignKey({
      columns: [table.organizationId, table.groupId],
      foreignColumns: [groups.organizationId, groups.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [table.organizationId, table.userId],
      foreignColumns: [users.organizationId, users.id],
    }).onDelete('cascade'),
    ownOrganizationOnly(),
  ],
)

/** Groups in groups; cycles are refused by the verb that writes here. */
export const groupNestings = pgTable(
  'group_nestings',
  {
    organizationId: text('organization_id').notNull(),
    groupId: text('group_id').notNull(),
    childGroupId: text('child_group_id').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.groupId, table.childGroupId] }),
    index('group_nestings_child').on(table.organizationId, table.childGroupId),
    foreignKey({
      columns: [table.organizationId, table.groupId],
      foreignColumns: [groups.organizationId, groups.id],
      name: 'group_nestings_group',
    }).onDelete('cascade'),
    foreignKey({
      columns: [table.organizationId, table.childGroupId],
      foreignColumns: [groups.organizationId, groups.id],
      name: 'group_nestings_child_group',
    }).onDelete('cascade'),
    check('group_nestings_not_itself', sql`group_id <> child_group_id`),
    ownOrganizationOnly(),
  ],
)

/** Named sets of permissions with a stated purpose. Built-in ones come from a role pack and cannot be edited. */
export const roles = pgTable(
  'roles',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    key: text('key').notNull(),
    name: text('name').notNull(),
    purpose: text('purpose').notNull(),
    rank: integer('rank').notNull(),
    pack: text('pack'),
    isBuiltIn: boolean('is_built_in').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    unique('roles_key').on(table.organizationId, table.key),
    ownOrganizationOnly(),
  ],
)

/** What a role allows, or denies: a deny wins over every allow. */
export const rolePermissions = pgTable(
  'role_permissions',
  {
    organizationId: text('organization_id').notNull(),
    roleId: text('role_id').notNull(),
    permission: text('permission').notNull(),
    effect: text('effect', { enum: ['allow', 'deny'] }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.roleId, table.permission] }),
    foreignKey({
      columns: [table.organizationId, table.roleId],
      foreignColumns: [roles.organizationId, roles.id],
    }).onDelete('cascade'),
    ownOrganizationOnly(),
  ],
)

/** The rule: members of this group hold this role, in the organization or in a brand. Bound to the group's id. */
export const mappings = pgTable(
  'mappings',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    groupId: text('group_id').notNull(),
    roleId: text('role_id').notNull(),
    brandId: text('brand_id'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    unique('mappings_once').on(table.organizationId, table.groupId, table.roleId, table.brandId).nullsNotDistinct(),
    foreignKey({
      columns: [table.organizationId, table.groupId],
      foreignColumns: [groups.organizationId, groups.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [table.organizationId, table.roleId],
      foreignColumns: [roles.organizationId, roles.id],
    }),
    foreignKey({
      columns: [table.organizationId, table.brandId],
      foreignColumns: [brands.organizationId, brands.id],
    }).onDelete('cascade'),
    ownOrganizationOnly(),
  ],
)

/** Direct assignments: a user holds a role by decision of somebody, for a reason, until a date. */
export const assignments = pgTable(
  'assignments',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    userId: text('user_id').notNull(),
    roleId: text('role_id').notNull(),
    brandId: text('brand_id'),
    reason: text('reason').notNull(),
    sponsor: text('sponsor'),
    validFrom: time('valid_from'),
    expiresAt: time('expires_at'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    unique('assignments_once').on(table.organizationId, table.userId, table.roleId, table.brandId).nullsNotDistinct(),
    foreignKey({
      columns: [table.organizationId, table.userId],
      foreignColumns: [users.organizationId, users.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [table.organizationId, table.roleId],
      foreignColumns: [roles.organizationId, roles.id],
    }),
    foreignKey({
      columns: [table.organizationId, table.brandId],
      foreignColumns: [brands.organizationId, brands.id],
    }).onDelete('cascade'),
    ownOrganizationOnly(),
  ],
)

/** Keys for the management API; only the SHA-256 is kept. A key with `user_id` is a person's own and dies with them. */
export const apiKeys = pgTable(
  'api_keys',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    name: text('name').notNull(),
    userId: text('user_id'),
    keyHash: text('key_hash').notNull().unique(),
    lastFour: text('last_four').notNull(),
    createdAt: time('created_at').notNull(),
    expiresAt: time('expires_at'),
    revokedAt: time('revoked_at'),
    lastUsedAt: time('last_used_at'),
    /** Kept by triggers: the organization is active. */
    isOpen: boolean('is_open').notNull().default(true),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('api_keys_user').on(table.organizationId, table.userId).where(sql`user_id is not null`),
    foreignKey({
      columns: [table.organizationId, table.userId],
      foreignColumns: [users.organizationId, users.id],
    }).onDelete('cascade'),
    ownOrganizationOnly(),
  ],
)

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
