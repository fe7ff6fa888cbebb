// Lists that are read page by page, by the number of the first row (ADR 0050): what the page before ended with, so that the next one
// is found like the first, and how many there were when it began. Kept by each node for itself, for a minute; whoever asks for a
// page in any other order, or at another node, has it counted off.
import type { Clock } from '#platform/clock.ts'
import type { Cursor } from './sorting.ts'

/** The row before the page that comes next, and how many match in all. */
export type Place = { after: Cursor; total: number }

const lifeMillis = 60_000
const mostPlaces = 1_000

const places = new Map<string, Place & { keptAt: number }>()

/** The place of the page at `offset` of this list, once. */
export function takePlace(clock: Clock, list: string, offset: number): Place | undefined {
  const key = `${offset} ${list}`
  const place = places.get(key)
  places.delete(key)
  return place === undefined || clock.now().getTime() - place.keptAt > lifeMillis ? undefined : place
}

/** For the page at `offset`, which may be asked for next. */
export function keepPlace(clock: Clock, list: string, offset: number, place: Place): void {
  places.set(`${offset} ${list}`, { ...place, keptAt: clock.now().getTime() })
  const [oldest] = places.keys()
  if (places.size > mostPlaces && oldest !== undefined) places.delete(oldest)
}
