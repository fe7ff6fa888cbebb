// Conditions as parametrised SQL. Comparisons may come out NULL for an absent value; that counts as false, and `not`
// makes it so before it negates.
import { type SQL, sql } from 'drizzle-orm'
import type { Condition, Field } from './condition.ts'
import { fold, foldName } from './fold.ts'

/**
 * An SQL expression for a single value. `isFolded`: it is a key that was folded when it was written. `otherwise`: of a condition that
 * is never unknown, what holds where it does not, as an index knows it.
 */
export type Scalar = { expression: SQL; isFolded?: boolean; otherwise?: SQL }

/** Where the fields of a resource, or of an element of a list, are found. */
export type Scope = {
  /** A single value, or undefined where the field is a list. */
  scalar(field: Field): Scalar | undefined
  /** `from` clause of the list's elements and the scope of one element; the element's own value is the field `value`. */
  list(field: Field): { from: SQL; element: Scope } | undefined
  /** A condition on an index that every match of `eq folded` with this value, or with one in this list, satisfies. */
  narrow?(field: Field, foldedValue: string): SQL | undefined
}

/** @throws Error where a field is neither a scalar nor a list of the scope: names are resolved before they get here */
export function conditionSql(condition: Condition, scope: Scope): SQL {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return joined(condition.parts, condition.kind, scope)
    case 'not':
      return sql`not coalesce(${conditionSql(condition.part, scope)}, false)`
    case 'any':
      return anyElement(condition.list, condition.part, scope)
    case 'present':
      return present(condition.field, scope)
    case 'compare':
      return compareField(condition, scope)
  }
}

type Comparison = Extract<Condition, { kind: 'compare' }>

function joined(parts: readonly Condition[], word: 'and' | 'or', scope: Scope): SQL {
  if (parts.length === 0) return sql.raw(word === 'and' ? 'true' : 'false')
  const conditions = parts.map((part) => conditionSql(part, scope))
  return sql`(${sql.join(conditions, sql.raw(` ${word} `))})`
}

function anyElement(list: Field, part: Condition, scope: Scope): SQL {
  const { from, element } = listOf(list, scope)
  const matches = sql`exists (select from ${from} where ${conditionSql(part, element)})`
  const wanted = requiredValue(part)
  const narrow = wanted === undefined ? undefined : scope.narrow?.(list, fold(wanted))
  return narrow === undefined ? matches : sql`(${narrow} and ${matches})`
}

/** The value that every element satisfying the part has, if the part says so. */
function requiredValue(part: Condition): string | undefined {
  if (part.kind === 'and') return part.parts.map(requiredValue).find((value) => value !== undefined)
  if (part.kind !== 'compare' || part.operator !== 'eq' || part.field.path.join('.') !== 'value') return undefined
  return typeof part.value === 'string' ? part.value : undefined
}

function present(field: Field, scope: Scope): SQL {
  const scalar = scope.scalar(field)
  if (scalar !== undefined) return sql`${scalar.expression} is not null`
  const { from, element, last } = listAndRest(field, scope)
  if (last === undefined) return sql`exists (select from ${from})`
  return sql`exists (select from ${from} where ${present(last, element)})`
}

function compareField(comparison: Comparison, scope: Scope): SQL {
  const scalar = scope.scalar(comparison.field)
  if (scalar !== undefined) return narrowed(comparison, compareScalar(comparison, scalar), scope)
  const { from, element, last } = listAndRest(comparison.field, scope)
  const onElement: Comparison = { ...comparison, field: last ?? { ...comparison.field, path: ['value'] } }
  if (comparison.value === null) {
    const some = present(comparison.field, scope)
    return comparison.operator === 'eq' ? sql`not ${some}` : some
  }
  // RFC 7644 §3.4.2.2: a multi-valued attribute matches if any of its values does. No value at all is "not equal".
  if (comparison.operator === 'ne') {
    return sql`(not exists (select from ${from}) or exists (select from ${from} where ${conditionSql(onElement, element)}))`
  }
  const list = last === undefined ? comparison.field : listOfSub(comparison.field)
  const matches = anyElement(list, onElement, scope)
  return last === undefined || requiredValue(onElement) !== undefined ? matches : narrowed(comparison, matches, scope)
}

function narrowed({ field, operator, value }: Comparison, matches: SQL, scope: Scope): SQL {
  if (operator !== 'eq' || typeof value !== 'string') return matches
  const narrow = scope.narrow?.(field, fold(value))
  return narrow === undefined ? matches : sql`(${narrow} and ${matches})`
}

const listOfSub = (field: Field): Field => ({ ...field, type: 'complex', path: field.path.slice(0, -1) })

/** A path such as emails.type: the list `emails`, and `type` within its elements. */
function listAndRest(field: Field, scope: Scope): { from: SQL; element: Scope; last: Field | undefined } {
  const whole = scope.list(field)
  if (whole !== undefined) return { ...whole, last: undefined }
  const list = listOf(listOfSub(field), scope)
  return { ...list, last: { ...field, path: field.path.slice(-1) } }
}

function listOf(field: Field, scope: Scope): { from: SQL; element: Scope } {
  const list = scope.list(field)
  if (list === undefined) throw new Error(`No such place: ${field.path.join('.')}`)
  return list
}

function compareScalar({ field, operator, value }: Comparison, scalar: Scalar): SQL {
  if (value === null) {
    return operator === 'eq' ? sql`${scalar.expression} is null` : sql`${scalar.expression} is not null`
  }
  if (field.type === 'dateTime') return compareOrdered(scalar.expression, operator, sql`${value}::timestamptz`)
  if (field.type === 'number')
    return compareOrdered(sql`(${scalar.expression})::numeric`, operator, sql`${value}::numeric`)
  if (scalar.otherwise !== undefined && (operator === 'eq' || operator === 'ne'))
    return value === (operator === 'eq') ? scalar.expression : scalar.otherwise
  if (field.type === 'boolean')
    return compareOrdered(sql`(${scalar.expression})::boolean`, operator, sql`${value}::boolean`)
  return compareText(scalar, operator, String(value), field.isCaseExact)
}

const symbols = { gt: '>', ge: '>=', lt: '<', le: '<=' } as const

function compareOrdered(left: SQL, operator: Comparison['operator'], right: SQL): SQL {
  if (operator === 'eq') return sql`${left} = ${right}`
  if (operator === 'ne') return sql`${left} is distinct from ${right}`
  if (operator === 'co' || operator === 'sw' || operator === 'ew') throw new Error(`${operator} needs text`)
  return sql`${left} ${sql.raw(symbols[operator])} ${right}`
}

function compareText(scalar: Scalar, operator: Comparison['operator'], value: string, isCaseExact: boolean): SQL {
  const left = isCaseExact || scalar.isFolded === true ? scalar.expression : sql`fold(${scalar.expression})`
  // A key has no white space around it, either.
  const folded = scalar.isFolded === true && (operator === 'eq' || operator === 'ne') ? foldName(value) : fold(value)
  const right = sql`${isCaseExact ? value : folded}::text`
  switch (operator) {
    case 'co':
      return sql`strpos(${left}, ${right}) > 0`
    case 'sw':
      return sql`starts_with(${left}, ${right})`
    case 'ew':
      return sql`right(${left}, char_length(${right})) = ${right}`
    case 'eq':
    case 'ne':
      return compareOrdered(left, operator, right)
    default:
      return sql`${left} collate "C" ${sql.raw(symbols[operator])} ${right}`
  }
}
