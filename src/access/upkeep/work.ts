// What the background worker asks of the installation as a whole: which organizations have something to do, the leases by which
// one node at a time does it, and a broom.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'
import type { Services } from '#src/context.ts'

/** What may not wait: asked for every second. */
type PromptKind = 'mail' | 'logout' | 'sessions' | 'alarm' | 'user_change' | 'draft' | 'domain' | 'metadata'

/** What waits for a minute. */
type SealKind = 'audit_seal'

/** What may wait for minutes. */
type UpkeepKind =
  | 'reminder'
  | 'end_date'
  | 'retention'
  | 'certificate'
  | 'emergency_drill'
  | 'brake'
  | 'report'
  | 'checklist'
  | 'review'
  | 'inactivity'
  | 'access_digest'
  | 'absence'

export type WorkKind = PromptKind | SealKind | UpkeepKind

/** What is asked for together, as often as it may not wait. */
export type WorkPace = 'prompt' | 'seal' | 'upkeep'

/** Work of an organization that was due at the moment of the look, which is kept to the microsecond. */
export type Work = { organizationId: string; kind: WorkKind; seenAt: string }

/** Work that this node does now; `holder` is the run. */
export type Lease = { organizationId: string; kind: WorkKind; holder: string }

const due = prepared<{ pace: string }, Work>(
  (p) => sql`select organization_id as "organizationId", kind, seen_at::text as "seenAt" from due_work(${p.pace})`,
)

const take = prepared<Work & { holder: string }, { isMine: boolean }>(
  (p) => sql`select take_work(${p.organizationId}, ${p.kind}, ${p.holder}, ${p.seenAt}::timestamptz) as "isMine"`,
)

const keep = prepared<Lease, { isMine: boolean }>(
  (p) => sql`select keep_work(${p.organizationId}, ${p.kind}, ${p.holder}) as "isMine"`,
)

const finish = prepared<Lease, unknown>((p) => sql`select finish_work(${p.organizationId}, ${p.kind}, ${p.holder})`)

const putOff = prepared<Lease & Pause, unknown>(
  (p) => sql`select put_off_work(${p.organizationId}, ${p.kind}, ${p.holder}, ${p.delay}::int, ${p.longest}::int)`,
)

const sweep = prepared<Record<string, never>, unknown>(() => sql`select sweep_expired()`)

/** In seconds: after the first failure, and at most. */
type Pause = { delay: number; longest: number }

const short: Pause = { delay: 5, longest: 60 }
/** Others are asked, who may be away for long. */
const medium: Pause = { delay: 60, longest: 900 }
const long: Pause = { delay: 60, longest: 3_600 }

const pauses: Record<WorkKind, Pause> = {
  ...{ mail: short, logout: short, sessions: short, alarm: short, user_change: short, draft: short, audit_seal: short },
  ...{ domain: medium, metadata: medium },
  ...{ reminder: long, end_date: long, retention: long, certificate: long, emergency_drill: long },
  ...{ brake: long, report: long, review: long, checklist: long, inactivity: long, access_digest: long, absence: long },
}

/** What is due of this pace and nobody does, whoever waited longest first. @throws AppError unavailable */
export const listWork = (database: Database, pace: WorkPace): Promise<Work[]> => database.read(due({ pace }))

/**
 * Takes the lease of work, for half a minute.
 * @returns undefined where somebody else has it, or had it since the look
 * @throws AppError unavailable
 */
export async function takeWork(
  { database, ids }: Pick<Services, 'database' | 'ids'>,
  work: Work,
): Promise<Lease | undefined> {
  const { organizationId, kind } = work
  const lease = { organizationId, kind, holder: ids.next('run') }
  const [row] = await database.run(take({ ...work, ...lease }))
  return row?.isMine === true ? lease : undefined
}

/** Has the lease run for another half a minute. @returns whether it is still held @throws AppError unavailable */
export async function keepWork(database: Database, lease: Lease): Promise<boolean> {
  const [row] = await database.run(keep(lease))
  return row?.isMine === true
}

/** Gives the lease back: it is done. @throws AppError unavailable */
export async function finishWork(database: Database, lease: Lease): Promise<void> {
  await database.run(finish(lease))
}

/** Gives the lease back: it failed, and is tried again after a pause that grows with each failure. @throws AppError unavailable */
export async function putOffWork(database: Database, lease: Lease): Promise<void> {
  await database.run(putOff({ ...lease, ...pauses[lease.kind] }))
}

/** Removes what has run out and means nothing any more. @throws AppError unavailable */
export async function sweepExpired(database: Database): Promise<void> {
  await database.run(sweep({}))
}
