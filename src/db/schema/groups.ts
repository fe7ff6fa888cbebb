// Groups, their members, and groups within groups.
import { sql } from 'drizzle-orm'
import { check, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { belongsTo, ownOrganizationOnly, recordedAt, time } from './common.ts'
import { directories } from './directories.ts'
import { organizations } from './organizations.ts'
import { users } from './users.ts'

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
    /** The mass change that deleted it: it is no directory's, and stays until an administrator has decided. */
    heldBy: text('held_by'),
    version: integer('version').notNull().default(1),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    foreignKey({
      columns: [table.organizationId, table.directoryId],
      foreignColumns: [directories.organizationId, directories.id],
    }),
    index('groups_directory').on(table.organizationId, table.directoryId, table.id),
    index('groups_display_name').on(table.organizationId, table.displayNameKey),
    uniqueIndex('groups_external_id')
      .on(table.organizationId, table.directoryId, table.externalId)
      .where(sql`directory_id is not null and external_id is not null`),
    index('groups_held').on(table.organizationId, table.heldBy).where(sql`held_by is not null`),
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
    /** The mass change that took it: for the directory it is gone, and it counts until an administrator has decided. */
    heldBy: text('held_by'),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.groupId, table.userId] }),
    index('group_members_user').on(table.organizationId, table.userId),
    index('group_members_recorded').on(table.organizationId, table.recordedAt),
    index('group_members_held').on(table.organizationId, table.heldBy).where(sql`held_by is not null`),
    belongsTo([table.organizationId, table.groupId], [groups.organizationId, groups.id]),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
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
    /** As of group_members. */
    heldBy: text('held_by'),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.groupId, table.childGroupId] }),
    index('group_nestings_child').on(table.organizationId, table.childGroupId),
    index('group_nestings_held').on(table.organizationId, table.heldBy).where(sql`held_by is not null`),
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
