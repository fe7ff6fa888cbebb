// What goes wrong, as one type: refusals of the management API, of a sign-in, and a server that does not answer.

/** The fields of a request that are wrong, as the API names them. */
export type FieldError = { path: string; message: string }

type Details = {
  status?: number
  reason?: string
  errors?: readonly FieldError[]
  requestId?: string
  retryAfterSeconds?: number
  problem?: Record<string, unknown>
  cause?: unknown
}

/**
 * `code` is that of the API (`not_found`, `forbidden`, `conflict`, …), or `unavailable` where Rolecall did not answer,
 * `sign_in_refused` where a sign-in or a logout token does not hold, and `misconfigured`.
 */
export class RolecallError extends Error {
  override readonly name = 'RolecallError'
  readonly code: string
  readonly status: number | undefined
  /** A machine-readable cause within the code, such as `uniqueness`. */
  readonly reason: string | undefined
  readonly errors: readonly FieldError[]
  /** What the operator of Rolecall finds the request by. */
  readonly requestId: string | undefined
  readonly retryAfterSeconds: number | undefined
  /** All of the answer: what the API says beyond that, such as the `preview` of a change that wants its hash. */
  readonly problem: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.status = details.status
    this.reason = details.reason
    this.errors = details.errors ?? []
    this.requestId = details.requestId
    this.retryAfterSeconds = details.retryAfterSeconds
    this.problem = details.problem ?? {}
  }
}

type Problem = Record<string, unknown> & {
  type?: unknown
  detail?: unknown
  reason?: string
  errors?: FieldError[]
  requestId?: string
}

/** Reads an answer that is no success: problem+json (RFC 9457), or whatever stood in between. */
export async function errorOf(response: Response): Promise<RolecallError> {
  const { status } = response
  const problem = ((await response.json().catch(() => undefined)) ?? {}) as Problem
  const { type, detail, reason, errors, requestId } = problem
  const code = typeof type === 'string' ? (type.split(':').at(-1) ?? '') : status >= 500 ? 'unavailable' : 'refused'
  const retryAfterSeconds = retryAfterOf(response)
  return new RolecallError(code, typeof detail === 'string' ? detail : `Rolecall answered with ${status}`, {
    ...{ status, problem },
    ...(reason === undefined ? {} : { reason }),
    ...(errors === undefined ? {} : { errors }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })
}

/** Retry-After in seconds or as a date (RFC 9110 §10.2.3). */
function retryAfterOf({ headers }: Response): number | undefined {
  const text = headers.get('retry-after')
  if (text === null) return undefined
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds)
}

/** Rolecall did not answer. */
export const unreached = (cause: unknown): RolecallError =>
  new RolecallError('unavailable', 'Rolecall cannot be reached', { status: 503, cause })
