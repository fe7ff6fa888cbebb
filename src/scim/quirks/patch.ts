// What the values of a PATCH had that was tolerated; what their form had, their parser has noted (patch/operations.ts).
import { type ResourceSchema, resolveExtension, resolveName } from '#directory/schema/attributes.ts'
import { isObject } from '#directory/schema/canonical.ts'
import { looksAt, type Note } from '../patch/note.ts'
import { isPathless, type LocatedOperation, type Operation, partsOf, resolvePath } from '../patch/operations.ts'
import { noteAttribute, noteMember, noteName } from './values.ts'

export function notePatch(schema: ResourceSchema, operations: readonly Operation[], note: Note): void {
  for (const operation of operations.slice(0, looksAt.operations)) {
    const parts = partsOf(operation).slice(0, looksAt.names)
    if (isPathless(operation)) {
      if (isObject(operation.value)) note('operation-without-path')
      for (const part of parts) noteMemberPath(schema, part, note)
    } else for (const part of parts) noteAtPath(schema, part, note)
  }
}

/** A name of a value without a path, which may be a path itself. */
function noteMemberPath(schema: ResourceSchema, part: LocatedOperation, note: Note): void {
  const { path } = part
  const isUrn = path.toLowerCase().startsWith('urn:')
  if (isUrn && resolveExtension(schema, path) === undefined) note('urn-names')
  if (!isUrn && /[.[]/.test(path)) note('dotted-names')
  if (path.includes('[')) noteAtPath(schema, part, note)
  else noteMember(schema, path, part.value ?? null, note, resolveName)
}

function noteAtPath(schema: ResourceSchema, { op, path, value = null }: LocatedOperation, note: Note): void {
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
