// PATCH on the elements of one multi-valued attribute: as a whole, by filter, or one sub-attribute of those that match.
import { isDeepStrictEqual } from 'node:util'
import type { Condition } from '#directory/condition.ts'
import {
  canonicalElement,
  canonicalValue,
  isObject,
  type Json,
  type JsonObject,
  valueLimits,
  withOnePrimary,
} from '#directory/schema/canonical.ts'
import type { AttributeDefinition } from '#directory/schema/definitions.ts'
import { invalid } from '#platform/errors.ts'
import { matches, requiredValues } from './match.ts'
import type { Note } from './note.ts'
import type { OperationName, Target } from './operations.ts'

/** @throws AppError invalid: `noTarget` where a filter matches nothing and cannot be made to; `invalidValue` */
export function nextElements(
  target: Target,
  op: OperationName,
  current: Json[],
  value: Json | undefined,
  note?: Note,
): Json[] | undefined {
  const { attribute, filter, sub } = target
  const elements =
    filter !== undefined
      ? changeMatching(target, filter, op, current, value, note)
      : sub !== undefined
        ? changeMatching(target, { kind: 'and', parts: [] }, op, current, value, note)
        : changeWhole(attribute, op, current, value)
  if (elements.length > valueLimits.elements) {
    throw invalid(`${attribute.name} has more than ${valueLimits.elements} values`, 'invalidValue')
  }
  return elements.length === 0 ? undefined : elements
}

function changeWhole(
  attribute: AttributeDefinition,
  op: OperationName,
  current: Json[],
  value: Json | undefined,
): Json[] {
  const given = canonicalValue(attribute, value)
  const elements = Array.isArray(given) ? given : []
  if (op === 'replace') return elements
  if (op === 'add') return withAdded(current, elements)
  // wire 4: a remove with values means these, not all.
  if (value === undefined || value === null) return []
  return current.filter((element) => !elements.some((unwanted) => isCovered(unwanted, element)))
}

/** RFC 7644 §3.5.2.1: what is there already is not added again; a new primary takes over from the old one. */
function withAdded(current: readonly Json[], added: readonly Json[]): Json[] {
  const elements = [...current]
  const known = new Set(elements.map(identityOf))
  const twins = new Map(elements.map((element, index) => [twinKey(element), index]))
  let claim: Json | undefined
  for (const element of added) {
    if (known.has(identityOf(element))) continue
    const twin = twinKey(element) === undefined ? undefined : twins.get(twinKey(element))
    const place = twin ?? elements.length
    const merged = twin === undefined ? element : { ...(elements[twin] as JsonObject), ...(element as JsonObject) }
    elements[place] = merged
    known.add(identityOf(merged))
    twins.set(twinKey(merged), place)
    if (isObject(merged) && merged['primary'] === true) claim = merged
  }
  return withOnePrimary(elements, claim)
}

/** Equal for elements that say the same, in whatever order. */
const identityOf = (element: Json): string =>
  JSON.stringify(isObject(element) ? Object.entries(element).toSorted(([a], [b]) => (a < b ? -1 : 1)) : element)

/** Equal for elements of the same value and type: one element, told more about. */
const twinKey = (element: Json): string | undefined =>
  isObject(element) && element['value'] !== undefined ? JSON.stringify([element['value'], element['type']]) : undefined

const isCovered = (pattern: Json, element: Json): boolean =>
  isObject(pattern) && isObject(element)
    ? Object.entries(pattern).every(([name, value]) => isDeepStrictEqual(element[name], value))
    : isDeepStrictEqual(pattern, element)

/** Elements that satisfy the filter are changed; wire 5: where none does, one that satisfies it comes to exist. */
function changeMatching(
  { attribute, sub }: Target,
  filter: Condition,
  op: OperationName,
  current: Json[],
  value: Json | undefined,
  note: Note | undefined,
): Json[] {
  const change = (element: JsonObject): Json | undefined => {
    if (op === 'remove') return sub === undefined ? undefined : emptied(withSub(element, sub, undefined))
    if (sub !== undefined) return emptied(withSub(element, sub, value))
    const given = canonicalElement(attribute, value ?? null)
    if (!isObject(given)) return undefined
    return op === 'add' ? { ...element, ...given } : { ...requiredValues(filter), ...given }
  }
  const isMatched = (element: Json): element is JsonObject => isObject(element) && matches(filter, element)
  const isNew = op !== 'remove' && !current.some(isMatched)
  if (isNew && !matches(filter, requiredValues(filter))) {
    throw invalid(`No element of ${attribute.name} satisfies the filter`, 'noTarget')
  }
  if (isNew) note?.('element-created-by-filter')
  const created = isNew ? change(requiredValues(filter)) : undefined
  const changed = current.map((element) => (isMatched(element) ? change(element) : element))
  const elements = [...changed, created].filter((element) => element !== undefined)
  const touched = [...changed.filter((element, index) => element !== current[index]), created]
  return withOnePrimary(
    elements,
    touched.find((element) => isObject(element) && element['primary'] === true),
  )
}

// An element that has lost what it was about (its type and rank alone say nothing) goes.
function emptied(element: JsonObject | undefined): JsonObject | undefined {
  const isAboutSomething = Object.keys(element ?? {}).some((name) => name !== 'type' && name !== 'primary')
  return isAboutSomething ? element : undefined
}

/** Sets or, for undefined, removes a sub-attribute; undefined where nothing is left. */
export function withSub(object: JsonObject, sub: AttributeDefinition, value: Json | undefined): JsonObject | undefined {
  const { [sub.name]: _, ...others } = object
  const next = canonicalValue(sub, value)
  const result = next === undefined ? others : { ...others, [sub.name]: next }
  return Object.keys(result).length === 0 ? undefined : result
}
