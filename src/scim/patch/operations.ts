// The body of a PATCH (RFC 7644 §3.5.2) as a list of operations; each with its path parsed and resolved.

import type { Condition } from '#directory/condition.ts'
import { type FilterNode, FilterParser, filterLimits } from '#directory/filter/filter.ts'
import { resolveElementFilter } from '#directory/filter/resolve.ts'
import { tokenize } from '#directory/filter/tokens.ts'
import {
  type ResolvedAttribute,
  type ResourceSchema,
  resolveName,
  subAttributeOf,
} from '#directory/schema/attributes.ts'
import { isObject, type Json, type JsonObject } from '#directory/schema/canonical.ts'
import { AppError, invalid } from '#platform/errors.ts'
import type { Note } from './note.ts'

export type OperationName = 'add' | 'replace' | 'remove'

export type Operation = { op: OperationName; path: string | undefined; value: Json | undefined }

/** An operation, or a part of one, on what a path leads to. */
export type LocatedOperation = Operation & { path: string }

/** Where an operation points. `filter` picks elements of a multi-valued attribute. */
export type Target = ResolvedAttribute & { filter: Condition | undefined }

/**
 * `work` is what the operations on lists and extensions may come to: characters looked at, times comparisons; it keeps the
 * longest PATCH to a few milliseconds. `documentLength` is what a resource may grow to.
 */
export const patchLimits = { operations: 1_000, work: 2_000_000, documentLength: 1_048_576 }

const names = new Set<string>(['add', 'replace', 'remove'])

/**
 * Names of members and `op` compare without case: Entra sends `Add` (wire 2); an empty list is a no-op (wire 15).
 * @param note told of what was tolerated in their form
 * @param parsed gets each operation as it is read, so that something is known of a PATCH that is refused
 * @throws AppError invalid with reason invalidSyntax, or noTarget for a remove without path
 */
export function parseOperations(body: JsonObject, note: Note = () => {}, parsed: Operation[] = []): Operation[] {
  const list = member(body, 'operations', note)
  if (!Array.isArray(list)) throw invalid('A PATCH needs a list of Operations', 'invalidSyntax')
  if (list.length > patchLimits.operations) {
    throw new AppError('too_large', `A PATCH may have ${patchLimits.operations} operations`)
  }
  if (list.length === 0) note('empty-operations')
  for (const entry of list) parsed.push(parseOperation(entry, note))
  return parsed
}

const members = new Set(['op', 'path', 'value'])

function parseOperation(entry: Json, note: Note): Operation {
  if (!isObject(entry)) throw invalid('An operation must be an object', 'invalidSyntax')
  if (Object.keys(entry).some((key) => !members.has(key.toLowerCase()))) note('unknown-operation-members')
  const op = member(entry, 'op', note)
  if (typeof op === 'string' && op !== op.toLowerCase()) note('capitalized-operations')
  const name = typeof op === 'string' ? op.toLowerCase() : ''
  if (!names.has(name)) throw invalid('op must be add, replace or remove', 'invalidSyntax')
  const path = member(entry, 'path', note)
  if (path !== undefined && path !== null && typeof path !== 'string') {
    throw invalid('path must be text', 'invalidPath')
  }
  const value = member(entry, 'value', note)
  if (name !== 'remove' && value === undefined) {
    throw invalid(`A ${name} needs a value`, 'invalidValue')
  }
  const operation = { op: name as OperationName, path: path ?? undefined, value }
  if (operation.op === 'remove' && (operation.path ?? '') === '') {
    throw invalid('A remove needs a path', 'noTarget')
  }
  return operation.path === '' ? { ...operation, path: undefined } : operation
}

/** A member of a message by its name in any case. @throws AppError invalid where it is there twice */
export function member(object: JsonObject, name: string, note: Note = () => {}): Json | undefined {
  const [key, ...more] = Object.keys(object).filter((each) => each.toLowerCase() === name)
  if (more.length > 0) throw invalid(`${name} is given twice`, 'invalidSyntax')
  if (key === undefined) return undefined
  // The standard writes the list of operations with a capital, and all that is in them without.
  if (key !== (name === 'operations' ? 'Operations' : name)) note('other-case')
  return object[key]
}

export const isPathless = ({ path }: Operation): boolean => path === undefined

/**
 * What an operation comes to: itself, or without a path each member of its value as one of its own, since names may be dotted, or
 * begin with a URN (wire 6). Nothing where a value without a path is no object.
 */
export function partsOf({ op, path, value }: Operation): LocatedOperation[] {
  if (path !== undefined) return [{ op, path, value }]
  return isObject(value) ? Object.entries(value).map(([name, given]) => ({ op, path: name, value: given })) : []
}

const failure = (path: string): AppError =>
  invalid(`The path "${path.length > 80 ? `${path.slice(0, 80)}…` : path}" leads nowhere`, 'invalidPath')

/**
 * `attribute`, `attribute.sub`, `attribute[filter]` or `attribute[filter].sub`, with or without the schema's URN.
 * @returns undefined for a name that the schema does not have
 * @throws AppError invalid with reason invalidPath (the path) or invalidFilter (what stands in its brackets)
 */
export function resolvePath(schema: ResourceSchema, path: string): Target | undefined {
  if (path.length > filterLimits.length) throw failure(path)
  const tokens = tokenize(path)
  if (tokens === undefined || tokens[0]?.kind !== 'word') throw failure(path)
  const parser = new FilterParser(tokens)
  const name = parser.word('an attribute')
  const node = parser.optionalValueFilter()
  const subName = parser.isAtEnd ? undefined : parser.word('a sub-attribute')
  if (!parser.isAtEnd) throw failure(path)
  const found = resolveName(schema, name)
  if (node !== undefined) return found && elementTarget(found, node, subName, path)
  if (subName !== undefined) throw failure(path)
  return found && { ...found, filter: undefined }
}

/** `attribute[filter]` or `attribute[filter].sub` */
function elementTarget(found: ResolvedAttribute, node: FilterNode, subName: string | undefined, path: string): Target {
  if (found.sub !== undefined || !found.attribute.multiValued || found.attribute.type !== 'complex') throw failure(path)
  const filter = resolveElementFilter(node, found.attribute)
  if (subName === undefined) return { ...found, filter }
  const sub = subName.startsWith('.') ? subAttributeOf(found.attribute, subName.slice(1)) : undefined
  if (sub === undefined) throw failure(path)
  return { ...found, sub, filter }
}
