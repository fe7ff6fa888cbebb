// What the driver and the database say, as AppErrors. A lost or busy database is `unavailable`, never "not found".
import { AppError, freshProofNeeded, unavailable } from '#platform/errors.ts'

const connectionCodes = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** SQLSTATE class 08 connection, 25006 a primary that is one no more, 25P03/57014 time-outs, 53 resources, 57P shutdown, 58 system, 40 deadlock/serialization. */
const unavailableStates = /^(08|53|58|57P|40)|^(25006|57014|25P03|25P04|55P03|XX001|XX002)$/

/** The state of a statement that followed a failed one in its transaction; the first failure is the one that matters. */
export const isAftermath = (error: unknown): boolean => codeOf(error) === '25P02'

/** PostgreSQL gave the transaction up, and nothing of it holds, because it collided with another one: it may be tried again. */
export const isCollision = (error: unknown): boolean => codeOf(error) === '40001' || codeOf(error) === '40P01'

/** PostgreSQL takes no writes here any more: the node was demoted, and what it reads may be old. */
export const isDemoted = (error: unknown): boolean =>
  codeOf(error) === '25006' || (codeOf(error) === '0A000' && messageOf(error).includes('during recovery'))

export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

const constraintOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'constraint_name' in error ? String(error.constraint_name) : ''

/** Sentences for the constraints that a request can run into. */
const conflicts: Record<string, string> = {
  users_user_name: 'A user with this userName exists already',
  users_sign_in_address: 'A person with this e-mail address exists already',
  users_own_external_id: 'The directory has a user with this externalId already',
  groups_external_id: 'The directory has a group with this externalId already',
  platform_organizations_external_id: 'An organization with this externalId exists already',
  organizations_slug_unique: 'An organization with this slug exists already',
  brands_slug: 'A brand with this slug exists already',
  roles_key: 'A role with this key exists already: edit that one, or choose another key',
  mappings_once: 'This mapping exists already',
  assignments_once:
    'The user already holds this role there by a direct assignment: change that one, or revoke it first',
}

function lastAdministrator(error: unknown): AppError {
  const isForNow = error instanceof Error && /for good$/.test(error.message)
  const message = isForNow
    ? 'No administrator without an end date would be left; make somebody else an administrator without an end date first'
    : 'No administrator would be left; make somebody else an administrator first'
  return new AppError('conflict', message, { reason: 'last_administrator', cause: error })
}

function reserved(error: unknown): AppError {
  const reservedUntil = messageOf(error)
  const message = `This name or address was somebody else's and is reserved until ${reservedUntil}: restore them if it is the same person, and otherwise wait or choose another one`
  return new AppError('conflict', message, { reason: 'uniqueness', cause: error, extensions: { reservedUntil } })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '')

/** What functions of the database raise themselves. */
const ours: Record<string, (error: unknown) => AppError> = {
  RC400: (cause) =>
    new AppError('invalid', `These do not exist: ${messageOf(cause)}`, { reason: 'invalidValue', cause }),
  RC401: (cause) => new AppError('unauthenticated', 'The token or key is not valid', { cause }),
  RC403: (cause) =>
    new AppError('forbidden', 'This support access may only read', { reason: 'support_reads_only', cause }),
  RC404: (cause) => new AppError('not_found', 'Organization not found', { cause }),
  RC409: lastAdministrator,
  RC410: reserved,
  RC423: (cause) => {
    const message = 'It is an emergency account, which has what was sealed and nothing else; seal it anew instead'
    return new AppError('conflict', message, { reason: 'emergency_account', cause })
  },
  RC428: (cause) => freshProofNeeded(cause),
}

/** @returns the error to throw on for whatever the driver threw */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof AppError) return error
  const code = codeOf(error)
  if (connectionCodes.has(code) || unavailableStates.test(code) || isDemoted(error)) return unavailable(error)
  const raised = ours[code]
  if (raised !== undefined) return raised(error)
  if (code === '23505') {
    const message = conflicts[constraintOf(error)] ?? 'It exists already'
    return new AppError('conflict', message, { reason: 'uniqueness', cause: error })
  }
  if (code === '23503') {
    return new AppError('conflict', 'It is in use, or refers to something that is gone', { cause: error })
  }
  // 22P02/22P05/22021: a NUL or broken character that PostgreSQL cannot store; 54000: limits such as an index row size.
  if (code === '22P02' || code === '22P05' || code === '22021' || code === '54000') {
    return new AppError('invalid', 'The text cannot be stored', { reason: 'invalidValue', cause: error })
  }
  return error
}
