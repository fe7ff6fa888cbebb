// The list of users as administrators search it: a page in some order, with what each holds, and how many there are in all.
import { type SQL, sql } from 'drizzle-orm'
import { isEmergencyAccount } from '#db/emergency.ts'
import { planAnew } from '#db/plan-anew.ts'
import { once } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { type UserRecord, userColumns } from '#directory/users.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { brandsPermitted, type CallContext, inTransaction, refuseUnknown } from '#src/context.ts'
import { hitsTable } from './search/hits.ts'
import { heldByPage, rankedTable } from './search/holders.ts'
import { type UserFilter, wantedUsers } from './search/user-filter.ts'
import {
  cursorOf,
  isAfter,
  type Keys,
  keysColumn,
  keysOf,
  orderBy,
  orderColumns,
  type UserOrder,
} from './search/user-order.ts'

export type { UserFilter } from './search/user-filter.ts'

export type ListedUser = UserRecord & {
  /** The address that they are told by; null where they have none. */
  email: string | null
  lastActiveAt: string | null
  /** Until when a deactivation is meant. */
  returnsAt: string | null
  /** The directory that manages them. */
  directory: { id: string; name: string } | null
  /** Held in the organization, each once. */
  roles: { id: string; key: string; name: string }[]
  /** Where they hold something in a brand, and what. */
  brands: { id: string; slug: string; name: string; roles: { id: string; key: string; name: string }[] }[]
  /** The invitation that waits for them. */
  invitationId: string | null
  /** Sealed for the day on which nothing else works, and nobody's. */
  isEmergencyAccount: boolean
}

export type UserPage = { items: ListedUser[]; total: number; nextCursor: string | null }

/** In order of creation. */
const defaultOrder: UserOrder = { sort: 'created', direction: 'asc' }

export const defaultLimit = 50

type Row = ListedUser & { keys: Keys; total: number }

/**
 * One page, and the number of all that the filter finds. Whoever manages single brands sees the people of those brands, and of
 * what they hold that alone.
 * @throws AppError forbidden; invalid (reason `invalidCursor`)
 */
export async function searchUsers(
  ctx: CallContext,
  page: { filter?: UserFilter; order?: UserOrder; cursor?: string | undefined; limit?: number } = {},
): Promise<UserPage> {
  const { filter = {}, order = defaultOrder, cursor, limit = defaultLimit } = page
  const after = cursor === undefined ? undefined : keysOf(order, cursor)
  const statement = searchStatement(ctx, { filter, order, after, limit })
  const [, rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith<unknown>(planAnew, once<Row>(statement, { isPrepared: false })),
  )
  const all = (rows ?? []) as Row[]
  const total = all[0]?.total ?? 0
  // Of a page without anybody there is one row, with the number alone.
  const found = all.filter(({ id }) => id !== null)
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const nextCursor = found.length > limit && last !== undefined ? cursorOf(order, last.keys) : null
  return { items: items.map(({ keys: _, total: _total, ...user }) => user), total, nextCursor }
}

type Search = { filter: UserFilter; order: UserOrder; after: Keys | undefined; limit: number }

/** What is narrow is found once, for the page and for the number; otherwise an index has the page in its order, and the number is kept. */
function searchStatement(ctx: CallContext, { filter, order, after, limit }: Search): SQL {
  const { tables, conditions, near, isNarrow, known } = wantedUsers(ctx, filter)
  const { organizationId } = ctx
  const isByRole = order.sort === 'role'
  const hits = hitsTable({ columns: orderColumns(order, 'u'), conditions, near, isMaterialized: isNarrow || isByRole })
  const ranked = isByRole ? [rankedTable(organizationId, reachOf(ctx))] : []
  const from = after === undefined ? sql`true` : isAfter(order, after, 'h')
  return sql`with recursive ${sql.join([...tables, hits, ...ranked], sql`, `)},
    page as (select h.* from ${sql.raw(isByRole ? 'ranked' : 'hits')} h where ${from}
      order by ${orderBy(order, 'h')} limit ${limit + 1}::int),
    ${heldByPage(organizationId, 'page')}
    select ${known ?? sql`(select count(*)::int from hits)`} as total, ${userColumns}, ${emailColumn} as email,
        u.last_active_at as "lastActiveAt", u.returns_at as "returnsAt", ${directoryColumn} as directory,
        ${rolesColumn(reachOf(ctx))} as roles, ${brandsColumn(reachOf(ctx))} as brands,
        ${invitationColumn} as "invitationId", ${isEmergencyAccount} as "isEmergencyAccount",
        ${keysColumn(order, 'p')} as keys
      from (select) one left join (page p join users u on u.organization_id = ${organizationId} and u.id = p.id) on true
      order by ${orderBy(order, 'p')}`
}

/** The brands whose roles the caller sees; undefined: all, and the organization's, too. */
function reachOf(ctx: CallContext): readonly string[] | undefined {
  const brands = brandsPermitted(ctx, 'users.read')
  return brands === 'all' ? undefined : brands
}

const directoryColumn = sql`(select json_build_object('id', d.id, 'name', d.name) from directories d
  where d.organization_id = u.organization_id and d.id = u.directory_id)`

const invitationColumn = sql`(select i.id from invitations i
  where i.organization_id = u.organization_id and i.user_id = u.id and i.status = 'pending')`

const roleJson = sql`json_build_object('id', r.id, 'key', r.key, 'name', r.name)`

const heldIn = (condition: SQL): SQL =>
  sql`held e join roles r on r.organization_id = u.organization_id and r.id = e.role_id and e.user_id = u.id
    and r.kind = 'role' and ${condition}`

const rolesColumn = (reach: readonly string[] | undefined): SQL =>
  reach === undefined
    ? sql`(select coalesce(json_agg(${roleJson} order by r.rank desc, r.key), '[]')
      from ${heldIn(sql`e.brand_id is null`)})`
    : sql`json_build_array()`

function brandsColumn(reach: readonly string[] | undefined): SQL {
  const inReach =
    reach === undefined ? sql`e.brand_id is not null` : sql`e.brand_id = any (${sql.param(reach)}::text[])`
  return sql`(select coalesce(json_agg(json_build_object('id', b.id, 'slug', b.slug, 'name', b.name, 'roles', b.roles)
      order by b.name, b.id), '[]')
    from (select b.id, b.slug, b.name, json_agg(${roleJson} order by r.rank desc, r.key) as roles
      from ${heldIn(inReach)} join brands b on b.organization_id = u.organization_id and b.id = e.brand_id
      group by b.id, b.slug, b.name) b)`
}

/** One person as the list has them. @throws AppError forbidden; not_found, also for somebody whom the caller does not see */
export async function getListedUser(ctx: CallContext, userId: string): Promise<ListedUser> {
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const { items } = await searchUsers(ctx, { filter: { userId }, limit: 1 })
  const [user] = items
  if (user === undefined) throw notFound('User')
  return user
}

/** Everybody whom the filter finds, in order of creation, without what they hold. @throws AppError forbidden */
export async function listUsers(
  ctx: CallContext,
  { filter = {} }: { filter?: UserFilter } = {},
): Promise<UserRecord[]> {
  const { tables, conditions } = wantedUsers(ctx, filter)
  const prefix = tables.length === 0 ? sql`` : sql`with recursive ${sql.join(tables, sql`, `)} `
  const statement = sql`${prefix}select ${userColumns} from users u where ${sql.join(conditions, sql` and `)} order by u.id`
  const [, rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith<unknown>(planAnew, once<UserRecord>(statement, { isPrepared: false })),
  )
  return (rows ?? []) as UserRecord[]
}
