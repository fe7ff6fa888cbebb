// What every scenario returns, and how much of it is wanted.
export type Amount = {
  /** How often the fault happens. */
  times: number
}

export type Result = {
  /** How often the fault happened. */
  times: number
  acknowledged: number
  lost: number
  doubled: number
  /** Answers that must not be: 500, 404 or an empty list for what is there. */
  wrong: string[]
  /** What a second try a moment later did not get through. */
  refusedTwice: number
  /** In seconds, in which nothing was acknowledged. */
  longestPause: number
  /** What else is to be said, a sentence each. */
  notes: string[]
}

export type Scenario = {
  name: string
  /** A sentence for the table. */
  says: string
  /** In a test run, and by hand. */
  short: Amount
  long: Amount
  /** Whether a client that tries twice sees no error. */
  isSeamless: boolean
  /** @returns undefined where it cannot be played here, which it has said */
  play(amount: Amount, say: (text: string) => void): Promise<Result | undefined>
}

/** What is wrong with a result; empty where nothing is. */
export function faultsOf({ isSeamless }: Scenario, result: Result): string[] {
  const { lost, doubled, wrong, refusedTwice, acknowledged } = result
  return [
    ...(acknowledged === 0 ? ['nothing was acknowledged'] : []),
    ...(lost > 0 ? [`${lost} acknowledged writes are lost`] : []),
    ...(doubled > 0 ? [`${doubled} are there twice`] : []),
    ...wrong.slice(0, 5).map((each) => `wrong: ${each}`),
    ...(isSeamless && refusedTwice > 0 ? [`${refusedTwice} requests failed twice`] : []),
  ]
}
