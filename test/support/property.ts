// Options of property tests: a fixed number of runs from a seed that is told. FC_SEED shows a failure again; FC_FACTOR
// multiplies the runs for a longer look.

export const seed = Number(process.env['FC_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

export function runs(numRuns: number): { numRuns: number; seed: number } {
  const wanted = numRuns * Number(process.env['FC_FACTOR'] ?? 1)
  console.info(`Property test: ${wanted} runs, FC_SEED=${seed}`)
  return { numRuns: wanted, seed }
}

/** Numbers that are the same on each run of a seed. */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
