// A change that rests on what the caller has read is refused where somebody was faster (RFC 7644 §3.14).
import { AppError } from '#platform/errors.ts'

/** @param expected the version that the caller has seen; undefined where any will do. @throws AppError precondition_failed */
export function requireVersion(what: 'user' | 'group', row: { version: number }, expected: number | undefined): void {
  if (expected === undefined || expected === row.version) return
  throw new AppError('precondition_failed', `The ${what} was changed meanwhile; read it again`)
}
