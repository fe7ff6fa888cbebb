// Cursors: where a page of a list begins, in a text that only this server needs to understand. Of unreserved characters of
// URLs (RFC 9865 §2), and telling nothing that the list did not tell.
import { invalid } from './errors.ts'

export type CursorPart = string | number | null

export const writeCursor = (...parts: readonly CursorPart[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url')

/** Its parts, as somebody sent them; none for a text that is no cursor, or that PostgreSQL could not look for. */
export function readCursor(text: string): CursorPart[] {
  const parts = parsed(text)
  return Array.isArray(parts) && parts.every(isPart) ? parts : []
}

const isPart = (part: unknown): part is CursorPart =>
  part === null || typeof part === 'number' || (typeof part === 'string' && !part.includes('\0'))

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** @throws AppError invalid (reason `invalidCursor`), always */
export function refuseCursor(): never {
  throw invalid('The cursor is not one of this list', 'invalidCursor')
}
