// AppErrors as SCIM error messages (RFC 7644 §3.12). One exhaustive table; what is not expected says nothing of itself.
import { type AppError, asAppError, type ErrorCode } from '#platform/errors.ts'

const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'

const statuses = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  precondition_required: 428,
  against_policy: 400,
  too_large: 413,
  gone: 410,
  too_many: 429,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>

/** RFC 7644 table 9, and the ones of RFC 9865 §4. */
const scimTypes = new Set([
  'invalidFilter',
  'tooMany',
  'uniqueness',
  'mutability',
  'invalidSyntax',
  'invalidPath',
  'noTarget',
  'invalidValue',
  'invalidVers',
  'sensitive',
  'invalidCursor',
  'expiredCursor',
  'invalidCount',
])

export type ScimErrorAnswer = { status: number; headers: Record<string, string>; body: string; error: AppError }

export function scimError(thrown: unknown, requestId: string): ScimErrorAnswer {
  const error = asAppError(thrown)
  const status = statuses[error.code]
  const scimType = error.reason !== undefined && scimTypes.has(error.reason) ? error.reason : undefined
  const detail = error.code === 'internal' ? `${error.message}: ${requestId}` : error.message
  return { status, headers: headersOf(error), body: errorBody(status, detail, scimType), error }
}

/** The text of an error message. */
export const errorBody = (status: number, detail: string, scimType?: string): string =>
  JSON.stringify({
    schemas: [errorSchema],
    status: String(status),
    ...(scimType === undefined ? {} : { scimType }),
    detail,
  })

function headersOf({ code, retryAfterSeconds = 2 }: AppError): Record<string, string> {
  if (code === 'unauthenticated') return { 'WWW-Authenticate': 'Bearer realm="scim"' }
  if (code === 'unavailable' || code === 'too_many') return { 'Retry-After': String(retryAfterSeconds) }
  return {}
}
