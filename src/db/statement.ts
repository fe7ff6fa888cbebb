// A statement: text with $1… parameters and their values. `prepared` compiles a drizzle template once for hot paths.
import { channel } from 'node:diagnostics_channel'
import { type SQL, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'

export type Value = string | number | boolean | null | readonly string[]

/** `Row` is the shape of a result row; the caller vouches for it, as with every SQL text. */
export type Statement<Row> = {
  readonly text: string
  readonly values: readonly Value[]
  /** False for texts of many shapes (long filters), which must not fill the connection's cache of prepared statements. */
  readonly isPrepared: boolean
  readonly row?: Row
}

const dialect = new PgDialect()

class Parameter {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** What `prepared` makes of a template: the name of each `$` in turn, or the value that the template itself has there. */
export type Compiled = { text: string; parameters: readonly (string | { value: Value })[] }

/** Told of each template when it is compiled; the tests compare all of them with the database. */
const compilations = channel('rolecall.statement')

/** Names of the parameters, as drizzle chunks for use in a `sql` template. */
type ParameterChunks<P> = { [K in keyof P]: SQL }

/**
 * Compiles the template once; each call then only fills in the values.
 * @example const find = prepared<{ id: string }, { name: string }>((p) => sql`select name from brands where id = ${p.id}`)
 */
export function prepared<P extends Record<string, Value>, Row>(
  template: (parameters: ParameterChunks<P>) => SQL,
): (parameters: P) => Statement<Row> {
  const chunks = new Proxy({} as ParameterChunks<P>, {
    get: (_target, name) => sql`${sql.param(new Parameter(String(name)))}`,
  })
  const { sql: text, params } = dialect.sqlToQuery(template(chunks))
  if (compilations.hasSubscribers) compilations.publish(compiled(text, params))
  return (parameters) => ({
    text,
    values: params.map((param) => (param instanceof Parameter ? (parameters[param.name] ?? null) : (param as Value))),
    isPrepared: true,
  })
}

const compiled = (text: string, params: unknown[]): Compiled => ({
  text,
  parameters: params.map((param) => (param instanceof Parameter ? param.name : { value: param as Value })),
})

/** A drizzle template for once, e.g. with a part that is chosen at run time. */
export function once<Row>(template: SQL, options: { isPrepared?: boolean } = {}): Statement<Row> {
  const { sql: text, params } = dialect.sqlToQuery(template)
  return { text, values: params as Value[], isPrepared: options.isPrepared ?? true }
}

/** A time inside JSON, in the form that times outside of it come in: ISO 8601, UTC. A null stays one. */
export const isoTime = (time: SQL): SQL => sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** A list as the text of a `jsonb` parameter; null stays null. */
export const listText = (list: readonly string[] | null): string | null => (list === null ? null : JSON.stringify(list))

const entryMark = '/* the entry of the transaction */'

/**
 * The CTE `entered (organization_id)`: one row, by which the organization is entered. A statement that has it is a unit of
 * work of its own, without BEGIN and COMMIT. Row-level security looks at the setting that the entry makes, so whatever
 * reads a table must depend on that row (`from entered cross join lateral (… offset 0)`), and whatever writes must insert
 * from it.
 */
export const entered: SQL = sql.raw(`entered as materialized (${entryMark})`)

/** Per entry: the texts of statements, and what they become with it. */
const combined = new Map<string, Map<string, string>>()
const combinedLimit = 2_000

/** The statement with the entry in its place; the entry's values follow its own. */
export function withEntry<Row>(statement: Statement<Row>, entry: Statement<unknown>): Statement<Row> {
  const text = statement.isPrepared ? rememberedText(statement, entry) : combine(statement, entry)
  return { text, values: [...statement.values, ...entry.values], isPrepared: statement.isPrepared }
}

function rememberedText(statement: Statement<unknown>, entry: Statement<unknown>): string {
  const texts = combined.get(entry.text) ?? new Map<string, string>()
  const known = texts.get(statement.text)
  if (known !== undefined) return known
  if (texts.size >= combinedLimit) texts.clear()
  const text = combine(statement, entry)
  texts.set(statement.text, text)
  combined.set(entry.text, texts)
  return text
}

function combine(statement: Statement<unknown>, entry: Statement<unknown>): string {
  const shifted = entry.text.replace(/\$(\d+)/g, (_, number) => `$${Number(number) + statement.values.length}`)
  return statement.text.replace(entryMark, () => shifted)
}

/**
 * A text without parameters that does the same, for the simple protocol; undefined where a value is anything but letters,
 * digits and `_`, which ids and hashes never are.
 */
export function withoutParameters({ text, values }: Statement<unknown>): string | undefined {
  if (!values.every((value) => typeof value === 'string' && /^\w{1,128}$/.test(value))) return undefined
  return text.replace(/\$(\d+)/g, (_, number) => `'${values[Number(number) - 1]}'`)
}
