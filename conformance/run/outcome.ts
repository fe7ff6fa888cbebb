// What a fixture or a check ends with, and the two errors by which it says so.

export type SuiteName = 'replay' | 'rfc'

export interface Failure {
  readonly step: string
  readonly expected: string
  readonly received: string
  readonly detail?: string
}

export type Verdict =
  | { readonly status: 'passed' }
  | { readonly status: 'skipped'; readonly reason: string }
  | ({ readonly status: 'failed' } & Failure)

export type Outcome = Verdict & { readonly suite: SuiteName; readonly name: string; readonly millis: number }

/** One fixture or check, ready to run. It returns when it passed and throws otherwise. */
export interface Job {
  readonly suite: SuiteName
  readonly name: string
  readonly run: () => Promise<void>
}

/** The server answered something else than the fixture or the standard asks for. */
export class CheckFailure extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(`${failure.step}: expected ${failure.expected}, received ${failure.received}`)
    this.name = 'CheckFailure'
    this.failure = failure
  }
}

/** The server does not offer the feature, so there is nothing to judge. */
export class Skipped extends Error {
  override readonly name = 'Skipped'
}

/** Ends the running fixture or check as skipped. */
export function skip(reason: string): never {
  throw new Skipped(reason)
}

/** Runs one job and turns whatever it throws into an outcome. */
export async function runJob(job: Job): Promise<Outcome> {
  const startedAt = performance.now()
  const verdict = await job.run().then((): Verdict => ({ status: 'passed' }), toVerdict)
  return { ...verdict, suite: job.suite, name: job.name, millis: performance.now() - startedAt }
}

function toVerdict(error: unknown): Verdict {
  if (error instanceof Skipped) return { status: 'skipped', reason: error.message }
  if (error instanceof CheckFailure) return { status: 'failed', ...error.failure }
  const message = error instanceof Error ? error.message : String(error)
  return { status: 'failed', step: '-', expected: 'the run to complete', received: message }
}

/** Runs the jobs, at most `concurrency` at a time, and returns the outcomes in the order of the jobs. */
export async function runJobs(
  jobs: readonly Job[],
  concurrency: number,
  onOutcome: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const queue = jobs.entries()
  const work = async (): Promise<void> => {
    for (const [index, job] of queue) {
      const outcome = await runJob(job)
      outcomes[index] = outcome
      onOutcome(outcome)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, jobs.length) }, work))
  return outcomes
}
