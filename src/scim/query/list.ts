// List requests: the query of a GET, or the body of POST /.search (RFC 7644 §3.4.2, §3.4.3; RFC 9865), read into one form.
import type { Sort } from '#directory/condition.ts'
import { type FilterNode, parseFilter } from '#directory/filter/filter.ts'
import { resolveField } from '#directory/filter/resolve.ts'
import type { ResourceSchema } from '#directory/schema/attributes.ts'
import type { Json, JsonObject } from '#directory/schema/canonical.ts'
import type { Page } from '#directory/search.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { member } from '../patch/operations.ts'
import { decodeCursor } from './cursor.ts'

export const pageLimits = { defaultSize: 100, maximumSize: 1_000 }

export type ListRequest = {
  filter: FilterNode | undefined
  sortBy: string | undefined
  isDescending: boolean
  /** 1-based. */
  startIndex: number
  count: number
  /** Undefined: pages by index. Empty: the first page by cursor. */
  cursor: string | undefined
  attributes: string[] | undefined
  excludedAttributes: string[] | undefined
}

type Raw = { [K in keyof ListRequest | 'sortOrder']?: string | undefined }

const names = [
  'filter',
  'sortBy',
  'sortOrder',
  'startIndex',
  'count',
  'cursor',
  'attributes',
  'excludedAttributes',
] as const

/** @throws AppError invalid; a parameter that comes twice is refused rather than one of the two believed */
export function listRequestFromQuery(query: URLSearchParams): ListRequest {
  const raw: Raw = {}
  for (const name of names) {
    const values = query.getAll(name)
    if (values.length > 1) throw invalid(`${name} is given twice`, 'invalidSyntax')
    if (values[0] !== undefined) raw[name] = values[0]
  }
  return listRequest(raw)
}

/** @throws AppError invalid */
export function listRequestFromBody(body: JsonObject): ListRequest {
  const raw = Object.fromEntries(names.map((name) => [name, textOf(name, member(body, name.toLowerCase()))]))
  return listRequest(raw)
}

function textOf(name: string, value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  const isCounted = name === 'count' || name === 'startIndex'
  if (isCounted && typeof value === 'number') return Number.isInteger(value) ? String(BigInt(value)) : String(value)
  const isNames = Array.isArray(value) && value.every((each) => typeof each === 'string')
  if (isNames && /attributes$/i.test(name)) return value.join(',')
  throw invalid(`${name} must be ${isCounted ? 'a whole number' : 'text'}`, 'invalidValue')
}

function listRequest(raw: Raw): ListRequest {
  const order = (raw.sortOrder ?? 'ascending').toLowerCase()
  if (order !== 'ascending' && order !== 'descending') {
    throw invalid('sortOrder must be ascending or descending', 'invalidValue')
  }
  const isEmpty = raw.filter === undefined || raw.filter.trim() === ''
  return {
    filter: isEmpty ? undefined : parseFilter(raw.filter ?? ''),
    sortBy: raw.sortBy === '' ? undefined : raw.sortBy,
    isDescending: order === 'descending',
    // RFC 7644 §3.4.2.4: less than 1 means 1; a negative count means 0.
    startIndex: Math.max(1, integer('startIndex', raw.startIndex) ?? 1),
    count: clampCount(raw),
    cursor: raw.cursor,
    attributes: namesIn(raw.attributes),
    excludedAttributes: namesIn(raw.excludedAttributes),
  }
}

function clampCount(raw: Raw): number {
  const reason = raw.cursor === undefined ? 'invalidValue' : 'invalidCount'
  const count = integer('count', raw.count, reason) ?? pageLimits.defaultSize
  return Math.min(Math.max(0, count), pageLimits.maximumSize)
}

/** Any whole number, however large: §3.4.2.4 wants those out of range brought into it, not refused. */
function integer(name: string, text: string | undefined, reason = 'invalidValue'): number | undefined {
  if (text === undefined || text === '') return undefined
  if (!/^-?\d{1,400}$/.test(text)) throw invalid(`${name} must be a whole number`, reason)
  return Math.max(Math.min(Number(text), Number.MAX_SAFE_INTEGER), -1)
}

/** A comma-separated list of attribute names. */
export function namesIn(text: string | undefined): string[] | undefined {
  if (text === undefined || text.trim() === '') return undefined
  if (text.length > 8_192)
    throw new AppError('invalid', 'The list of attributes is too long', { reason: 'invalidValue' })
  return text.split(',').filter((name) => name.trim() !== '')
}

export const pageOf = (request: ListRequest, now: Date): Page =>
  request.cursor === undefined
    ? { kind: 'index', offset: request.startIndex - 1, limit: request.count }
    : {
        kind: 'after',
        cursor: request.cursor === '' ? undefined : decodeCursor(request.cursor, now),
        limit: request.count,
      }

/** @throws AppError invalid with reason `invalidValue` where the name is unknown */
export function sortOf(request: ListRequest, schema: ResourceSchema): Sort | undefined {
  if (request.sortBy === undefined) return undefined
  try {
    return { field: resolveField(request.sortBy, schema), isDescending: request.isDescending }
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : 'sortBy names no attribute', 'invalidValue')
  }
}
