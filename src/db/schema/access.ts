// Who may do what: roles, mappings, assignments, API keys.
import { sql } from 'drizzle-orm'
import { boolean, foreignKey, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { ownOrganizationOnly, time } from './common.ts'
import { groups, users } from './directory.ts'
import { brands, organizations } from './organizations.ts'

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
