// In which orders people are listed, and where a page begins: after the last row of the one before, by what it was sorted by and
// its id, so that no page repeats or leaves out anybody while people come and go.
import { type SQL, sql } from 'drizzle-orm'
import { isoTime } from '#db/statement.ts'
import { readCursor, refuseCursor, writeCursor } from '#platform/cursor.ts'
import { isId } from '#platform/ids.ts'

export const userSorts = ['name', 'userName', 'role', 'status', 'lastActive', 'created'] as const

export type UserSort = (typeof userSorts)[number]

export type UserOrder = { sort: UserSort; direction: 'asc' | 'desc' }

/** Columns of `users u` that an index has in this order, the id among them; `role_rank` is that of `rankedTable`. */
const columns: Record<Exclude<UserSort, 'lastActive'>, readonly string[]> = {
  name: ['name_key', 'id'],
  userName: ['user_name_key', 'id'],
  role: ['role_rank', 'name_key', 'id'],
  status: ['status', 'name_key', 'id'],
  created: ['id'],
}

const columnsOf = (sort: UserSort): readonly string[] =>
  sort === 'lastActive' ? ['last_active_at', 'id'] : columns[sort]

const of = (alias: string, column: string): SQL => sql`${sql.raw(alias)}.${sql.identifier(column)}`

/** What an order looks at in `users`, the id last. */
export const orderColumns = ({ sort }: UserOrder, alias: string): SQL =>
  sql.join(
    columnsOf(sort)
      .filter((column) => column !== 'role_rank')
      .map((column) => of(alias, column)),
    sql`, `,
  )

/** The keys of a row, as a JSON array of texts. */
export const keysColumn = ({ sort }: UserOrder, alias: string): SQL =>
  sql`json_build_array(${sql.join(
    columnsOf(sort).map((column) => (column === 'last_active_at' ? isoTime(of(alias, column)) : of(alias, column))),
    sql`, `,
  )})`

/** What comes after `order by`. Who was never active comes last where the latest come first. */
export function orderBy({ sort, direction }: UserOrder, alias: string): SQL {
  const way = sql.raw(direction)
  if (sort === 'lastActive')
    return direction === 'desc'
      ? sql`${of(alias, 'last_active_at')} desc nulls last, ${of(alias, 'id')}`
      : sql`${of(alias, 'last_active_at')} asc nulls first, ${of(alias, 'id')} desc`
  return sql.join(
    columnsOf(sort).map((column) => sql`${of(alias, column)} ${way}`),
    sql`, `,
  )
}

/** True for the rows that come after the one with these keys. */
export function isAfter({ sort, direction }: UserOrder, keys: Keys, alias: string): SQL {
  if (sort === 'lastActive') return isAfterActivity(direction, keys, alias)
  const left = columnsOf(sort).map((column) => of(alias, column))
  const right = keys.map((key) => sql`${key}::text`)
  return sql`(${sql.join(left, sql`, `)}) ${sql.raw(direction === 'asc' ? '>' : '<')} (${sql.join(right, sql`, `)})`
}

function isAfterActivity(direction: 'asc' | 'desc', [at, id]: Keys, alias: string): SQL {
  const [active, own] = [of(alias, 'last_active_at'), of(alias, 'id')]
  if (direction === 'desc')
    return at === null
      ? sql`${active} is null and ${own} > ${id}`
      : sql`(${active} < ${at}::timestamptz or ${active} is null or (${active} = ${at}::timestamptz and ${own} > ${id}))`
  return at === null
    ? sql`(${active} is not null or ${own} < ${id})`
    : sql`(${active} > ${at}::timestamptz or (${active} = ${at}::timestamptz and ${own} < ${id}))`
}

export type Keys = readonly (string | null)[]

export const cursorOf = ({ sort, direction }: UserOrder, keys: Keys): string => writeCursor(sort, direction, ...keys)

/** @throws AppError invalid (reason `invalidCursor`) for a text that is no cursor of a list in this order */
export function keysOf({ sort, direction }: UserOrder, cursor: string): Keys {
  const parts = readCursor(cursor)
  const keys = parts.slice(2) as Keys
  const isWhole = parts[0] === sort && parts[1] === direction && keys.length === columnsOf(sort).length
  const isText = keys.every((key) => (key === null ? sort === 'lastActive' : typeof key === 'string'))
  const isTime = sort !== 'lastActive' || keys[0] === null || isIsoTime(String(keys[0]))
  if (isWhole && isText && isTime && isId('usr', keys.at(-1) ?? '')) return keys
  return refuseCursor()
}

const isIsoTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text))
