// The background worker of a node. Every second it asks which organizations have something to do and puts that on the queue;
// whichever node is free takes it. So each kind of work of an organization is done on one node at a time; row by row it is
// claimed all the same.
import { systemContext } from '#access/ground/system-context.ts'
import { listUnsealed, listUpkeep, listWork, sweepExpired, type WorkKind } from '#access/upkeep/work.ts'
import type { Log } from '#platform/log.ts'
import type { Services } from '#src/context.ts'
import { type Job, type Jobs, standardJobs } from './jobs.ts'
import { createQueue, type JobQueue } from './queue.ts'

export type Worker = {
  /** Takes nothing new on and waits for what is under way. */
  stop(): Promise<void>
}

export type WorkerOptions = {
  jobs?: Jobs
  tickMillis?: number
  /** How often it asks for what may wait. */
  upkeepMillis?: number
  /** How often audit rows are put under a seal. */
  sealMillis?: number
  /** How often it looks for jobs that a dead node left behind. */
  maintenanceSeconds?: number
}

const sweepMillis = 3_600_000
/** So that slow name servers or providers of many organizations do not take all of the connections to the database. */
const atOncePerKind = 2

/** Works until it is stopped; keeps no process alive by itself. */
export function startWorker(services: Services, log: Log, options: WorkerOptions = {}): Worker {
  const { tickMillis = 1_000, upkeepMillis = 300_000, sealMillis = 60_000, maintenanceSeconds = 15 } = options
  const jobs = jobsOf({ ...standardJobs, ...options.jobs })
  let isFailing = false
  let isStarted = false
  let ticking: Promise<void> | undefined
  const queue = createQueue(services, { onError: complain, maintenanceSeconds })
  const isDue = timetable(services, {
    sweep: sweepMillis,
    upkeep: upkeepMillis,
    seal: sealMillis,
    maintenance: maintenanceSeconds * 1_000,
  })

  // Once, not every second for as long as the database is away.
  function complain(error: unknown): void {
    if (!isFailing) log.warn({ error }, 'The worker could not look for work; it keeps trying')
    isFailing = true
  }

  async function start(): Promise<void> {
    await queue.start()
    for (const [kind, job] of jobs) await queue.take(kind, atOncePerKind, runOf(services, log, kind, job))
    isStarted = true
  }

  async function tick(): Promise<void> {
    try {
      if (!isStarted) await start()
      await isDue('sweep', () => sweepExpired(services.database))
      await isDue('maintenance', () => queue.maintain())
      await offer(queue, jobs, await listWork(services.database))
      await isDue('seal', async () => offer(queue, jobs, await listUnsealed(services.database)))
      await isDue('upkeep', async () => offer(queue, jobs, await listUpkeep(services.database)))
      isFailing = false
    } catch (error) {
      complain(error)
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
      clearInterval(timer)
      await ticking
      await queue.stop()
    },
  }
}

const jobsOf = (jobs: Jobs): ReadonlyMap<WorkKind, Job> =>
  new Map(Object.entries(jobs).flatMap(([kind, job]) => (job === undefined ? [] : [[kind as WorkKind, job]])))

/** Does what is due by its own pace; what fails is due again at once. */
function timetable<Name extends string>({ clock }: Services, every: Record<Name, number>) {
  const doneAt = new Map<Name, number>()
  return async (name: Name, work: () => Promise<void>): Promise<void> => {
    const now = clock.now().getTime()
    if (now - (doneAt.get(name) ?? Number.NEGATIVE_INFINITY) < every[name]) return
    await work()
    doneAt.set(name, now)
  }
}

/** Work of kinds that this node has no job for waits for one that has. */
async function offer(
  queue: JobQueue,
  jobs: ReadonlyMap<WorkKind, Job>,
  found: Awaited<ReturnType<typeof listWork>>,
): Promise<void> {
  const works = found.filter(({ kind }) => jobs.has(kind))
  if (works.length === 0) return
  await queue.put(works)
  for (const kind of new Set(works.map(({ kind }) => kind))) queue.wake(kind)
}

const runOf =
  (services: Services, log: Log, kind: WorkKind, job: Job) =>
  async (organizationId: string): Promise<void> => {
    try {
      await job(systemContext(services, organizationId), log)
    } catch (error) {
      log.warn({ error, organizationId, kind }, `Work of the kind ${kind} failed; it is tried again later`)
      // The queue keeps what it is told: nothing of the error, which may hold what a statement was about.
      throw new Error('It failed; see the log')
    }
  }
