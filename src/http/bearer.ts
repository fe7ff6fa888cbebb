// The secret that a program sends with each request.
import { AppError } from '#platform/errors.ts'

/**
 * A token that may be bound to a key (RFC 9449 §7.1), or not.
 * @throws AppError unauthenticated
 */
export function sentToken(
  header: string | undefined,
  what: string,
  longest?: number,
): { token: string; scheme: string } {
  const bound = /^dpop (?=.)/i.exec(header ?? '')
  const token = bearerSecret(bound === null ? header : `Bearer ${header?.slice(5)}`, what, longest)
  return { token, scheme: bound === null ? 'bearer' : 'dpop' }
}

/**
 * RFC 6750 §2.1, as far as our secrets use it.
 * @param what is asked for, where there is none: `an API key`
 * @param longest in characters
 * @throws AppError unauthenticated
 */
export function bearerSecret(header: string | undefined, what: string, longest = 512): string {
  const secret = /^bearer +([\w.~+/=-]+)$/i.exec(header ?? '')?.[1]
  if (secret === undefined || secret.length > longest)
    throw new AppError('unauthenticated', `Send ${what} as "Authorization: Bearer …"`)
  return secret
}
