// A statement: text with $1… parameters and their values. `prepared` compiles a drizzle template once for hot paths.
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
  return (parameters) => ({
    text,
    values: params.map((param) => (param instanceof Parameter ? (parameters[param.name] ?? null) : (param as Value))),
    isPrepared: true,
  })
}

/** A drizzle template for once, e.g. with a part that is chosen at run time. */
export function once<Row>(template: SQL, options: { isPrepared?: boolean } = {}): Statement<Row> {
  const { sql: text, params } = dialect.sqlToQuery(template)
  return { text, values: params as Value[], isPrepared: options.isPrepared ?? true }
}
