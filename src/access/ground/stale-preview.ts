// What was previewed is not what would happen any more.
import { AppError } from '#platform/errors.ts'

/** @throws AppError precondition_failed (reason `stale_preview`) where the hash that was seen is not the one of now */
export function requireFresh(seen: string, now: string): void {
  if (seen === now) return
  const message = 'Something has changed since the preview; look at it again'
  throw new AppError('precondition_failed', message, { reason: 'stale_preview' })
}
