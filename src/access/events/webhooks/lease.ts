// Whose turn a webhook is: one run at a time in the whole installation, which says by and by that it lives.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import type { Message, Sent } from './send.ts'

export type Leased = {
  id: string
  url: string
  description: string
  types: string[] | null
  reach: string
  organizationIds: string[]
  sealed: string
  position: number
  attempts: number
  failingSince: string | null
  /** Something is to be sent once more. */
  hasReplay: boolean
}

/** What is lost of this when the database dies is sent again, which may happen anyway: nobody has to wait for the disk. */
const withoutDisk = prepared<Record<string, never>, unknown>(
  () => sql`select set_config('synchronous_commit', 'off', true)`,
)

type Key = { organizationId: string; id: string; holder: string }

const take = prepared<Key, Leased>(
  (
    p,
  ) => sql`update webhooks w set lease_holder = ${p.holder}, lease_until = now() + interval '30 seconds', next_attempt_at = null
    where w.organization_id = ${p.organizationId} and w.id = ${p.id} and w.status = 'active'
      and (w.lease_until is null or w.lease_until < now()) and (w.next_attempt_at is null or w.next_attempt_at <= now())
    returning w.id, w.url, w.description, w.types, w.reach, w.organization_ids as "organizationIds", w.secret_sealed as sealed,
      w.position::float8 as position, w.attempts, w.failing_since as "failingSince",
      exists (select from webhook_replays r where r.organization_id = w.organization_id and r.webhook_id = w.id
        and r.finished_at is null) as "hasReplay"`,
)

/** Undefined where somebody else has it, or it is not to be told anything now. */
export async function takeWebhook(ctx: CallContext, id: string, holder: string): Promise<Leased | undefined> {
  const [, rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith<unknown>(withoutDisk({}), take({ organizationId: ctx.organizationId, id, holder })),
  )
  return rows?.[0] as Leased | undefined
}

/** An attempt as it is kept. */
export type AttemptRow = {
  id: string
  kind: 'event' | 'replay' | 'test'
  eventId: string
  eventType: string
  eventOrganizationId: string
  subjectId: string | null
  attempt: number
  sentAt: string
  durationMillis: number
  isDelivered: boolean
  status: number | null
  error: string | null
  requestHeaders: Record<string, string>
  requestBody: string
  answer: string | null
  nextAttemptAt: string | null
}

/** What was sent, and what came of it. */
export const attemptRow = (
  own: Pick<AttemptRow, 'id' | 'kind' | 'attempt' | 'nextAttemptAt'>,
  message: Message,
  { sentAt, durationMillis, isDelivered, status, error, headers, answer }: Sent,
): AttemptRow => ({
  ...{ ...own, eventId: message.id, eventType: message.type, eventOrganizationId: message.organizationId },
  ...{ subjectId: message.subjectId, requestHeaders: headers, requestBody: message.body },
  ...{ sentAt: sentAt.toISOString(), durationMillis, isDelivered, status, error, answer },
})

type Kept = { organizationId: string; webhookId: string; rows: string }

export const insertAttempts = prepared<Kept, never>(
  (
    p,
  ) => sql`insert into webhook_attempts (organization_id, id, webhook_id, kind, event_id, event_type, event_organization_id,
      subject_id, attempt, sent_at, duration_millis, is_delivered, status, error, request_headers, request_body, answer,
      next_attempt_at)
    select ${p.organizationId}, r.id, ${p.webhookId}, r.kind, r."eventId", r."eventType", r."eventOrganizationId",
      r."subjectId", r.attempt, r."sentAt", r."durationMillis", r."isDelivered", r.status, r.error, r."requestHeaders",
      r."requestBody", r.answer, r."nextAttemptAt"
    from jsonb_to_recordset(${p.rows}::jsonb) r (id text, kind text, "eventId" text, "eventType" text, "eventOrganizationId" text,
      "subjectId" text, attempt integer, "sentAt" timestamptz, "durationMillis" integer, "isDelivered" boolean, status integer,
      error text, "requestHeaders" jsonb, "requestBody" text, answer text, "nextAttemptAt" timestamptz)
    where exists (select from webhooks w where w.organization_id = ${p.organizationId} and w.id = ${p.webhookId})`,
)

export type Standing = {
  position: number
  attempts: number
  failingSince: string | null
  failingEventId: string | null
  nextAttemptAt: string | null
  deliveredAt: string | null
}

const note = prepared<Key & Standing & { isOver: boolean }, { isActive: boolean }>(
  (
    p,
  ) => sql`update webhooks w set position = greatest(w.position, ${p.position}::bigint), attempts = ${p.attempts}::int,
      failing_since = ${p.failingSince}::timestamptz, failing_event_id = ${p.failingEventId},
      next_attempt_at = case when ${p.isOver}::boolean then coalesce(${p.nextAttemptAt}::timestamptz, w.next_attempt_at) end,
      delivered_at = coalesce(${p.deliveredAt}::timestamptz, w.delivered_at),
      lease_holder = case when ${p.isOver}::boolean then null else w.lease_holder end,
      lease_until = case when ${p.isOver}::boolean then null else now() + interval '30 seconds' end
    where w.organization_id = ${p.organizationId} and w.id = ${p.id} and w.lease_holder = ${p.holder}
    returning w.status = 'active' as "isActive"`,
)

/**
 * Keeps what was sent and how far it has come, in one transaction; over, it gives the lease back.
 * @returns false where the lease is another run's, or it is paused: then this run ends
 */
export async function keepProgress(
  ctx: CallContext,
  { id, holder, isOver }: { id: string; holder: string; isOver: boolean },
  { standing, rows }: { standing: Standing; rows: readonly AttemptRow[] },
): Promise<boolean> {
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    await tx.run(withoutDisk({}))
    const [kept] = await tx.run(note({ ...standing, organizationId, id, holder, isOver }))
    // Also what a run sent that has lost its lease was sent.
    if (rows.length > 0) await tx.run(insertAttempts({ organizationId, webhookId: id, rows: JSON.stringify(rows) }))
    return kept?.isActive === true
  })
}
