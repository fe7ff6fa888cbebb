// PATCH on one document: operations in their order, all or nothing (RFC 7644 §3.5.2), with what identity providers expect
// beyond the RFC (wire 4, 5, 6, 7). Pure: the document that comes in is not changed.
import { isDeepStrictEqual } from 'node:util'
import type { Condition } from '#directory/condition.ts'
import { invalid } from '#platform/errors.ts'
import { type ResourceSchema, resolveExtension } from '../schema/attributes.ts'
import {
  canonicalElement,
  canonicalValue,
  isObject,
  type Json,
  type JsonObject,
  withOnePrimary,
} from '../schema/canonical.ts'
import type { AttributeDefinition } from '../schema/definitions.ts'
import { type Document, heldAs, holderOf, isWritable, mergeExtension, put, unknownAttribute } from './document.ts'
import { matches, requiredValues } from './match.ts'
import { type Operation, type OperationName, resolvePath, type Target } from './operations.ts'

/** What a PATCH may repeat without meaning a change: the resource's own id. */
export type Identity = { id: string }

/** @throws AppError invalid with the reason that RFC 7644 §3.12 names */
export function applyOperations(
  schema: ResourceSchema,
  document: Document,
  operations: readonly Operation[],
  identity: Identity,
): Document {
  // Values are replaced and never changed in place, so a copy of the outermost object is copy enough.
  const patched = { ...document }
  for (const operation of operations) applyOperation(schema, patched, operation, identity)
  return patched
}

function applyOperation(schema: ResourceSchema, document: Document, operation: Operation, identity: Identity): void {
  if (operation.path !== undefined) {
    applyAtPath(schema, document, { ...operation, path: operation.path }, identity)
    return
  }
  if (!isObject(operation.value)) throw invalid('Without a path, value must be an object', 'invalidValue')
  // wire 6: keys may be dotted, or begin with a URN; each is a path of its own.
  for (const [path, value] of Object.entries(operation.value)) {
    applyMember(schema, document, { op: operation.op, path, value }, identity)
  }
}

type Located = { op: OperationName; path: string; value: Json | undefined }

/** A member of a path-less value: readOnly ones are passed over, as in a PUT; so are names nobody knows. */
function applyMember(schema: ResourceSchema, document: Document, located: Located, identity: Identity): void {
  const target = resolvePath(schema, located.path)
  if (target === undefined && !located.path.toLowerCase().startsWith('urn:')) return
  if (target !== undefined && !isWritable(target.attribute) && target.attribute.name !== 'id') return
  applyAtPath(schema, document, located, identity)
}

function applyAtPath(schema: ResourceSchema, document: Document, located: Located, identity: Identity): void {
  const extension = resolveExtension(schema, located.path)
  if (extension !== undefined) {
    if (located.op === 'remove') delete document[extension]
    else mergeExtension(schema, document, extension, located.value ?? null)
    return
  }
  const target = resolvePath(schema, located.path)
  if (target === undefined) applyToUnknown(schema, document, located)
  else if (!isWritable(target.attribute)) refuseReadOnly(target.attribute, located, identity)
  else applyToTarget(document, target, located.op, located.value)
}

/** `urn:…:attribute` of an extension that the schema does not know, which is kept as it comes. */
function applyToUnknown(schema: ResourceSchema, document: Document, { op, path, value }: Located): void {
  const urn = path.toLowerCase().startsWith('urn:') ? path : undefined
  if (urn === undefined) throw invalid(`"${path.slice(0, 80)}" is not an attribute`, 'invalidPath')
  const held = heldAs(document, urn)
  if (Object.hasOwn(document, held) || isObject(value)) {
    if (op === 'remove') delete document[held]
    else mergeExtension(schema, document, held, value ?? null)
    return
  }
  const attribute = unknownAttribute(urn)
  if (attribute === undefined) throw invalid(`"${path.slice(0, 80)}" is not an attribute`, 'invalidPath')
  const holder = heldAs(document, attribute.urn)
  if (op === 'remove' || value === undefined || value === null || value === '') {
    put(document, holder, attribute.name, undefined)
  } else mergeExtension(schema, document, holder, { [attribute.name]: value })
}

function refuseReadOnly(attribute: AttributeDefinition, { value, op }: Located, identity: Identity): void {
  // A password is taken note of and not kept; Okta sends one whatever the settings are (wire 12).
  if (attribute.mutability === 'writeOnly') return
  if (attribute.name === 'id' && op !== 'remove' && value === identity.id) return
  throw invalid(`${attribute.name} cannot be changed`, 'mutability')
}

function applyToTarget(document: Document, target: Target, op: OperationName, value: Json | undefined): void {
  const { extension, attribute } = target
  const current = holderOf(document, extension)[attribute.name]
  const next = attribute.multiValued
    ? nextElements(target, op, Array.isArray(current) ? current : [], value)
    : nextSingle(target, op, current, value)
  put(document, extension, attribute.name, next)
}

function nextSingle({ attribute, sub }: Target, op: OperationName, current: Json | undefined, value: Json | undefined) {
  if (attribute.required && sub === undefined && op === 'remove') {
    throw invalid(`${attribute.name} is required`, 'mutability')
  }
  if (sub !== undefined) return withSub(isObject(current) ? current : {}, sub, op === 'remove' ? undefined : value)
  if (op === 'remove') return undefined
  const next = canonicalValue(attribute, value)
  // RFC 7644 §3.5.2.3: replacing a complex attribute sets the sub-attributes that are given. What refers to something
  // else by `value` (manager) is another thing altogether when the value changes.
  const isMerged = isObject(next) && isObject(current) && !Object.hasOwn(next, 'value')
  return isMerged ? { ...current, ...next } : next
}

function withSub(object: JsonObject, sub: AttributeDefinition, value: Json | undefined): JsonObject | undefined {
  const { [sub.name]: _, ...others } = object
  const next = canonicalValue(sub, value)
  const result = next === undefined ? others : { ...others, [sub.name]: next }
  return Object.keys(result).length === 0 ? undefined : result
}

function nextElements(target: Target, op: OperationName, current: Json[], value: Json | undefined): Json | undefined {
  const { attribute, filter, sub } = target
  const elements =
    filter !== undefined
      ? changeMatching(attribute, filter, sub, op, current, value)
      : sub !== undefined
        ? changeMatching(attribute, { kind: 'and', parts: [] }, sub, op, current, value)
        : changeWhole(attribute, op, current, value)
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
  if (op === 'add') return elements.reduce<Json[]>(addElement, current)
  // wire 4: a remove with values means these, not all.
  if (value === undefined || value === null) return []
  return current.filter((element) => !elements.some((unwanted) => isCovered(unwanted, element)))
}

/** RFC 7644 §3.5.2.1: what is there already is not added again; a new primary takes over from the old one. */
function addElement(elements: Json[], added: Json): Json[] {
  if (elements.some((element) => isDeepStrictEqual(element, added))) return elements
  const twin = elements.findIndex((element) => isSameValue(element, added))
  const merged = twin < 0 ? added : ({ ...(elements[twin] as JsonObject), ...(added as JsonObject) } as Json)
  const next = twin < 0 ? [...elements, merged] : elements.with(twin, merged)
  return withOnePrimary(next, merged)
}

const isSameValue = (left: Json, right: Json): boolean =>
  isObject(left) &&
  isObject(right) &&
  left['value'] !== undefined &&
  left['value'] === right['value'] &&
  left['type'] === right['type']

const isCovered = (pattern: Json, element: Json): boolean =>
  isObject(pattern) && isObject(element)
    ? Object.entries(pattern).every(([name, value]) => isDeepStrictEqual(element[name], value))
    : isDeepStrictEqual(pattern, element)

/** Elements that satisfy the filter are changed; wire 5: where none does, one that satisfies it comes to exist. */
function changeMatching(
  attribute: AttributeDefinition,
  filter: Condition,
  sub: AttributeDefinition | undefined,
  op: OperationName,
  current: Json[],
  value: Json | undefined,
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
