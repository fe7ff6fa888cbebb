// Cursors of RFC 9865: they carry the place in the order and when they were made.
import type { Cursor } from '#directory/sorting.ts'
import { readCursor, writeCursor } from '#platform/cursor.ts'
import { invalid } from '#platform/errors.ts'

export const cursorTimeoutSeconds = 3_600

export const encodeCursor = ({ id, key }: Cursor, now: Date): string =>
  writeCursor(id, Math.floor(now.getTime() / 1000), ...(key === undefined ? [] : [key]))

/** @throws AppError invalid with reason `invalidCursor` or `expiredCursor` */
export function decodeCursor(text: string, now: Date): Cursor {
  const [id, issuedAt, key, ...more] = readCursor(text)
  if (typeof id !== 'string' || typeof issuedAt !== 'number' || typeof key === 'number' || more.length > 0)
    throw invalid('The cursor is not one of ours', 'invalidCursor')
  if (now.getTime() / 1000 - issuedAt > cursorTimeoutSeconds) {
    throw invalid('The cursor has expired; begin with the first page again', 'expiredCursor')
  }
  return { id, ...(key === undefined ? {} : { key }) }
}
