// Who holds a role, or stands in a brand, and through what: for the page of a brand, of a role, and their exports.
import { type SQL, sql } from 'drizzle-orm'
import { planAnew } from '#db/plan-anew.ts'
import { isoTime, once } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { isFound, isMatching, searchWords } from '#directory/paging/search-text.ts'
import type { UserStatus } from '#directory/users.ts'
import { csvLine } from '#platform/csv.ts'
import {
  brandsPermitted,
  type CallContext,
  inTransaction,
  requirePermission,
  requirePermissionIn,
} from '#src/context.ts'
import { sourceText } from '#words/role-sources.ts'
import { hitsTable } from './search/hits.ts'
import { type Holding, holdersOf, isAbout, peopleOf } from './search/holders.ts'
import { type AccountKind, accountCondition } from './search/user-filter.ts'
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
import { fromHeld, type HeldRole, heldRoleJson } from './sources.ts'

export type HoldersFilter = {
  roleId?: string | undefined
  /** A brand, or `organization` for what is held in no brand; absent: anywhere. */
  brandId?: string | undefined
  q?: string | undefined
  /** Absent: people. */
  accounts?: AccountKind | undefined
}

export type Holder = {
  user: {
    id: string
    userName: string
    displayName: string | null
    email: string | null
    status: UserStatus
    lastActiveAt: string | null
  }
  /** Each way in which they hold it: one role may come through several. */
  holdings: HeldRole[]
}

export type HoldersPage = { items: Holder[]; total: number; nextCursor: string | null }

type Page = { filter: HoldersFilter; cursor?: string | undefined; limit?: number }

type Row = { total: number; items: (Holder & { keys: Keys })[] }

const byName: UserOrder = { sort: 'name', direction: 'asc' }

/**
 * By name: people who are active or invited. @throws AppError forbidden; invalid (reason `invalidCursor`)
 */
export async function listHolders(ctx: CallContext, { filter, cursor, limit = 50 }: Page): Promise<HoldersPage> {
  const holding = inReach(ctx, filter)
  const after = cursor === undefined ? undefined : keysOf(byName, cursor)
  const statement = once<Row>(holdersStatement(ctx, { holding, filter, after, limit }), { isPrepared: false })
  const [, rows] = await inTransaction(ctx, (tx) => tx.commitWith<unknown>(planAnew, statement))
  const { total, items: found } = (rows as Row[] | undefined)?.[0] ?? { total: 0, items: [] }
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return {
    items: items.map(({ user, holdings }) => ({ user, holdings })),
    total,
    nextCursor: found.length > limit && last !== undefined ? cursorOf(byName, last.keys) : null,
  }
}

/** What is asked for, within what the caller may see. */
function inReach(ctx: CallContext, { roleId, brandId }: HoldersFilter): Holding {
  if (brandId === 'organization') {
    requirePermission(ctx, 'users.read')
    return { roleId, where: 'organization' }
  }
  if (brandId !== undefined) {
    requirePermissionIn(ctx, 'users.read', brandId)
    return { roleId, where: [brandId] }
  }
  const brands = brandsPermitted(ctx, 'users.read')
  if (brands === 'all') return { roleId }
  if (brands.length === 0) requirePermission(ctx, 'users.read')
  return { roleId, where: brands }
}

type Wanted = { holding: Holding; filter: HoldersFilter; after: Keys | undefined; limit: number }

function holdersStatement({ organizationId }: CallContext, { holding, filter, after, limit }: Wanted): SQL {
  const { q, accounts = 'people' } = filter
  const { tables, condition } = holdersOf('wanted', organizationId, holding)
  const people = peopleOf('wanted', organizationId, holding)
  const words = q === undefined ? [] : searchWords(q)
  const plain = sql`u.organization_id = ${organizationId} and u.deleted_at is null and u.status in ('active', 'invited')
    and ${accountCondition(accounts)}`
  // A role may be held by nearly everybody, a brand is not.
  const isOfBrands = Array.isArray(holding.where)
  const hits = hitsTable({
    columns: orderColumns(byName, 'u'),
    conditions: [plain, condition, isFound(words)],
    near: isOfBrands ? { people: people.name, conditions: [plain, isMatching(words)] } : undefined,
    isMaterialized: true,
  })
  const from = after === undefined ? sql`true` : isAfter(byName, after, 'h')
  return sql`with recursive ${tables}, ${isOfBrands ? sql`${people.table}, ` : sql``}${hits},
    page as (select h.* from hits h where ${from} order by ${orderBy(byName, 'h')} limit ${limit + 1}::int)
    select (select count(*)::int from hits) as total, (select coalesce(json_agg(to_json(x)), '[]') from (
      select json_build_object('id', u.id, 'userName', u.user_name, 'displayName', u.display_name, 'email', ${emailColumn},
          'status', u.status, 'lastActiveAt', ${isoTime(sql`u.last_active_at`)}) as "user",
        (select coalesce(json_agg(${heldRoleJson} order by b.name nulls first, r.rank desc, r.key, e.source, e.source_id, e.group_path), '[]')
          from ${fromHeld} where e.organization_id = u.organization_id and e.user_id = u.id and ${isAbout('e', holding)})
          as holdings,
        ${keysColumn(byName, 'p')} as keys
      from page p join users u on u.organization_id = ${organizationId} and u.id = p.id
      order by ${orderBy(byName, 'p')}) x) as items`
}

const exportPage = 500

const headings = [
  ...['name', 'user name', 'e-mail', 'status', 'role', 'brand', 'through', 'since', 'until', 'sponsor', 'last active'],
]

/** The same as CSV, a page at a time, one line for each way of holding a role. @throws AppError forbidden */
export async function* holdersCsv(ctx: CallContext, filter: HoldersFilter): AsyncGenerator<string> {
  let cursor: string | null = null
  let isFirst = true
  do {
    const page: HoldersPage = await listHolders(ctx, {
      filter,
      limit: exportPage,
      ...(cursor === null ? {} : { cursor }),
    })
    const lines = page.items.flatMap((holder) => holder.holdings.map((held) => lineOf(holder, held)))
    yield [...(isFirst ? [csvLine(headings)] : []), ...lines].join('')
    isFirst = false
    cursor = page.nextCursor
  } while (cursor !== null)
}

function lineOf({ user }: Holder, { role, brand, source }: HeldRole): string {
  const direct = source.type === 'direct' ? source : undefined
  return csvLine([
    ...[user.displayName, user.userName, user.email, user.status, role.name, brand?.name ?? null],
    ...[sourceText(source), source.since, direct?.expiresAt ?? null, direct?.sponsor ?? null, user.lastActiveAt],
  ])
}
