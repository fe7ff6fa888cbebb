// What the ways into the API have in common.
import type { Context, Next } from 'hono'
import { isWithinRanges, type KeyScope } from '#access/grants/managers/key-scope.ts'
import { AppError } from '#platform/errors.ts'
import type { ApiEnv } from './env.ts'

/** Lets somebody in by the SHA-256 of a secret, and goes on. */
export type Door = (c: Context<ApiEnv>, secretHash: string, next: Next) => Promise<void>

/** @throws AppError forbidden (reason `address`) */
export function requireAddress(scope: Pick<KeyScope, 'addressRanges'>, ip: string | null, what: string): void {
  if (isWithinRanges(scope, ip)) return
  throw new AppError('forbidden', `${what} is not good from this address`, { reason: 'address' })
}
