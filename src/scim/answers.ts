// Answers in the SCIM media type, with Location and ETag where a resource is answered.
import type { Context } from 'hono'
import type { ResourceSchema } from '#directory/schema/attributes.ts'
import type { JsonObject } from '#directory/schema/canonical.ts'
import type { ScimEnv } from './guard.ts'
import { namesIn } from './query/list.ts'
import { everything, type Projection, parseProjection, project } from './query/projection.ts'
import { schemaFor } from './query/schema.ts'
import { entityTag } from './resources/user.ts'

const scimMediaType = 'application/scim+json'

/** An answer with the headers that all have, in the plain form that costs least to send. */
function framed(
  c: Context<ScimEnv>,
  body: string | null,
  { status, headers }: { status: number; headers: Record<string, string> },
): Response {
  c.set('isFramed', true)
  return new Response(body, { status, headers: { ...headers, ...c.get('frame') } })
}

export function answer(
  c: Context<ScimEnv>,
  body: JsonObject,
  status = 200,
  headers: Record<string, string> = {},
): Response {
  return answerText(c, JSON.stringify(body), status, headers)
}

export const answerText = (
  c: Context<ScimEnv>,
  body: string,
  status: number,
  headers: Record<string, string>,
): Response => {
  c.set('sent', body)
  return framed(c, body, { status, headers: { 'Content-Type': scimMediaType, ...headers } })
}

export const noContent = (c: Context<ScimEnv>): Response => framed(c, null, { status: 204, headers: {} })

export function answerResource(
  c: Context<ScimEnv>,
  resource: JsonObject,
  row: { version: number },
  projection: Projection,
  status: 200 | 201 = 200,
): Response {
  const location = String((resource['meta'] as JsonObject)['location'])
  return answer(c, project(resource, projection), status, { Location: location, ETag: entityTag(row.version) })
}

export const notModified = (c: Context<ScimEnv>, version: number): Response =>
  framed(c, null, { status: 304, headers: { ETag: entityTag(version) } })

/** `+` is a space, and a URL may end in `?` or `&` (wire 13). */
export function queryOf(c: Context<ScimEnv>): URLSearchParams {
  const start = c.req.url.indexOf('?')
  return new URLSearchParams(start < 0 ? '' : c.req.url.slice(start + 1))
}

export async function projectionOf(c: Context<ScimEnv>, schema: ResourceSchema): Promise<Projection> {
  if (!c.req.url.includes('?')) return everything
  const query = queryOf(c)
  const included = namesIn(query.get('attributes') ?? undefined)
  const excluded = namesIn(query.get('excludedAttributes') ?? undefined)
  const names = [...(included ?? []), ...(excluded ?? [])]
  return parseProjection(await schemaFor(c.var, schema, names), included, excluded)
}
