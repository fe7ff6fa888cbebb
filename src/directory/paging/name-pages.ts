// Paging through a list by name: after the sort key and id of the last row.
import { readCursor, refuseCursor, writeCursor } from '#platform/cursor.ts'
import { type IdPrefix, isId } from '#platform/ids.ts'

export type NamePage<Item> = { items: Item[]; total: number; nextCursor: string | null }

/** The key and id after which the page begins. @throws AppError invalid (reason `invalidCursor`) */
export function afterName(cursor: string, prefix: IdPrefix): [key: string, id: string] {
  const [key, id, ...more] = readCursor(cursor)
  if (typeof key === 'string' && typeof id === 'string' && more.length === 0 && isId(prefix, id)) return [key, id]
  return refuseCursor()
}

/** @param rows one more than the page has, where there are more */
export function namePage<Item extends { id: string }>(
  rows: readonly (Item & { key: string })[],
  total: number,
  limit: number,
): NamePage<Omit<Item & { key: string }, 'key'>> {
  const last = rows.at(limit - 1)
  const isMore = rows.length > limit && last !== undefined
  return {
    items: rows.slice(0, limit).map(({ key: _, ...item }) => item),
    total,
    nextCursor: isMore ? writeCursor(last.key, last.id) : null,
  }
}
