// Work that somebody left behind who has gone, however they went: in one list, until somebody takes it over.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  brandsPermitted,
  type CallContext,
  inTransaction,
  isPermitted,
  refuseUnknown,
  requirePermissionSomewhere,
} from '#src/context.ts'
import { type Returnable, readReturnable } from './take-back.ts'
import { type MadeByThem, readMade, readWork, type Work } from './work.ts'

export type Leaver = { id: string; userName: string; displayName: string | null; status: string; isDeleted: boolean }

export type LeftByPerson = { user: Leaver; since: string; counts: Record<string, number>; total: number }

type Page = { organizationId: string; brandIds: readonly string[] | null; after: string; limit: number }

const leaver = sql`json_build_object('id', u.id, 'userName', u.user_name, 'displayName', u.display_name, 'status', u.status,
  'isDeleted', u.deleted_at is not null)`

const people = prepared<Page, LeftByPerson>(
  (p) => sql`with counted as (select w.user_id, w.kind, count(*) as count from work_of_people w
      join users u on u.organization_id = w.organization_id and u.id = w.user_id and u.status = 'inactive'
      where w.organization_id = ${p.organizationId} and w.user_id > ${p.after}
        and (${p.brandIds}::text[] is null or w.brand_id = any (${p.brandIds}::text[]))
      group by w.user_id, w.kind)
    select ${leaver} as "user", u.status_changed_at as since, json_object_agg(c.kind, c.count) as counts,
      sum(c.count)::int as total
    from counted c join users u on u.organization_id = ${p.organizationId} and u.id = c.user_id
    group by u.organization_id, u.id order by u.id limit ${p.limit}::int`,
)

/** Null: everywhere. @throws AppError forbidden */
function brandsSeen(ctx: CallContext): readonly string[] | null {
  requirePermissionSomewhere(ctx, 'users.read')
  if (isPermitted(ctx, 'users.read')) return null
  const seen = brandsPermitted(ctx, 'users.read')
  return seen === 'all' ? null : seen
}

/**
 * By id. In single brands: what is of those.
 * @param after the id of the last one of the page before
 * @throws AppError forbidden
 */
export async function listLeftBehind(
  ctx: CallContext,
  { after = '', limit }: { after?: string | undefined; limit: number },
): Promise<LeftByPerson[]> {
  const brandIds = brandsSeen(ctx)
  const statement = people({ organizationId: ctx.organizationId, brandIds, after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

export type LeftBehind = {
  user: Leaver
  work: Work[]
  /** What stays without anybody, to be known. */
  made: MadeByThem
  /** What others have of theirs since. */
  returnable: Returnable[]
}

const findLeaver = prepared<{ organizationId: string; userId: string }, { user: Leaver }>(
  (p) => sql`select ${leaver} as "user" from users u
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.status <> 'erased'`,
)

const nothing: MadeByThem = { onlyManagerOf: [], applications: [], apiKeys: [] }

/** What hangs on one person, also on somebody who is still here. @throws AppError forbidden; not_found */
export async function getLeftBehind(ctx: CallContext, userId: string): Promise<LeftBehind> {
  const brandIds = brandsSeen(ctx)
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const isSeen = (work: Work): boolean => brandIds === null || brandIds.includes(work.brandId ?? '')
  return inTransaction(ctx, async (tx) => {
    const [found] = await tx.run(findLeaver({ organizationId: ctx.organizationId, userId }))
    if (found === undefined) throw notFound('User')
    const work = (await readWork(tx, ctx, userId)).filter(isSeen)
    if (brandIds !== null && work.length === 0) throw notFound('User')
    const returnable = (await readReturnable(tx, ctx, userId)).filter(isSeen)
    return { ...found, work, made: brandIds === null ? await readMade(tx, ctx, userId) : nothing, returnable }
  })
}
