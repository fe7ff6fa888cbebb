// What a campaign is about, frozen as it opens: one statement that reads what people hold now and writes it down, with what helps
// to answer. Whoever holds something is in it, whether or not anybody is there to answer for them.
import { type SQL, sql } from 'drizzle-orm'
import { isPerson } from '#db/emergency.ts'
import { once } from '#db/statement.ts'
import { userDocument } from '#directory/filter/filter-path.ts'
import { invalidField } from '#platform/input.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { readAccessModel } from '../../decisions/access-model.ts'
import { isHeldBack } from '../../decisions/held-back.ts'
import { isOrdinary } from '../../decisions/permissions.ts'
import { isAboutAccounts, type ReviewScope } from '../../ground/review-scope.ts'
import { joining } from './joining.ts'

/** Without activity for so long, something counts as unused. */
const unusedDays = 90

/** Of fewer others, nothing is to be learned. */
const enoughPeers = 5

type Wanted = { organizationId: string; scope: ReviewScope; privileged: readonly string[] }

const list = (values: readonly string[]): SQL => sql`${sql.param(values)}::text[]`

// Who has not been here counts from when they came.
const isUnused = (days: number): SQL =>
  sql`coalesce(p.last_active_at, p.created_at) < now() - make_interval(days => ${days}::int)`

// A person from outside has no directory, and no address in a domain that the organization has verified. While it has verified none,
// nobody is known to be from outside.
const people = (organizationId: string): SQL => sql`own_domains as materialized (
  select d.name from domains d where d.organization_id = ${organizationId} and d.status = 'verified'),
people as materialized (
  select u.id, u.user_name, u.display_name, u.status, u.last_active_at, u.created_at, u.directory_id,
    u.directory_id is null and exists (select from own_domains) and split_part(coalesce(u.email_key, ''), '@', 2)
      not in (select name from own_domains) as is_outside
  from users u where u.organization_id = ${organizationId} and u.deleted_at is null and ${isPerson})`

/** Of a row with role_id and brand_id: the campaign is about such. */
const isWanted = (row: string, { scope, privileged }: Wanted): SQL => {
  const { roleIds, brandIds, isPrivileged } = scope
  const columns = sql.raw(row)
  return sql.join(
    [
      sql`true`,
      ...(roleIds === undefined ? [] : [sql`${columns}.role_id = any (${list(roleIds)})`]),
      ...(brandIds === undefined ? [] : [sql`${columns}.brand_id = any (${list(brandIds)})`]),
      ...(isPrivileged === undefined ? [] : [sql`${columns}.role_id = any (${list(privileged)})`]),
    ],
    sql` and `,
  )
}

// As effective_assignments says it, for everybody at once: from the mappings down to the members of the groups below them. Where
// such is held, all that is held there is read, to compare with.
const held = (wanted: Wanted): SQL => {
  const { organizationId } = wanted
  const isNear = (row: string): SQL => sql`coalesce(${sql.raw(row)}.brand_id, '') in (select place from places)`
  return sql`places (place) as materialized (
      select coalesce(m.brand_id, '') from mappings m where m.organization_id = ${organizationId} and ${isWanted('m', wanted)}
      union select coalesce(a.brand_id, '') from assignments a where a.organization_id = ${organizationId} and ${isWanted('a', wanted)}
      union select coalesce(g.brand_id, '') from team_roles g where g.organization_id = ${organizationId} and ${isWanted('g', wanted)}),
    reach (mapped, group_id) as (
      select distinct m.group_id, m.group_id from mappings m
        where m.organization_id = ${organizationId} and m.group_id is not null and ${isNear('m')}
      union select r.mapped, n.child_group_id from reach r join group_nestings n
        on n.organization_id = ${organizationId} and n.group_id = r.group_id),
    named as materialized (select distinct on (g.id) g.id, g.display_name,
        jsonb_build_object('id', g.id, 'name', g.display_name, 'provider', coalesce(d.name, c.name)) as item
      from groups g left join directories d on d.organization_id = g.organization_id and d.id = g.directory_id
      left join connection_groups cg on cg.organization_id = g.organization_id and cg.group_id = g.id
      left join connections c on c.organization_id = g.organization_id and c.id = cg.connection_id
      where g.organization_id = ${organizationId} and g.id in (select group_id from reach)),
    reached as materialized (select gm.user_id, r.mapped, min(gm.created_at) as since,
        jsonb_agg(n.item order by n.display_name, n.id) as groups
      from group_members gm join reach r on r.group_id = gm.group_id join named n on n.id = gm.group_id
      where gm.organization_id = ${organizationId} group by 1, 2),
    held (user_id, role_id, brand_id, source, source_id, since, expires_at, sponsor_left_at, through) as materialized (
      select g.user_id, m.role_id, m.brand_id, 'mapping', m.id, g.since, null::timestamptz, null::timestamptz,
          jsonb_build_object('groups', g.groups)
        from reached g join mappings m on m.organization_id = ${organizationId} and m.group_id = g.mapped and ${isNear('m')}
        where not ${isHeldBack(organizationId, sql`g.user_id`)}
      union all
      select u.id, m.role_id, m.brand_id, 'mapping', m.id, null, null, null,
          jsonb_build_object('groups', '[]'::jsonb, 'filter', m.filter)
        from users u join mappings m on m.organization_id = u.organization_id and m.filter_path is not null and ${isNear('m')}
        where u.organization_id = ${organizationId} and u.deleted_at is null and not ${isHeldBack(organizationId, sql`u.id`)}
          and jsonb_path_match(${userDocument}, m.filter_path::jsonpath, '{}', true)
      union all
      select a.user_id, a.role_id, a.brand_id, 'direct', a.id, coalesce(a.valid_from, a.created_at), a.expires_at,
          a.sponsor_left_at, jsonb_build_object('reason', a.reason, 'sponsor', a.sponsor) from assignments a
        where a.organization_id = ${organizationId} and ${isNear('a')} and (a.valid_from is null or a.valid_from <= now())
          and (a.expires_at is null or a.expires_at > now())
      union all
      select h.user_id, g.role_id, g.brand_id, 'team', g.id, g.created_at, g.expires_at, null,
          jsonb_build_object('team', jsonb_build_object('id', t.id, 'name', t.name), 'reason', g.reason)
        from (select distinct t.user_id, t.team_role_id from holders_by_team t
          where t.organization_id = ${organizationId} and ${isNear('t')}) h
        join team_roles g on g.organization_id = ${organizationId} and g.id = h.team_role_id
        join teams t on t.organization_id = g.organization_id and t.id = g.team_id)`
}

// Others who stand alike: they are in exactly the same groups, else they stand in the same brand (or the organization).
const peers = (organizationId: string): SQL => sql`
  counting as materialized (select h.user_id, h.role_id, coalesce(h.brand_id, '') as place from held h join people p on p.id = h.user_id
    and p.status <> 'inactive' group by 1, 2, 3),
  kin as materialized (select gm.user_id, bit_xor(hashtextextended(gm.group_id, 0)) as kin
    from group_members gm join people p on p.id = gm.user_id and p.status <> 'inactive'
    where gm.organization_id = ${organizationId} group by 1),
  kin_sizes as materialized (select kin, count(*)::int as size from kin group by 1),
  kin_holding as materialized (select k.kin, c.role_id, c.place, count(*)::int as size
    from counting c join kin k on k.user_id = c.user_id group by 1, 2, 3),
  brand_sizes as materialized (select place, count(distinct user_id)::int as size from counting group by 1),
  brand_holding as materialized (select place, role_id, count(*)::int as size from counting group by 1, 2)`

/** Of `people p`. */
const isInScope = ({ isOutside, directoryId, inactiveDays }: ReviewScope): SQL =>
  sql.join(
    [
      sql`true`,
      ...(isOutside === undefined ? [] : [sql`p.is_outside`]),
      ...(directoryId === undefined ? [] : [sql`p.directory_id = ${directoryId}`]),
      ...(inactiveDays === undefined ? [] : [isUnused(inactiveDays)]),
    ],
    sql` and `,
  )

const grants = (wanted: Wanted): SQL => {
  const { organizationId, scope, privileged } = wanted
  return sql`
  select p.id as user_id, p.user_name, p.display_name, p.status, h.source, h.source_id, h.role_id, r.name as role_name, h.brand_id,
    b.name as brand_name, p.is_outside, p.last_active_at, h.expires_at, h.role_id = any (${list(privileged)}) as is_privileged,
    h.through, h.since, h.sponsor_left_at, ${isUnused(scope.inactiveDays ?? unusedDays)} as is_unused,
    case when ks.size > ${enoughPeers} then 'groups' when bs.size > 1 then 'brand' end as peers_by,
    case when ks.size > ${enoughPeers} then ks.size else coalesce(bs.size, 0) end as peers,
    case when ks.size > ${enoughPeers} then coalesce(kh.size, 0) else coalesce(bh.size, 0) end as peers_holding
  from held h join people p on p.id = h.user_id and ${isInScope(scope)}
  join roles r on r.organization_id = ${organizationId} and r.id = h.role_id
  left join brands b on b.organization_id = ${organizationId} and b.id = h.brand_id
  left join kin k on k.user_id = p.id left join kin_sizes ks on ks.kin = k.kin
  left join kin_holding kh on kh.kin = k.kin and kh.role_id = h.role_id and kh.place = coalesce(h.brand_id, '')
  left join brand_sizes bs on bs.place = coalesce(h.brand_id, '')
  left join brand_holding bh on bh.role_id = h.role_id and bh.place = coalesce(h.brand_id, '')
  where ${isWanted('h', wanted)}`
}

const accounts = ({ scope, privileged }: Wanted): SQL => sql`
  select p.id as user_id, p.user_name, p.display_name, p.status, 'account' as source, p.id as source_id, null::text as role_id,
    null::text as role_name, null::text as brand_id, null::text as brand_name, p.is_outside, p.last_active_at,
    null::timestamptz as expires_at, coalesce(t.is_privileged, false) as is_privileged,
    jsonb_build_object('roles', coalesce(t.roles, 0)) as through, p.created_at as since,
    null::timestamptz as sponsor_left_at, true as is_unused, null::text as peers_by, 0 as peers, 0 as peers_holding
  from people p left join (select h.user_id, count(*) as roles, bool_or(h.role_id = any (${list(privileged)})) as is_privileged
    from held h group by 1) t on t.user_id = p.id
  where p.status = 'active' and ${isInScope(scope)}`

// Whoever looks counts themselves out.
const others = (size: SQL): SQL => sql`greatest(0, ${size} - (case when c.status = 'inactive' then 0 else 1 end))`

const freeze = (wanted: Wanted, reviewId: string): SQL => sql`
  with recursive ${people(wanted.organizationId)}, ${held(wanted)}, ${peers(wanted.organizationId)},
    chosen as materialized (${isAboutAccounts(wanted.scope) ? accounts(wanted) : grants(wanted)}),
    advised as (select c.*, ${others(sql`c.peers`)} as others, ${others(sql`c.peers_holding`)} as others_holding,
      case when c.status = 'inactive' then 'inactive' when c.is_unused then 'unused'
        when c.sponsor_left_at is not null then 'sponsor_left'
        when c.is_outside and c.source = 'direct' and c.expires_at is null then 'outside_without_end'
        when c.source = 'direct' and ${others(sql`c.peers`)} >= ${enoughPeers}
          and ${others(sql`c.peers_holding`)} * 10 < ${others(sql`c.peers`)} then 'unlike_peers'
        else 'usual' end as advice_reason
      from chosen c)
  insert into access_review_lines (organization_id, review_id, position, user_id, user_name, display_name, status, source,
    source_id, role_id, role_name, brand_id, brand_name, through, since, expires_at, last_active_at, is_privileged, is_outside,
    peers_by, peers, peers_holding, advice, advice_reason)
  select ${wanted.organizationId}, ${reviewId}, row_number() over (order by v.brand_name nulls first,
      lower(coalesce(v.display_name, v.user_name)), v.user_id, v.role_name, v.source_id),
    v.user_id, v.user_name, v.display_name, v.status, v.source, v.source_id, v.role_id, v.role_name, v.brand_id, v.brand_name,
    v.through, v.since, v.expires_at, v.last_active_at, v.is_privileged, v.is_outside, v.peers_by, v.others, v.others_holding,
    case v.advice_reason when 'usual' then 'keep' when 'outside_without_end' then 'end' else 'remove' end, v.advice_reason
  from advised v`

/** PostgreSQL gave the statement up, since it took longer than one may. */
const isTooLong = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '57014'

/** What `tooMuch` is refused with. */
export const tooMuch = 'too_much'

/** Once, as the campaign opens. Sealed emergency accounts have drills of their own, and are not in it. @throws AppError invalid (reason `too_much`) */
export async function freezeLines(
  tx: Transaction,
  ctx: CallContext,
  { id, scope }: { id: string; scope: ReviewScope },
): Promise<void> {
  const { roles } = await readAccessModel(tx, ctx)
  const privileged = [...roles.values()].filter(({ allows }) => !isOrdinary(allows)).map((role) => role.id)
  const wanted = { organizationId: ctx.organizationId, scope, privileged }
  await tx.run(joining({ isOneByOne: 'off' }))
  try {
    await tx.run(once(freeze(wanted, id), { isPrepared: false }))
  } catch (error) {
    if (!isTooLong(error)) throw error
    throw invalidField('scope', 'is too much for one review: narrow it by brands, roles or a directory', tooMuch)
  }
  await tx.run(joining({ isOneByOne: 'on' }))
}
