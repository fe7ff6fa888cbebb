// Things of host applications, by the application's own ids, as they are read.
import { type SQL, sql } from 'drizzle-orm'
import { once, prepared } from '#db/statement.ts'
import { patternsOf } from '#directory/paging/search-text.ts'
import { writeCursor } from '#platform/cursor.ts'
import { notFound } from '#platform/errors.ts'
import {
  brandsPermitted,
  type CallContext,
  inTransaction,
  isPermitted,
  requirePermissionSomewhere,
} from '#src/context.ts'
import type { AssetTie } from '../../decisions/evaluate.ts'
import { positionOf } from '../../decisions/visible-assets.ts'

export type AssetRecord = {
  type: string
  id: string
  name: string
  /** Null: of the organization. */
  brand: { id: string; slug: string; name: string } | null
  /** Null: open to everybody who may do the thing; a list: for these teams, and for whoever holds everything. */
  teams: { id: string; name: string }[] | null
  /** They see it although they are in none of its teams. */
  creator: { id: string; name: string } | null
  assignees: { id: string; name: string }[]
  createdAt: string
  createdBy: string
}

/** Of `assets a`; nobody who is deleted. */
const peopleOf = (kind: AssetTie): SQL =>
  sql`(select coalesce(json_agg(json_build_object('id', u.id, 'name', coalesce(u.display_name, u.user_name))
      order by u.user_name_key, u.id), '[]')
    from asset_people x join users u on u.organization_id = x.organization_id and u.id = x.user_id and u.deleted_at is null
    where x.organization_id = a.organization_id and x.type = a.type and x.asset_id = a.id
      and x.kind = ${sql.raw(`'${kind}'`)})`

/** Of `assets a`. */
const columns = sql`a.type, a.id, a.name,
  (select json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) from brands b
    where b.organization_id = a.organization_id and b.id = a.brand_id) as brand,
  case when a.is_restricted then (select coalesce(json_agg(json_build_object('id', t.id, 'name', t.name)
      order by t.name_key, t.id), '[]') from asset_teams x
    join teams t on t.organization_id = x.organization_id and t.id = x.team_id
    where x.organization_id = a.organization_id and x.type = a.type and x.asset_id = a.id) end as teams,
  ${peopleOf('creator')} -> 0 as creator, ${peopleOf('assigned')} as assignees,
  a.created_at as "createdAt", a.created_by as "createdBy"`

export type AssetFilter = {
  type?: string | undefined
  brandId?: string | undefined
  /** That are for this team. */
  teamId?: string | undefined
  /** Words of the name. */
  q?: string | undefined
}

const conditionsOf = ({ organizationId }: CallContext, { type, brandId, teamId, q }: AssetFilter): SQL[] => {
  const patterns = q === undefined ? [] : patternsOf(q)
  return [
    sql`a.organization_id = ${organizationId}`,
    ...(type === undefined ? [] : [sql`a.type = ${type}`]),
    ...(brandId === undefined ? [] : [sql`a.brand_id = ${brandId}`]),
    ...(patterns.length === 0 ? [] : [sql`bare(a.name) like all (${sql.param(patterns)}::text[])`]),
    ...(teamId === undefined
      ? []
      : [
          sql`exists (select from asset_teams x where x.organization_id = a.organization_id and x.type = a.type
            and x.asset_id = a.id and x.team_id = ${teamId})`,
        ]),
  ]
}

export type AssetsPage = { items: AssetRecord[]; nextCursor: string | null }

/** By type and id, those that the caller may see. @throws AppError forbidden; invalid (reason `invalidCursor`) */
export async function listAssets(
  ctx: CallContext,
  { filter = {}, cursor, limit = 50 }: { filter?: AssetFilter; cursor?: string | undefined; limit?: number } = {},
): Promise<AssetsPage> {
  requirePermissionSomewhere(ctx, 'assets.read')
  const reach = brandsPermitted(ctx, 'assets.read')
  const after = cursor === undefined ? undefined : positionOf(cursor)
  const conditions = [
    ...conditionsOf(ctx, filter),
    ...(reach === 'all' ? [] : [sql`a.brand_id = any (${sql.param(reach)}::text[])`]),
    ...(after === undefined ? [] : [sql`(a.type, a.id) > (${after[0]}::text, ${after[1]}::text)`]),
  ]
  const statement = once<AssetRecord>(
    sql`select ${columns} from assets a where ${sql.join(conditions, sql` and `)}
      order by a.type, a.id limit ${limit + 1}::int`,
    { isPrepared: false },
  )
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? writeCursor(last.type, last.id) : null }
}

export type AssetKey = { type: string; id: string }

const assetById = prepared<AssetKey & { organizationId: string }, AssetRecord>(
  (p) => sql`select ${columns} from assets a where a.organization_id = ${p.organizationId} and a.type = ${p.type}
    and a.id = ${p.id}`,
)

/** @throws AppError not_found, also for one in a brand that the caller does not see */
export async function getAsset(ctx: CallContext, { type, id }: AssetKey): Promise<AssetRecord> {
  requirePermissionSomewhere(ctx, 'assets.read')
  if (`${type}${id}`.includes('\0')) throw notFound('Asset')
  const statement = assetById({ organizationId: ctx.organizationId, type, id })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const asset = rows?.[0]
  if (asset === undefined || !isPermitted(ctx, 'assets.read', asset.brand?.id ?? null)) throw notFound('Asset')
  return asset
}
