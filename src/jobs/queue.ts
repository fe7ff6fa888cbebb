// What a node has found to do, and what it does of it: so much of each kind at a time, each under a lease on a row in PostgreSQL,
// by which nobody else in the installation does it (access/upkeep/work.ts). A run that is not heard of for half a minute has lost its
// lease. With a node nothing is lost: what is due is found anew from the rows themselves.
import { finishWork, keepWork, putOffWork, takeWork, type Work, type WorkPace } from '#access/upkeep/work.ts'
import type { Services } from '#src/context.ts'

export type JobQueue = {
  /** What was found by a look just now, in place of what the last look of this pace found. */
  offer(pace: WorkPace, works: readonly Work[]): void
  /** Takes nothing new on and waits for what is under way, for half a minute at most. */
  stop(): Promise<void>
}

export type QueueOptions = {
  run(work: Work): Promise<unknown>
  /** What a run threw; it is tried again later. */
  onFailure(error: unknown, work: Work): void
  /** The database is away. */
  onError(error: unknown): void
  /** How often a run under way is heard of: a third of the time that a lease runs. */
  heartbeatMillis?: number | undefined
  /** A run that takes longer hangs: others try again. */
  longestRunMillis?: number
  /** How long `stop` waits. */
  stopMillis?: number
}

/** So that slow name servers or providers of many organizations do not take all of the connections to the database. */
const atOncePerKind = 2

export function createQueue(services: Pick<Services, 'database' | 'ids'>, options: QueueOptions): JobQueue {
  const found = new Map<WorkPace, readonly Work[]>()
  const underWay = new Map<string, { work: Work; ending: Promise<void> }>()
  let isStopped = false

  function beginAll(): void {
    for (const [pace, works] of found)
      found.set(
        pace,
        works.filter((work) => !begin(work)),
      )
  }

  /** @returns false where it has to wait until there is room */
  function begin(work: Work): boolean {
    const key = `${work.kind} ${work.organizationId}`
    if (underWay.has(key)) return true
    const ofItsKind = [...underWay.values()].filter((each) => each.work.kind === work.kind)
    if (isStopped || ofItsKind.length >= atOncePerKind) return false
    const ending = performUnderLease(services, work, options)
      .catch(options.onError)
      .finally(() => {
        underWay.delete(key)
        beginAll()
      })
    underWay.set(key, { work, ending })
    return true
  }

  return {
    offer: (pace, works) => {
      found.set(pace, works)
      beginAll()
    },
    stop: async () => {
      isStopped = true
      const endings = Promise.all([...underWay.values()].map(({ ending }) => ending))
      await within(options.stopMillis ?? 30_000, endings).catch(() => {})
    },
  }
}

async function performUnderLease(
  services: Pick<Services, 'database' | 'ids'>,
  work: Work,
  { run, onFailure, onError, heartbeatMillis = 10_000, longestRunMillis = 900_000 }: QueueOptions,
): Promise<void> {
  const { database } = services
  const lease = await takeWork(services, work)
  if (lease === undefined) return
  const heartbeat = setInterval(() => void beat(), heartbeatMillis)
  // What it works on is claimed row by row as well, so it may finish; what it gives back is not its own any more.
  const beat = async (): Promise<void> => {
    try {
      if (await keepWork(database, lease)) return
      clearInterval(heartbeat)
      onFailure(new Error('Its lease ran out, and another node may have taken it over'), work)
    } catch (error) {
      onError(error)
    }
  }
  heartbeat.unref()
  try {
    await within(longestRunMillis, run(work))
  } catch (error) {
    onFailure(error, work)
    return await putOffWork(database, lease)
  } finally {
    clearInterval(heartbeat)
  }
  await finishWork(database, lease)
}

async function within<T>(millis: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`It took longer than ${millis / 1000} seconds`)), millis)
  timer.unref()
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
