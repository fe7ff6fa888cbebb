// Events as rows: those of the audit trail that are published, and what the worker has worked out, in one order. How far they may be
// read without missing one whose transaction is still under way is `settledPosition`.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { isoTime, prepared } from '#db/statement.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { firstIdAt, isId } from '#platform/ids.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import type { EventRow } from './shapes.ts'

export type PlacedRow = EventRow & { position: number }

/** Events are kept for so long; the trail itself for good. */
export const eventDays = 30

const dayMillis = 86_400_000

/** What is older than this is forgotten. */
export const eventsSince = (ctx: Pick<CallContext, 'clock'>): Date =>
  new Date(ctx.clock.now().getTime() - eventDays * dayMillis)

type Range = { organizationId: string; after: number; upTo: number; since: string; actions: readonly string[] }

export const selectEvents = prepared<Range & { limit: number }, PlacedRow>(
  (p) => sql`select e.position::float8 as position, e.id, e.organization_id as "organizationId",
      ${isoTime(sql`e.occurred_at`)} as "occurredAt", e.actor_type as "actorType", e.actor_id as "actorId", e.action,
      e.target_id as "targetId", e.detail
    from (
      (select a.position, a.id, a.organization_id, a.occurred_at, a.actor_type, a.actor_id, a.action, a.target_id, a.detail
        from audit_events a where a.organization_id = ${p.organizationId} and a.position > ${p.after}::bigint
          and a.position <= ${p.upTo}::bigint and a.occurred_at >= ${p.since}::timestamptz
          and a.action = any (${p.actions}::text[]) order by a.position limit ${p.limit}::int)
      union all
      (select d.position, d.id, d.organization_id, d.occurred_at, 'system', 'rolecall', d.action, d.organization_id, d.detail
        from derived_events d where d.organization_id = ${p.organizationId} and d.position > ${p.after}::bigint
          and d.position <= ${p.upTo}::bigint and d.occurred_at >= ${p.since}::timestamptz
          and d.action = any (${p.actions}::text[]) order by d.position limit ${p.limit}::int)) e
    order by e.position limit ${p.limit}::int`,
)

/** The row itself, and the one that follows it, to tell whether something after it was forgotten. */
const locate = prepared<{ organizationId: string; id: string }, { position: number }>(
  (
    p,
  ) => sql`select position::float8 as position from audit_events where organization_id = ${p.organizationId} and id = ${p.id}
    union all select position::float8 from derived_events where organization_id = ${p.organizationId} and id = ${p.id}`,
)

const following = prepared<{ organizationId: string; position: number; since: string }, { isForgotten: boolean }>(
  (p) => sql`select a.occurred_at < ${p.since}::timestamptz as "isForgotten" from audit_events a
    where a.organization_id = ${p.organizationId} and a.position > ${p.position}::bigint order by a.position limit 1`,
)

const firstSince = prepared<{ organizationId: string; id: string }, { position: number }>(
  (p) => sql`select (a.position - 1)::float8 as position from audit_events a
    where a.organization_id = ${p.organizationId} and a.id >= ${p.id} order by a.id limit 1`,
)

const newest = prepared<{ organizationId: string; upTo: number }, { position: number; id: string }>(
  (p) => sql`select e.position::float8 as position, e.id from (
      (select a.position, a.id from audit_events a where a.organization_id = ${p.organizationId}
        and a.position <= ${p.upTo}::bigint order by a.position desc limit 1)
      union all (select d.position, d.id from derived_events d where d.organization_id = ${p.organizationId}
        and d.position <= ${p.upTo}::bigint order by d.position desc limit 1)) e
    order by e.position desc limit 1`,
)

const isNewer = prepared<{ organizationId: string; after: number }, { isThere: boolean }>(
  (p) => sql`select exists (select from audit_events a where a.organization_id = ${p.organizationId}
      and a.position > ${p.after}::bigint) or exists (select from derived_events d
      where d.organization_id = ${p.organizationId} and d.position > ${p.after}::bigint) as "isThere"`,
)

const horizon = prepared<Record<string, never>, { last: number; below: string }>(
  () => sql`select h.last_position::float8 as last, h.below::text as below from audit_horizon() h`,
)

const isPassed = prepared<{ below: string }, { isPassed: boolean }>(
  (p) => sql`select is_settled_below(${p.below}) as "isPassed"`,
)

const askAgainMillis = [2, 5, 10, 20, 40, 80]

/**
 * The position up to which nothing more can come: taken now, and passed once every transaction is over that could have one below.
 * @returns undefined where one goes on for longer than is waited for; then whoever asks comes again
 */
export async function settledPosition(ctx: CallContext, waitMillis = 2_000): Promise<number | undefined> {
  const [[taken] = []] = await inTransaction(ctx, (tx) => tx.commitWith(horizon({})))
  if (taken === undefined) return undefined
  const { last, below } = taken
  let waited = 0
  for (let times = 0; ; times += 1) {
    const [[answer] = []] = await inTransaction(ctx, (tx) => tx.commitWith(isPassed({ below })))
    if (answer?.isPassed === true) return last
    if (waited >= waitMillis) return undefined
    const pause = askAgainMillis[times] ?? 100
    await sleep(pause)
    waited += pause
  }
}

/**
 * Where somebody begins who wants what comes from now on: everything before is committed, so that nothing comes later that they would
 * not see, neither here nor in the present state.
 * @throws AppError unavailable (reason `not_settled`) while a change is under way for so long that nobody waits for it
 */
export async function positionNow(ctx: CallContext): Promise<number> {
  const position = await settledPosition(ctx, 10_000)
  if (position !== undefined) return position
  throw new AppError('unavailable', 'A change that began before is still under way: ask again in a few seconds', {
    ...{ reason: 'not_settled', retryAfterSeconds: 2 },
  })
}

/** Whether there is anything after the position, committed by now. */
export async function hasNewer(ctx: CallContext, after: number): Promise<boolean> {
  const [[row] = []] = await inTransaction(ctx, (tx) =>
    tx.commitWith(isNewer({ organizationId: ctx.organizationId, after })),
  )
  return row?.isThere === true
}

/** The newest row of the organization up to a settled position: where somebody begins who wants what comes from now on. */
export async function newestUpTo(
  ctx: CallContext,
  upTo: number,
): Promise<{ position: number; id: string } | undefined> {
  const [[row] = []] = await inTransaction(ctx, (tx) =>
    tx.commitWith(newest({ organizationId: ctx.organizationId, upTo })),
  )
  return row
}

export const forgotten = (): AppError =>
  new AppError(
    'gone',
    `Events after this one are older than ${eventDays} days and no longer kept: begin again without \`after\`, and read the present state by the API`,
    { reason: 'cursor_too_old' },
  )

/**
 * Where reading goes on after an event; the beginning of the 30 days without one.
 * @throws AppError gone where events after it are forgotten; invalid (reason `invalidCursor`) for what is no event of the organization
 */
export async function positionAfter(ctx: CallContext, after: string | undefined): Promise<number> {
  const { organizationId } = ctx
  const since = eventsSince(ctx)
  if (after === undefined) {
    const begin = firstSince({ organizationId, id: firstIdAt('evt', since) })
    const [[first] = []] = await inTransaction(ctx, (tx) => tx.commitWith(begin))
    return first?.position ?? 0
  }
  if (!isId('evt', after)) throw invalid('`after` is the id of an event, or `latest`', 'invalidCursor')
  const [[found] = []] = await inTransaction(ctx, (tx) => tx.commitWith(locate({ organizationId, id: after })))
  if (found === undefined) {
    if (after < firstIdAt('evt', since)) throw forgotten()
    throw invalid('`after` is no event of this organization', 'invalidCursor')
  }
  const next = following({ organizationId, position: found.position, since: since.toISOString() })
  const [[row] = []] = await inTransaction(ctx, (tx) => tx.commitWith(next))
  if (row?.isForgotten === true) throw forgotten()
  return found.position
}
