// Which tables and sequences a backup has: all of ours, as the catalogue tells them, so that a new table is in it by itself.
import type postgres from 'postgres'
import type { BackedUpTable, BackupContents } from './format.ts'

export type Sql = Pick<postgres.Sql, 'unsafe'>

type Found = BackedUpTable & { refersTo: string[] }

// Generated columns are computed anew; drizzle's own table is written by the migrations.
const tablesOfOurs = `select n.nspname || '.' || c.relname as "table",
  array(select a.attname::text from pg_catalog.pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
  array(select rn.nspname || '.' || r.relname from pg_catalog.pg_constraint f
    join pg_catalog.pg_class r on r.oid = f.confrelid join pg_catalog.pg_namespace rn on rn.oid = r.relnamespace
    where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as "refersTo"
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname in ('public', 'history')
    and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'e')
  order by 1`

/** In the order in which they can be filled: what a row refers to is there before it. @throws Error where there is none */
export async function backedUpTables(sql: Sql): Promise<BackedUpTable[]> {
  let left: Found[] = [...(await sql.unsafe<Found[]>(tablesOfOurs))]
  const ordered: BackedUpTable[] = []
  while (left.length > 0) {
    const names = new Set(left.map(({ table }) => table))
    const next = left.filter(({ refersTo }) => !refersTo.some((name) => names.has(name)))
    if (next.length === 0) throw new Error(`Tables refer to each other in a circle: ${[...names].join(', ')}`)
    ordered.push(...next.map(({ table, columns }) => ({ table, columns })))
    left = left.filter((each) => !next.includes(each))
  }
  return ordered
}

/** Where sequences stand. They know no transactions, so it is asked after the rows: ahead of them does no harm. */
export async function sequencesNow(sql: Sql): Promise<BackupContents['sequences']> {
  const found = await sql.unsafe<{ name: string }[]>(`select n.nspname || '.' || c.relname as name
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'S' and n.nspname in ('public', 'history') order by 1`)
  const sequences: BackupContents['sequences'] = []
  for (const { name } of found) {
    const [at] = await sql.unsafe<{ value: string; isCalled: boolean }[]>(
      `select last_value::text as value, is_called as "isCalled" from ${quoted(name)}`,
    )
    if (at !== undefined) sequences.push({ name, ...at })
  }
  return sequences
}

/** How many rows each table has. */
export async function rowCounts(sql: Sql, tables: readonly string[]): Promise<Map<string, number>> {
  const each = tables.map((table) => `select '${table}' as "table", count(*)::int as rows from ${quoted(table)}`)
  const found = await sql.unsafe<{ table: string; rows: number }[]>(each.join(' union all '))
  return new Map(found.map(({ table, rows }) => [table, rows]))
}

/** The name of a table, sequence or column, parts of it apart. */
export const quoted = (name: string): string =>
  name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.')

export const columnList = (columns: readonly string[]): string => columns.map((name) => quoted(name)).join(', ')
