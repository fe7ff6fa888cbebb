// What a webhook is to be told next: events of its organization or of all that it reaches, in their order; what is sent once more first.
import { sql } from 'drizzle-orm'
import { eventOf, type PublishedEvent } from '#audit/events/events.ts'
import { selectPlatformEvents } from '#audit/events/platform-rows.ts'
import { actionsFor } from '#audit/events/read-events.ts'
import { eventsSince, selectEvents } from '#audit/events/rows.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, platformId } from '#src/context.ts'
import type { Leased } from './lease.ts'

export type Placed = { position: number; event: PublishedEvent; subjectId: string | null }

/** Events after a position, up to a settled one. */
export async function nextEvents(
  ctx: CallContext,
  { types, reach, organizationIds }: Pick<Leased, 'types' | 'reach' | 'organizationIds'>,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<Placed[]> {
  const range = { after, upTo, since: eventsSince(ctx).toISOString(), actions: actionsFor(types), limit }
  const statement =
    ctx.organizationId === platformId
      ? selectPlatformEvents({ ...range, reach, organizationIds })
      : selectEvents({ ...range, organizationId: ctx.organizationId })
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows.map((row) => {
    const event = eventOf(row)
    const { userId } = event.data
    return { position: row.position, event, subjectId: typeof userId === 'string' ? userId : null }
  })
}

export type Replay = { id: string; position: number; lastPosition: number }

type Key = { organizationId: string; webhookId: string }

const openReplay = prepared<Key, Replay>(
  (
    p,
  ) => sql`select r.id, r.position::float8 as position, r.last_position::float8 as "lastPosition" from webhook_replays r
    where r.organization_id = ${p.organizationId} and r.webhook_id = ${p.webhookId} and r.finished_at is null order by r.id limit 1`,
)

const moveReplay = prepared<{ organizationId: string; id: string; position: number }, never>(
  (p) => sql`update webhook_replays set position = ${p.position}::bigint,
      finished_at = case when ${p.position}::bigint >= last_position then now() end
    where organization_id = ${p.organizationId} and id = ${p.id}`,
)

/** What is to be sent once more, whatever was asked for first. */
export async function replayOf(ctx: CallContext, webhookId: string): Promise<Replay | undefined> {
  const statement = openReplay({ organizationId: ctx.organizationId, webhookId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows?.[0]
}

export async function moveReplayTo(ctx: CallContext, id: string, position: number): Promise<void> {
  await inTransaction(ctx, (tx) => tx.commitWith(moveReplay({ organizationId: ctx.organizationId, id, position })))
}
