// The list of brands as the console shows it: a page by name, with how many people stand in each.
import { type SQL, sql } from 'drizzle-orm'
import { isPerson } from '#db/emergency.ts'
import { planAnew } from '#db/plan-anew.ts'
import { once } from '#db/statement.ts'
import { afterName, type NamePage, namePage } from '#directory/paging/name-pages.ts'
import { patternsOf } from '#directory/paging/search-text.ts'
import { brandsPermitted, type CallContext, inTransaction, requirePermissionSomewhere } from '#src/context.ts'
import { heldBackPeople } from '../../decisions/held-back.ts'

export type ListedBrand = {
  id: string
  slug: string
  name: string
  /** Who holds something there, by group or directly; at least so many where `isMore`. */
  people: number
  isMore: boolean
  /** The roles that are held or mapped there. */
  roles: { id: string; name: string }[]
}

export type BrandsPage = NamePage<ListedBrand>

/** Memberships that are read for one brand's number; beyond, it is said to be more. */
const maxRead = 20_000

/** Members of the mapped groups and of those inside them, and who has an assignment; a filter's people are not counted. */
const readPeople = (organizationId: string): SQL => sql`select count(distinct held.user_id)::int as people,
    count(*) > ${maxRead} as is_more
  from (
    (with recursive below (group_id) as (
        select m.group_id from mappings m
          where m.organization_id = ${organizationId} and m.brand_id = b.id and m.group_id is not null
        union select n.child_group_id from below join group_nestings n
          on n.organization_id = ${organizationId} and n.group_id = below.group_id)
      select gm.user_id from below join group_members gm
        on gm.organization_id = ${organizationId} and gm.group_id = below.group_id limit ${maxRead + 1})
    union all
    (select a.user_id from assignments a where a.organization_id = ${organizationId} and a.brand_id = b.id
      and (a.valid_from is null or a.valid_from <= now()) and (a.expires_at is null or a.expires_at > now())
      limit ${maxRead + 1})
    union all
    (select t.user_id from holders_by_team t where t.organization_id = ${organizationId} and t.brand_id = b.id
      limit ${maxRead + 1})) held
  join users u on u.organization_id = ${organizationId} and u.id = held.user_id and u.deleted_at is null
    and u.status in ('active', 'invited') and ${isPerson}
    and (u.id not in (${heldBackPeople(organizationId, sql`t.brand_id = b.id`)}) or exists (
      select from effective_assignments e where e.organization_id = ${organizationId} and e.user_id = u.id
        and e.brand_id = b.id))`

const rolesColumn = sql`(select coalesce(json_agg(json_build_object('id', r.id, 'name', r.name) order by r.rank desc, r.name), '[]')
  from roles r where r.organization_id = b.organization_id and r.kind = 'role' and r.id in (
    select m.role_id from mappings m where m.organization_id = b.organization_id and m.brand_id = b.id
    union select a.role_id from assignments a where a.organization_id = b.organization_id and a.brand_id = b.id
    union select t.role_id from team_roles t where t.organization_id = b.organization_id and t.brand_id = b.id))`

type Row = ListedBrand & { key: string }

/** By name; those that the caller may see. @throws AppError forbidden; invalid (reason `invalidCursor`) */
export async function searchBrands(
  ctx: CallContext,
  page: { q?: string | undefined; cursor?: string | undefined; limit?: number } = {},
): Promise<BrandsPage> {
  requirePermissionSomewhere(ctx, 'brands.read')
  const { q, cursor, limit = 25 } = page
  const brands = brandsPermitted(ctx, 'brands.read')
  const patterns = q === undefined ? [] : patternsOf(q)
  const wanted = sql.join(
    [
      sql`b.organization_id = ${ctx.organizationId}`,
      ...(brands === 'all' ? [] : [sql`b.id = any (${sql.param(brands)}::text[])`]),
      ...(patterns.length === 0 ? [] : [sql`bare(b.name || ' ' || b.slug) like all (${sql.param(patterns)}::text[])`]),
    ],
    sql` and `,
  )
  const [key, id] = cursor === undefined ? [] : afterName(cursor, 'brd')
  const beyond = key === undefined ? sql`true` : sql`(bare(b.name), b.id) > (${key}::text, ${id}::text)`
  const statement = once<Row>(
    sql`with page as (select b.*, bare(b.name) as key from brands b where ${wanted} and ${beyond}
        order by bare(b.name), b.id limit ${limit + 1}::int)
      select b.id, b.slug, b.name, b.key, counted.people, counted.is_more as "isMore", ${rolesColumn} as roles
      from page b cross join lateral (${readPeople(ctx.organizationId)}) counted order by b.key, b.id`,
    { isPrepared: false },
  )
  const count = once<{ total: number }>(sql`select count(*)::int as total from brands b where ${wanted}`, {
    isPrepared: false,
  })
  const [, rows, counted] = await inTransaction(ctx, (tx) => tx.commitWith<unknown>(planAnew, statement, count))
  const total = ((counted ?? []) as { total: number }[])[0]?.total ?? 0
  return namePage((rows ?? []) as Row[], total, limit)
}
