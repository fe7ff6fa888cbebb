// Who holds a role or stands in a brand, as a set: from the mappings down to the members, so that a question about all people
// costs one look at the groups that matter, and not one look at each person.
import { type SQL, sql } from 'drizzle-orm'
import { userDocument } from '#directory/filter/filter-path.ts'
import { heldBackPeople, isHeldBack } from '../../decisions/held-back.ts'

export type Holding = {
  roleId?: string | undefined
  /** Ids of brands; `organization` for what is held in no brand; absent: anywhere. */
  where?: 'organization' | readonly string[] | undefined
}

export type Holders = {
  name: string
  /** Common table expressions, for a `with recursive` before the statement. */
  tables: SQL
  /** For `users u`: they hold it now. */
  condition: SQL
}

/** Paths that look at more of a user than their attributes; only for those the whole document is put together. */
const namesColumns = String.raw`\$\."?(userName|externalId|displayName|active)\M`

/** Up to so many candidates, looking at the groups of each is quicker than reading all members of a role. */
const fewCandidates = 3_000

/**
 * The same as rows of `effective_assignments` for a given holding, turned around. The conditions are joined by `or`, which keeps
 * PostgreSQL to hashed look-ups: however few or many hold it, the cost is that of reading the members and the users once.
 * @param name tells the tables of one statement apart
 * @param among a table of candidates that nobody else is asked of: where they are few, their groups are looked at instead
 */
export function holdersOf(name: string, organizationId: string, holding: Holding, among?: string): Holders {
  const groups = sql.identifier(`${name}_groups`)
  const filters = sql.identifier(`${name}_filters`)
  const tables = sql`${groups} (group_id) as (
      select m.group_id from mappings m
      where m.organization_id = ${organizationId} and m.group_id is not null and ${isAbout('m', holding)}
      union select n.child_group_id from ${groups} g join group_nestings n
        on n.organization_id = ${organizationId} and n.group_id = g.group_id),
    ${filters} (path, is_whole) as materialized (
      select m.filter_path::jsonpath, m.filter_path ~ ${namesColumns} from mappings m
      where m.organization_id = ${organizationId} and m.filter_path is not null and ${isAbout('m', holding)})`
  const isMember = sql`u.id in (select gm.user_id from group_members gm where gm.organization_id = ${organizationId}
    and gm.group_id = any (array(select group_id from ${groups})))`
  const isOneOfTheirs = sql`exists (select from group_members gm where gm.organization_id = ${organizationId}
    and gm.user_id = u.id and gm.group_id = any (array(select group_id from ${groups})))`
  const byGroup =
    among === undefined
      ? isMember
      : sql`case when (select count(*) from ${sql.identifier(among)}) <= ${sql.raw(String(fewCandidates))}
        then ${isOneOfTheirs} else ${isMember} end`
  const condition = sql`(${byGroup}
      or u.id in (select a.user_id from assignments a where a.organization_id = ${organizationId}
        and (a.valid_from is null or a.valid_from <= now()) and (a.expires_at is null or a.expires_at > now())
        and ${isAbout('a', holding)})
      or u.id in (select t.user_id from holders_by_team t where t.organization_id = ${organizationId} and ${isAbout('t', holding)})
      or ((select count(*) from ${filters}) > 0 and exists (select from ${filters} f where
        jsonb_path_match(case when f.is_whole then ${userDocument} else u.attributes end, f.path, '{}', true))))
    and ${isNotHeldBack(organizationId, sql`u.id`, holding)}`
  return { name, tables, condition }
}

export type People = {
  /** A table `user_id` of them, to come after those of `holdersOf` of the same name. */
  table: SQL
  name: SQL
}

/** Everybody who holds it, found by themselves: for what few hold, such as the roles in one brand. */
export function peopleOf(name: string, organizationId: string, holding: Holding): People {
  const groups = sql.identifier(`${name}_groups`)
  const filters = sql.identifier(`${name}_filters`)
  const people = sql`${sql.identifier(`${name}_people`)}`
  const table = sql`${people} (user_id) as materialized (select found.user_id from (
      select gm.user_id from group_members gm where gm.organization_id = ${organizationId}
        and gm.group_id = any (array(select group_id from ${groups}))
      union select a.user_id from assignments a where a.organization_id = ${organizationId}
        and (a.valid_from is null or a.valid_from <= now()) and (a.expires_at is null or a.expires_at > now())
        and ${isAbout('a', holding)}
      union select t.user_id from holders_by_team t where t.organization_id = ${organizationId} and ${isAbout('t', holding)}
      union select u.id from users u where u.organization_id = ${organizationId} and (select count(*) from ${filters}) > 0
        and exists (select from ${filters} f where
          jsonb_path_match(case when f.is_whole then ${userDocument} else u.attributes end, f.path, '{}', true))) found
      where ${isNotHeldBack(organizationId, sql`found.user_id`, holding)})`
  return { table, name: people }
}

/** Of whoever has something held back that this is about, the view says whether they hold it all the same, some other way. */
const isNotHeldBack = (organizationId: string, userId: SQL, holding: Holding): SQL =>
  sql`(${userId} not in (${heldBackPeople(organizationId, isAbout('t', holding))}) or exists (
    select from effective_assignments e where e.organization_id = ${organizationId} and e.user_id = ${userId}
      and ${isAbout('e', holding)}))`

/** For a row with the columns role_id and brand_id. */
export function isAbout(alias: string, { roleId, where }: Holding): SQL {
  const row = sql.raw(alias)
  const conditions = [
    ...(roleId === undefined ? [] : [sql`${row}.role_id = ${roleId}`]),
    ...(where === undefined ? [] : [where === 'organization' ? sql`${row}.brand_id is null` : isIn(row, where)]),
  ]
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
}

const isIn = (row: SQL, brandIds: readonly string[]): SQL => sql`${row}.brand_id = any (${sql.param(brandIds)}::text[])`

/**
 * Tables with what the people of a page hold now: `held (user_id, role_id, brand_id)`, each once, found for all of them together.
 * @param page names a table that has the people's ids as `id`
 */
export const heldByPage = (organizationId: string, page: string): SQL => {
  const people = sql.identifier(page)
  return sql`climbed (user_id, group_id) as (
      select gm.user_id, gm.group_id from ${people} p join group_members gm
        on gm.organization_id = ${organizationId} and gm.user_id = p.id
      union select c.user_id, n.group_id from climbed c join group_nestings n
        on n.organization_id = ${organizationId} and n.child_group_id = c.group_id),
    held (user_id, role_id, brand_id) as materialized (
      select c.user_id, m.role_id, m.brand_id from climbed c join mappings m
        on m.organization_id = ${organizationId} and m.group_id = c.group_id
        where not ${isHeldBack(organizationId, sql`c.user_id`)}
      union
      select u.id, m.role_id, m.brand_id from mappings m cross join ${people} p join users u
        on u.organization_id = ${organizationId} and u.id = p.id
        where m.organization_id = ${organizationId} and m.filter_path is not null
          and jsonb_path_match(${userDocument}, m.filter_path::jsonpath, '{}', true)
          and not ${isHeldBack(organizationId, sql`u.id`)}
      union
      select a.user_id, a.role_id, a.brand_id from ${people} p join assignments a
        on a.organization_id = ${organizationId} and a.user_id = p.id
        where (a.valid_from is null or a.valid_from <= now()) and (a.expires_at is null or a.expires_at > now())
      union
      select t.user_id, t.role_id, t.brand_id from ${people} p join holdings_by_team t
        on t.organization_id = ${organizationId} and t.user_id = p.id)`
}

/**
 * The people of the table `hits`, each with their highest role now, as a text that sorts: in the organization, or in the brands
 * that the caller sees; empty for whoever holds none. From the mappings down, as above.
 */
export const rankedTable = (organizationId: string, reach: readonly string[] | undefined): SQL => {
  const isAsked = (alias: string): SQL => isAbout(alias, { where: reach ?? 'organization' })
  return sql`ranks (role_id, rank) as materialized (
      select r.id, lpad(r.rank::text, 10, '0') || ' ' || r.key from roles r where r.organization_id = ${organizationId}),
    mapped (group_id, rank) as (
      select m.group_id, k.rank from mappings m join ranks k on k.role_id = m.role_id
      where m.organization_id = ${organizationId} and m.group_id is not null and ${isAsked('m')}
      union select n.child_group_id, g.rank from mapped g join group_nestings n
        on n.organization_id = ${organizationId} and n.group_id = g.group_id),
    held_back (user_id) as materialized (${heldBackPeople(organizationId, isAsked('t'))}),
    given (user_id, rank) as (
      select gm.user_id, max(g.rank) from mapped g join group_members gm
        on gm.organization_id = ${organizationId} and gm.group_id = g.group_id
        where gm.user_id not in (select user_id from held_back) group by gm.user_id
      union all
      select e.user_id, k.rank from effective_assignments e join ranks k on k.role_id = e.role_id
      where e.organization_id = ${organizationId} and e.user_id = any (array(select user_id from held_back)) and ${isAsked('e')}
      union all
      select a.user_id, k.rank from assignments a join ranks k on k.role_id = a.role_id
      where a.organization_id = ${organizationId} and (a.valid_from is null or a.valid_from <= now())
        and (a.expires_at is null or a.expires_at > now()) and ${isAsked('a')}
      union all
      select t.user_id, k.rank from holders_by_team t join ranks k on k.role_id = t.role_id
      where t.organization_id = ${organizationId} and ${isAsked('t')}
      union all
      select u.id, k.rank from mappings m join ranks k on k.role_id = m.role_id
        join users u on u.organization_id = ${organizationId} and u.deleted_at is null
      where m.organization_id = ${organizationId} and m.filter_path is not null and ${isAsked('m')} and jsonb_path_match(
        case when m.filter_path ~ ${namesColumns} then ${userDocument} else u.attributes end, m.filter_path::jsonpath, '{}', true)
        and not ${isHeldBack(organizationId, sql`u.id`)}),
    best (user_id, rank) as materialized (select user_id, max(rank) from given group by user_id),
    ranked as materialized (
      select h.*, coalesce(b.rank, '') as role_rank from hits h left join best b on b.user_id = h.id)`
}
