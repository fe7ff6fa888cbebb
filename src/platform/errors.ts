// The one error of Rolecall. Each boundary (SCIM, problem+json, CLI) translates its code by an exhaustive table.

export type ErrorCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  /** It was there, and is not kept any more. */
  | 'gone'
  | 'precondition_failed'
  | 'precondition_required'
  /** Understood and valid, and against a rule that the organization has set. */
  | 'against_policy'
  | 'too_large'
  | 'too_many'
  | 'unavailable'
  | 'internal'

export type ErrorOptions = {
  /** A machine-readable cause within the code, e.g. the SCIM scimType `invalidFilter` or `uniqueness`. */
  reason?: string
  /** What went wrong underneath; for the log only. */
  cause?: unknown
  /** Field problems for forms and problem+json. */
  fields?: ReadonlyArray<{ path: string; message: string }>
  /** What whoever asked needs to go on: members of the problem+json by their name (RFC 9457 3.2). */
  extensions?: Readonly<Record<string, unknown>>
  /** When to come again (Retry-After), where that is known better than by the code. */
  retryAfterSeconds?: number
}

/** `message` is safe to show to whoever asked; `cause` is not. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly reason: string | undefined
  readonly fields: ErrorOptions['fields']
  readonly extensions: ErrorOptions['extensions']
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.reason = options.reason
    this.fields = options.fields
    this.extensions = options.extensions
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

export const invalid = (message: string, reason?: string): AppError =>
  new AppError('invalid', message, reason === undefined ? {} : { reason })

export const notFound = (what: string): AppError => new AppError('not_found', `${what} not found`)

/** For whoever is signed in, and proved too long ago who they are for what they want to do (compare RFC 9470). */
export const freshProofNeeded = (cause?: unknown): AppError =>
  new AppError('unauthenticated', 'This needs a fresh proof of who you are', { reason: 'fresh_proof', cause })

export const isProofWanted = (thrown: unknown): boolean => thrown instanceof AppError && thrown.reason === 'fresh_proof'

export const unavailable = (cause?: unknown): AppError =>
  new AppError('unavailable', 'The service cannot reach its database at the moment; try again shortly', { cause })

/** Any thrown value as an AppError; what is not one becomes `internal` with a fixed sentence. */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  return new AppError('internal', 'Something went wrong on our side; the request id leads to the details', {
    cause: thrown,
  })
}
