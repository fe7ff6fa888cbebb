// PATCH on one document: operations in their order, all or nothing (RFC 7644 §3.5.2), with what identity providers expect
// beyond the RFC (wire 4, 5, 6, 7). Pure: the document that comes in is not changed.
import { isOfKnown, type ResourceSchema, resolveAttribute, resolveExtension } from '#directory/schema/attributes.ts'
import {
  canonicalValue,
  isObject,
  type Json,
  type JsonObject,
  mergedComplex,
  unassignedIn,
} from '#directory/schema/canonical.ts'
import type { AttributeDefinition } from '#directory/schema/definitions.ts'
import { AppError, invalid } from '#platform/errors.ts'
import {
  type Document,
  heldAs,
  holderOf,
  isWritable,
  mergeExtension,
  objectWith,
  put,
  unknownAttribute,
} from './document.ts'
import { nextElements, withSub } from './elements.ts'
import { comparisonsIn } from './match.ts'
import type { Note } from './note.ts'
import {
  isPathless,
  type LocatedOperation,
  type Operation,
  type OperationName,
  partsOf,
  patchLimits,
  resolvePath,
  type Target,
} from './operations.ts'

/** What a PATCH may repeat without meaning a change: the resource's own id. */
export type Identity = {
  id: string
  /** Told of what was tolerated. */
  note?: Note | undefined
}

/** @throws AppError invalid with the reason that RFC 7644 §3.12 names */
export function applyOperations(
  schema: ResourceSchema,
  document: Document,
  operations: readonly Operation[],
  identity: Identity,
): Document {
  // Values are replaced and never changed in place, so a copy of the outermost object is copy enough.
  const patched = { ...document }
  const progress: Progress = { id: identity.id, note: identity.note, work: 0 }
  for (const operation of operations) applyOperation(schema, patched, operation, progress)
  if (sizeOf(patched) > patchLimits.documentLength) throw invalid('The resource is too large', 'invalidValue')
  return patched
}

type Progress = Identity & { work: number }

/** Many operations on long lists would keep everybody else waiting. @throws AppError too_large */
function spend(progress: Progress, work: number): void {
  progress.work += work
  if (progress.work > patchLimits.work) {
    throw new AppError('too_large', 'The PATCH is too much work at once; send it in parts', { reason: 'tooMany' })
  }
}

const sizeOf = (value: Json | undefined): number => (value === undefined ? 0 : JSON.stringify(value).length)

function applyOperation(schema: ResourceSchema, document: Document, operation: Operation, progress: Progress): void {
  const apply = isPathless(operation) ? applyMember : applyAtPath
  if (isPathless(operation) && !isObject(operation.value))
    throw invalid('Without a path, value must be an object', 'invalidValue')
  for (const part of partsOf(operation)) apply(schema, document, part, progress)
}

/** A member of a path-less value: readOnly ones are passed over, as in a PUT; so are names nobody knows. */
function applyMember(schema: ResourceSchema, document: Document, located: LocatedOperation, progress: Progress): void {
  const target = resolvePath(schema, located.path)
  if (target === undefined && !located.path.toLowerCase().startsWith('urn:')) return
  if (target !== undefined && !isWritable(target.attribute) && target.attribute.name !== 'id') return
  applyAtPath(schema, document, located, progress)
}

function applyAtPath(schema: ResourceSchema, document: Document, located: LocatedOperation, progress: Progress): void {
  const extension = resolveExtension(schema, located.path)
  if (extension !== undefined) {
    applyToExtension(schema, document, { ...located, path: extension }, progress)
    return
  }
  const target = resolvePath(schema, located.path)
  if (target === undefined) applyToUnknown(schema, document, located, progress)
  else if (!isWritable(target.attribute)) refuseReadOnly(target.attribute, located, progress)
  else applyToTarget(document, target, located, progress)
}

/** The object of a known extension: each member is an operation of its own, and means what its path would. */
function applyToExtension(
  schema: ResourceSchema,
  document: Document,
  { op, path, value }: LocatedOperation,
  progress: Progress,
): void {
  if (op === 'remove' || value === undefined || value === null) {
    delete document[path]
    return
  }
  if (!isObject(value)) throw invalid(`${path} must be an object`, 'invalidValue')
  const seen = new Set<string>()
  for (const [name, given] of Object.entries(value)) {
    const target = resolveAttribute(schema, `${path}:${name}`)
    if (target === undefined) throw invalid(`"${name.slice(0, 80)}" is not an attribute of ${path}`, 'invalidPath')
    if (!isWritable(target.attribute)) continue
    const place = `${target.attribute.name}.${target.sub?.name ?? ''}`
    if (seen.has(place)) throw invalid(`${name} is given twice`, 'invalidSyntax')
    seen.add(place)
    applyToTarget(document, { ...target, filter: undefined }, { op, path, value: given }, progress)
  }
}

/** `urn:…:attribute` of an extension that the schema does not know, which is kept as it comes. */
function applyToUnknown(
  schema: ResourceSchema,
  document: Document,
  { op, path, value }: LocatedOperation,
  progress: Progress,
): void {
  const urn = path.toLowerCase().startsWith('urn:') ? path : undefined
  if (urn === undefined || isOfKnown(schema, urn))
    throw invalid(`"${path.slice(0, 80)}" is not an attribute`, 'invalidPath')
  const held = heldAs(document, urn)
  spend(progress, sizeOf(document[held]))
  if (Object.hasOwn(document, held) || isObject(value)) {
    if (op === 'remove') delete document[held]
    else mergeExtension(schema, document, held, value ?? null)
    return
  }
  const attribute = unknownAttribute(urn)
  if (attribute === undefined) throw invalid(`"${path.slice(0, 80)}" is not an attribute`, 'invalidPath')
  const holder = heldAs(document, attribute.urn)
  spend(progress, sizeOf(document[holder]))
  const isUnassigned = op === 'remove' || value === undefined || value === ''
  mergeExtension(schema, document, holder, objectWith(attribute.name, isUnassigned ? null : value))
}

function refuseReadOnly(attribute: AttributeDefinition, { value, op }: LocatedOperation, progress: Progress): void {
  // A password is taken note of and not kept; Okta sends one whatever the settings are (wire 12).
  if (attribute.mutability === 'writeOnly') return
  if (attribute.name === 'id' && op !== 'remove' && value === progress.id) return
  throw invalid(`${attribute.name} cannot be changed`, 'mutability')
}

function applyToTarget(document: Document, target: Target, { op, value }: LocatedOperation, progress: Progress): void {
  const { extension, attribute, filter } = target
  const current = holderOf(document, extension)[attribute.name]
  if (!attribute.multiValued) {
    put(document, extension, attribute.name, nextSingle(target, op, current, value))
    return
  }
  const comparisons = filter === undefined ? 1 : comparisonsIn(filter)
  spend(progress, sizeOf(current) * Math.max(comparisons, op === 'remove' && Array.isArray(value) ? value.length : 1))
  put(
    document,
    extension,
    attribute.name,
    nextElements(target, op, Array.isArray(current) ? current : [], value, progress.note),
  )
}

function nextSingle(target: Target, op: OperationName, current: Json | undefined, value: Json | undefined) {
  const { attribute, sub } = target
  if (attribute.required && sub === undefined && op === 'remove') {
    throw invalid(`${attribute.name} is required`, 'mutability')
  }
  const held = isObject(current) ? current : {}
  if (sub !== undefined) {
    const next = withSub(held, sub, op === 'remove' ? undefined : value)
    return sub.name === 'value' && next?.['value'] === undefined ? undefined : next
  }
  if (op === 'remove') return undefined
  return attribute.type === 'complex' ? nextComplex(attribute, held, value ?? null) : canonicalValue(attribute, value)
}

/**
 * RFC 7644 §3.5.2.3: replacing a complex attribute sets, or unassigns, the sub-attributes that are given. What refers to something
 * else by `value` (manager) is another thing altogether when the value changes.
 */
function nextComplex(attribute: AttributeDefinition, current: JsonObject, value: Json): Json | undefined {
  const next = canonicalValue(attribute, value)
  const given = Array.isArray(value) ? value[0] : value
  const saysValue = isObject(next) && Object.hasOwn(next, 'value')
  if (!isObject(given) || saysValue || unassignedIn(attribute, given).includes('value')) return next
  return mergedComplex(attribute, current, given)
}
