// `attributes` and `excludedAttributes` (RFC 7644 §3.9): which parts of a resource are answered. `id` and `schemas` always are.
import { type ResourceSchema, resolveExtension, resolveName } from '#directory/schema/attributes.ts'
import { isObject, type Json, type JsonObject } from '#directory/schema/canonical.ts'

/** `true` for the whole attribute, or the names of its sub-attributes. */
type Selection = Map<string, true | Set<string>>

export type Projection = { included: Selection | undefined; excluded: Selection | undefined }

export const everything: Projection = { included: undefined, excluded: undefined }

const always = new Set(['id', 'schemas'])

/** Names that the schema does not know select nothing. */
export function parseProjection(
  schema: ResourceSchema,
  attributes: readonly string[] | undefined,
  excludedAttributes: readonly string[] | undefined,
): Projection {
  if (attributes === undefined && excludedAttributes === undefined) return everything
  return { included: selectionOf(schema, attributes), excluded: selectionOf(schema, excludedAttributes) }
}

function selectionOf(schema: ResourceSchema, names: readonly string[] | undefined): Selection | undefined {
  if (names === undefined || names.length === 0) return undefined
  const selection: Selection = new Map()
  for (const name of names) select(selection, schema, name.trim())
  return selection
}

function select(selection: Selection, schema: ResourceSchema, name: string): void {
  const found = resolveName(schema, name)
  if (found === undefined) {
    // The name of an extension, known or not, selects all of it.
    if (name.toLowerCase().startsWith('urn:')) selection.set(resolveExtension(schema, name) ?? name, true)
    return
  }
  const { extension, attribute, sub } = found
  const [key, part] = extension === undefined ? [attribute.name, sub?.name] : [extension, attribute.name]
  const current = selection.get(key)
  if (part === undefined) selection.set(key, true)
  else if (current !== true) selection.set(key, new Set([...(current ?? []), part]))
}

/** Whether an attribute will be answered; what is not need not be read. */
export function includes({ included, excluded }: Projection, name: string): boolean {
  return (included === undefined || included.has(name)) && excluded?.get(name) !== true
}

export function project(resource: JsonObject, { included, excluded }: Projection): JsonObject {
  if (included === undefined && excluded === undefined) return resource
  const result: JsonObject = {}
  for (const [name, value] of Object.entries(resource)) {
    const kept = always.has(name) ? value : without(excluded?.get(name), only(included, name, value))
    if (kept !== undefined) result[name] = kept
  }
  return result
}

function only(included: Selection | undefined, name: string, value: Json): Json | undefined {
  if (included === undefined) return value
  const wanted = included.get(name)
  if (wanted === undefined || wanted === true) return wanted === true ? value : undefined
  return filterNames(value, (sub) => wanted.has(sub))
}

function without(unwanted: true | Set<string> | undefined, value: Json | undefined): Json | undefined {
  if (value === undefined || unwanted === undefined) return value
  return unwanted === true ? undefined : filterNames(value, (sub) => !unwanted.has(sub))
}

function filterNames(value: Json, isKept: (name: string) => boolean): Json {
  if (Array.isArray(value)) return value.map((element) => filterNames(element, isKept))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => isKept(name)))
}
