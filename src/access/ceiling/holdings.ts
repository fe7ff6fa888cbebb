// What the people whom a change may concern hold, or would hold: with the time from which and until which, and whether or not they
// are active, since whoever waits, or left, is let in some day with just that. Members of groups that have none yet count as well.
import { type SQL, sql } from 'drizzle-orm'
import { once } from '#db/statement.ts'
import { userDocument } from '#directory/filter/filter-path.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import type { Scopes } from '../decisions/access-model.ts'
import { isHeldBack } from '../decisions/held-back.ts'

/** One role in one scope (`''`: the organization), from a source, for a time in milliseconds of the epoch. */
export type Grant = { scope: string; roleId: string; from: number; until: number }

export type Holder = {
  /** False: what they hold has no effect before somebody lets them in. */
  isActive: boolean
  grants: readonly Grant[]
}

/** Whom something may concern. */
export type HolderSelection = {
  /** Ids of people. */
  users?: readonly string[] | undefined
  /** Ids of groups: their members at any depth, and whoever will be one. */
  groups?: readonly string[] | undefined
  /** True: whoever would come into any group that is mapped or fills a team, or into a team, beside those who are in it. */
  mappedGroups?: boolean | undefined
  /** Ids of teams: their people, those of the teams within them, and whoever will be one of them. */
  teams?: readonly string[] | undefined
  /** Predicates over a user's document. */
  filterPaths?: readonly string[] | undefined
  /** An expression over `users u`. */
  which?: SQL | undefined
}

/** Everybody of the organization, and whoever will come into a group. */
export const everybody: HolderSelection = { which: sql`true`, mappedGroups: true }

type Row = { id: string; isActive: boolean; grants: string }

const list = (values: readonly string[] | undefined): SQL => sql`${sql.param(values ?? [])}::text[]`

const concernedUsers = (
  organizationId: string,
  { users, groups, teams, filterPaths, which }: HolderSelection,
): SQL => sql`
    below (group_id) as (
      select unnest(${list(groups)})
      union select n.child_group_id from below b join group_nestings n
        on n.organization_id = ${organizationId} and n.group_id = b.group_id),
    affected (id) as materialized (
      select unnest(${list(users)})
      union select gm.user_id from below b join group_members gm
        on gm.organization_id = ${organizationId} and gm.group_id = b.group_id
      ${
        (teams ?? []).length === 0
          ? sql``
          : sql`union select p.user_id from people_of_teams p where p.organization_id = ${organizationId}
              and (p.team_id = any (${list(teams)}) or p.parent_id = any (${list(teams)}))`
      }
      ${
        (filterPaths ?? []).length === 0
          ? sql``
          : sql`union select u.id from users u cross join unnest(${list(filterPaths)}) f (path)
              where u.organization_id = ${organizationId} and jsonb_path_match(${userDocument}, f.path::jsonpath, '{}', true)`
      }
      ${which === undefined ? sql`` : sql`union select u.id from users u where u.organization_id = ${organizationId} and ${which}`})`

// From the people up to the mappings, so that a change of one costs what that one has. A group stands for a member of its own, and
// so does a team.
const holders = (organizationId: string, affected: HolderSelection): SQL => sql`with recursive
    ${concernedUsers(organizationId, affected)},
    stand_ins (id) as (
      select unnest(${list(affected.groups)})
      ${
        affected.mappedGroups === true
          ? sql`union select m.group_id from mappings m
              where m.organization_id = ${organizationId} and m.group_id is not null
            union select s.group_id from team_sources s
              where s.organization_id = ${organizationId} and s.group_id is not null`
          : sql``
      }),
    team_stand_ins (id) as (
      select unnest(${list(affected.teams)})
      ${affected.mappedGroups === true ? sql`union select t.id from teams t where t.organization_id = ${organizationId}` : sql``}),
    climbed (id, group_id) as (
      select c.id, gm.group_id from affected c join group_members gm
        on gm.organization_id = ${organizationId} and gm.user_id = c.id
      union select s.id, s.id from stand_ins s
      union select c.id, n.group_id from climbed c join group_nestings n
        on n.organization_id = ${organizationId} and n.child_group_id = c.group_id),
    held (id, brand_id, role_id, valid_from, expires_at) as (
      select c.id, m.brand_id, m.role_id, null::timestamptz, null::timestamptz from climbed c
        join mappings m on m.organization_id = ${organizationId} and m.group_id = c.group_id
        where not ${isHeldBack(organizationId, sql`c.id`)}
      union select u.id, m.brand_id, m.role_id, null, null from mappings m
        cross join affected c join users u on u.organization_id = ${organizationId} and u.id = c.id
        where m.organization_id = ${organizationId} and m.filter_path is not null
          and jsonb_path_match(${userDocument}, m.filter_path::jsonpath, '{}', true)
          and not ${isHeldBack(organizationId, sql`u.id`)}
      union select a.user_id, a.brand_id, a.role_id, case when a.valid_from > now() then a.valid_from end, a.expires_at
        from affected c join assignments a on a.organization_id = ${organizationId} and a.user_id = c.id
        where a.expires_at is null or a.expires_at > now()
      union select t.user_id, t.brand_id, t.role_id, null, t.expires_at
        from affected c join holdings_by_team t on t.organization_id = ${organizationId} and t.user_id = c.id
      union select i.id, r.brand_id, r.role_id, null, r.expires_at from (
          select c.id, s.team_id from stand_ins x join climbed c on c.id = x.id join team_sources s
            on s.organization_id = ${organizationId} and s.group_id = c.group_id
          union select x.id, x.id from team_stand_ins x) i
        join teams t on t.organization_id = ${organizationId} and t.id = i.team_id
        join team_roles r on r.organization_id = ${organizationId} and r.team_id in (t.id, t.parent_id)
        where r.expires_at is null or r.expires_at > now()),
    holdings (id, grants) as (
      select id, json_agg(json_build_object('scope', coalesce(brand_id, ''), 'roleId', role_id,
          'from', coalesce((extract(epoch from valid_from) * 1000)::bigint, 0),
          'until', coalesce((extract(epoch from expires_at) * 1000)::bigint, ${forEver}::bigint))
        order by brand_id nulls first, role_id, valid_from nulls first, expires_at nulls last)::text
      from held group by id),
    holders (id, is_active, grants) as (
      select u.id, u.status = 'active', coalesce(h.grants, '[]') from affected c
        join users u on u.organization_id = ${organizationId} and u.id = c.id and u.deleted_at is null
        left join holdings h on h.id = u.id
      union all select s.id, true, coalesce(h.grants, '[]')
        from (select id from stand_ins union all select id from team_stand_ins) s left join holdings h on h.id = s.id)`

/** As `until`: no end. */
export const forEver = Number.MAX_SAFE_INTEGER

const parse = ({ isActive, grants }: Row): Holder => ({ isActive, grants: JSON.parse(grants) as Grant[] })

/** Each of them by their id, deleted ones left out; a group's id stands for whoever is, or comes to be, in it. */
export async function holdersOf(
  tx: Transaction,
  { organizationId }: CallContext,
  affected: HolderSelection,
): Promise<Map<string, Holder>> {
  const statement = once<Row>(
    sql`${holders(organizationId, affected)} select id, is_active as "isActive", grants from holders`,
    { isPrepared: false },
  )
  return new Map((await tx.run(statement)).map((row) => [row.id, parse(row)]))
}

/** One of each kind, however many there are: people who hold the same things for the same time. */
export async function kindsOfHolders(
  tx: Transaction,
  { organizationId }: CallContext,
  affected: HolderSelection,
): Promise<Map<string, Holder>> {
  const statement = once<Row>(
    sql`${holders(organizationId, affected)}
      select min(id) as id, is_active as "isActive", grants from holders group by is_active, grants`,
    { isPrepared: false },
  )
  return new Map((await tx.run(statement)).map((row) => [row.id, parse(row)]))
}

/** What somebody holds at a moment, if they are active by then. */
export function scopesAt(grants: readonly Grant[], at: number): Scopes {
  const scopes: Record<string, string[]> = {}
  for (const { scope, roleId, from, until } of grants) {
    if (from > at || until <= at) continue
    const held = scopes[scope] ?? []
    scopes[scope] = held
    if (!held.includes(roleId)) held.push(roleId)
  }
  return scopes
}

/** The moments, from now on, at which what somebody holds may change. */
export const momentsOf = (grants: readonly Grant[], now: number): number[] => [
  ...new Set([now, ...grants.flatMap(({ from, until }) => [from, until]).filter((at) => at > now && at < forEver)]),
]
