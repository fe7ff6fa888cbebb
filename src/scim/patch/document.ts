// The writable part of a resource as one canonical document; extensions are keyed by their URN.
import { extensionName, isOfKnown, type ResourceSchema, resolveAttribute } from '#directory/schema/attributes.ts'
import {
  boundedExtension,
  canonicalValue,
  isObject,
  type Json,
  type JsonObject,
  valueLimits,
} from '#directory/schema/canonical.ts'
import type { AttributeDefinition } from '#directory/schema/definitions.ts'
import { invalid } from '#platform/errors.ts'
import { withoutTwins } from './twins.ts'

export type Document = JsonObject

/** What a client may write: not readOnly, and not the password, which Rolecall never takes from a directory. */
export const isWritable = (attribute: AttributeDefinition): boolean =>
  attribute.mutability === 'readWrite' || attribute.mutability === 'immutable'

/**
 * The document that a POST or PUT body states. Unknown attributes and readOnly ones are left out (RFC 7644 §3.3, §3.5.1),
 * unknown extensions are kept.
 * @throws AppError invalid where a value is of the wrong type or an attribute is given twice
 */
export function documentFromBody(schema: ResourceSchema, body: JsonObject): Document {
  const document: Document = {}
  const seen = new Set<string>()
  for (const [key, value] of Object.entries(body)) {
    const found = resolveAttribute(schema, key)
    if (found === undefined && (!isUrn(key) || key.toLowerCase() === schema.id.toLowerCase())) continue
    const name = found === undefined ? extensionName(schema, key) : identity(found.extension, found.attribute.name)
    if (seen.has(name.toLowerCase())) throw invalid(`${name} is given twice`, 'invalidSyntax')
    seen.add(name.toLowerCase())
    if (found === undefined) mergeUnknown(schema, document, name, value)
    else if (found.sub === undefined) assign(document, found.extension, found.attribute, value)
  }
  return document
}

/** An extension that the schema does not know, or one attribute of it by its path. */
function mergeUnknown(schema: ResourceSchema, document: Document, name: string, value: Json): void {
  if (isOfKnown(schema, name)) throw invalid(`"${name.slice(0, 120)}" is not an attribute`, 'invalidPath')
  if (isObject(value) || value === null || schema.extensions.has(name.toLowerCase())) {
    mergeExtension(schema, document, name, value)
    return
  }
  const path = unknownAttribute(name)
  if (path === undefined) throw invalid(`${name.slice(0, 80)} must be an object`, 'invalidValue')
  if (value !== '') mergeExtension(schema, document, path.urn, objectWith(path.name, value))
}

/** `urn:…:User:badge`, or `urn:…:User:door.front`, as extension and attribute; undefined where it cannot be read so. */
export function unknownAttribute(path: string): { urn: string; name: string } | undefined {
  const end = path.lastIndexOf(':')
  const name = path.slice(end + 1)
  const isUsable = end > 'urn:'.length && /^[\w$-]+(\.[a-z$_][\w$-]*)?$/i.test(name) && !name.includes('__proto__')
  return isUsable ? { urn: path.slice(0, end), name } : undefined
}

/** The object that says it of an attribute, or of a sub-attribute by `attribute.sub`. */
export function objectWith(name: string, value: Json): JsonObject {
  const [first = '', sub] = name.split('.')
  return { [first]: sub === undefined ? value : { [sub]: value } }
}

/** The key under which the document holds an extension; URNs compare without case. */
export const heldAs = (document: Document, urn: string): string =>
  Object.keys(document).find((key) => key.toLowerCase() === urn.toLowerCase()) ?? urn

const isUrn = (name: string): boolean => name.toLowerCase().startsWith('urn:')

const identity = (extension: string | undefined, name: string): string =>
  extension === undefined ? name : `${extension}:${name}`

/** The place that holds a schema's attributes: the document itself, or the object of the extension. */
export function holderOf(document: Document, extension: string | undefined): JsonObject {
  if (extension === undefined) return document
  const held = document[extension]
  return isObject(held) ? held : {}
}

/** Sets or, for undefined, removes an attribute; an extension without attributes disappears. */
export function put(document: Document, extension: string | undefined, name: string, value: Json | undefined): void {
  if (extension === undefined) {
    if (value === undefined) delete document[name]
    else document[name] = value
    return
  }
  const { [name]: _, ...others } = holderOf(document, extension)
  const held = value === undefined ? others : { ...others, [name]: value }
  if (Object.keys(held).length === 0) delete document[extension]
  else document[extension] = held
}

function assign(document: Document, extension: string | undefined, attribute: AttributeDefinition, value: Json): void {
  if (!isWritable(attribute)) return
  const given = canonicalValue(attribute, value)
  put(document, extension, attribute.name, Array.isArray(given) ? withoutTwins(attribute, given) : given)
}

/** The attributes of an extension: canonical where the schema knows it, as they came where it does not. */
export function mergeExtension(schema: ResourceSchema, document: Document, urn: string, value: Json): void {
  const known = schema.extensions.get(urn.toLowerCase())
  const key = heldAs(document, urn)
  if (value === null) {
    delete document[key]
    return
  }
  if (!isObject(value)) throw invalid(`${urn.slice(0, 80)} must be an object`, 'invalidValue')
  if (known === undefined) {
    // Before anything is made of them: the copy of many thousand members takes its time.
    if (Object.keys(value).length > valueLimits.elements) throw invalid('An extension is too large', 'invalidValue')
    const merged = mergedObject(holderOf(document, key), value)
    if (Object.keys(merged).length === 0) delete document[key]
    else document[key] = boundedExtension(key, merged)
    return
  }
  const seen = new Set<string>()
  for (const [name, raw] of Object.entries(value)) {
    const attribute = known.attributes.get(name.toLowerCase())
    if (attribute === undefined) continue
    if (seen.has(attribute.name)) throw invalid(`${attribute.name} is given twice`, 'invalidSyntax')
    seen.add(attribute.name)
    assign(document, urn, attribute, raw)
  }
}

/** An object without a schema, with what another one says of it: null unassigns (RFC 7643 §2.5), names compare without case. */
function mergedObject(current: JsonObject, given: JsonObject): JsonObject {
  const members = new Map(Object.entries(current))
  const names = new Map(Object.keys(current).map((name) => [name.toLowerCase(), name]))
  for (const [spelled, value] of Object.entries(given)) {
    const name = names.get(spelled.toLowerCase()) ?? spelled
    const held = members.get(name)
    const next = isObject(value) ? mergedObject(isObject(held) ? held : {}, value) : value
    const isUnassigned = next === null || (isObject(next) && Object.keys(next).length === 0)
    if (isUnassigned) members.delete(name)
    else members.set(name, next)
    names.set(name.toLowerCase(), name)
  }
  return Object.fromEntries(members)
}
