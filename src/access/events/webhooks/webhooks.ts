// Webhooks: addresses that are told of events. An organization has its own; those of the platform are told of every organization that
// they reach.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type CallContext,
  inTransaction,
  isPermitted,
  platformId,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { requirePlatform, requireScope } from '../../ground/platform-rights.ts'

export type Webhook = {
  id: string
  url: string
  description: string
  /** Null: all of them. */
  types: string[] | null
  /** Of the platform's: which organizations. */
  reach: 'all' | 'only' | 'except'
  organizationIds: string[]
  status: 'active' | 'paused'
  /** `manual`, `failing` for three days, or `gone`: it answered 410. */
  pauseReason: 'manual' | 'failing' | 'gone' | null
  /** For `v1a` signatures. */
  publicKey: string
  /** Until when the former secret signs, too. */
  previousUntil: string | null
  /** How often the event that is next was tried in vain, since when, and when it is tried again. */
  attempts: number
  failingSince: string | null
  failingEventId: string | null
  nextAttemptAt: string | null
  deliveredAt: string | null
  createdAt: string
  createdBy: string
}

export const webhookColumns = sql`w.id, w.url, w.description, w.types, w.reach, w.organization_ids as "organizationIds", w.status,
  w.pause_reason as "pauseReason", w.public_key as "publicKey",
  case when w.previous_until > now() then w.previous_until end as "previousUntil", w.attempts,
  w.failing_since as "failingSince", w.failing_event_id as "failingEventId",
  case when w.attempts > 0 then w.next_attempt_at end as "nextAttemptAt", w.delivered_at as "deliveredAt",
  w.created_at as "createdAt", w.created_by as "createdBy"`

type Page = { organizationId: string; after: string | null; limit: number | null }

const select = prepared<Page, Webhook>(
  (p) => sql`select ${webhookColumns} from webhooks w where w.organization_id = ${p.organizationId}
    and (${p.after}::text is null or w.id > ${p.after}) order by w.id limit ${p.limit}::int`,
)

const selectOne = prepared<{ organizationId: string; id: string }, Webhook>(
  (p) => sql`select ${webhookColumns} from webhooks w where w.organization_id = ${p.organizationId} and w.id = ${p.id}`,
)

const lockOne = prepared<{ organizationId: string; id: string }, Webhook & { sealed: string }>(
  (p) => sql`select ${webhookColumns}, w.secret_sealed as sealed from webhooks w
    where w.organization_id = ${p.organizationId} and w.id = ${p.id} for update`,
)

/**
 * Whoever decides where events go, or sees what was sent, could read them there: `write` and `messages` want the right to read events, too.
 * @throws AppError forbidden; unauthenticated (reason `fresh_proof`) for changes after an old proof
 */
export function requireWebhooks(ctx: CallContext, what: 'read' | 'messages' | 'write'): void {
  const isOwn = ctx.organizationId !== platformId
  if (isOwn) requirePermission(ctx, what === 'write' ? 'webhooks.write' : 'webhooks.read')
  else if (what === 'write') requirePlatform(ctx, 'webhooks.write')
  else requireScope(ctx, 'webhooks.write')
  if (what === 'read') return
  if (isOwn) requirePermission(ctx, 'events.read')
  else requireScope(ctx, 'events.read')
}

/** An address may have a secret in it: whoever may only look sees its host. */
const shown = (ctx: CallContext, webhook: Webhook): Webhook =>
  ctx.organizationId === platformId || isPermitted(ctx, 'webhooks.write')
    ? webhook
    : { ...webhook, url: `${new URL(webhook.url).origin}/…` }

/** In the order of creation. @throws AppError forbidden */
export async function listWebhooks(
  ctx: CallContext,
  { after = null, limit = null }: { after?: string | null | undefined; limit?: number | null } = {},
): Promise<Webhook[]> {
  requireWebhooks(ctx, 'read')
  const statement = select({ organizationId: ctx.organizationId, after, limit })
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows.map((webhook) => shown(ctx, webhook))
}

/** @throws AppError forbidden; not_found */
export async function getWebhook(ctx: CallContext, id: string): Promise<Webhook> {
  requireWebhooks(ctx, 'read')
  if (!isId('whk', id)) return refuseUnknown(ctx, 'Webhook')
  const statement = selectOne({ organizationId: ctx.organizationId, id })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const [webhook] = rows ?? []
  if (webhook === undefined) throw notFound('Webhook')
  return shown(ctx, webhook)
}

/** Nobody else changes it until the transaction ends. @throws AppError not_found */
export async function lockWebhook(
  tx: Transaction,
  { organizationId }: CallContext,
  id: string,
): Promise<Webhook & { sealed: string }> {
  if (!isId('whk', id)) throw notFound('Webhook')
  const [webhook] = await tx.run(lockOne({ organizationId, id }))
  if (webhook === undefined) throw notFound('Webhook')
  return webhook
}
