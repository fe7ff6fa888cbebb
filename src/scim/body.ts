// Request bodies: JSON objects within a size.
import type { Context } from 'hono'
import { isObject, type JsonObject } from '#directory/schema/canonical.ts'
import { readBytes } from '#http/read-body.ts'
import { invalid } from '#platform/errors.ts'
import { parseJson } from '#platform/json.ts'
import type { ScimEnv } from './guard.ts'
import { type Operation, parseOperations } from './patch/operations.ts'
import { noteOf } from './provisioning-log.ts'

const droppedBytes = 16_777_216

/** A request about users fits one person; a request about groups may name many thousands of members. */
export const bodyLimits = { user: 1_048_576, group: 16_777_216 }

/**
 * RFC 7644 §3.1 asks for application/scim+json; application/json, and none at all, are common.
 * @throws AppError too_large, or invalid with reason `invalidSyntax`
 */
export async function readBody(c: Context<ScimEnv>, limit: number): Promise<JsonObject> {
  const mediaType = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (mediaType !== undefined && mediaType !== '' && !/^application\/(scim\+)?json$/.test(mediaType)) {
    throw invalid(`The body must be application/scim+json, not ${mediaType.slice(0, 60)}`, 'invalidSyntax')
  }
  const body = parseJson((await readBytes(c, limit, { reason: 'tooMany', droppedBytes })).toString())
  if (!isObject(body)) throw invalid('The body must be a JSON object', 'invalidSyntax')
  c.set('received', body)
  return body
}

/** The operations of a PATCH, which the provisioning log looks at, too. @throws AppError as `readBody`, and `parseOperations` */
export async function readOperations(c: Context<ScimEnv>, limit: number): Promise<Operation[]> {
  const operations: Operation[] = []
  c.set('operations', operations)
  return parseOperations(await readBody(c, limit), noteOf(c), operations)
}
