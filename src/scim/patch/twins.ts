// Elements of a multi-valued attribute that are one and the same (RFC 7643 §2.4).
import { fold } from '#directory/fold.ts'
import { subAttributeOf } from '#directory/schema/attributes.ts'
import { isObject, type Json } from '#directory/schema/canonical.ts'
import type { AttributeDefinition } from '#directory/schema/definitions.ts'

/** One value of one type only once; whatever comes later tells more about what is there. */
export function withoutTwins(definition: AttributeDefinition, elements: readonly Json[]): Json[] {
  const found = new Map<string, Json>()
  for (const element of elements) {
    const key = twinKey(definition, element)
    const known = found.get(key)
    found.set(key, isObject(known) && isObject(element) ? { ...known, ...element } : element)
  }
  return [...found.values()]
}

/** Equal for elements of the same value and type, by their rules of case; of elements without a value, for equal ones. */
export function twinKey(definition: AttributeDefinition, element: Json): string {
  if (!isObject(element)) return JSON.stringify(element)
  if (element['value'] === undefined)
    return JSON.stringify(Object.entries(element).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return JSON.stringify(['value', 'type'].map((name) => comparable(subAttributeOf(definition, name), element[name])))
}

const comparable = (sub: AttributeDefinition | undefined, value: Json | undefined): Json =>
  typeof value === 'string' && sub?.type === 'string' && sub.caseExact !== true ? fold(value) : (value ?? null)
