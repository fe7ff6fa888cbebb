// The list of groups as administrators search it: a page by name, with how many members each has and what it is mapped to.
import { type SQL, sql } from 'drizzle-orm'
import { planAnew } from '#db/plan-anew.ts'
import { once, prepared } from '#db/statement.ts'
import { afterName, type NamePage, namePage } from '#directory/paging/name-pages.ts'
import { patternsOf } from '#directory/paging/search-text.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'

export type ListedGroup = {
  id: string
  displayName: string
  directory: { id: string; name: string } | null
  /** The connection whose claims it comes from. */
  connection: { id: string; name: string } | null
  externalId: string | null
  /** Direct members: people, and groups inside it. */
  people: number
  groups: number
  mappings: number
  /** Other groups of the same name, in any case and spelling. */
  namesakes: number
  createdAt: string
  updatedAt: string
}

export type GroupFilter = {
  /** Words of the name. */
  q?: string | undefined
  /** The id of a directory or of a connection, or `local`. */
  source?: string | undefined
}

export type GroupsPage = NamePage<ListedGroup>

const columns = sql`g.id, g.display_name as "displayName", g.external_id as "externalId",
  (select json_build_object('id', d.id, 'name', d.name) from directories d
    where d.organization_id = g.organization_id and d.id = g.directory_id) as directory,
  (select json_build_object('id', c.id, 'name', c.name) from connection_groups x join connections c
    on c.organization_id = x.organization_id and c.id = x.connection_id
    where x.organization_id = g.organization_id and x.group_id = g.id limit 1) as connection,
  (select count(*)::int from group_members gm where gm.organization_id = g.organization_id and gm.group_id = g.id) as people,
  (select count(*)::int from group_nestings n where n.organization_id = g.organization_id and n.group_id = g.id) as groups,
  (select count(*)::int from mappings m where m.organization_id = g.organization_id and m.group_id = g.id) as mappings,
  (select count(*)::int from groups o where o.organization_id = g.organization_id and o.display_name_key = g.display_name_key
    and o.id <> g.id) as namesakes,
  g.created_at as "createdAt", g.updated_at as "updatedAt"`

function conditionsOf({ organizationId }: CallContext, { q, source }: GroupFilter): SQL {
  const patterns = q === undefined ? [] : patternsOf(q)
  return sql.join(
    [
      sql`g.organization_id = ${organizationId}`,
      ...(patterns.length === 0 ? [] : [sql`bare(g.display_name) like all (${sql.param(patterns)}::text[])`]),
      ...(source === undefined ? [] : [comesFrom(source)]),
    ],
    sql` and `,
  )
}

function comesFrom(source: string): SQL {
  if (source === 'local') return sql`g.directory_id is null`
  if (isId('con', source))
    return sql`exists (select from connection_groups x where x.organization_id = g.organization_id
      and x.group_id = g.id and x.connection_id = ${source})`
  return sql`g.directory_id = ${source}`
}

type Row = ListedGroup & { key: string }

/** By name. @throws AppError forbidden; invalid (reason `invalidCursor`) */
export async function searchGroups(
  ctx: CallContext,
  page: { filter?: GroupFilter; cursor?: string | undefined; limit?: number } = {},
): Promise<GroupsPage> {
  requirePermission(ctx, 'groups.read')
  const { filter = {}, cursor, limit = 50 } = page
  const wanted = conditionsOf(ctx, filter)
  const [key, id] = cursor === undefined ? [] : afterName(cursor, 'grp')
  const beyond = key === undefined ? sql`true` : sql`(g.display_name_key, g.id) > (${key}::text, ${id}::text)`
  const statement = once<Row>(
    sql`with page as (select g.* from groups g where ${wanted} and ${beyond}
        order by g.display_name_key, g.id limit ${limit + 1}::int)
      select ${columns}, g.display_name_key as key from page g order by g.display_name_key, g.id`,
    { isPrepared: false },
  )
  const count = once<{ total: number }>(sql`select count(*)::int as total from groups g where ${wanted}`, {
    isPrepared: false,
  })
  const [, rows, counted] = await inTransaction(ctx, (tx) => tx.commitWith<unknown>(planAnew, statement, count))
  const total = ((counted ?? []) as { total: number }[])[0]?.total ?? 0
  return namePage((rows ?? []) as Row[], total, limit)
}

const groupById = prepared<{ organizationId: string; groupId: string }, ListedGroup>(
  (p) => sql`select ${columns} from groups g where g.organization_id = ${p.organizationId} and g.id = ${p.groupId}`,
)

/** One group as the list has it. @throws AppError forbidden, not_found */
export async function getListedGroup(ctx: CallContext, groupId: string): Promise<ListedGroup> {
  requirePermission(ctx, 'groups.read')
  if (!isId('grp', groupId)) return refuseUnknown(ctx, 'Group')
  const statement = groupById({ organizationId: ctx.organizationId, groupId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const group = rows?.[0]
  if (group === undefined) throw notFound('Group')
  return group
}

export type GroupMapping = {
  id: string
  role: { id: string; key: string; name: string }
  brand: { id: string; slug: string; name: string } | null
  /** The group that is mapped, where it is one that this group is in. */
  through: { id: string; displayName: string } | null
}

const mappingsOf = prepared<{ organizationId: string; groupId: string }, GroupMapping>(
  (p) => sql`with recursive above (group_id) as (
      select ${p.groupId}::text
      union select n.group_id from above a join group_nestings n
        on n.organization_id = ${p.organizationId} and n.child_group_id = a.group_id)
    select m.id, json_build_object('id', r.id, 'key', r.key, 'name', r.name) as role,
      case when b.id is not null then json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) end as brand,
      case when g.id <> ${p.groupId} then json_build_object('id', g.id, 'displayName', g.display_name) end as through
    from above a join mappings m on m.organization_id = ${p.organizationId} and m.group_id = a.group_id
    join groups g on g.organization_id = m.organization_id and g.id = m.group_id
    join roles r on r.organization_id = m.organization_id and r.id = m.role_id
    left join brands b on b.organization_id = m.organization_id and b.id = m.brand_id
    order by b.name nulls first, r.rank desc, m.id limit 500`,
)

/** What members of a group get through it, also by way of the groups that it is in. @throws AppError forbidden */
export async function listGroupMappings(ctx: CallContext, groupId: string): Promise<GroupMapping[]> {
  requirePermission(ctx, 'groups.read')
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith(mappingsOf({ organizationId: ctx.organizationId, groupId })),
  )
  return rows ?? []
}
