// What of a PATCH was tolerated: read off its operations as they came.

import { type ResourceSchema, resolveExtension } from '#directory/schema/attributes.ts'
import { isObject, type Json, type JsonObject } from '#directory/schema/canonical.ts'
import { looksAt, type Note } from '../patch/note.ts'
import { type Operation, resolvePath } from '../patch/operations.ts'
import { noteAttribute, noteMember, noteName } from './values.ts'

const operationMembers = new Set(['op', 'path', 'value'])

export function notePatch(schema: ResourceSchema, body: JsonObject, note: Note): void {
  for (const [name, list] of Object.entries(body)) {
    if (name.toLowerCase() !== 'operations' || !Array.isArray(list)) continue
    if (name !== 'Operations') note('other-case')
    if (list.length === 0) note('empty-operations')
    for (const operation of list.slice(0, looksAt.operations)) {
      if (isObject(operation)) noteOperation(schema, operation, note)
    }
  }
}

function noteOperation(schema: ResourceSchema, operation: JsonObject, note: Note): void {
  const members: Record<string, Json> = {}
  for (const [name, value] of Object.entries(operation)) {
    const lower = name.toLowerCase()
    if (!operationMembers.has(lower)) note('unknown-operation-members')
    else members[lower] = value
    if (operationMembers.has(lower) && name !== lower) note('other-case')
  }
  const { op, path, value = null } = members
  if (typeof op !== 'string') return
  if (op !== op.toLowerCase()) note('capitalized-operations')
  const name = op.toLowerCase() as Operation['op']
  if (typeof path === 'string' && path !== '') noteAtPath(schema, { op: name, path, value }, note)
  else if (name !== 'remove' && isObject(value)) {
    note('operation-without-path')
    noteNames(schema, value, note)
  }
}

/** Names of a value without a path: each may be a path itself. */
function noteNames(schema: ResourceSchema, value: JsonObject, note: Note): void {
  for (const [name, given] of Object.entries(value).slice(0, looksAt.names)) {
    const isUrn = name.toLowerCase().startsWith('urn:')
    if (isUrn && resolveExtension(schema, name) === undefined) note('urn-names')
    if (!isUrn && /[.[]/.test(name)) note('dotted-names')
    if (name.includes('[')) noteAtPath(schema, { op: 'replace', path: name, value: given }, note)
    else noteMember(schema, name, given, note)
  }
}

type Located = { op: Operation['op']; path: string; value: Json }

function noteAtPath(schema: ResourceSchema, { op, path, value }: Located, note: Note): void {
  if (/"(true|false)"\s*[\])]/i.test(path)) note('boolean-as-text')
  if (resolveExtension(schema, path) !== undefined) {
    if (op !== 'remove') noteMember(schema, path, value, note)
    return
  }
  const target = targetOf(schema, path)
  if (target === undefined) return
  if (target.filter === undefined) noteName(target, path, note)
  if (op === 'remove') {
    if (target.attribute.multiValued && target.filter === undefined && value !== null) note('removed-by-value')
    return
  }
  // One element is what belongs at a filter.
  const isElement = target.filter !== undefined && target.sub === undefined
  const definition = target.sub ?? target.attribute
  noteAttribute(isElement ? { ...definition, multiValued: false } : definition, value, note)
}

/** A path that leads nowhere was refused, or passed over with a word of its own. */
function targetOf(schema: ResourceSchema, path: string): ReturnType<typeof resolvePath> {
  try {
    return resolvePath(schema, path)
  } catch {
    return undefined
  }
}
