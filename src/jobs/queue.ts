// The queue of jobs in PostgreSQL: pg-boss on our own connections, as the server's role. A queue for each kind of work, in it at
// most one job for an organization at a time, waiting or under way, in the whole installation; any node may take it.
// The tables are made by a migration (drizzle/0008_queue.sql): nothing here may change them.
import { PgBoss } from 'pg-boss'
import type { Work, WorkKind } from '#access/upkeep/work.ts'
import { AppError } from '#platform/errors.ts'
import type { Services } from '#src/context.ts'

export type JobQueue = {
  /** May be called again where it failed. @throws where the database is away, or has the tables of another version */
  start(): Promise<void>
  /** Puts work on the queue that is not there yet. */
  put(works: readonly Work[]): Promise<void>
  /** Does work of this kind from now on, so many at a time; what `work` throws has it tried again later. */
  take(kind: WorkKind, atOnce: number, work: (organizationId: string) => Promise<void>): Promise<void>
  /** Looks for work of this kind now. */
  wake(kind: WorkKind): void
  /** Gives back what dead nodes left behind, and removes what is done; on one node at a time. */
  maintain(): Promise<void>
  /** Takes nothing new on and waits for what is under way. */
  stop(): Promise<void>
}

export type QueueOptions = {
  /** What goes wrong between two calls. */
  onError(error: unknown): void
  /** How often at most, over all nodes, abandoned jobs are looked for. */
  maintenanceSeconds?: number
}

type Payload = { organizationId: string }

/** Workers are woken where there is something to do; this is for what nobody woke them for. */
const pollSeconds = 300
/** A third of the time after which a job without one counts as abandoned. */
const heartbeatSeconds = 10
const stopMillis = 30_000

export function createQueue(services: Pick<Services, 'database'>, options: QueueOptions): JobQueue {
  const { onError, maintenanceSeconds = 15 } = options
  const boss = newBoss(services, maintenanceSeconds)
  boss.on('error', (reported: unknown) => onError(asError(reported)))
  const workers = new Map<WorkKind, string[]>()

  async function addWorker(kind: WorkKind, work: (organizationId: string) => Promise<void>): Promise<void> {
    const settings = { pollingIntervalSeconds: pollSeconds, heartbeatRefreshSeconds: heartbeatSeconds }
    const id: string = await boss.work<Payload>(kind, settings, async ([job]) => {
      if (job === undefined) return
      await work(job.data.organizationId)
      // There may be more: the next look is at once.
      boss.notifyWorker(id)
    })
    workers.set(kind, [...(workers.get(kind) ?? []), id])
  }

  return {
    start: async () => {
      await boss.start()
    },
    put: async (works) => {
      for (const [kind, found] of Map.groupBy(works, ({ kind }) => kind)) {
        const jobs = found.map(({ organizationId }) => ({ data: { organizationId }, singletonKey: organizationId }))
        await boss.insert(kind, jobs)
      }
    },
    take: async (kind, atOnce, work) => {
      for (let count = 0; count < atOnce; count += 1) await addWorker(kind, work)
    },
    wake: (kind) => {
      for (const id of workers.get(kind) ?? []) boss.notifyWorker(id)
    },
    maintain: () => boss.supervise(),
    stop: () => boss.stop({ graceful: true, timeout: stopMillis }),
  }
}

type Value = Parameters<Services['database']['script']>[1][number]

/** pg-boss passes texts, numbers, nulls, lists of ids and, for JSON, now and then the object itself. */
const asValue = (value: unknown): Value =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : (value as Value)

/** Its workers report plain objects with what an error has. */
function asError(reported: unknown): unknown {
  if (reported instanceof Error || typeof reported !== 'object' || reported === null) return reported
  const { message, stack, code } = reported as Record<string, unknown>
  return Object.assign(new Error(String(message)), { code, ...(typeof stack === 'string' ? { stack } : {}) })
}

function newBoss({ database }: Pick<Services, 'database'>, maintenanceSeconds: number): PgBoss {
  const executeSql = async (text: string, values: unknown[] = []) => {
    try {
      return { rows: await database.script(text, values.map(asValue)) }
    } catch (error) {
      // It looks at PostgreSQL's own codes.
      throw error instanceof AppError && error.cause instanceof Error ? error.cause : error
    }
  }
  return new PgBoss({
    db: { executeSql },
    schema: 'pgboss',
    migrate: false,
    createSchema: false,
    // The worker's own tick does what these timers would.
    supervise: false,
    schedule: false,
    monitorIntervalSeconds: maintenanceSeconds,
    maintenanceIntervalSeconds: 600,
    // Rebuilding indexes takes their owner.
    reindex: false,
    monitorVacuum: false,
  })
}
