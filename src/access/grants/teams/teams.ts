// Teams: people of the organization or of a brand who hold something together. How they are read, and who has a say in one.
import { type SQL, sql } from 'drizzle-orm'
import { planAnew } from '#db/plan-anew.ts'
import { once, prepared } from '#db/statement.ts'
import { afterName, type NamePage, namePage } from '#directory/paging/name-pages.ts'
import { patternsOf } from '#directory/paging/search-text.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  brandsPermitted,
  type CallContext,
  inTransaction,
  isPermitted,
  refuseUnknown,
  requirePermissionIn,
  requirePermissionSomewhere,
  type Transaction,
} from '#src/context.ts'

export type TeamRecord = {
  id: string
  name: string
  /** Null: of the organization. */
  brand: { id: string; slug: string; name: string } | null
  /** The team that it is within. */
  parent: { id: string; name: string } | null
  leader: { id: string; userName: string; name: string } | null
  createdAt: string
  createdBy: string
}

export type ListedTeam = TeamRecord & {
  /** Those of the teams within it included; at most `mostCounted`, which then means: or more. */
  people: number
  /** Roles that everybody in it holds by it. */
  roles: { id: string; name: string; brand: string | null }[]
}

export const mostCounted = 1_000

export type TeamKey = { organizationId: string; teamId: string }

/** Of `teams t`. */
const columns = sql`t.id, t.name,
  (select json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) from brands b
    where b.organization_id = t.organization_id and b.id = t.brand_id) as brand,
  (select json_build_object('id', x.id, 'name', x.name) from teams x
    where x.organization_id = t.organization_id and x.id = t.parent_id) as parent,
  (select json_build_object('id', u.id, 'userName', u.user_name, 'name', coalesce(u.display_name, u.user_name)) from users u
    where u.organization_id = t.organization_id and u.id = t.leader_id) as leader,
  t.created_at as "createdAt", t.created_by as "createdBy"`

const counted = sql`(select count(*)::int from (select distinct p.user_id from people_of_teams p
    join users u on u.organization_id = p.organization_id and u.id = p.user_id and u.deleted_at is null
      and u.status in ('active', 'invited')
    where p.organization_id = t.organization_id and (p.team_id = t.id or p.parent_id = t.id) limit ${sql.raw(String(mostCounted))}) x)`

const rolesColumn = sql`(select coalesce(json_agg(json_build_object('id', r.id, 'name', r.name, 'brand', b.name)
    order by b.name nulls first, r.rank desc, r.key), '[]')
  from team_roles g join roles r on r.organization_id = g.organization_id and r.id = g.role_id
  left join brands b on b.organization_id = g.organization_id and b.id = g.brand_id
  where g.organization_id = t.organization_id and g.team_id in (t.id, t.parent_id)
    and (g.expires_at is null or g.expires_at > now()))`

const teamById = prepared<TeamKey, TeamRecord>(
  (p) => sql`select ${columns} from teams t where t.organization_id = ${p.organizationId} and t.id = ${p.teamId}`,
)

const lock = prepared<TeamKey, { id: string }>(
  (p) => sql`select t.id from teams t where t.organization_id = ${p.organizationId} and t.id = ${p.teamId}
    for no key update`,
)

export type TeamFilter = {
  /** Words of the name. */
  q?: string | undefined
  /** The id of a brand; `organization`: of no brand. */
  brandId?: string | undefined
  /** Those that this person is in, or in a team within. */
  userId?: string | undefined
}

function conditionOf(ctx: CallContext, { q, brandId, userId }: TeamFilter): SQL {
  const patterns = q === undefined ? [] : patternsOf(q)
  const reach = brandsPermitted(ctx, 'teams.read')
  return sql.join(
    [
      sql`t.organization_id = ${ctx.organizationId}`,
      ...(reach === 'all' ? [] : [sql`t.brand_id = any (${sql.param(reach)}::text[])`]),
      ...(patterns.length === 0 ? [] : [sql`bare(t.name) like all (${sql.param(patterns)}::text[])`]),
      ...(brandId === undefined
        ? []
        : [brandId === 'organization' ? sql`t.brand_id is null` : sql`t.brand_id = ${brandId}`]),
      ...(userId === undefined ? [] : [hasPerson(sql`${ctx.organizationId}`, sql`${userId}`)]),
    ],
    sql` and `,
  )
}

/** For `teams t`: this person is in it, or in a team within it. */
export const hasPerson = (organizationId: SQL, userId: SQL): SQL => sql`t.id in (
  select unnest(array[x.id, x.parent_id]) from teams_of_people p join teams x on x.organization_id = p.organization_id
    and x.id = p.team_id where p.organization_id = ${organizationId} and p.user_id = ${userId})`

type Page = { filter?: TeamFilter; cursor?: string | undefined; limit?: number }

/** By name, those that the caller may see. @throws AppError forbidden; invalid (reason `invalidCursor`) */
export async function listTeams(
  ctx: CallContext,
  { filter = {}, cursor, limit = 50 }: Page = {},
): Promise<NamePage<ListedTeam>> {
  requirePermissionSomewhere(ctx, 'teams.read')
  const condition = conditionOf(ctx, filter)
  const [key, id] = cursor === undefined ? [] : afterName(cursor, 'tea')
  const beyond = key === undefined ? sql`true` : sql`(t.name_key, t.id) > (${key}::text, ${id}::text)`
  const statement = once<ListedTeam & { key: string }>(
    sql`with page as (select t.* from teams t where ${condition} and ${beyond}
        order by t.name_key, t.id limit ${limit + 1}::int)
      select ${columns}, ${counted} as people, ${rolesColumn} as roles, t.name_key as key from page t order by t.name_key, t.id`,
    { isPrepared: false },
  )
  const count = once<{ total: number }>(sql`select count(*)::int as total from teams t where ${condition}`, {
    isPrepared: false,
  })
  const [, rows, counts] = await inTransaction(ctx, (tx) => tx.commitWith<unknown>(planAnew, statement, count))
  const total = ((counts ?? []) as { total: number }[])[0]?.total ?? 0
  return namePage((rows ?? []) as (ListedTeam & { key: string })[], total, limit)
}

const isVisible = (ctx: CallContext, team: TeamRecord | undefined): team is TeamRecord =>
  team !== undefined && isPermitted(ctx, 'teams.read', team.brand?.id ?? null)

/** @throws AppError not_found, also for one in a brand that the caller does not see; forbidden */
export async function getTeam(ctx: CallContext, teamId: string): Promise<TeamRecord> {
  requirePermissionSomewhere(ctx, 'teams.read')
  if (!isId('tea', teamId)) return refuseUnknown(ctx, 'Team')
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith(teamById({ organizationId: ctx.organizationId, teamId })),
  )
  const team = rows?.[0]
  if (!isVisible(ctx, team)) throw notFound('Team')
  return team
}

/** A team that is about to change, and by nobody else meanwhile. @throws AppError not_found */
export async function lockTeamRow(
  tx: Transaction,
  { organizationId }: CallContext,
  teamId: string,
): Promise<TeamRecord> {
  const key = { organizationId, teamId: isId('tea', teamId) ? teamId : '' }
  await tx.run(lock(key))
  const [team] = await tx.run(teamById(key))
  if (team === undefined) throw notFound('Team')
  return team
}

/** The same for whoever manages teams there. @throws AppError not_found where they do not even see it; forbidden */
export async function lockTeam(tx: Transaction, ctx: CallContext, teamId: string): Promise<TeamRecord> {
  requirePermissionSomewhere(ctx, 'teams.write')
  const team = await lockTeamRow(tx, ctx, teamId)
  if (!isVisible(ctx, team)) throw notFound('Team')
  requirePermissionIn(ctx, 'teams.write', team.brand?.id ?? null)
  return team
}

/** The same for whoever leads it, besides, or the team that it is within. @throws AppError not_found; forbidden */
export async function lockLedTeam(tx: Transaction, ctx: CallContext, teamId: string): Promise<TeamRecord> {
  const team = await lockTeamRow(tx, ctx, teamId)
  if (ctx.actor.type === 'user' && (await isLedBy(tx, ctx, team))) return team
  if (!isVisible(ctx, team)) {
    requirePermissionSomewhere(ctx, 'teams.write')
    throw notFound('Team')
  }
  requirePermissionIn(ctx, 'teams.write', team.brand?.id ?? null)
  return team
}

async function isLedBy(tx: Transaction, ctx: CallContext, { leader, parent }: TeamRecord): Promise<boolean> {
  if (leader?.id === ctx.actor.id) return true
  return parent !== null && (await lockTeamRow(tx, ctx, parent.id)).leader?.id === ctx.actor.id
}

const within = prepared<TeamKey, { id: string }>(
  (p) =>
    sql`select t.id from teams t where t.organization_id = ${p.organizationId} and t.parent_id = ${p.teamId} limit 1`,
)

/** @throws AppError conflict (reason `has_teams`) while there are teams within it */
export async function requireNoTeamsWithin(tx: Transaction, ctx: CallContext, teamId: string): Promise<void> {
  const [child] = await tx.run(within({ organizationId: ctx.organizationId, teamId }))
  if (child === undefined) return
  throw new AppError('conflict', 'There are teams within this team; move or delete them first', { reason: 'has_teams' })
}
