// Places that few may hold at a time, counted by names: of one caller, of one organization, of all.

/** A name, and how many may hold a place under it. */
export type Bound = readonly [name: string, most: number]

/** @returns what takes a place under each of the names, and answers how to give it back; undefined where one of them has none left */
export function createPlaces(): (bounds: readonly Bound[]) => (() => void) | undefined {
  const held = new Map<string, number>()
  return (bounds) => {
    if (bounds.some(([name, most]) => (held.get(name) ?? 0) >= most)) return undefined
    for (const [name] of bounds) held.set(name, (held.get(name) ?? 0) + 1)
    return () => {
      for (const [name] of bounds) {
        const left = (held.get(name) ?? 1) - 1
        if (left <= 0) held.delete(name)
        else held.set(name, left)
      }
    }
  }
}
