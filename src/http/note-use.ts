// "Last used" of sessions, tokens and keys: noted in the database at most once a minute each, and no request waits for it.
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'

const intervalMillis = 60_000
const rememberedUses = 10_000

export type NoteUse = (log: Pick<Log, 'debug'>, id: string, write: () => Promise<unknown>) => void

/**
 * Notes that something of this kind was used, by `write`. "Last used" is a convenience: where it cannot be written, the
 * request itself has failed or will, and the next use is noted.
 * @param what is used, for the log
 */
export function createUseNotes(clock: Clock, what: string): NoteUse {
  const notedAt = new Map<string, number>()
  return (log, id, write) => {
    const now = clock.now().getTime()
    if (now - (notedAt.get(id) ?? 0) < intervalMillis) return
    if (notedAt.size >= rememberedUses) notedAt.clear()
    notedAt.set(id, now)
    write().catch((error: unknown) => {
      notedAt.delete(id)
      log.debug({ error }, `The use of ${what} could not be noted`)
    })
  }
}
