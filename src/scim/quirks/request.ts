// What of a request was tolerated, as far as the request itself tells; what depends on the state of the resource is noted where
// it happens (patch/elements.ts).
import { groupSchema, userSchema } from '#directory/schema/attributes.ts'
import type { JsonObject } from '#directory/schema/canonical.ts'
import type { Note } from '../patch/note.ts'
import type { Operation } from '../patch/operations.ts'
import { notePatch } from './patch.ts'
import { noteMembers } from './values.ts'

const patchSchemaId = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export type ReceivedRequest = {
  method: string
  /** Below the directory's base URL, with the query. */
  path: string
  mediaType: string | undefined
  /** The body as it was parsed. */
  body: JsonObject | undefined
  /** Of a PATCH, as they were parsed. */
  operations: readonly Operation[] | undefined
}

export function noteRequest({ method, path, mediaType, body, operations = [] }: ReceivedRequest, note: Note): void {
  const start = path.indexOf('?')
  noteAddress(start < 0 ? path : path.slice(0, start), start < 0 ? undefined : path.slice(start + 1), note)
  if (body === undefined) return
  if (!mediaType?.toLowerCase().startsWith('application/scim+json')) note('other-media-type')
  const schema = /^\/+Users/i.test(path) ? userSchema : /^\/+Groups/i.test(path) ? groupSchema : undefined
  if (schema === undefined || path.includes('/.search')) return
  noteSchemas(method === 'PATCH' ? patchSchemaId : schema.id, body, note)
  if (method === 'PATCH') notePatch(schema, operations, note)
  if (method !== 'POST' && method !== 'PUT') return
  noteMembers(schema, body, note)
  const saysActive = Object.keys(body).some((name) => /^(urn:.*:)?active$/i.test(name))
  if (schema === userSchema && !saysActive) note('active-missing')
}

/** RFC 7644 §3.1 wants every body to name its schemas; what it is stands in the address, too. */
function noteSchemas(expected: string, body: JsonObject, note: Note): void {
  const given = Object.entries(body).find(([name]) => name.toLowerCase() === 'schemas')?.[1]
  const names = (Array.isArray(given) ? given : [given]).map((each) => String(each).toLowerCase())
  if (given === undefined || given === null) note('schemas-missing')
  else if (!names.includes(expected.toLowerCase())) note('schemas-wrong')
}

function noteAddress(pathname: string, query: string | undefined, note: Note): void {
  if (pathname.includes('//')) note('double-slash')
  if (pathname.length > 1 && pathname.endsWith('/')) note('trailing-slash')
  if (query === undefined) return
  if (query === '' || query.endsWith('&')) note('dangling-query')
  const filter = /(?:^|&)filter=([^&]*)/.exec(query)?.[1]
  if (filter === undefined) return
  if (filter.includes('+')) note('plus-for-space')
  const text = decoded(filter)
  if (/\b(primary|active)\s+(eq|ne)\s+"(true|false)"/i.test(text)) note('boolean-as-text')
  // Outside of quotes: a comparison with something that is no JSON value.
  const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
  if (/\s(eq|ne|co|sw|ew)\s+(?!"|true\b|false\b|null\b|-?\d)[^\s)\]]/i.test(bare)) note('unquoted-filter-value')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return ''
  }
}
