// Lists of users and groups: conditions, order and pages, all in SQL. A page costs its own size, not the directory's.
import { type SQL, sql } from 'drizzle-orm'
import { entered, prepared } from '#db/statement.ts'
import { type CallContext, inOneStatement, requirePermission } from '#src/context.ts'
import type { Condition, Sort } from './condition.ts'
import { conditionSql } from './condition-sql.ts'
import { fewOf } from './few.ts'
import { foldName } from './fold.ts'
import { type GroupRecord, type GroupWithMembers, groupColumns, memberColumn } from './groups.ts'
import { type Listed, pageAfter, pageAt, type SearchResult, type Source } from './list-pages.ts'
import { groupScope, indexedName, userScope } from './scopes.ts'
import { type Cursor, sortKey } from './sorting.ts'
import { type UserRecord, userColumns } from './users.ts'

export type Page =
  /** `offset` rows are passed over; for stable paging the order ends with the id. */
  | { kind: 'index'; offset: number; limit: number }
  /** What follows the row that the cursor was made from; undefined for the first page. */
  | { kind: 'after'; cursor: Cursor | undefined; limit: number }

export type Search = {
  /** Null: the whole organization. */
  directoryId: string | null
  condition?: Condition | undefined
  sort?: Sort | undefined
  page: Page
}

// Whom a directory has asked for in vain it finds by what it calls them, or it would try for ever.
const askedFor = (directoryId: SQL, name: SQL): SQL => sql`select r.user_id from adoption_requests r
  where r.organization_id = entered.organization_id and r.directory_id = ${directoryId} and ${name}`

const selectByUserName = prepared<{ userNameKey: string; directoryId: string | null }, UserRecord>(
  (p) => sql`with ${entered} select found.* from entered cross join lateral (
    select ${userColumns} from users u
    where u.organization_id = entered.organization_id and u.deleted_at is null and (u.user_name_key = ${p.userNameKey}
        or u.id = any (array(${askedFor(p.directoryId, sql`r.user_name_key = ${p.userNameKey}`)})))
      and (${p.directoryId}::text is null or u.directory_id = ${p.directoryId}
        or is_findable(u.organization_id, ${p.directoryId}, u.id)) offset 0) found`,
)

// Of several whom a directory calls the same, those who are there are meant.
const selectByExternalId = prepared<{ externalId: string; directoryId: string | null }, UserRecord>(
  (p) => sql`with ${entered} select found.* from entered cross join lateral (
    select ${userColumns} from users u
    where u.organization_id = entered.organization_id and u.deleted_at is null and (u.external_id = ${p.externalId}
        and (${p.directoryId}::text is null or u.directory_id = ${p.directoryId})
        or u.id = any (array(${askedFor(p.directoryId, sql`r.external_id = ${p.externalId}`)})))
      and (u.status in ('active', 'invited') or not exists (select from users o
        where o.organization_id = u.organization_id and o.deleted_at is null and o.external_id = u.external_id
          and o.directory_id is not distinct from u.directory_id and o.status in ('active', 'invited')))
    order by u.id limit 1000 offset 0) found`,
)

/** The name of this kind that is asked for, where a search is nothing but the question who has it. */
function soleName(field: 'userName' | 'externalId', { condition, page, sort }: Search): string | undefined {
  if (condition?.kind !== 'compare' || condition.operator !== 'eq' || condition.field.path.join('.') !== field) {
    return undefined
  }
  if (sort !== undefined && field === 'externalId') return undefined
  const isFirstPage = page.kind === 'index' && page.offset === 0 && page.limit > 0
  return isFirstPage && typeof condition.value === 'string' ? condition.value : undefined
}

/** Users that were not deleted. @throws AppError */
export async function searchUsers(ctx: CallContext, search: Search): Promise<SearchResult<UserRecord>> {
  requirePermission(ctx, 'users.read')
  // Identity providers look for a userName before each user that they send, so this has a statement of its own.
  const userName = soleName('userName', search)
  if (userName !== undefined) {
    const key = { userNameKey: foldName(userName), directoryId: search.directoryId }
    const rows = await inOneStatement(ctx, selectByUserName(key))
    return { rows, total: rows.length, next: undefined }
  }
  const externalId = soleName('externalId', search)
  if (externalId !== undefined) {
    const rows = await inOneStatement(ctx, selectByExternalId({ externalId, directoryId: search.directoryId }))
    return { rows, total: rows.length, next: undefined }
  }
  const alias = sql`u`
  const few = await fewOf(ctx, search.condition)
  const amongFew = few === undefined ? sql`` : sql` and u.id = any (${sql.param(few)}::text[])`
  const where = sql`u.organization_id = entered.organization_id and u.deleted_at is null${withFindable(search)}${amongFew}`
  return find(ctx, search, {
    name: 'users',
    table: sql`users u`,
    alias,
    columns: userColumns,
    scope: userScope,
    where,
    isPinned: isPinned(search.condition),
    isPlannedAnew: isOfTimes(search.condition),
    known: knownCount(search),
  })
}

/** @param withMembers false leaves the members unread. @throws AppError */
export function searchGroups(
  ctx: CallContext,
  search: Search,
  options: { withMembers: boolean },
): Promise<SearchResult<GroupRecord & Partial<Pick<GroupWithMembers, 'members'>>>> {
  requirePermission(ctx, 'groups.read')
  const alias = sql`g`
  const where = sql`g.organization_id = entered.organization_id${inDirectory(alias, search)}`
  const columns = options.withMembers ? sql`${groupColumns}, ${memberColumn}` : groupColumns
  return find(ctx, search, {
    name: 'groups',
    table: sql`groups g`,
    alias,
    columns,
    scope: groupScope,
    where,
    isPinned: isPinned(search.condition),
    isPlannedAnew: false,
  })
}

// "is not distinct from" cannot be looked up in an index: for a condition that is nearly unique, the index of the directory
// is never the one to take, but a plan that knows no values might.
const inDirectory = (alias: SQL, { directoryId, condition }: Search): SQL => {
  if (directoryId === null) return sql``
  const equals = sql.raw(isPinned(condition) ? 'is not distinct from' : '=')
  return sql` and ${alias}.directory_id ${equals} ${directoryId}::text`
}

/** Who is asked for by userName or address may be somebody whom the directory could adopt. */
const withFindable = (search: Search): SQL => {
  const { directoryId, condition } = search
  if (directoryId === null || !isPinned(condition, isNaming)) return inDirectory(sql`u`, search)
  return sql` and (u.directory_id is not distinct from ${directoryId}::text
    or is_findable(u.organization_id, ${directoryId}::text, u.id))`
}

type IsMeant = (path: readonly string[]) => boolean

const pinningFields = new Set(['id', 'userName', 'externalId', 'displayName', 'emails.value'])

/** Nearly unique, and looked up in an index. */
const isPinning: IsMeant = (path) => pinningFields.has(path.join('.')) || indexedName(path) !== undefined

/** Names a person whoever manages them. */
const isNaming: IsMeant = (path) => ['userName', 'emails.value'].includes(path.join('.'))

/** True where one of the fields that are meant must equal one value. */
function isPinned(condition: Condition | undefined, isMeant = isPinning): boolean {
  if (condition === undefined) return false
  if (condition.kind === 'and') return condition.parts.some((part) => isPinned(part, isMeant))
  if (condition.kind === 'any') return condition.list.path.join('.') === 'emails' && requiresValue(condition.part)
  return condition.kind === 'compare' && condition.operator === 'eq' && isMeant(condition.field.path)
}

const requiresValue = (condition: Condition): boolean =>
  condition.kind === 'and'
    ? condition.parts.some(requiresValue)
    : condition.kind === 'compare' && condition.operator === 'eq' && condition.field.path.join('.') === 'value'

/** How many have changed since a time differs too much for one plan. */
function isOfTimes(condition: Condition | undefined): boolean {
  if (condition?.kind === 'and') return condition.parts.some(isOfTimes)
  return condition?.kind === 'compare' && condition.field.type === 'dateTime' && condition.operator !== 'ne'
}

/** How many people that is, where it is kept: of the whole directory, and of those who are active in it or are not. */
function knownCount({ directoryId, condition }: Search): SQL | undefined {
  const of = (statuses: SQL): SQL => sql`people_count(entered.organization_id, ${directoryId}::text, ${statuses})`
  if (condition === undefined) return of(sql`null`)
  const isAboutActive = condition.kind === 'compare' && condition.field.path.join('.') === 'active'
  if (!isAboutActive || condition.operator !== 'eq' || typeof condition.value !== 'boolean') return undefined
  return of(condition.value ? sql`array['active', 'invited']` : sql`array['inactive', 'erased']`)
}

async function find<Row extends Listed>(ctx: CallContext, search: Search, source: Source): Promise<SearchResult<Row>> {
  const where =
    search.condition === undefined
      ? source.where
      : sql`${source.where} and ${conditionSql(search.condition, source.scope)}`
  const narrowed = { ...source, where }
  const isPrepared = search.condition === undefined || search.condition.kind === 'compare'
  const sort = search.sort === undefined ? undefined : sortKey(search.sort, source.scope)
  if (search.page.kind === 'after') return pageAfter<Row>(ctx, search.page, narrowed, sort)
  const list = JSON.stringify([ctx.organizationId, search.directoryId, source.name, search.condition, search.sort])
  return pageAt<Row>(ctx, { list, page: search.page }, narrowed, { sort, isPrepared })
}
