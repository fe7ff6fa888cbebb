// Teams: people of an organization or a brand, what they hold together, and what is kept for them.
import { sql } from 'drizzle-orm'
import { boolean, check, foreignKey, index, pgTable, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { roles } from './access.ts'
import { belongsTo, ownOrganizationOnly, recordedAt, time, visibleToPerson } from './common.ts'
import { groups } from './groups.ts'
import { brands, organizations } from './organizations.ts'
import { users } from './users.ts'

/** Of the organization (`brand_id` null) or of one brand. A team within another has no teams of its own. */
export const teams = pgTable(
  'teams',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    brandId: text('brand_id'),
    /** The team that it is within: whoever is in this one is in that one, too. */
    parentId: text('parent_id'),
    /** One of its people, who may add others and take them out. */
    leaderId: text('leader_id'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    unique('teams_name').on(table.organizationId, table.brandId, table.nameKey).nullsNotDistinct(),
    index('teams_brand').on(table.organizationId, table.brandId),
    index('teams_parent').on(table.organizationId, table.parentId).where(sql`parent_id is not null`),
    index('teams_leader').on(table.organizationId, table.leaderId).where(sql`leader_id is not null`),
    belongsTo([table.organizationId, table.brandId], [brands.organizationId, brands.id]),
    foreignKey({
      columns: [table.organizationId, table.parentId],
      foreignColumns: [table.organizationId, table.id],
      name: 'teams_within',
    }),
    foreignKey({ columns: [table.organizationId, table.leaderId], foreignColumns: [users.organizationId, users.id] }),
    ownOrganizationOnly(),
  ],
)

/** People who were added by hand. */
export const teamMembers = pgTable(
  'team_members',
  {
    organizationId: text('organization_id').notNull(),
    teamId: text('team_id').notNull(),
    userId: text('user_id').notNull(),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.teamId, table.userId] }),
    index('team_members_user').on(table.organizationId, table.userId),
    belongsTo([table.organizationId, table.teamId], [teams.organizationId, teams.id]),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** People who are left out of a team, whatever fills it. */
export const teamExclusions = pgTable(
  'team_exclusions',
  {
    organizationId: text('organization_id').notNull(),
    teamId: text('team_id').notNull(),
    userId: text('user_id').notNull(),
    reason: text('reason').notNull(),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.teamId, table.userId] }),
    index('team_exclusions_user').on(table.organizationId, table.userId),
    belongsTo([table.organizationId, table.teamId], [teams.organizationId, teams.id]),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
  ],
)

/** What else fills a team: the members of a group, those of groups within it included, or whoever satisfies a filter. */
export const teamSources = pgTable(
  'team_sources',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    teamId: text('team_id').notNull(),
    groupId: text('group_id'),
    /** A SCIM filter over the user, as it was written; then there is no group. */
    filter: text('filter'),
    /** The same as a jsonpath predicate over the user's document: what the database evaluates. */
    filterPath: text('filter_path'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    unique('team_sources_once').on(table.organizationId, table.teamId, table.groupId, table.filter).nullsNotDistinct(),
    index('team_sources_group').on(table.organizationId, table.groupId).where(sql`group_id is not null`),
    index('team_sources_filter').on(table.organizationId).where(sql`filter_path is not null`),
    check(
      'team_sources_group_or_filter',
      sql`(group_id is null) = (filter is not null) and (filter is null) = (filter_path is null)`,
    ),
    belongsTo([table.organizationId, table.teamId], [teams.organizationId, teams.id]),
    belongsTo([table.organizationId, table.groupId], [groups.organizationId, groups.id]),
    ownOrganizationOnly(),
  ],
)

/** Everybody in the team holds this role, and whoever is in a team within it: for a reason, until a date. */
export const teamRoles = pgTable(
  'team_roles',
  {
    organizationId: text('organization_id').notNull(),
    id: text('id').notNull(),
    teamId: text('team_id').notNull(),
    roleId: text('role_id').notNull(),
    brandId: text('brand_id'),
    reason: text('reason').notNull(),
    expiresAt: time('expires_at'),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    unique('team_roles_once').on(table.organizationId, table.teamId, table.roleId, table.brandId).nullsNotDistinct(),
    index('team_roles_role').on(table.organizationId, table.roleId),
    index('team_roles_brand').on(table.organizationId, table.brandId),
    belongsTo([table.organizationId, table.teamId], [teams.organizationId, teams.id]),
    foreignKey({
      columns: [table.organizationId, table.roleId],
      foreignColumns: [roles.organizationId, roles.id],
    }),
    belongsTo([table.organizationId, table.brandId], [brands.organizationId, brands.id]),
    ownOrganizationOnly(),
  ],
)

/** Kinds of things that host applications keep: libraries, campaigns, dashboards, accounts. */
export const assetTypes = pgTable(
  'asset_types',
  {
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    label: text('label').notNull(),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.name] }), ownOrganizationOnly()],
)

/** Of `assets`: somebody holds a role there, and it is open, for their teams, theirs, or they hold everything there. */
const isInReach = sql`(coalesce(brand_id, '') = any ((select person_scopes(false))::text[]) and (not is_restricted
  or coalesce(brand_id, '') = any ((select person_scopes(true))::text[])
  or exists (select from asset_people p where p.organization_id = assets.organization_id and p.type = assets.type
    and p.asset_id = assets.id and p.user_id = current_setting('rolecall.user_id', true))
  or exists (select from asset_teams x where x.organization_id = assets.organization_id and x.type = assets.type
    and x.asset_id = assets.id and x.team_id = any ((select person_teams())::text[]))))`

/** One of them, by the application's own id. */
export const assets = pgTable(
  'assets',
  {
    organizationId: text('organization_id').notNull(),
    type: text('type').notNull(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    /** Null: of the organization. */
    brandId: text('brand_id'),
    /** For the teams of asset_teams and the people of asset_people alone; without any, for nobody but whoever holds everything. */
    isRestricted: boolean('is_restricted').notNull(),
    createdAt: time('created_at').notNull(),
    createdBy: text('created_by').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.type, table.id] }),
    index('assets_brand').on(table.organizationId, table.brandId, table.type, table.id),
    belongsTo([table.organizationId, table.type], [assetTypes.organizationId, assetTypes.name]),
    belongsTo([table.organizationId, table.brandId], [brands.organizationId, brands.id]),
    ownOrganizationOnly(),
    visibleToPerson(isInReach),
  ],
)

/** The teams that a restricted asset is for. */
export const assetTeams = pgTable(
  'asset_teams',
  {
    organizationId: text('organization_id').notNull(),
    type: text('type').notNull(),
    assetId: text('asset_id').notNull(),
    teamId: text('team_id').notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.type, table.assetId, table.teamId] }),
    index('asset_teams_team').on(table.organizationId, table.teamId),
    belongsTo([table.organizationId, table.type, table.assetId], [assets.organizationId, assets.type, assets.id]),
    belongsTo([table.organizationId, table.teamId], [teams.organizationId, teams.id]),
    ownOrganizationOnly(),
    visibleToPerson(sql`team_id = any ((select person_teams())::text[])`),
  ],
)

/** Whose an asset is: who created it, and whom it is assigned to. They see it although it is for teams that they are not in. */
export const assetPeople = pgTable(
  'asset_people',
  {
    organizationId: text('organization_id').notNull(),
    type: text('type').notNull(),
    assetId: text('asset_id').notNull(),
    userId: text('user_id').notNull(),
    kind: text('kind', { enum: ['creator', 'assigned'] }).notNull(),
    recordedAt: recordedAt(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.type, table.assetId, table.userId, table.kind] }),
    check('asset_people_kind', sql`kind in ('creator', 'assigned')`),
    uniqueIndex('asset_people_creator')
      .on(table.organizationId, table.type, table.assetId)
      .where(sql`kind = 'creator'`),
    index('asset_people_user').on(table.organizationId, table.userId),
    belongsTo([table.organizationId, table.type, table.assetId], [assets.organizationId, assets.type, assets.id]),
    belongsTo([table.organizationId, table.userId], [users.organizationId, users.id]),
    ownOrganizationOnly(),
    visibleToPerson(sql`user_id = current_setting('rolecall.user_id', true)`),
  ],
)
