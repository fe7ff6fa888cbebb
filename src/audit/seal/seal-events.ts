// Puts audit rows under a seal, behind those who write them: nobody waits for it, and a row that is committed late is sealed late.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { selectRows } from './lines.ts'
import { beginning, maxRows, type Segment, segmentOf, selectLastSegment } from './segments.ts'

type Horizon = { lastPosition: string; below: string }

const takeHorizon = prepared<Record<string, never>, Horizon>(
  () => sql`select h.last_position::text as "lastPosition", h.below::text as below from audit_horizon() h`,
)

const isPassed = prepared<{ below: string }, { isPassed: boolean }>(
  (p) => sql`select is_settled_below(${p.below}) as "isPassed"`,
)

const lockSegments = prepared<{ organizationId: string }, unknown>(
  (p) => sql`select pg_advisory_xact_lock(hashtextextended('audit_segments ' || ${p.organizationId}::text, 0))`,
)

type NewSegment = Segment & { organizationId: string }

const insertSegment = prepared<NewSegment, never>(
  (
    p,
  ) => sql`insert into audit_segments (organization_id, sequence, after_position, last_position, event_count, event_ids,
      event_hashes, previous_hash, hash, sealed_at)
    values (${p.organizationId}, ${p.sequence}::int, ${p.afterPosition}::bigint, ${p.lastPosition}::bigint,
      ${p.eventCount}::int, string_to_array(${p.eventIds}, ' '), ${p.eventHashes}, ${p.previousHash}, ${p.hash},
      to_timestamp(${p.sealedAt}::bigint / 1000.0))`,
)

/** As long as a unit of work may take, and a little more. */
const usualWaitMillis = 12_000
const lookMillis = 200
/** So that one run does not go on for too long after an upgrade; the next one is a minute away. */
const segmentsAtOnce = 2_000

/**
 * Seals what is committed by now, in segments of at most `maxRows` rows. While a transaction goes on that may still bring a row
 * before those, it waits for a few seconds, and otherwise leaves it to the next run.
 * @returns how many rows were sealed
 */
export async function sealEvents(ctx: CallContext, { waitMillis = usualWaitMillis } = {}): Promise<number> {
  const [[horizon] = []] = await inTransaction(ctx, (tx) => tx.commitWith(takeHorizon({})))
  if (horizon === undefined || !(await waitFor(ctx, horizon, waitMillis))) return 0
  let sealed = 0
  for (let segments = 0; segments < segmentsAtOnce; segments += 1) {
    const rows = await sealOne(ctx, horizon)
    sealed += rows
    if (rows < maxRows) break
  }
  return sealed
}

/** True once every transaction is over that could have a position up to the horizon. */
async function waitFor(ctx: CallContext, { below }: Horizon, waitMillis: number): Promise<boolean> {
  for (let waited = 0; waited <= waitMillis; waited += lookMillis) {
    const [[answer] = []] = await inTransaction(ctx, (tx) => tx.commitWith(isPassed({ below })))
    if (answer?.isPassed === true) return true
    await sleep(lookMillis)
  }
  return false
}

const sealOne = (ctx: CallContext, horizon: Horizon): Promise<number> =>
  inTransaction(ctx, async (tx) => {
    const { organizationId } = ctx
    await tx.run(lockSegments({ organizationId }))
    const previous = (await tx.run(selectLastSegment({ organizationId })))[0] ?? beginning
    const range = { organizationId, after: previous.lastPosition, last: horizon.lastPosition, limit: maxRows }
    const rows = await tx.run(selectRows(range))
    if (rows.length === 0) return 0
    const segment = segmentOf(organizationId, { previous, rows, sealedAt: ctx.clock.now() })
    await tx.commitWith(insertSegment({ organizationId, ...segment }))
    return rows.length
  })
