// Processor time of processes, as Linux accounts for it in /proc/PID/stat, all threads included.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Of a process: its own time, that of its children that have ended, and whose child it is; times in milliseconds. */
type Stat = { parent: number; own: number; ended: number }

/** USER_HZ, which is 100 on every architecture of Linux. */
const tickMillis = 10

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name stands in brackets and may hold anything; what follows it is counted from field 3.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const time = (first: number) => ((fields[first - 3] ?? 0) + (fields[first - 2] ?? 0)) * tickMillis
    return { parent: fields[1] ?? 0, own: time(14), ended: time(16) }
  } catch {
    // It has ended meanwhile.
    return undefined
  }
}

/** Milliseconds of processor time that the process has taken. */
export const timeOf = (pid: number): number => statOf(pid)?.own ?? 0

/** Milliseconds by now of those that serve clients, by process, and of everything else of PostgreSQL, what has ended included. */
export type PostgresTime = { backends: ReadonlyMap<number, number>; ended: number; others: number }

/** @param postmaster the id of PostgreSQL's first process, whose children do the work */
export function postgresTime(postmaster: number): PostgresTime {
  const backends = new Map<number, number>()
  let others = 0
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    const stat = Number.isInteger(pid) ? statOf(pid) : undefined
    if (stat?.parent !== postmaster) continue
    if (isBackend(pid)) backends.set(pid, stat.own)
    else others += stat.own
  }
  const own = statOf(postmaster)
  return { backends, ended: own?.ended ?? 0, others: others + (own?.own ?? 0) }
}

/**
 * What was taken between two looks. What has ended counts to the backends where one of them has, else to the others: workers
 * of autovacuum come and go.
 */
export function postgresTimeBetween(before: PostgresTime, after: PostgresTime): { backends: number; others: number } {
  const ended = after.ended - before.ended
  const isOneGone = [...before.backends.keys()].some((pid) => !after.backends.has(pid))
  const live = [...after.backends].reduce((sum, [pid, time]) => sum + time - (before.backends.get(pid) ?? 0), 0)
  const goneBefore = [...before.backends].reduce((sum, [pid, time]) => sum + (after.backends.has(pid) ? 0 : time), 0)
  return {
    backends: live + (isOneGone ? ended - goneBefore : 0),
    others: after.others - before.others + (isOneGone ? 0 : ended),
  }
}

/** PostgreSQL names processes after what they do; one that serves a client says user, database and address. */
function isBackend(pid: number): boolean {
  try {
    const name = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return /^postgres: \S+ \S+ (\[local\]|[0-9a-f.:]+\(\d+\))/.test(name)
  } catch {
    return false
  }
}

/** The first process of the PostgreSQL that keeps its data below the folder. @throws Error where none runs */
export function postmasterOf(dataDir: string): number {
  const file = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('postmaster.pid'),
  )
  if (file === undefined) throw new Error('No embedded PostgreSQL runs here')
  return Number(readFileSync(join(dataDir, file), 'utf8').split('\n')[0])
}
