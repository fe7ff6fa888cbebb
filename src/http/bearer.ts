// The secret that a program sends with each request.
import { AppError } from '#platform/errors.ts'

/**
 * RFC 6750 §2.1, as far as our secrets use it.
 * @param what is asked for, where there is none: `an API key`
 * @throws AppError unauthenticated
 */
export function bearerSecret(header: string | undefined, what: string): string {
  const secret = /^bearer +([\w.~+/=-]{1,512})$/i.exec(header ?? '')?.[1]
  if (secret === undefined) throw new AppError('unauthenticated', `Send ${what} as "Authorization: Bearer …"`)
  return secret
}
