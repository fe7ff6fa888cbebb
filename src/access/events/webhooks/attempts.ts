// What was sent to a webhook and what it answered, newest first; kept for 30 days.
import { type SQL, sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown } from '#src/context.ts'
import { getWebhook, requireWebhooks } from './webhooks.ts'

export type AttemptInShort = {
  id: string
  kind: 'event' | 'replay' | 'test'
  eventId: string
  eventType: string
  /** Whose event it is: the organization's own, but for webhooks of the platform. */
  organizationId: string
  attempt: number
  sentAt: string
  durationMillis: number
  isDelivered: boolean
  /** Of the answer; null where there was none. */
  status: number | null
  error: string | null
  /** When it is tried again, where it failed. */
  nextAttemptAt: string | null
}

export type Attempt = AttemptInShort & {
  request: { headers: Record<string, string>; body: string }
  /** The first 2,000 characters; null where there was none. */
  answer: string | null
}

const short = sql`t.id, t.kind, t.event_id as "eventId", t.event_type as "eventType", t.event_organization_id as "organizationId",
  t.attempt, t.sent_at as "sentAt", t.duration_millis as "durationMillis", t.is_delivered as "isDelivered", t.status, t.error,
  t.next_attempt_at as "nextAttemptAt"`

type Page = {
  organizationId: string
  webhookId: string
  isFailed: boolean | null
  eventId: string | null
  after: string | null
  limit: number
}

const list = prepared<Page, AttemptInShort>(
  (
    p,
  ) => sql`select ${short} from webhook_attempts t where t.organization_id = ${p.organizationId} and t.webhook_id = ${p.webhookId}
    and (${p.isFailed}::boolean is null or t.is_delivered = not ${p.isFailed}::boolean)
    and (${p.eventId}::text is null or t.event_id = ${p.eventId}) and (${p.after}::text is null or t.id < ${p.after})
    order by t.id desc limit ${p.limit}::int`,
)

type Key = { organizationId: string; webhookId: string; attemptId: string }

const isIt = (p: { [K in keyof Key]: SQL }): SQL =>
  sql`t.organization_id = ${p.organizationId} and t.webhook_id = ${p.webhookId} and t.id = ${p.attemptId}`

const select = prepared<Key, Attempt>(
  (
    p,
  ) => sql`select ${short}, json_build_object('headers', t.request_headers, 'body', t.request_body) as request, t.answer
    from webhook_attempts t where ${isIt(p)}`,
)

/** @throws AppError forbidden; not_found */
export async function listAttempts(
  ctx: CallContext,
  webhookId: string,
  page: { isFailed?: boolean | undefined; eventId?: string | undefined; after?: string | undefined; limit: number },
): Promise<AttemptInShort[]> {
  await getWebhook(ctx, webhookId)
  const { isFailed = null, eventId = null, after = null, limit } = page
  const statement = list({ organizationId: ctx.organizationId, webhookId, isFailed, eventId, after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError forbidden; not_found */
export async function getAttempt(
  ctx: CallContext,
  { webhookId, attemptId }: { webhookId: string; attemptId: string },
): Promise<Attempt> {
  requireWebhooks(ctx, 'messages')
  if (!isId('whk', webhookId) || !isId('wha', attemptId)) return refuseUnknown(ctx, 'Attempt')
  const statement = select({ organizationId: ctx.organizationId, webhookId, attemptId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const [attempt] = rows ?? []
  if (attempt === undefined) throw notFound('Attempt')
  return attempt
}
