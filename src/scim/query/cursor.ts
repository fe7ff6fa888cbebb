// Cursors of RFC 9865: opaque to the client, made of unreserved URL characters. They carry the place in the order and
// when they were made; a cursor tells nothing that its list did not.
import type { Cursor } from '#directory/sorting.ts'
import { invalid } from '#platform/errors.ts'

export const cursorTimeoutSeconds = 3_600

export function encodeCursor(cursor: Cursor, now: Date): string {
  const payload = [cursor.id, Math.floor(now.getTime() / 1000), ...(cursor.key === undefined ? [] : [cursor.key])]
  return Buffer.from(JSON.stringify(payload)).toString('base64url')
}

/** @throws AppError invalid with reason `invalidCursor` or `expiredCursor` */
export function decodeCursor(text: string, now: Date): Cursor {
  const broken = () => invalid('The cursor is not one of ours', 'invalidCursor')
  const payload = parse(text)
  if (!Array.isArray(payload) || payload.length < 2 || payload.length > 3) throw broken()
  const [id, issuedAt, key] = payload as unknown[]
  const isKey = key === undefined || key === null || typeof key === 'string'
  if (typeof id !== 'string' || typeof issuedAt !== 'number' || !isKey || text.includes('\0')) throw broken()
  if (now.getTime() / 1000 - issuedAt > cursorTimeoutSeconds) {
    throw invalid('The cursor has expired; begin with the first page again', 'expiredCursor')
  }
  return { id, ...(key === undefined ? {} : { key: key as string | null }) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}
