// Events of every organization that a key of the platform reaches, in one order.
import { eventOf } from '#audit/events/events.ts'
import { firstPosition, isForgotten, selectPlatformEvents } from '#audit/events/platform-rows.ts'
import { actionsFor, type EventPage, type EventQuery, typesOf } from '#audit/events/read-events.ts'
import { eventsSince, forgotten, positionNow, settledPosition } from '#audit/events/rows.ts'
import { readCursor, writeCursor } from '#platform/cursor.ts'
import { invalid } from '#platform/errors.ts'
import { firstIdAt } from '#platform/ids.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { requirePlatform } from '../../ground/platform-rights.ts'

/**
 * As `readEvents` of an organization, with a cursor of its own, since no event is the platform's last one.
 * @throws AppError forbidden (reason `scope`); gone; invalid; unavailable for `latest` while a change goes on for long
 */
export async function readPlatformEvents(ctx: CallContext, query: EventQuery): Promise<EventPage> {
  requirePlatform(ctx, 'events.read')
  const types = typesOf(query)
  const { after, limit } = query
  if (after === 'latest') return nothingAfter(await positionNow(ctx))
  const from = await placeAfter(ctx, after)
  const upTo = await settledPosition(ctx)
  if (upTo === undefined || upTo <= from) return nothingAfter(from)
  const { reach = 'all', organizationIds = [] } = ctx.platform ?? {}
  const range = { after: from, upTo, since: eventsSince(ctx).toISOString(), reach, organizationIds }
  const statement = selectPlatformEvents({ ...range, actions: actionsFor(types), limit: limit + 1 })
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const shown = rows.slice(0, limit)
  const hasMore = rows.length > limit
  const last = (hasMore ? shown.at(-1)?.position : undefined) ?? upTo
  const cursors = shown.map(({ position }) => writeCursor(position))
  return { items: shown.map((row) => eventOf(row)), cursors, next: writeCursor(last), hasMore }
}

const nothingAfter = (position: number): EventPage => ({
  ...{ items: [], cursors: [], next: writeCursor(position), hasMore: false },
})

/** @throws AppError gone; invalid (reason `invalidCursor`) */
async function placeAfter(ctx: CallContext, after: string | undefined): Promise<number> {
  const since = eventsSince(ctx)
  if (after === undefined) {
    const begin = firstPosition({ firstId: firstIdAt('evt', since) })
    const [[row] = []] = await inTransaction(ctx, (tx) => tx.commitWith(begin))
    return row?.position ?? 0
  }
  const [position] = readCursor(after)
  if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 0)
    throw invalid('`after` is the `next` of an answer before, or `latest`', 'invalidCursor')
  const old = isForgotten({ after: position, since: since.toISOString() })
  const [[row] = []] = await inTransaction(ctx, (tx) => tx.commitWith(old))
  if (row?.isForgotten === true) throw forgotten()
  return position
}
