// Bipartite matching by augmenting paths (Kuhn). Taking the first fit would fail where an element that fits several
// expectations is used up by the least demanding one.

/** Gives each wanted item a different candidate. Returns a wanted item that cannot be served, or undefined. */
export function pairUp<W, C>(
  wanted: readonly W[],
  candidates: readonly C[],
  fits: (want: W, candidate: C) => boolean,
): W | undefined {
  const fitting = wanted.map((want) => candidates.flatMap((candidate, index) => (fits(want, candidate) ? [index] : [])))
  const ownerOf = new Map<number, number>()
  const place = (want: number, tried: Set<number>): boolean => {
    for (const candidate of fitting[want] ?? []) {
      if (tried.has(candidate)) continue
      tried.add(candidate)
      const owner = ownerOf.get(candidate)
      if (owner !== undefined && !place(owner, tried)) continue
      ownerOf.set(candidate, want)
      return true
    }
    return false
  }
  return wanted.find((_, index) => !place(index, new Set()))
}
