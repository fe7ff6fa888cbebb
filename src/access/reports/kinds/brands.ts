// Brand by brand: how many people hold which role there, who manages it, and when somebody was last here.
import { sql } from 'drizzle-orm'
import { isPerson } from '#db/emergency.ts'
import { isoTime, prepared } from '#db/statement.ts'
import { userDocument } from '#directory/filter/filter-path.ts'
import { inTransaction } from '#src/context.ts'
import { isHeldBack } from '../../decisions/held-back.ts'
import { isOrdinary } from '../../decisions/permissions.ts'
import { finding, type ReportKindOf, samples } from './report.ts'

type Row = {
  brandId: string
  brand: string
  role: string | null
  allows: string[]
  people: number
  recent: number
  lastActiveAt: string | null
}

const byBrand = prepared<{ organizationId: string; unusedDays: number }, Row>(
  (p) => sql`with recursive mapped (group_id, role_id, brand_id, mapping_id) as (
      select m.group_id, m.role_id, m.brand_id, m.id from mappings m
      where m.organization_id = ${p.organizationId} and m.group_id is not null and m.brand_id is not null
      union select n.child_group_id, g.role_id, g.brand_id, g.mapping_id from mapped g join group_nestings n
        on n.organization_id = ${p.organizationId} and n.group_id = g.group_id),
    given (user_id, role_id, brand_id) as (
      select gm.user_id, g.role_id, g.brand_id from mapped g join group_members gm
        on gm.organization_id = ${p.organizationId} and gm.group_id = g.group_id
        where not ${isHeldBack(p.organizationId, sql`gm.user_id`, sql`g.mapping_id`)}
      union select a.user_id, a.role_id, a.brand_id from assignments a
        where a.organization_id = ${p.organizationId} and a.brand_id is not null
          and (a.valid_from is null or a.valid_from <= now()) and (a.expires_at is null or a.expires_at > now())
      union select t.user_id, t.role_id, t.brand_id from holders_by_team t
        where t.organization_id = ${p.organizationId} and t.brand_id is not null
      union select u.id, m.role_id, m.brand_id from mappings m join users u on u.organization_id = m.organization_id
        where m.organization_id = ${p.organizationId} and m.brand_id is not null and m.filter_path is not null
          and not ${isHeldBack(p.organizationId, sql`u.id`)}
          and jsonb_path_match(${userDocument}, m.filter_path::jsonpath, '{}', true)),
    counted as (
      select g.brand_id, g.role_id, count(*)::int as people, max(u.last_active_at) as last_active_at,
        count(*) filter (where u.last_active_at > now() - make_interval(days => ${p.unusedDays}::int))::int as recent
      from given g join users u on u.organization_id = ${p.organizationId} and u.id = g.user_id and u.deleted_at is null
        and u.status = 'active' and ${isPerson}
      group by g.brand_id, g.role_id)
    select b.id as "brandId", b.name as brand, r.name as role, coalesce(c.people, 0) as people,
      coalesce(c.recent, 0) as recent, ${isoTime(sql`c.last_active_at`)} as "lastActiveAt",
      (select coalesce(json_agg(rp.permission), '[]') from role_permissions rp where rp.organization_id = r.organization_id
        and rp.role_id = r.id and rp.effect = 'allow') as allows
    from brands b left join counted c on c.brand_id = b.id
    left join roles r on r.organization_id = b.organization_id and r.id = c.role_id
    where b.organization_id = ${p.organizationId} order by b.name, b.id, r.rank desc, r.key`,
)

export const brands: ReportKindOf = {
  title: 'Brand by brand',
  says: 'How many people hold which role in each brand, and how many of them are here.',
  async make(ctx, { unusedDays }) {
    const [rows = []] = await inTransaction(ctx, (tx) =>
      tx.commitWith(byBrand({ organizationId: ctx.organizationId, unusedDays })),
    )
    const all = [...new Map(rows.map(({ brandId, brand }) => [brandId, brand]))]
    const managed = new Set(rows.filter(({ allows }) => !isOrdinary(allows)).map(({ brandId }) => brandId))
    const peopled = new Set(rows.filter(({ people }) => people > 0).map(({ brandId }) => brandId))
    const unmanaged = all.filter(([id]) => peopled.has(id) && !managed.has(id))
    const deserted = all.filter(([id]) => !peopled.has(id))
    const about = (found: readonly (readonly [string, string])[]) => ({
      count: found.length,
      href: '/console/brands',
      sample: found.slice(0, samples).map(([, brand]) => brand),
    })
    return {
      facts: [{ term: 'Brands', value: String(all.length) }],
      findings: [
        ...finding({
          code: 'brand_without_manager',
          text: 'Nobody manages this brand in particular',
          ...about(unmanaged),
        }),
        ...finding({ code: 'brand_without_people', text: 'Nobody holds a role in this brand', ...about(deserted) }),
      ],
      columns: ['brand', 'role', 'people', `here in the last ${unusedDays} days`, 'last active'],
      rows: rows.map(({ brand, role, people, recent, lastActiveAt }) => [brand, role, people, recent, lastActiveAt]),
      nextCursor: null,
    }
  },
}
