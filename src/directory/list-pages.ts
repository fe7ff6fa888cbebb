// Pages of lists, by number and by cursor: a page costs its own size, not that of the list, wherever in it it is.
import { type SQL, sql } from 'drizzle-orm'
import { planAnew } from '#db/plan-anew.ts'
import { entered, once, type Statement } from '#db/statement.ts'
import { type CallContext, inOneStatement, inOneStatementAfter } from '#src/context.ts'
import type { Scope } from './condition-sql.ts'
import { type Cursor, orderBy, type SortKey } from './sorting.ts'
import { keepPlace, type Place, takePlace } from './walks.ts'

export type SearchResult<Row> = {
  rows: Row[]
  /** How many match in all; undefined for pages by cursor. */
  total: number | undefined
  /** For the next page by cursor; undefined on the last page. */
  next: Cursor | undefined
}

export type Source = {
  /** Of what it is a list. */
  name: 'users' | 'groups'
  table: SQL
  alias: SQL
  columns: SQL
  scope: Scope
  where: SQL
  /** The condition leaves a handful of rows: they are to be found by its index and not by walking in the order of ids. */
  isPinned: boolean
  /** One plan for all values would be a wrong one. */
  isPlannedAnew: boolean
  /** How many match, where that is kept and need not be counted; after `entered`. */
  known?: SQL | undefined
}

/** In which order, and whether its text is one of few. */
export type Shape = { sort: SortKey | undefined; isPrepared: boolean }

export type IndexPage = { offset: number; limit: number }

export type Listed = { id: string; sortKey?: string | null }

/** The page at a number, going on from the one before it where that was answered lately. @throws AppError */
export async function pageAt<Row extends Listed>(
  ctx: CallContext,
  { list, page }: { list: string; page: IndexPage },
  source: Source,
  { sort, isPrepared }: Shape,
): Promise<SearchResult<Row>> {
  const place = page.offset === 0 ? undefined : takePlace(ctx.clock, list, page.offset)
  const { rows, total } =
    place === undefined
      ? await countedOff<Row>(ctx, page, source, { sort, isPrepared })
      : await goneOn<Row>(ctx, { page, place }, source, { sort, isPrepared })
  const last = rows.at(-1)
  if (last !== undefined && rows.length === page.limit && !source.isPinned)
    keepPlace(ctx.clock, list, page.offset + page.limit, { after: placeOf(last, sort), total })
  return { rows, total, next: undefined }
}

const placeOf = ({ id, sortKey: key }: Listed, sort: SortKey | undefined): Cursor => ({
  id,
  ...(sort === undefined ? {} : { key: key ?? null }),
})

const ask = <Row>(ctx: CallContext, { isPlannedAnew }: Source, statement: Statement<Row>): Promise<Row[]> =>
  isPlannedAnew ? inOneStatementAfter(ctx, planAnew, statement) : inOneStatement(ctx, statement)

type Numbered<Row> = { rows: Row[]; total: number }

/** The page after the one that ended at the place. */
async function goneOn<Row>(
  ctx: CallContext,
  { page, place }: { page: IndexPage; place: Place },
  source: Source,
  { sort, isPrepared }: Shape,
): Promise<Numbered<Row>> {
  const where = sql`${source.where} and ${orderBy.after(place.after, sort, source.alias)}`
  const rest = selectPage({ ...source, where }, sort, { offset: 0, limit: page.limit })
  const rows = await ask(ctx, source, entering<Row>(rest, isPrepared))
  const isLast = rows.length < page.limit
  return { rows, total: isLast ? page.offset + rows.length : Math.max(place.total, page.offset + rows.length) }
}

async function countedOff<Row>(
  ctx: CallContext,
  page: IndexPage,
  source: Source,
  { sort, isPrepared }: Shape,
): Promise<Numbered<Row>> {
  const isFromEitherEnd = source.known !== undefined && sort === undefined && page.offset > 0
  const statement = isFromEitherEnd ? pageFromEitherEnd(source, page) : pageWithTotal(source, sort, page)
  const wanted = once<Row & Counted>(statement, { isPrepared })
  const rows = page.limit === 0 ? [] : await ask(ctx, source, wanted)
  // A page that is not full tells the total by itself.
  const isLast = rows.length < page.limit && (rows.length > 0 || page.offset === 0)
  if (isLast) return { rows, total: page.offset + rows.length }
  const [counted = { total: 0 }] = rows.length > 0 ? rows : await ask(ctx, source, counting(source, isPrepared))
  return { rows, total: counted.total }
}

/** How many match in all. */
type Counted = { total: number }

const count = ({ table, where, known }: Source): SQL =>
  known === undefined
    ? sql`select count(*)::int as total from ${table} where ${where}`
    : sql`select ${known} as total limit 1`

const counting = (source: Source, isPrepared: boolean): Statement<Counted> =>
  entering<Counted>(count(source), isPrepared)

/** Those who match are counted only where the page is full. */
const pageWithTotal = (source: Source, sort: SortKey | undefined, page: IndexPage): SQL =>
  sql`with ${entered},
    page as materialized (select found.* from entered cross join lateral (${selectPage(source, sort, page)}) found)
    select page.*, case when (select count(*) from page) = ${page.limit} then (
      select counted.total from entered cross join lateral (${count(source)}) counted) end as total from page`

/** Whoever knows how many there are counts a page off from the end that is nearer. */
function pageFromEitherEnd(source: Source, { offset, limit }: IndexPage): SQL {
  const { table, alias, where } = source
  const ids = sql`select ${alias}.organization_id, ${alias}.id from ${table} where ${where}`
  const left = sql`greatest(counted.total - ${offset}::bigint, 0)`
  return sql`with ${entered},
    counted as materialized (select found.total from entered cross join lateral (${count(source)}) found)
    select row.*, counted.total from entered cross join counted cross join lateral (
      (${ids} and counted.total >= 2 * ${offset}::bigint order by ${alias}.id limit ${limit} offset ${offset})
      union all
      (${ids} and counted.total < 2 * ${offset}::bigint order by ${alias}.id desc
        limit least(${left}, ${limit}::bigint) offset greatest(${left} - ${limit}::bigint, 0))) at
      cross join lateral (${rowAt(source)}) row order by at.id`
}

/** The limit of a page, or the aggregate, keeps PostgreSQL from looking at the tables before the organization is entered. */
const entering = <Row>(select: SQL, isPrepared: boolean): Statement<Row> =>
  once(sql`with ${entered} select found.* from entered cross join lateral (${select}) found`, { isPrepared })

/** The page after a row. @throws AppError */
export async function pageAfter<Row extends Listed>(
  ctx: CallContext,
  page: { cursor: Cursor | undefined; limit: number },
  source: Source,
  sort: SortKey | undefined,
): Promise<SearchResult<Row>> {
  const after = page.cursor === undefined ? undefined : orderBy.after(page.cursor, sort, source.alias)
  const where = after === undefined ? source.where : sql`${source.where} and ${after}`
  // One row more than asked for tells whether there is a next page.
  const wanted = selectPage({ ...source, where }, sort, { offset: 0, limit: page.limit + 1 })
  const found = await ask(ctx, source, entering<Row>(wanted, false))
  const shown = found.slice(0, page.limit)
  const last = shown.at(-1)
  const hasNext = found.length > page.limit && last !== undefined
  return {
    rows: shown,
    total: undefined,
    next: hasNext ? placeOf(last, sort) : undefined,
  }
}

/**
 * The ids of the page come from the index first, so that rows which are passed over are never read whole, and then the rows one by
 * one: a plan that does not know how many they are would read the whole table for them.
 */
function selectPage(source: Source, sort: SortKey | undefined, page: IndexPage): SQL {
  const order =
    source.isPinned && sort === undefined ? sql`(${source.alias}.id || '')` : orderBy.clause(sort, source.alias)
  const columns = sort === undefined ? source.columns : sql`${source.columns}, (${sort.expression})::text as "sortKey"`
  const limits = sql`limit ${page.limit} offset ${page.offset}`
  if (page.offset === 0)
    return sql`select ${columns} from ${source.table} where ${source.where} order by ${order} ${limits}`
  const ids = sql`select ${source.alias}.organization_id, ${source.alias}.id from ${source.table} where ${source.where}
    order by ${order} ${limits}`
  return sql`select row.* from (${ids}) at cross join lateral (${rowAt({ ...source, columns })}) row`
}

const rowAt = ({ table, alias, columns }: Source): SQL =>
  sql`select ${columns} from ${table} where ${alias}.organization_id = at.organization_id and ${alias}.id = at.id offset 0`
