// In which rhythm a provider delivers: Entra ID in cycles some forty minutes apart, others whenever something changes. Read from
// the provisioning log, not assumed.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'

export type DirectoryRhythm = {
  /** The usual time from the start of one cycle to the next; null where there is none. */
  everyMinutes: number | null
  lastStartAt: string
  /** In the past where the cycle is late. */
  nextExpectedAt: string | null
}

/** What comes closer together belongs to one cycle. */
const pauseMinutes = 10
const requests = 3_000
const cycles = 6
/** Fewer say nothing about a rhythm. */
const fewest = 3
/** How much longer than the shortest the longest time between two may be. */
const evenness = 1.5

const selectStarts = prepared<{ organizationId: string; directoryId: string }, { at: string }>(
  (p) => sql`select occurred_at as at from (
      select occurred_at, lag(occurred_at) over (order by occurred_at) as before from (
        select occurred_at from provisioning_events
          where organization_id = ${p.organizationId} and directory_id = ${p.directoryId}
          order by id desc limit ${sql.raw(String(requests))}) recent) paced
    where before is null or occurred_at - before > make_interval(mins => ${sql.raw(String(pauseMinutes))})
    order by occurred_at desc limit ${sql.raw(String(cycles))}`,
)

/** Null where the log holds nothing of the directory. @throws AppError forbidden */
export async function getDirectoryRhythm(ctx: CallContext, directoryId: string): Promise<DirectoryRhythm | null> {
  requirePermission(ctx, 'directories.read')
  const statement = selectStarts({ organizationId: ctx.organizationId, directoryId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const [last, ...earlier] = (rows ?? []).map(({ at }) => new Date(at).getTime())
  if (last === undefined) return null
  const millis = usual([last, ...earlier])
  return {
    everyMinutes: millis === null ? null : Math.round(millis / 60_000),
    lastStartAt: new Date(last).toISOString(),
    nextExpectedAt: millis === null ? null : new Date(last + millis).toISOString(),
  }
}

/** The median time between neighbours, if they are about equally far apart. */
function usual(starts: readonly number[]): number | null {
  const between = starts.slice(1).map((start, index) => (starts[index] ?? start) - start)
  const [shortest, longest] = [Math.min(...between), Math.max(...between)]
  if (between.length < fewest - 1 || longest > shortest * evenness) return null
  return between.toSorted((a, b) => a - b)[Math.floor(between.length / 2)] ?? null
}
