// Request bodies: JSON objects within a size.
import type { Context } from 'hono'
import { isObject, type JsonObject } from '#directory/schema/canonical.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { parseJson } from '#platform/json.ts'
import type { ScimEnv } from './guard.ts'

/** A request about users fits one person; a request about groups may name many thousands of members. */
export const bodyLimits = { user: 1_048_576, group: 16_777_216 }

const droppedBytes = 16_777_216

/**
 * RFC 7644 §3.1 asks for application/scim+json; application/json, and none at all, are common.
 * @throws AppError too_large, or invalid with reason `invalidSyntax`
 */
export async function readBody(c: Context<ScimEnv>, limit: number): Promise<JsonObject> {
  const mediaType = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (mediaType !== undefined && mediaType !== '' && !/^application\/(scim\+)?json$/.test(mediaType)) {
    throw invalid(`The body must be application/scim+json, not ${mediaType.slice(0, 60)}`, 'invalidSyntax')
  }
  const body = parseJson(await readText(c, limit))
  if (!isObject(body)) throw invalid('The body must be a JSON object', 'invalidSyntax')
  c.set('received', body)
  return body
}

async function readText(c: Context<ScimEnv>, limit: number): Promise<string> {
  const declared = Number(c.req.header('content-length') ?? Number.NaN)
  if (declared > limit) throw tooLarge(limit)
  if (declared >= 0) return c.req.text()
  // Without a length (chunked) the body is counted as it comes. What is too much is read and dropped for a while: a client
  // that is cut off while it sends would never read why.
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.byteLength
    if (size > limit) chunks.length = 0
    if (size > limit + droppedBytes) break
    if (size <= limit) chunks.push(chunk)
  }
  if (size > limit) throw tooLarge(limit)
  return Buffer.concat(chunks).toString()
}

const tooLarge = (limit: number): AppError =>
  new AppError('too_large', `The body is larger than ${limit} bytes`, { reason: 'tooMany' })
