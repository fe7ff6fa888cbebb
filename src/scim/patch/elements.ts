// PATCH on the elements of one multi-valued attribute: as a whole, by filter, or one sub-attribute of those that match.
import { isDeepStrictEqual } from 'node:util'
import type { Condition } from '#directory/condition.ts'
import {
  canonicalElement,
  canonicalValue,
  isObject,
  type Json,
  type JsonObject,
  mergedComplex,
  unassignedIn,
  valueLimits,
  withOnePrimary,
} from '#directory/schema/canonical.ts'
import type { AttributeDefinition } from '#directory/schema/definitions.ts'
import { invalid } from '#platform/errors.ts'
import { matches, requiredValues } from './match.ts'
import type { Note } from './note.ts'
import type { OperationName, Target } from './operations.ts'
import { twinKey, withoutTwins } from './twins.ts'

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
  if (op === 'replace') return withOnePrimary(withoutTwins(attribute, elements))
  if (op === 'add') return withAdded(attribute, current, Array.isArray(value) ? value : [value ?? null])
  // wire 4: a remove with values means these, not all.
  if (value === undefined || value === null) return []
  if (value === '') throw invalid(`The value names no element of ${attribute.name} to remove`, 'invalidValue')
  return current.filter((element) => !elements.some((unwanted) => isCovered(unwanted, element)))
}

/** RFC 7644 §3.5.2.1: what is there already is not added again, but told more about; a new primary takes over. */
function withAdded(attribute: AttributeDefinition, current: readonly Json[], added: readonly Json[]): Json[] {
  const elements = [...current]
  const places = new Map(elements.map((element, index) => [twinKey(attribute, element), index]))
  let claim: Json | undefined
  for (const raw of added) {
    const element = canonicalElement(attribute, raw)
    if (element === undefined) continue
    const place = places.get(twinKey(attribute, element)) ?? elements.length
    const twin = elements[place]
    const merged = isObject(twin) ? (mergedComplex(attribute, twin, raw) ?? element) : element
    if (isDeepStrictEqual(merged, twin)) continue
    elements[place] = merged
    places.set(twinKey(attribute, merged), place)
    if (isObject(merged) && merged['primary'] === true) claim = merged
  }
  return withOnePrimary(elements, claim)
}

const isCovered = (pattern: Json, element: Json): boolean =>
  isObject(pattern) && isObject(element)
    ? Object.entries(pattern).every(([name, value]) => isDeepStrictEqual(element[name], value))
    : isDeepStrictEqual(pattern, element)

/** Elements that satisfy the filter are changed; wire 5: where none does, the one that a filter by type means comes to exist. */
function changeMatching(
  target: Target,
  filter: Condition,
  op: OperationName,
  current: Json[],
  value: Json | undefined,
  note: Note | undefined,
): Json[] {
  const { attribute, sub } = target
  // SAP's library sends the one element that the path names in a list.
  const isListed = sub === undefined && op !== 'remove' && Array.isArray(value) && value.length === 1
  if (isListed) note?.('single-value-in-list')
  const given = (isListed ? value[0] : value) ?? null
  const change = (element: JsonObject): Json | undefined => {
    if (op === 'remove') return sub === undefined ? undefined : emptied(withSub(element, sub, undefined))
    if (sub !== undefined) return emptied(withSub(element, sub, value))
    return changedElement(attribute, filter, op, element, given)
  }
  const isMatched = (element: Json): element is JsonObject => isObject(element) && matches(filter, element)
  const isNew = op !== 'remove' && !current.some(isMatched)
  if (isNew && !isCreating(filter, sub)) {
    throw invalid(`No element of ${attribute.name} satisfies the filter`, 'noTarget')
  }
  if (isNew) note?.('element-created-by-filter')
  const created = isNew ? change(requiredValues(filter)) : undefined
  const changed = current.map((element) => (isMatched(element) ? change(element) : element))
  const elements = [...changed, created].filter((element) => element !== undefined)
  const touched = [...changed.filter((element, index) => element !== current[index]), created]
  const claim = touched.find((element) => isObject(element) && element['primary'] === true)
  return withoutTwins(attribute, withOnePrimary(elements, claim))
}

/** As a whole, with what the filter says of it; a value that unassigns something, or an add, is about what it names alone. */
function changedElement(
  attribute: AttributeDefinition,
  filter: Condition,
  op: OperationName,
  element: JsonObject,
  value: Json,
): Json | undefined {
  const given = canonicalElement(attribute, value)
  if (given === undefined && !isObject(value)) return undefined
  const isPartial = op === 'add' || !isObject(given) || unassignedIn(attribute, value).length > 0
  return isPartial ? emptied(mergedComplex(attribute, element, value)) : { ...requiredValues(filter), ...given }
}

const selectors = new Set(['type', 'primary'])

// Entra writes to an element by its type before there is one. No filter says so much of an element but by `eq`, and what is
// set must not be what the filter looks for.
function isCreating(filter: Condition, sub: AttributeDefinition | undefined): boolean {
  if (filter.kind === 'and') return filter.parts.every((part) => isCreating(part, sub))
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || filter.value === null) return false
  const name = filter.field.path.at(-1) ?? ''
  return selectors.has(name) && name !== sub?.name
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
