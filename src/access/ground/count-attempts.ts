// Limits on attempts. They are counted in the database, so that all nodes count together, under a hash of what is counted.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'

/** So many attempts in a window of time, which begins with the first one; it does not grow by further attempts. */
export type RateLimit = { name: string; attempts: number; windowSeconds: number }

export type Counted = { limit: RateLimit; key: string }

const count = prepared<{ keyHash: string; attempts: number; windowSeconds: number }, { seconds: number }>(
  (p) => sql`select throttle(${p.keyHash}, ${p.attempts}::int, ${p.windowSeconds}::int) as seconds`,
)

const forgive = prepared<{ keyHash: string }, unknown>((p) => sql`select forgive_throttle(${p.keyHash})`)

const clear = prepared<{ keyHash: string }, unknown>((p) => sql`select clear_throttle(${p.keyHash})`)

const hashOf = ({ limit, key }: Counted): string => sha256(`${limit.name}:${key}`)

/** Counts an attempt against each limit. @returns 0 where it is within all of them, or the seconds to wait */
export async function countAttempt(database: Database, ...counted: Counted[]): Promise<number> {
  const rows = await Promise.all(
    counted.map((each) => {
      const { attempts, windowSeconds } = each.limit
      return database.run(count({ keyHash: hashOf(each), attempts, windowSeconds }))
    }),
  )
  return Math.max(0, ...rows.map(([row]) => row?.seconds ?? 0))
}

/** Counting as a statement, for a transaction that is rolled back: how long the next attempt would have to wait. */
export const attemptCounted = (counted: Counted): Statement<{ seconds: number }> => {
  const { attempts, windowSeconds } = counted.limit
  return count({ keyHash: hashOf(counted), attempts, windowSeconds })
}

/**
 * Takes an attempt back that has turned out well: limits by address are for those who guess, not for the many who share one.
 * Others stay counted, so that one's own sign-in gives nobody another try.
 */
export async function forgiveAttempt(database: Database, ...counted: Counted[]): Promise<void> {
  await Promise.all(counted.map((each) => database.run(forgive({ keyHash: hashOf(each) }))))
}

/** Whoever has proven who they are begins anew. */
export async function forgetAttempts(database: Database, counted: Counted): Promise<void> {
  await database.run(clear({ keyHash: hashOf(counted) }))
}

/** An address as it is counted: of IPv6 the network, since one customer has all of it. */
export function addressKey(ip: string | null): string {
  if (ip === null) return 'unknown'
  if (!ip.includes(':')) return ip
  const [head = '', tail = ''] = ip.split('::')
  const groups = head.split(':').filter((group) => group !== '')
  const rest = tail.split(':').filter((group) => group !== '')
  const whole = ip.includes('::')
    ? [...groups, ...Array(Math.max(0, 8 - groups.length - rest.length)).fill('0'), ...rest]
    : groups
  return whole
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')
}
