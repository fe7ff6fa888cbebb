// The secret that a program sends with each request.
import { AppError } from '#platform/errors.ts'

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
