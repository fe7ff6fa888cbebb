// Order of lists, and the place after a given row in that order. The id comes last, so that the order is total.
import { type SQL, sql } from 'drizzle-orm'
import type { Field, Sort } from './condition.ts'
import type { Scalar, Scope } from './condition-sql.ts'

export type SortKey = {
  expression: SQL
  isDescending: boolean
  sqlType: 'text' | 'timestamptz' | 'boolean' | 'numeric'
}

/** The row that a page ended with; `key` is its sort key where the list is sorted by one. */
export type Cursor = { id: string; key?: string | null }

const sqlTypes = {
  string: 'text',
  complex: 'text',
  dateTime: 'timestamptz',
  boolean: 'boolean',
  number: 'numeric',
} as const

/**
 * RFC 7644 §3.4.2.3: strings by the attribute's case rule, and of a multi-valued attribute the primary or first value.
 */
export function sortKey({ field, isDescending }: Sort, scope: Scope): SortKey {
  const scalar = scope.scalar(field)
  const value = scalar === undefined ? firstOfList(field, scope) : typed(scalar, field)
  return { expression: value, isDescending, sqlType: sqlTypes[field.type] }
}

function typed(scalar: Scalar, field: Field): SQL {
  if (sqlTypes[field.type] !== 'text') return sql`(${scalar.expression})::${sql.raw(sqlTypes[field.type])}`
  const folded = field.isCaseExact || scalar.isFolded === true ? scalar.expression : sql`fold(${scalar.expression})`
  return sql`(${folded} collate "C")`
}

function firstOfList(field: Field, scope: Scope): SQL {
  const whole = scope.list(field)
  const list = whole ?? scope.list({ ...field, type: 'complex', path: field.path.slice(0, -1) })
  if (list === undefined) throw new Error(`No such place: ${field.path.join('.')}`)
  const sub = { ...field, path: whole === undefined ? field.path.slice(-1) : ['value'] }
  const [value, primary] = [list.element.scalar(sub), list.element.scalar({ ...field, path: ['primary'] })]
  if (value === undefined) throw new Error(`No such place: ${field.path.join('.')}`)
  const isJson = field.path[0] !== 'groups' && field.path[0] !== 'members' && field.path[0] !== 'schemas'
  const order = isJson && primary !== undefined ? sql` order by ${primary.expression} = 'true' desc nulls last` : sql``
  return sql`(select ${typed(value, field)} from ${list.from}${order} limit 1)`
}

const clause = (sort: SortKey | undefined, alias: SQL): SQL => {
  if (sort === undefined) return sql`${alias}.id`
  const direction = sort.isDescending ? sql.raw('desc nulls first') : sql.raw('asc nulls last')
  return sql`${sort.expression} ${direction}, ${alias}.id ${sql.raw(sort.isDescending ? 'desc' : 'asc')}`
}

/** True for the rows that follow the cursor's in the order of `clause`. */
const after = (cursor: Cursor, sort: SortKey | undefined, alias: SQL): SQL => {
  if (sort === undefined) return sql`${alias}.id > ${cursor.id}`
  const beyondId = sort.isDescending ? sql`${alias}.id < ${cursor.id}` : sql`${alias}.id > ${cursor.id}`
  const key = cursor.key ?? null
  if (key === null) {
    const sameKey = sql`(${sort.expression} is null and ${beyondId})`
    return sort.isDescending ? sql`(${sameKey} or ${sort.expression} is not null)` : sameKey
  }
  const value = sql`${key}::text::${sql.raw(sort.sqlType)}`
  const beyondKey = sort.isDescending ? sql`${sort.expression} < ${value}` : sql`${sort.expression} > ${value}`
  const sameKey = sql`(${sort.expression} = ${value} and ${beyondId})`
  return sort.isDescending
    ? sql`(${beyondKey} or ${sameKey})`
    : sql`(${beyondKey} or ${sameKey} or ${sort.expression} is null)`
}

export const orderBy = { clause, after }
