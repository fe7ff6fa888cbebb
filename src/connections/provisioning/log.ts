// The provisioning log: every request of a directory with its answer. Collected in memory and written in batches, so that no
// request waits for it, and not faster than leaves the database to the requests themselves. What cannot be written for a while
// is given up at last, the oldest first.
import type { Database } from '#db/database.ts'
import type { Clock } from '#platform/clock.ts'
import { AppError } from '#platform/errors.ts'
import type { Ids } from '#platform/ids.ts'
import type { Log } from '#platform/log.ts'
import { type AnsweredRequest, type HeldEntry, heldEntry, isMinor, rowOf } from './entry.ts'
import { enterLog, eventStatements } from './write-events.ts'

export type ProvisioningLog = {
  /** Takes note; returns at once and never throws. */
  record(answered: AnsweredRequest): void
  /** Writes what has been noted until now, as far as the database lets it. */
  flush(): Promise<void>
  /** Writes for a last time. */
  stop(): Promise<void>
  /** How many entries were given up since the start. */
  readonly dropped: number
}

export type ProvisioningLogOptions = {
  flushMillis?: number
  batchSize?: number
  /** The pause after a batch where there are more. */
  pauseMillis?: number
  capacity?: number
}

type Parts = { database: Database; clock: Clock; ids: Ids }

export function createProvisioningLog(parts: Parts, log: Log, options: ProvisioningLogOptions = {}): ProvisioningLog {
  const { flushMillis = 500, batchSize = 200, pauseMillis = 250, capacity = 5_000 } = options
  let entries: HeldEntry[] = []
  let dropped = 0
  let untold = 0
  let isFailing = false
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  function giveUp(count: number): void {
    dropped += count
    untold += count
  }

  /** Some at a time, so that finding them costs little for each. */
  function makeRoom(): void {
    const kept = withoutOldest(entries, entries.length - Math.floor(capacity * 0.9))
    giveUp(entries.length - kept.length)
    entries = kept
  }

  function schedule(millis: number): void {
    if (timer !== undefined || entries.length === 0 || isStopped) return
    timer = setTimeout(() => {
      timer = undefined
      // One after the other, whoever asked.
      writing = writing.then(writeOne).then(() => schedule(entries.length > batchSize ? pauseMillis : flushMillis))
    }, millis)
    timer.unref()
  }

  /** @returns false where the database could not take it */
  async function writeOne(): Promise<boolean> {
    const batch = entries.slice(0, batchSize)
    entries = entries.slice(batch.length)
    const unwritten = await writeBatch(parts, batch, complain)
    entries = [...unwritten, ...entries]
    if (entries.length > capacity) makeRoom()
    if (unwritten.length > 0) return false
    isFailing = false
    if (untold > 0) log.warn({ dropped: untold }, `The provisioning log has given up ${untold} entries`)
    untold = 0
    return true
  }

  async function writeAll(): Promise<void> {
    while (entries.length > 0 && (await writeOne()));
  }

  function complain(error: unknown, lost: number): void {
    giveUp(lost)
    if (!isFailing || lost > 0) log.warn({ error, lost }, 'The provisioning log could not be written')
    isFailing = true
  }

  function flush(): Promise<void> {
    writing = writing.then(writeAll)
    return writing
  }

  return {
    record: (answered) => {
      entries.push(heldEntry(answered, parts.clock.now().getTime()))
      if (entries.length > capacity) makeRoom()
      schedule(flushMillis)
    },
    flush,
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await flush()
      if (entries.length > 0)
        log.error({ lost: entries.length }, 'The end of the provisioning log could not be written')
    },
    get dropped() {
      return dropped
    },
  }
}

/** Without so many: the oldest successful questions, or where there are not enough of them, simply the oldest. */
function withoutOldest(entries: readonly HeldEntry[], count: number): HeldEntry[] {
  let left = count
  const kept = entries.filter((entry) => {
    const goes = left > 0 && isMinor(entry)
    if (goes) left -= 1
    return !goes
  })
  return kept.slice(left)
}

/** @returns what is to be tried again: nothing of a batch that the database refuses for what is in it */
async function writeBatch(
  { database, ids }: Parts,
  batch: readonly HeldEntry[],
  complain: (error: unknown, lost: number) => void,
): Promise<HeldEntry[]> {
  const unwritten: HeldEntry[] = []
  for (const [organizationId, own] of Map.groupBy(batch, (entry) => entry.organizationId)) {
    try {
      const rows = own.map((entry) => rowOf(entry, ids.next('prv')))
      await database.transaction(enterLog({ organizationId }), (tx) =>
        tx.commitWith(...eventStatements(organizationId, rows)),
      )
    } catch (error) {
      const isAway = error instanceof AppError && error.code === 'unavailable'
      if (isAway) unwritten.push(...own)
      complain(error, isAway ? 0 : own.length)
    }
  }
  return unwritten
}
