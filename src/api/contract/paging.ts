// Cursor paging: a page says where the next one begins, in a text that only this server needs to understand.
import { z } from '@hono/zod-openapi'
import { readCursor, refuseCursor, writeCursor } from '#platform/cursor.ts'
import { type IdPrefix, isId } from '#platform/ids.ts'

const defaultLimit = 50
const largestLimit = 200

export const pageParams = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(largestLimit)
    .default(defaultLimit)
    .openapi({ type: 'integer', description: 'How many items a page has at most' }),
  cursor: z.string().max(200).optional().openapi({ description: '`nextCursor` of the page before' }),
}

export const pageQuery = z.strictObject(pageParams)

export const pageOf = <Schema extends z.ZodType>(item: Schema) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().openapi({ description: 'Where the next page begins; null on the last page' }),
  })

/**
 * The id after which the page begins; undefined for the first page.
 * @throws AppError invalid (reason `invalidCursor`) for a text that is no cursor of such a list
 */
export function afterId(cursor: string | undefined, ...prefixes: IdPrefix[]): string | undefined {
  if (cursor === undefined) return undefined
  const [id, ...more] = readCursor(cursor)
  if (typeof id === 'string' && more.length === 0 && prefixes.some((prefix) => isId(prefix, id))) return id
  return refuseCursor()
}

/** @param rows up to one more than `limit`, which tells whether there is a next page */
export function page<Row extends { id: string }>(
  rows: readonly Row[],
  limit: number,
): { items: Row[]; nextCursor: string | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? writeCursor(last.id) : null }
}
