// Reading events in their order, from an event on: what the API, its streams and the SDK stand on.
import { z } from 'zod'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'
import { actionsOf, derivedTypes, eventOf, type PublishedEvent, publishedTypes } from './events.ts'
import { eventsSince, hasNewer, newestUpTo, positionAfter, positionNow, selectEvents, settledPosition } from './rows.ts'

export type EventPage = {
  items: PublishedEvent[]
  /** Of each of them, what to ask after to go on behind it. */
  cursors: string[]
  /** What to ask after next time, also where there was nothing; never `latest`. Null where nothing has ever happened: then all of it. */
  next: string | null
  hasMore: boolean
}

export type EventQuery = {
  /** The id of an event, `latest` for what comes from now on; from the beginning of the 30 days without it. */
  after?: string | undefined
  types?: readonly string[] | undefined
  limit: number
}

const Types = z.object({
  types: z
    .array(z.enum(publishedTypes as [string, ...string[]]))
    .min(1)
    .max(200)
    .optional(),
})

/** Null: all of them. @throws AppError invalid (field `types`) */
export const typesOf = ({ types }: EventQuery): readonly string[] | null => parseInput(Types, { types }).types ?? null

/** The actions behind these types, those of the worker's among them. */
export const actionsFor = (types: readonly string[] | null): string[] => [
  ...actionsOf(types),
  ...derivedTypes.filter((type) => types === null || types.includes(type)),
]

/**
 * What happened after an event, oldest first, and nothing beyond what is settled: what is committed late is never skipped.
 * @throws AppError forbidden; gone where the event is too old; invalid for an unknown event or type; unavailable for `latest` while a
 *   change goes on for long
 */
export async function readEvents(ctx: CallContext, query: EventQuery): Promise<EventPage> {
  requirePermission(ctx, 'events.read')
  const types = typesOf(query)
  const { after, limit } = query
  if (after === 'latest') return beginNow(ctx)
  const from = await positionAfter(ctx, after)
  const nothing: EventPage = { items: [], cursors: [], next: after ?? null, hasMore: false }
  if (!(await hasNewer(ctx, from))) return nothing
  const upTo = await settledPosition(ctx)
  if (upTo === undefined || upTo <= from) return nothing
  const range = { organizationId: ctx.organizationId, after: from, upTo, since: eventsSince(ctx).toISOString() }
  const statement = selectEvents({ ...range, actions: actionsFor(types), limit: limit + 1 })
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const items = rows.slice(0, limit).map((row) => eventOf(row))
  const hasMore = rows.length > limit
  // Past what was not asked for, so that it is not looked through again.
  const last = hasMore ? items.at(-1) : ((await newestUpTo(ctx, upTo)) ?? items.at(-1))
  return { items, cursors: items.map(({ id }) => id), next: last?.id ?? nothing.next, hasMore }
}

async function beginNow(ctx: CallContext): Promise<EventPage> {
  const newest = await newestUpTo(ctx, await positionNow(ctx))
  return { items: [], cursors: [], next: newest?.id ?? null, hasMore: false }
}
