// Plays a target for a while: everything of its corpus first, then what its grammar makes and what becomes of both by mutations.
// A find is an error of ours, a server that is not there for a moment though its database is, a thrown error, an answer after more
// than a second, or whatever the target itself forbids.
import fc from 'fast-check'
import type { TestApp } from '../../test/support/app.ts'
import { numbers } from '../../test/support/property.ts'
import { minimise } from './minimise.ts'
import { mutate, pick } from './mutate.ts'
import type { Below, Find, Player, Report, Target } from './target.ts'

export const slowMillis = 1_000
/** An answer that took long is asked for again, since others work on the machine too. */
const repetitions = 3
const batch = 200

type Options = {
  /** Beyond the corpus, all of which is played. */
  seconds: number
  seed: number
  /** What was found or thought of before. */
  corpus: readonly string[]
}

type Played = { fault: string | undefined; millis: number; status: number }

export async function fuzz(target: Target, app: TestApp, { seconds, seed, corpus }: Options): Promise<Report> {
  const player = await target.prepare(app)
  const report: Report = { name: target.name, inputs: 0, seconds: 0, finds: [], worstMillis: 0 }
  const watch = watchProcess()
  let startedAt = performance.now()
  const elapsed = (): number => (performance.now() - startedAt) / 1_000
  try {
    for (const input of inputsOf(target, player, { seed, corpus })) {
      if (report.inputs === corpus.length) startedAt = performance.now()
      if (report.inputs > corpus.length && elapsed() >= seconds) break
      report.inputs += 1
      await consider(input, { player, app, watch, report })
    }
    report.seconds = elapsed()
    const fault = await player.settle?.()
    if (fault !== undefined) report.finds.push({ fault, input: '' })
  } finally {
    watch.end()
  }
  return report
}

/** One input, by itself. @returns what is wrong, or undefined */
export async function replay(target: Target, app: TestApp, input: string): Promise<string | undefined> {
  const watch = watchProcess()
  try {
    return (await played(input, { player: await target.prepare(app), app, watch })).fault
  } finally {
    watch.end()
  }
}

function* inputsOf(
  { grammar, words, mutate: change }: Target,
  player: Player,
  { seed, corpus }: Pick<Options, 'seed' | 'corpus'>,
): Generator<string> {
  yield* corpus
  const below = numbers(seed)
  const changed = (input: string): string => change?.(input, below) ?? mutate(input, below, words)
  const mutated = (made: readonly string[]): string =>
    changed(pick(sourcesOf(made, corpus, player.seeds, below), below))
  for (let round = 0; ; round += 1) {
    const made = fc.sample(grammar, { numRuns: batch, seed: seed + round })
    for (const input of made) {
      yield input
      yield mutated(made)
      yield mutated(made)
    }
  }
}

/** Of the corpus, of what the stage knows and of what the grammar made, each as often, however many they are. */
function sourcesOf(
  made: readonly string[],
  corpus: readonly string[],
  seeds: readonly string[],
  below: Below,
): readonly string[] {
  return pick(
    [made, corpus, seeds].filter(({ length }) => length > 0),
    below,
  )
}

type Stage = { player: Player; app: TestApp; watch: Watch }

async function consider(input: string, { report, ...stage }: Stage & { report: Report }): Promise<void> {
  const first = await settled(input, stage, report.worstMillis)
  report.worstMillis = Math.max(report.worstMillis, first.millis)
  const { fault } = first
  if (fault === undefined || report.finds.some((find) => find.fault === fault)) return
  const isFailing = async (candidate: string): Promise<boolean> =>
    (await settled(candidate, stage, slowMillis)).fault === fault
  const find: Find = { fault, input }
  report.finds.push(find)
  find.input = await minimise(input, isFailing)
}

/** Played once, or, where it took longer than `usualMillis`, until it does not any more. */
async function settled(input: string, stage: Stage, usualMillis: number): Promise<Played> {
  let best = await played(input, stage)
  for (let left = repetitions; left > 0 && best.fault === undefined && best.millis > usualMillis; left -= 1) {
    const again = await played(input, stage)
    best = again.millis < best.millis || again.fault !== undefined ? again : best
  }
  const isSlow = best.fault === undefined && best.millis > slowMillis
  return isSlow ? { ...best, fault: `it takes more than ${slowMillis} ms` } : best
}

async function played(input: string, { player, app, watch }: Stage): Promise<Played> {
  app.log.lines.length = 0
  const startedAt = performance.now()
  try {
    const { status, fault } = await player.play(input)
    const millis = performance.now() - startedAt
    return { status, millis, fault: fault ?? watch.take() ?? (status >= 500 ? faultOf(status, app) : errorIn(app)) }
  } catch (error) {
    return { status: 0, millis: 0, fault: `it throws ${String(error)}` }
  }
}

const faultOf = (status: number, app: TestApp): string => errorIn(app) ?? `it answers ${status}`

/** What the log has of an error of ours, without what differs from one to the next. */
function errorIn({ log }: TestApp): string | undefined {
  for (const line of log.lines) {
    const { level, msg, error } = JSON.parse(line) as {
      level: number | string
      msg: string
      error?: { message?: string }
    }
    if (level === 'error' || level === 'fatal' || (typeof level === 'number' && level >= 50))
      return `${msg}: ${error?.message ?? 'no more is said'}`.replace(/_[0-9a-z]{26}\b|\d+/gi, '#').slice(0, 200)
  }
  return undefined
}

type Watch = { take(): string | undefined; end(): void }

/** What would have ended the server. */
function watchProcess(): Watch {
  const thrown: unknown[] = []
  const note = (error: unknown): void => void thrown.push(error)
  process.on('uncaughtException', note).on('unhandledRejection', note)
  return {
    take: () => {
      const [error] = thrown.splice(0)
      return error === undefined ? undefined : `the process would end: ${String(error)}`
    },
    end: () => process.off('uncaughtException', note).off('unhandledRejection', note),
  }
}
