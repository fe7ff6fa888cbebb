// The background worker of a node. Every second it asks which organizations have something to do that nobody does yet, and takes
// of it what it has room for. So each kind of work of an organization is done on one node at a time; row by row it is claimed
// all the same.
import { systemContext } from '#access/ground/system-context.ts'
import { eraseDueOrganizations } from '#access/platform/organizations/erase-organizations.ts'
import { analyzeGrown } from '#access/upkeep/analyze-grown.ts'
import { resealSecrets } from '#access/upkeep/reseal-secrets.ts'
import { removeOldOfPlatform } from '#access/upkeep/retention.ts'
import { listWork, sweepExpired, type WorkPace } from '#access/upkeep/work.ts'
import type { Log } from '#platform/log.ts'
import { inSpan } from '#platform/tracing.ts'
import { platformId, type Services } from '#src/context.ts'
import { type Jobs, standardJobs } from './jobs.ts'
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
  /** How often it looks for secrets under a key that seals no more. */
  resealMillis?: number
  /** How often tables are looked at that may have grown. */
  statisticsMillis?: number
  /** How often a run under way is heard of. */
  heartbeatMillis?: number
}

const sweepMillis = 3_600_000

/** Works until it is stopped; keeps no process alive by itself. */
export function startWorker(services: Services, log: Log, options: WorkerOptions = {}): Worker {
  const { tickMillis = 1_000, upkeepMillis = 300_000, sealMillis = 60_000, heartbeatMillis } = options
  const { resealMillis = 3_600_000, statisticsMillis = 10_000 } = options
  const { database } = services
  const jobs: Jobs = { ...standardJobs, ...options.jobs }
  let isFailing = false
  let ticking: Promise<void> | undefined
  const queue = queueOf(services, log, { jobs, heartbeatMillis, onError: complain })
  const isDue = timetable(services, {
    ...{ sweep: sweepMillis, upkeep: upkeepMillis, seal: sealMillis },
    ...{ reseal: resealMillis, statistics: statisticsMillis, erase: sealMillis },
  })

  // Once, not every second for as long as the database is away.
  function complain(error: unknown): void {
    if (!isFailing) log.warn({ error }, 'The worker could not look for work; it keeps trying')
    isFailing = true
  }

  // Work of kinds that this node has no job for waits for one that has.
  async function look(pace: WorkPace): Promise<void> {
    const works = await listWork(database, pace)
    queue.offer(
      pace,
      works.filter(({ kind }) => jobs[kind] !== undefined),
    )
  }

  async function reseal(): Promise<void> {
    const { count, unopened } = await resealSecrets(services)
    const { currentKeyId: keyId } = services.sealing
    if (count > 0) log.info({ count, keyId }, 'Secrets are sealed anew under the current key')
    if (unopened.length > 0)
      log.warn({ unopened: unopened.slice(0, 20), keyId }, 'Secrets under an old key cannot be opened')
  }

  async function sweep(): Promise<void> {
    await sweepExpired(database)
    await removeOldOfPlatform(systemContext(services, platformId))
  }

  async function erase(): Promise<void> {
    const organizations = await eraseDueOrganizations(services)
    if (organizations.length > 0) log.info({ organizations }, 'Deleted organizations are erased')
  }

  async function tick(): Promise<void> {
    try {
      await isDue('sweep', sweep)
      await look('prompt')
      await isDue('seal', () => look('seal'))
      await isDue('upkeep', () => look('upkeep'))
      await isDue('statistics', () => analyzeGrown(database))
      await isDue('reseal', reseal)
      await isDue('erase', erase)
      if (isFailing) log.info('The worker finds its work again')
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

function queueOf(
  services: Services,
  log: Log,
  {
    jobs,
    heartbeatMillis,
    onError,
  }: { jobs: Jobs; heartbeatMillis: number | undefined; onError(error: unknown): void },
): JobQueue {
  return createQueue(services, {
    onError,
    heartbeatMillis,
    run: async ({ organizationId, kind }) => {
      const attributes = { 'rolecall.job': kind, 'rolecall.organization_id': organizationId }
      await inSpan(`job ${kind}`, { attributes }, async () =>
        jobs[kind]?.(systemContext(services, organizationId), log),
      )
      services.metrics?.jobEnded({ kind, outcome: 'done' })
    },
    onFailure: (error, { organizationId, kind }) => {
      services.metrics?.jobEnded({ kind, outcome: 'failed' })
      log.warn({ error, organizationId, kind }, `Work of the kind ${kind} failed; it is tried again later`)
    },
  })
}

/** Does what is due by its own pace; what fails is due again at once. */
function timetable<Name extends string>({ clock }: Services, every: Record<Name, number>) {
  const doneAt = new Map<Name, number>()
  return async (name: Name, work: () => Promise<unknown>): Promise<void> => {
    const now = clock.now().getTime()
    if (now - (doneAt.get(name) ?? Number.NEGATIVE_INFINITY) < every[name]) return
    await work()
    doneAt.set(name, now)
  }
}
