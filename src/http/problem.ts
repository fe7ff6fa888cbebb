// Errors as problem+json (RFC 9457): what may be shown of them, and nothing of what is underneath.
import type { AppError, ErrorCode } from '#platform/errors.ts'

type Kind = { status: number; title: string; headers?: Record<string, string> }

const kinds = {
  invalid: { status: 400, title: 'The request is not valid' },
  unauthenticated: {
    status: 401,
    title: 'Authentication is needed',
    headers: { 'WWW-Authenticate': 'Bearer realm="rolecall"' },
  },
  forbidden: { status: 403, title: 'This is not allowed' },
  not_found: { status: 404, title: 'Not found' },
  gone: { status: 410, title: 'It is no longer kept' },
  conflict: { status: 409, title: 'It conflicts with what is there' },
  precondition_failed: { status: 412, title: 'It was changed meanwhile' },
  against_policy: { status: 422, title: 'A rule of the organization is against it' },
  precondition_required: { status: 428, title: 'It needs a confirmation' },
  too_large: { status: 413, title: 'The request is too large' },
  too_many: { status: 429, title: 'Too many requests', headers: { 'Retry-After': '1' } },
  unavailable: { status: 503, title: 'The service is not available at the moment', headers: { 'Retry-After': '2' } },
  internal: { status: 500, title: 'Something went wrong' },
} satisfies Record<ErrorCode, Kind>

/** What goes wrong with HTTP itself, before any verb is called. */
const httpKinds = {
  unsupported_media_type: { status: 415, title: 'The media type is not supported' },
} satisfies Record<string, Kind>

export type Problem = {
  type: string
  status: number
  title: string
  detail: string
  /** A machine-readable cause within the type, such as `uniqueness`. */
  reason?: string
  errors?: readonly { path: string; message: string }[]
  requestId: string
}

/** The answer for an error. Causes, stacks and SQL stay out of it. */
export function problemResponse(error: AppError, requestId: string): Response {
  const { code, message, reason, fields, extensions = {}, retryAfterSeconds } = error
  const kind: Kind = kinds[code]
  const headers =
    retryAfterSeconds === undefined ? kind.headers : { ...kind.headers, 'Retry-After': String(retryAfterSeconds) }
  const told = { ...(reason === undefined ? {} : { reason }), ...(fields === undefined ? {} : { errors: fields }) }
  return respond(code, { ...kind, ...(headers === undefined ? {} : { headers }) }, message, requestId, {
    ...extensions,
    ...told,
  })
}

/** The answer for a request that HTTP itself is to refuse. */
export const httpProblemResponse = (kind: keyof typeof httpKinds, detail: string, requestId: string): Response =>
  respond(kind, httpKinds[kind], detail, requestId, {})

function respond(
  code: string,
  { status, title, headers = {} }: Kind,
  detail: string,
  requestId: string,
  extras: Pick<Problem, 'reason' | 'errors'>,
): Response {
  const problem: Problem = { type: `urn:rolecall:problem:${code}`, status, title, detail, ...extras, requestId }
  return new Response(JSON.stringify(problem), {
    status,
    headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...headers },
  })
}
