// Conditions over the elements of a multi-valued attribute, evaluated in memory: for the filters in PATCH paths.
import type { Condition, Field } from '#directory/condition.ts'
import { fold } from '#directory/fold.ts'
import { isObject, type Json, type JsonObject } from '#directory/schema/canonical.ts'

/** True where the element satisfies the condition, with the rules of the SQL that filters compile to. */
export function matches(condition: Condition, element: Json): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => matches(part, element))
    case 'or':
      return condition.parts.some((part) => matches(part, element))
    case 'not':
      return !matches(condition.part, element)
    case 'present':
      return read(condition.field, element) !== undefined
    case 'compare':
      return compare(condition, read(condition.field, element))
    case 'any':
      return false // Elements have no lists of their own.
  }
}

function read(field: Field, element: Json): Json | undefined {
  const name = field.path.at(-1) ?? ''
  return isObject(element) && Object.hasOwn(element, name) ? element[name] : undefined
}

function compare(
  { field, operator, value }: Extract<Condition, { kind: 'compare' }>,
  found: Json | undefined,
): boolean {
  if (value === null) return (operator === 'eq') === (found === undefined)
  if (found === undefined) return operator === 'ne'
  const isText = typeof found === 'string' && typeof value === 'string'
  const [left, right] = isText && !field.isCaseExact ? [fold(found), fold(value)] : [found, value]
  if (operator === 'eq') return left === right
  if (operator === 'ne') return left !== right
  return typeof left === 'string' && typeof right === 'string' && compareText(operator, left, right)
}

function compareText(operator: string, left: string, right: string): boolean {
  switch (operator) {
    case 'co':
      return left.includes(right)
    case 'sw':
      return left.startsWith(right)
    case 'ew':
      return left.endsWith(right)
    case 'gt':
      return order(left, right) > 0
    case 'ge':
      return order(left, right) >= 0
    case 'lt':
      return order(left, right) < 0
    default:
      return order(left, right) <= 0
  }
}

// By code point, as PostgreSQL orders text in its "C" collation; the bytes of UTF-8 have the same order.
const order = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right))

/** The values that an element must have to satisfy the condition, as far as it says so by `eq` and `and`. */
export function requiredValues(condition: Condition): JsonObject {
  if (condition.kind === 'and') return Object.assign({}, ...condition.parts.map(requiredValues)) as JsonObject
  if (condition.kind !== 'compare' || condition.operator !== 'eq' || condition.value === null) return {}
  return { [condition.field.path.at(-1) ?? '']: condition.value }
}

/** How many comparisons it takes to hold an element against the condition. */
export function comparisonsIn(condition: Condition): number {
  if (condition.kind === 'not' || condition.kind === 'any') return comparisonsIn(condition.part)
  if (condition.kind === 'compare' || condition.kind === 'present') return 1
  return condition.parts.reduce((sum, part) => sum + comparisonsIn(part), 0)
}
