// How roles are used: who holds them, how many of those are here, and which too many hold, or nobody.
import { sql } from 'drizzle-orm'
import { isPerson } from '#db/emergency.ts'
import { prepared } from '#db/statement.ts'
import { userDocument } from '#directory/filter/filter-path.ts'
import { inTransaction } from '#src/context.ts'
import { isHeldBack } from '../../decisions/held-back.ts'
import { isOrdinary } from '../../decisions/permissions.ts'
import { finding, type ReportKindOf, samples } from './report.ts'

type Row = {
  id: string
  name: string
  isBuiltIn: boolean
  allows: string[]
  holders: number
  recent: number
  direct: number
  people: number
}

/** From the mappings down, for all roles at once. */
const usage = prepared<{ organizationId: string; unusedDays: number }, Row>(
  (p) => sql`with recursive mapped (group_id, role_id, mapping_id) as (
      select m.group_id, m.role_id, m.id from mappings m where m.organization_id = ${p.organizationId} and m.group_id is not null
      union select n.child_group_id, g.role_id, g.mapping_id from mapped g join group_nestings n
        on n.organization_id = ${p.organizationId} and n.group_id = g.group_id),
    given (user_id, role_id, is_direct) as (
      select gm.user_id, g.role_id, false from mapped g join group_members gm
        on gm.organization_id = ${p.organizationId} and gm.group_id = g.group_id
        where not ${isHeldBack(p.organizationId, sql`gm.user_id`, sql`g.mapping_id`)}
      union all select a.user_id, a.role_id, true from assignments a where a.organization_id = ${p.organizationId}
        and (a.valid_from is null or a.valid_from <= now()) and (a.expires_at is null or a.expires_at > now())
      union all select t.user_id, t.role_id, false from holders_by_team t where t.organization_id = ${p.organizationId}
      union all select u.id, m.role_id, false from mappings m join users u on u.organization_id = m.organization_id
        where m.organization_id = ${p.organizationId} and m.filter_path is not null
          and not ${isHeldBack(p.organizationId, sql`u.id`)}
          and jsonb_path_match(${userDocument}, m.filter_path::jsonpath, '{}', true)),
    people as (select u.id, u.last_active_at from users u where u.organization_id = ${p.organizationId}
      and u.deleted_at is null and u.status = 'active' and ${isPerson}),
    held as (
      select g.role_id, g.user_id, bool_or(g.is_direct) as is_direct from given g group by g.role_id, g.user_id),
    counted as (
      select h.role_id, count(*)::int as holders, count(*) filter (where h.is_direct)::int as direct,
        count(*) filter (where u.last_active_at > now() - make_interval(days => ${p.unusedDays}::int))::int as recent
      from held h join people u on u.id = h.user_id group by h.role_id)
    select r.id, r.name, r.is_built_in as "isBuiltIn", coalesce(c.holders, 0) as holders, coalesce(c.recent, 0) as recent,
      coalesce(c.direct, 0) as direct, (select count(*)::int from people) as people,
      (select coalesce(json_agg(rp.permission), '[]') from role_permissions rp where rp.organization_id = r.organization_id
        and rp.role_id = r.id and rp.effect = 'allow') as allows
    from roles r left join counted c on c.role_id = r.id where r.organization_id = ${p.organizationId} and r.kind = 'role'
    order by r.rank desc, r.key`,
)

/** More than so many of all people with rights over others are too many, where there are more than a handful. */
const mostPrivileged = 0.05
const handful = 5

const isPrivileged = ({ allows }: Row): boolean => !isOrdinary(allows)

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((100 * part) / whole))

export const roleUsage: ReportKindOf = {
  title: 'Role usage',
  says: 'Who holds which role, how many of them are here, and which role too many hold, or nobody.',
  async make(ctx, { unusedDays }) {
    const [roles = []] = await inTransaction(ctx, (tx) =>
      tx.commitWith(usage({ organizationId: ctx.organizationId, unusedDays })),
    )
    const crowded = roles.filter(
      (role) => isPrivileged(role) && role.holders > handful && role.holders > mostPrivileged * role.people,
    )
    const empty = roles.filter(({ holders, isBuiltIn }) => holders === 0 && !isBuiltIn)
    const idle = roles.filter(({ holders, recent }) => holders > 0 && recent === 0)
    const about = (found: readonly Row[]) => ({
      count: found.length,
      href: '/console/roles',
      sample: found.slice(0, samples).map((role) => role.name),
    })
    return {
      facts: [{ term: 'People', value: String(roles[0]?.people ?? 0) }],
      findings: [
        ...finding({
          code: 'over_represented',
          text: 'Rights over others are held by more than a twentieth of all people',
          ...about(crowded),
        }),
        ...finding({ code: 'held_by_nobody', text: 'Nobody holds this custom role', ...about(empty) }),
        ...finding({
          code: 'unused_role',
          text: `Nobody who holds this role has been here for ${unusedDays} days`,
          ...about(idle),
        }),
      ],
      columns: [
        'role',
        'people',
        'share in percent',
        `here in the last ${unusedDays} days`,
        'given directly',
        'over others',
      ],
      rows: roles.map((role) => [
        ...[role.name, role.holders, percent(role.holders, role.people), role.recent, role.direct],
        isPrivileged(role) ? 'yes' : 'no',
      ]),
      nextCursor: null,
    }
  },
}
