// A backup that was restored knows sessions, codes and links that ended since. So a database notes where it lives, and what let
// somebody in ends when it finds itself somewhere else.
import type { Connection } from './connection.ts'
import { codeOf } from './errors.ts'

/** `timeline`: PostgreSQL has taken over from another one, or was recovered to a point in time. */
export type Settled = 'same' | 'new' | 'restored' | 'timeline'

const undefinedFunction = '42883'

/** Before other work on a connection, which has no transaction under way. @throws what the driver throws */
export async function settle({ sql }: Pick<Connection, 'sql'>): Promise<Settled> {
  const [found] = await sql.unsafe<{ ok: boolean }[]>('select public.is_settled() as ok').catch((error: unknown) => {
    // A database that has yet to be migrated, as the readiness check tells.
    if (codeOf(error) === undefinedFunction) return [{ ok: true }]
    throw error
  })
  if (found?.ok === true) return 'same'
  await sql.unsafe('BEGIN READ WRITE')
  try {
    // There may be many sessions.
    await sql.unsafe(`SET LOCAL statement_timeout = '10min'`)
    const [settled] = await sql.unsafe<{ state: Settled }[]>('select public.settle_in() as state')
    await sql.unsafe('COMMIT')
    return settled?.state ?? 'same'
  } catch (error) {
    await sql.unsafe('ROLLBACK').catch(() => {})
    throw error
  }
}

/** @returns what an operator should know; undefined where there is nothing to say */
export function settledWarning(state: Settled): string | undefined {
  if (state === 'restored') {
    return (
      'The database is not where it was: a backup was restored, or it has moved. All sessions, codes, refresh tokens, sign-ins ' +
      'under way, password links and setup links of the backup have been ended. Let directories synchronize in full, and look ' +
      'through tokens and API keys that were revoked since the backup'
    )
  }
  if (state === 'timeline') {
    return (
      'The database is on another timeline than before: a standby has taken over, or it was recovered to a point in time. In ' +
      'the latter case run "rolecall database restored", which ends all sessions of back then'
    )
  }
  return undefined
}
