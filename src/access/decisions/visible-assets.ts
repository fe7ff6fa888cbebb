// Which things of host applications somebody may do something with: what their roles allow is decided once a brand, and one query
// finds the things, however many there are.
import { sql } from 'drizzle-orm'
import { once, prepared } from '#db/statement.ts'
import { readCursor, refuseCursor, writeCursor } from '#platform/cursor.ts'
import { notFound } from '#platform/errors.ts'
import { brandsPermitted, type CallContext, inTransaction, requirePermissionSomewhere } from '#src/context.ts'
import { elsewhere } from './access-model.ts'
import { accessStatement, type EffectiveAccess, isText } from './effective-access.ts'
import { type AssetTie, evaluate } from './evaluate.ts'

export type VisibleAsset = { type: string; id: string; name: string; brandId: string | null; isRestricted: boolean }

export type VisibleAssetsQuestion = {
  /** An id or a userName. */
  user: string
  permission: string
  type?: string | undefined
  /** An id or a slug. */
  brand?: string | undefined
  cursor?: string | undefined
  limit?: number
}

export type VisibleAssetsPage = { items: VisibleAsset[]; nextCursor: string | null }

type Scopes = {
  /** Brands about which something is said; the rest are alike. `''`: the organization. */
  known: string[]
  allowed: string[]
  /** Where they hold everything, and see what is for some teams, too. */
  everything: string[]
  /** Where they may, of their own things. */
  own: string[]
}

/** The question is put to the evaluator once in each scope: without a restriction, and as if the thing were for others. */
function scopesOf({ user, policy, assignments }: EffectiveAccess, permission: string): Scopes {
  const named = [
    ...assignments.flatMap(({ brand }) => brand?.id ?? []),
    ...policy.rules.flatMap(({ brandId }) => brandId ?? []),
  ]
  const known = ['', ...new Set(named)]
  const asked = { status: user.status, policy, assignments, permission }
  const may = (scope: string, isRestricted: boolean, tie: AssetTie | null = null): boolean => {
    const asset = { isRestricted, isInTeam: false, tie }
    return evaluate({ ...asked, asset, brandId: scope === '' ? undefined : scope }).allowed
  }
  const scopes = [...known, elsewhere]
  return {
    known,
    allowed: scopes.filter((scope) => may(scope, false)),
    everything: scopes.filter((scope) => may(scope, true)),
    own: scopes.filter((scope) => may(scope, true, 'creator')),
  }
}

/**
 * What follows in the transaction is for this person, and row-level security shows no other things of theirs
 * (drizzle/0073_asset_people.sql); an empty text ends it. It knows the present alone, so that it is left out for the past.
 */
const showFor = prepared<{ userId: string }, unknown>(
  (p) => sql`select set_config('rolecall.user_id',
    case when coalesce(current_setting('rolecall.at', true), '') = '' then ${p.userId}::text else '' end, true)`,
)

/** By type and id. @throws AppError forbidden; not_found; invalid (reason `invalidCursor`) */
export async function listVisibleAssets(ctx: CallContext, question: VisibleAssetsQuestion): Promise<VisibleAssetsPage> {
  requirePermissionSomewhere(ctx, 'access.read')
  const { organizationId } = ctx
  const { user, permission, type, brand, cursor, limit = 50 } = question
  const after = cursor === undefined ? undefined : positionOf(cursor)
  const reach = brandsPermitted(ctx, 'access.read')
  const rows = await inTransaction(ctx, async (tx) => {
    const [access] = isText(user) ? await tx.run(accessStatement(organizationId, user)) : []
    if (access === undefined) throw notFound('User')
    const { known, allowed, everything, own } = scopesOf(access, permission)
    const list = (values: readonly string[]) => sql`${sql.param(values)}::text[]`
    const scope = sql`case when a.brand_id is null then '' when a.brand_id = any (${list(known)}) then a.brand_id
      else ${elsewhere}::text end`
    tx.run(showFor({ userId: access.user.id })).catch(() => {})
    const found = tx.run(
      once<VisibleAsset>(
        sql`with mine (team_id) as materialized (
            select t.id from teams_of_people p join teams t on t.organization_id = p.organization_id and t.id = p.team_id
              where p.organization_id = ${organizationId} and p.user_id = ${access.user.id}
            union select t.parent_id from teams_of_people p
              join teams t on t.organization_id = p.organization_id and t.id = p.team_id
              where p.organization_id = ${organizationId} and p.user_id = ${access.user.id})
          select a.type, a.id, a.name, a.brand_id as "brandId", a.is_restricted as "isRestricted" from assets a
          where a.organization_id = ${organizationId} and ((${scope} = any (${list(allowed)})
            and (not a.is_restricted or ${scope} = any (${list(everything)}) or exists (select from asset_teams x
              where x.organization_id = a.organization_id and x.type = a.type and x.asset_id = a.id
                and x.team_id in (select team_id from mine)))) or (${scope} = any (${list(own)})
            and exists (select from asset_people x
              where x.organization_id = a.organization_id and x.type = a.type and x.asset_id = a.id
                and x.user_id = ${access.user.id})))
            ${type === undefined ? sql`` : sql`and a.type = ${type}`}
            ${brand === undefined ? sql`` : sql`and a.brand_id in (select b.id from brands b where b.organization_id = ${organizationId} and (b.id = ${brand} or b.slug = ${brand}))`}
            ${reach === 'all' ? sql`` : sql`and a.brand_id = any (${list(reach)})`}
            ${after === undefined ? sql`` : sql`and (a.type, a.id) > (${after[0]}::text, ${after[1]}::text)`}
          order by a.type, a.id limit ${limit + 1}::int`,
        { isPrepared: false },
      ),
    )
    tx.run(showFor({ userId: '' })).catch(() => {})
    return found
  })
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const isMore = rows.length > limit && last !== undefined
  return { items, nextCursor: isMore ? writeCursor(last.type, last.id) : null }
}

/** @throws AppError invalid (reason `invalidCursor`) */
export function positionOf(cursor: string): [type: string, id: string] {
  const [type, id, ...more] = readCursor(cursor)
  return typeof type === 'string' && typeof id === 'string' && more.length === 0 ? [type, id] : refuseCursor()
}
