// The background worker of a node. Every second it asks which organizations have something to do, and does it, organization by
// organization. Nodes need not know of each other: what must not be done twice is claimed row by row.
import { systemContext } from '#access/system-context.ts'
import { listWork, sweepExpired, type Work } from '#access/work.ts'
import type { Log } from '#platform/log.ts'
import type { Services } from '#src/context.ts'
import { type Jobs, standardJobs } from './jobs.ts'

export type Worker = {
  /** Takes nothing new on and waits for what is under way. */
  stop(): Promise<void>
}

export type WorkerOptions = {
  jobs?: Jobs
  tickMillis?: number
}

/** After a failure an organization's work of that kind waits; what has times of its own (deliveries, mail) keeps to them. */
const pauseMillis = 60_000
const sweepMillis = 3_600_000
/** So that slow name servers or providers of many organizations do not take all of the connections to the database. */
const atOncePerKind = 2

/** Works until it is stopped; keeps no process alive by itself. */
export function startWorker(services: Services, log: Log, options: WorkerOptions = {}): Worker {
  const { tickMillis = 1_000 } = options
  const run = createRuns(services, log, { ...standardJobs, ...options.jobs })
  let isStopped = false
  let isFailing = false
  let ticking: Promise<void> | undefined
  let sweptAt = Number.NEGATIVE_INFINITY

  async function tick(): Promise<void> {
    try {
      const now = services.clock.now().getTime()
      if (now - sweptAt >= sweepMillis) {
        await sweepExpired(services.database)
        sweptAt = now
      }
      for (const work of await listWork(services.database)) if (!isStopped) run.start(work)
      isFailing = false
    } catch (error) {
      // Once, not every second for as long as the database is away.
      if (!isFailing) log.warn({ error }, 'The worker could not look for work; it keeps trying')
      isFailing = true
    }
  }

  const timer = setInterval(() => {
    ticking ??= tick().finally(() => {
      ticking = undefined
    })
  }, tickMillis)
  timer.unref()

  return {
    stop: async () => {
      isStopped = true
      clearInterval(timer)
      await ticking
      await run.finished()
    },
  }
}

type Runs = { start(work: Work): void; finished(): Promise<void> }

function createRuns(services: Services, log: Log, jobs: Jobs): Runs {
  const running = new Map<string, { kind: Work['kind']; done: Promise<void> }>()
  const pausedUntil = new Map<string, number>()
  const now = (): number => services.clock.now().getTime()

  async function work({ organizationId, kind }: Work, key: string): Promise<void> {
    try {
      await jobs[kind]?.(systemContext(services, organizationId), log)
      pausedUntil.delete(key)
    } catch (error) {
      pausedUntil.set(key, now() + pauseMillis)
      log.warn({ error, organizationId, kind }, `Work of the kind ${kind} failed; it is tried again in a minute`)
    }
  }

  return {
    start: (item) => {
      const key = `${item.organizationId} ${item.kind}`
      if (jobs[item.kind] === undefined || running.has(key) || (pausedUntil.get(key) ?? 0) > now()) return
      if ([...running.values()].filter(({ kind }) => kind === item.kind).length >= atOncePerKind) return
      const done = work(item, key).finally(() => running.delete(key))
      running.set(key, { kind: item.kind, done })
    },
    finished: async () => {
      await Promise.all([...running.values()].map(({ done }) => done))
    },
  }
}
