// What the background worker asks of the installation as a whole: which organizations have something to do, and a broom.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'

/** What may not wait: asked for every second. */
type PromptKind = 'mail' | 'logout' | 'sessions' | 'alarm' | 'user_change' | 'domain' | 'metadata'

/** What waits for a minute. */
type SealKind = 'audit_seal'

/** What may wait for minutes. */
type UpkeepKind = 'reminder' | 'end_date' | 'retention' | 'certificate' | 'emergency_drill'

/** Each kind has a queue of its name in the database. */
export type WorkKind = PromptKind | SealKind | UpkeepKind

export type Work = { organizationId: string; kind: WorkKind }

const pending = prepared<Record<string, never>, Work>(
  () => sql`select organization_id as "organizationId", kind from organizations_with_work()`,
)

const unsealed = prepared<Record<string, never>, Work>(
  () => sql`select organization_id as "organizationId", 'audit_seal' as kind from organizations_to_seal()`,
)

const upkeep = prepared<Record<string, never>, Work>(
  () => sql`select organization_id as "organizationId", kind from organizations_with_upkeep()`,
)

const sweep = prepared<Record<string, never>, unknown>(() => sql`select sweep_expired()`)

/** @throws AppError unavailable */
export const listWork = (database: Database): Promise<Work[]> => database.run(pending({}))

/** Whose audit trail is not sealed to its end. @throws AppError unavailable */
export const listUnsealed = (database: Database): Promise<Work[]> => database.run(unsealed({}))

/** @throws AppError unavailable */
export const listUpkeep = (database: Database): Promise<Work[]> => database.run(upkeep({}))

/** Removes what has run out and means nothing any more. @throws AppError unavailable */
export async function sweepExpired(database: Database): Promise<void> {
  await database.run(sweep({}))
}
