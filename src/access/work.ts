// What the background worker asks of the installation as a whole: which organizations have something to do, and a broom.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'

export type WorkKind = 'mail' | 'logout' | 'sessions' | 'domain' | 'metadata'

export type Work = { organizationId: string; kind: WorkKind }

const pending = prepared<Record<string, never>, Work>(
  () => sql`select organization_id as "organizationId", kind from organizations_with_work()`,
)

const sweep = prepared<Record<string, never>, unknown>(() => sql`select sweep_expired()`)

/** @throws AppError unavailable */
export const listWork = (database: Database): Promise<Work[]> => database.run(pending({}))

/** Removes what has run out and means nothing any more. @throws AppError unavailable */
export async function sweepExpired(database: Database): Promise<void> {
  await database.run(sweep({}))
}
