// The message of a bulk request (RFC 7644 §3.7), read into operations. What is wrong with one of them is its own affair.
import { isObject, type Json, type JsonObject } from '#directory/schema/canonical.ts'
import { AppError, asAppError, invalid } from '#platform/errors.ts'
import { member } from '../patch/operations.ts'
import { expectedVersion } from '../resources/versions.ts'

export const bulkLimits = { operations: 1_000, payload: 16_777_216 }

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export type BulkOperation = {
  method: Method
  resource: 'Users' | 'Groups'
  /** As it came: an id, or `bulkId:…`; empty for a POST. */
  id: string
  version: number | undefined
  data: JsonObject
}

/** An operation, or why it is none. */
export type BulkEntry = { method: string; path: string; bulkId: string | undefined } & (
  | { operation: BulkOperation }
  | { refused: AppError }
)

export type BulkRequest = { failOnErrors: number; entries: BulkEntry[] }

/** @throws AppError invalid; too_large for more operations than `bulkLimits` has */
export function parseBulk(body: JsonObject): BulkRequest {
  const list = member(body, 'operations')
  if (!Array.isArray(list)) throw invalid('A bulk request needs a list of Operations', 'invalidSyntax')
  if (list.length > bulkLimits.operations) {
    throw new AppError('too_large', `A bulk request may have ${bulkLimits.operations} operations`)
  }
  const failOnErrors = member(body, 'failonerrors') ?? Number.POSITIVE_INFINITY
  if (typeof failOnErrors !== 'number' || failOnErrors < 1) {
    throw invalid('failOnErrors must be a whole number from 1', 'invalidValue')
  }
  const seen = new Set<string>()
  return { failOnErrors, entries: list.map((entry) => entryOf(entry, seen)) }
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

function entryOf(entry: Json, seen: Set<string>): BulkEntry {
  const object = isObject(entry) ? entry : {}
  const bulkId = Object.entries(object).find(([name]) => name.toLowerCase() === 'bulkid')?.[1]
  const shown = { method: text(object['method']).slice(0, 10), path: text(object['path']).slice(0, 300) }
  const named = { ...shown, bulkId: typeof bulkId === 'string' ? bulkId : undefined }
  try {
    const operation = operationOf(object)
    const isTwice = named.bulkId !== undefined && operation.method === 'POST' && seen.has(named.bulkId)
    if (isTwice) throw invalid(`The bulkId ${named.bulkId} is given twice`, 'invalidValue')
    if (named.bulkId !== undefined && operation.method === 'POST') seen.add(named.bulkId)
    return { ...named, method: operation.method, operation }
  } catch (error) {
    return { ...named, refused: asAppError(error) }
  }
}

const methods = new Set<string>(['POST', 'PUT', 'PATCH', 'DELETE'])

/** @throws AppError invalid */
function operationOf(entry: JsonObject): BulkOperation {
  const method = text(member(entry, 'method')).toUpperCase()
  if (!methods.has(method)) throw invalid('method must be POST, PUT, PATCH or DELETE', 'invalidSyntax')
  const [, resource, id = ''] = /^\/*(Users|Groups)(?:\/([^/?]+))?\/?$/.exec(text(member(entry, 'path'))) ?? []
  if (resource === undefined)
    throw invalid('path must be /Users or /Groups, with an id for all but POST', 'invalidPath')
  if ((id === '') !== (method === 'POST')) {
    throw invalid(
      method === 'POST' ? 'A POST has no id in its path' : `A ${method} needs an id in its path`,
      'invalidPath',
    )
  }
  const data = member(entry, 'data')
  if (method !== 'DELETE' && !isObject(data)) throw invalid(`A ${method} needs data, an object`, 'invalidSyntax')
  const version = member(entry, 'version')
  return {
    method: method as Method,
    resource: resource as BulkOperation['resource'],
    id,
    version: typeof version === 'string' ? expectedVersion(version) : undefined,
    data: isObject(data) ? data : {},
  }
}
