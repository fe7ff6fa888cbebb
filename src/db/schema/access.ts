// Who may do what: roles, mappings, assignments, API keys.
import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, recordedAt, time } from './common.ts'
import { groups } from './groups.ts'
import { brands, organizations } from './organizations.ts'
import { users } from './users.ts'

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
    /** `override` and `exception` are nobody's choice: assignments of single people hold by them what is theirs alone. */
    kind: text('kind').notNull().default('role'),
    /** Who answers for a custom role: a name, a team. */
    owner: text('owner'),
    /** When somebody should look at it again. */
    reviewAt: time('review_at'),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    unique('roles_key').on(table.organizationId, table.key),
    check('roles_kind', sql`kind in ('role', 'override', 'exception')`),
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
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.roleId, table.permission] }),
    index('role_permissions_denies').on(table.organizationId).where(sql`effect = 'deny'`),
    belongsTo([table.organizationId, table.roleId], [roles.organizationId, roles.id]),
    ownOrganizationOnly(),
  ],
)

/**
 * The rule: members of this group (bound to its id), or users that satisfy this filter, hold this role, in the organization
 * or in a brand.
 */
export const mappings = pgTable(
  'mappings',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    groupId: text('group_id'),
    /** A SCIM filter over the user, as it was written; then there is no group. */
    filter: text('filter'),
    /** The same as a jsonpath predicate over the user's document: what the database evaluates. */
    filterPath: text('filter_path'),
    roleId: text('role_id').notNull(),
    brandId: text('brand_id'),
    /** The pattern over group names that it was resolved from, where it was. */
    pattern: text('pattern'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    unique('mappings_once')
      .on(table.organizationId, table.groupId, table.filter, table.roleId, table.brandId)
      .nullsNotDistinct(),
    index('mappings_role').on(table.organizationId, table.roleId),
    index('mappings_brand').on(table.organizationId, table.brandId),
    index('mappings_filter').on(table.organizationId).where(sql`filter_path is not null`),
    check(
      'mappings_group_or_filter',
      sql`(group_id is null) = (filter is not null) and (filter is null) = (filter_path is null)`,
    ),
    belongsTo([table.organizationId, table.groupId], [groups.organizationId, groups.id]),
    foreignKey({
      columns: [table.organizationId, table.roleId],
      foreignColumns: [roles.organizationId, roles.id],
    }),
    belongsTo([table.organizationId, table.brandId], [brands.organizationId, brands.id]),
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
    /** When it was given an end because the sponsor had gone. */
    sponsorLeftAt: time('sponsor_left_at'),
    validFrom: time('valid_from'),
    expiresAt: time('expires_at'),
    /** When somebody should ask again whether the exception still holds. */
    reviewAt: time('review_at'),
    /** The last reminder of its end that went out, as days before it. */
    remindedDays: integer('reminded_days'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('assignments_role').on(table.organizationId, table.roleId),
    index('assignments_brand').on(table.organizationId, table.brandId),
    index('assignments_ending').on(table.expiresAt).where(sql`expires_at is not null`),
    index('assignments_sponsored').on(table.organizationId).where(sql`sponsor is not null and sponsor_left_at is null`),
    unique('assignments_once').on(table.organizationId, table.userId, table.roleId, table.brandId).nullsNotDistinct(),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    foreignKey({
      columns: [table.organizationId, table.roleId],
      foreignColumns: [roles.organizationId, roles.id],
    }),
    belongsTo([table.organizationId, table.brandId], [brands.organizationId, brands.id]),
    ownOrganizationOnly(),
  ],
)

/** The catalogue's extension: permissions that host applications registered. Their names begin with `app.`. */
export const applicationPermissions = pgTable(
  'application_permissions',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    description: text('description').notNull(),
    /** What comes after a colon, in a word, such as `step`; null where the permission takes no parameter. */
    parameter: text('parameter'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.name] }), ownOrganizationOnly()],
)

/** A rule that takes a permission away from everybody in its scope but the holders of the excepted roles: deny wins. */
export const policies = pgTable(
  'policies',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    name: text('name').notNull(),
    permission: text('permission').notNull(),
    /** Null: everywhere in the organization, its brands included. */
    brandId: text('brand_id'),
    /** Ids of roles. */
    exceptRoleIds: jsonb('except_role_ids').notNull(),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    unique('policies_name').on(table.organizationId, table.name),
    belongsTo([table.organizationId, table.brandId], [brands.organizationId, brands.id]),
    ownOrganizationOnly(),
  ],
)

/** Two roles or permissions that nobody may hold at once in one place. */
export const separationRules = pgTable(
  'separation_rules',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    name: text('name').notNull(),
    purpose: text('purpose').notNull(),
    mode: text('mode').notNull(),
    firstRoleId: text('first_role_id'),
    firstPermission: text('first_permission'),
    secondRoleId: text('second_role_id'),
    secondPermission: text('second_permission'),
    /** Ids of roles. */
    exceptRoleIds: jsonb('except_role_ids').notNull(),
    /** What people hold who are excepted by themselves. */
    exceptionRoleId: text('exception_role_id').notNull(),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    unique('separation_rules_name').on(table.organizationId, table.name),
    check('separation_rules_mode', sql`mode in ('watch', 'enforce')`),
    check(
      'separation_rules_sides',
      sql`num_nonnulls(first_role_id, first_permission) = 1 and num_nonnulls(second_role_id, second_permission) = 1`,
    ),
    ...[table.firstRoleId, table.secondRoleId, table.exceptionRoleId].map((role) =>
      foreignKey({ columns: [table.organizationId, role], foreignColumns: [roles.organizationId, roles.id] }),
    ),
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
    access: text('access', { enum: ['everything', 'decisions', 'permissions'] })
      .notNull()
      .default('everything'),
    /** Of the catalogue, where `access` says so. */
    permissions: jsonb('permissions'),
    /** Null: in the whole organization. */
    brandIds: jsonb('brand_ids'),
    /** CIDR; null: from anywhere. */
    addressRanges: jsonb('address_ranges'),
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
    check(
      'api_keys_access',
      sql`access in ('everything', 'decisions', 'permissions')
  and (access = 'permissions') = (permissions is not null)`,
    ),
    index('api_keys_user').on(table.organizationId, table.userId).where(sql`user_id is not null`),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)
