// Where people stand: which roles they hold in which scope. Read as a set, from the mappings down to the members, for the people
// whom a change may concern.
import { type SQL, sql } from 'drizzle-orm'
import { once, prepared } from '#db/statement.ts'
import { userDocument } from '#directory/filter/filter-path.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import type { Scopes } from '../decisions/access-model.ts'
import { isHeldBack } from '../decisions/held-back.ts'
import type { Affected } from './kinds/kind.ts'

/** Of `users u`: what each holds now, as one JSON object; people who hold nothing have none. */
const holdings = (organizationId: string, affected: Affected): SQL => sql`
  with recursive ${
    affected === 'everybody'
      ? sql``
      : sql`below (group_id) as (
      select unnest(${sql.param(affected.groupIds)}::text[])
      union select n.child_group_id from below b join group_nestings n
        on n.organization_id = ${organizationId} and n.group_id = b.group_id),
    affected (user_id) as materialized (
      select unnest(${sql.param(affected.userIds)}::text[])
      union select gm.user_id from below b join group_members gm
        on gm.organization_id = ${organizationId} and gm.group_id = b.group_id
      union select u.id from users u cross join unnest(${sql.param(affected.filterPaths)}::text[]) f (path)
        where u.organization_id = ${organizationId} and jsonb_path_match(${userDocument}, f.path::jsonpath, '{}', true)
      union select p.user_id from people_of_teams p where p.organization_id = ${organizationId}
        and (p.team_id = any (${sql.param(affected.teamIds)}::text[]) or p.parent_id = any (${sql.param(affected.teamIds)}::text[]))),`
  }
    reach (mapped, group_id) as (
      select distinct m.group_id, m.group_id from mappings m
        where m.organization_id = ${organizationId} and m.group_id is not null
      union select r.mapped, n.child_group_id from reach r join group_nestings n
        on n.organization_id = ${organizationId} and n.group_id = r.group_id),
    held (user_id, role_id, brand_id) as (
      select gm.user_id, m.role_id, m.brand_id from mappings m
        join reach r on r.mapped = m.group_id
        join group_members gm on gm.organization_id = ${organizationId} and gm.group_id = r.group_id
        where m.organization_id = ${organizationId} ${isAffected(affected, sql`gm.user_id`)}
          and not ${isHeldBack(organizationId, sql`gm.user_id`)}
      union select u.id, m.role_id, m.brand_id from mappings m join users u on u.organization_id = m.organization_id
        where m.organization_id = ${organizationId} and m.filter_path is not null ${isAffected(affected, sql`u.id`)}
          and jsonb_path_match(${userDocument}, m.filter_path::jsonpath, '{}', true)
          and not ${isHeldBack(organizationId, sql`u.id`)}
      union select a.user_id, a.role_id, a.brand_id from assignments a
        where a.organization_id = ${organizationId} ${isAffected(affected, sql`a.user_id`)}
          and (a.valid_from is null or a.valid_from <= now()) and (a.expires_at is null or a.expires_at > now())
      union select t.user_id, t.role_id, t.brand_id from ${
        affected === 'everybody'
          ? sql`holders_by_team t`
          : sql`affected c join holdings_by_team t on t.user_id = c.user_id`
      } where t.organization_id = ${organizationId}),
    scopes (user_id, brand_id, role_ids) as (
      select h.user_id, coalesce(h.brand_id, ''), json_agg(h.role_id order by h.role_id) from held h
        join users u on u.organization_id = ${organizationId} and u.id = h.user_id and u.status = 'active'
          and u.deleted_at is null
        group by 1, 2),
    holding (user_id, scopes) as (
      select user_id, json_object_agg(brand_id, role_ids order by brand_id)::text from scopes group by user_id)`

const isAffected = (affected: Affected, userId: SQL): SQL =>
  affected === 'everybody' ? sql`` : sql`and ${userId} in (select user_id from affected)`

/** Each affected person who holds something. @returns by the user's id */
export async function rolesOfEach(tx: Transaction, ctx: CallContext, affected: Affected): Promise<Map<string, Scopes>> {
  const statement = once<{ userId: string; scopes: string }>(
    sql`${holdings(ctx.organizationId, affected)} select user_id as "userId", scopes from holding`,
    { isPrepared: false },
  )
  const parsed = new Map<string, Scopes>()
  const scopesOf = (text: string): Scopes => {
    const known = parsed.get(text) ?? (JSON.parse(text) as Scopes)
    parsed.set(text, known)
    return known
  }
  return new Map((await tx.run(statement)).map(({ userId, scopes }) => [userId, scopesOf(scopes)]))
}

export type Cohort = { scopes: Scopes; count: number; sample: string[]; digest: string }

/** Everybody, by what they hold: few kinds of people, however many there are. */
export async function cohorts(tx: Transaction, ctx: CallContext, sampleSize: number): Promise<Cohort[]> {
  const statement = once<{ scopes: string; count: number; sample: string; digest: string }>(
    sql`${holdings(ctx.organizationId, 'everybody')}
      select scopes, count(*)::int as count, to_json((array_agg(user_id order by user_id))[1:${sampleSize}::int])::text as sample,
        md5(string_agg(user_id, ' ' order by user_id)) as digest
      from holding group by scopes order by scopes`,
    { isPrepared: false },
  )
  const rows = await tx.run(statement)
  return rows.map(({ scopes, count, sample, digest }) => ({
    ...{ scopes: JSON.parse(scopes) as Scopes, count, digest },
    sample: JSON.parse(sample) as string[],
  }))
}

const count = prepared<Record<string, never>, { administrators: number }>(
  () => sql`select count_administrators() as administrators`,
)

/** How many people administer the organization now, by the rule that keeps the last one. */
export async function countAdministrators(tx: Transaction): Promise<number> {
  const [row] = await tx.run(count({}))
  return row?.administrators ?? 0
}
