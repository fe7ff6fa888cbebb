// Pausing a webhook and going on, leaving an event out, sending something once more, and trying whether it works.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { eventOf } from '#audit/events/events.ts'
import { positionNow } from '#audit/events/rows.ts'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { firstIdAt, isId } from '#platform/ids.ts'
import { instantSchema, invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, platformId } from '#src/context.ts'
import { type Attempt, getAttempt } from './attempts.ts'
import { attemptRow, insertAttempts } from './lease.ts'
import { signersOf } from './secrets.ts'
import { sendMessage } from './send.ts'
import { getWebhook, lockWebhook, requireWebhooks, type Webhook } from './webhooks.ts'

type Key = { organizationId: string; id: string }

const pause = prepared<Key, never>(
  (p) => sql`update webhooks set status = 'paused', pause_reason = 'manual'
    where organization_id = ${p.organizationId} and id = ${p.id}`,
)

const resume = prepared<Key & { position: number | null; now: string }, never>(
  (
    p,
  ) => sql`update webhooks set status = 'active', pause_reason = null, attempts = 0, failing_since = null, failing_event_id = null,
      next_attempt_at = ${p.now}::timestamptz, position = coalesce(${p.position}::bigint, position), lease_holder = null,
      lease_until = null
    where organization_id = ${p.organizationId} and id = ${p.id}`,
)

const closeReplays = prepared<Key, never>(
  (p) => sql`update webhook_replays set finished_at = now()
    where organization_id = ${p.organizationId} and webhook_id = ${p.id} and finished_at is null`,
)

/** Nothing is sent until it is resumed; what happens meanwhile is kept for it. @throws AppError forbidden; not_found */
export async function pauseWebhook(ctx: CallContext, id: string): Promise<Webhook> {
  requireWebhooks(ctx, 'write')
  await inTransaction(ctx, async (tx) => {
    const { status } = await lockWebhook(tx, ctx, id)
    if (status === 'paused') return
    await tx.run(pause({ organizationId: ctx.organizationId, id }))
    const detail = { reason: 'manual' }
    await tx.commitWith(recordAudit(ctx, { action: 'webhook.pause', targetType: 'webhook', targetId: id, detail }))
  })
  return getWebhook(ctx, id)
}

const ResumeInput = z.object({ from: z.enum(['where_it_was', 'now']).default('where_it_was') })

/**
 * It is told again, of what it has missed or of what comes from now on; one that fails is tried at once.
 * @throws AppError forbidden; not_found
 */
export async function resumeWebhook(
  ctx: CallContext,
  id: string,
  input: z.input<typeof ResumeInput> = {},
): Promise<Webhook> {
  requireWebhooks(ctx, 'write')
  const { from } = parseInput(ResumeInput, input)
  const position = from === 'now' ? await positionNow(ctx) : null
  await inTransaction(ctx, async (tx) => {
    await lockWebhook(tx, ctx, id)
    await tx.run(resume({ organizationId: ctx.organizationId, id, position, now: nowOf(ctx) }))
    if (from === 'now') await tx.run(closeReplays({ organizationId: ctx.organizationId, id }))
    await tx.commitWith(
      recordAudit(ctx, { action: 'webhook.resume', targetType: 'webhook', targetId: id, detail: { from } }),
    )
  })
  return getWebhook(ctx, id)
}

const skip = prepared<Key & { eventId: string; now: string }, { id: string }>(
  (p) => sql`with e as (
      select a.position from audit_events a where a.organization_id = ${p.organizationId} and a.id = ${p.eventId}
      union all select d.position from derived_events d where d.organization_id = ${p.organizationId} and d.id = ${p.eventId}),
    replayed as (update webhook_replays r set position = e.position,
        finished_at = case when e.position >= r.last_position then now() end
      from e where r.organization_id = ${p.organizationId} and r.webhook_id = ${p.id} and r.finished_at is null
        and r.position < e.position and r.last_position >= e.position)
    update webhooks w set position = greatest(w.position, e.position), attempts = 0, failing_since = null,
      failing_event_id = null, next_attempt_at = ${p.now}::timestamptz
    from e
    where w.organization_id = ${p.organizationId} and w.id = ${p.id} and w.failing_event_id = ${p.eventId} returning w.id`,
)

/**
 * Leaves out the event that it does not take, so that those after it come. @throws AppError forbidden; not_found; conflict where
 * none is in the way, or another one by now
 */
export async function skipEvent(ctx: CallContext, id: string, eventId: string): Promise<Webhook> {
  requireWebhooks(ctx, 'write')
  if (ctx.organizationId === platformId) throw invalidField('id', 'is a webhook of the platform: resume it from now on')
  await inTransaction(ctx, async (tx) => {
    await lockWebhook(tx, ctx, id)
    const [skipped] = await tx.run(skip({ organizationId: ctx.organizationId, id, eventId, now: nowOf(ctx) }))
    if (skipped === undefined) throw new AppError('conflict', 'This event no longer blocks the webhook')
    await tx.commitWith(
      recordAudit(ctx, { action: 'webhook.skip', targetType: 'webhook', targetId: id, detail: { eventId } }),
    )
  })
  return getWebhook(ctx, id)
}

const ReplayInput = z
  .object({ eventId: z.string().optional(), from: instantSchema.optional(), to: instantSchema.optional() })
  .refine(({ eventId, from }) => (eventId === undefined) !== (from === undefined), {
    message: 'name an event, or from when on',
    path: ['eventId'],
  })

/** Of an organization's own rows; above the organizations those of its attempts say where an event lies. */
const placeOf = prepared<{ organizationId: string; eventId: string }, { position: number }>(
  (p) => sql`select a.position::float8 as position from audit_events a
      where a.organization_id = ${p.organizationId} and a.id = ${p.eventId}
    union all select d.position::float8 from derived_events d where d.organization_id = ${p.organizationId} and d.id = ${p.eventId}`,
)

const firstFrom = prepared<{ organizationId: string; id: string }, { position: number }>(
  (p) => sql`select a.position::float8 as position from audit_events a
    where a.organization_id = ${p.organizationId} and a.id >= ${p.id} order by a.id limit 1`,
)

const insertReplay = prepared<
  {
    organizationId: string
    id: string
    webhookId: string
    after: number
    last: number
    now: string
    createdBy: string
  },
  never
>(
  (
    p,
  ) => sql`insert into webhook_replays (organization_id, id, webhook_id, position, last_position, created_at, created_by)
    values (${p.organizationId}, ${p.id}, ${p.webhookId}, ${p.after}::bigint, ${p.last}::bigint, ${p.now}::timestamptz, ${p.createdBy})`,
)

const openReplays = prepared<Key, { id: string }>(
  (p) => sql`select r.id from webhook_replays r
    where r.organization_id = ${p.organizationId} and r.webhook_id = ${p.id} and r.finished_at is null limit 1`,
)

const wake = prepared<Key & { now: string }, never>(
  (p) => sql`update webhooks set next_attempt_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.id} and attempts = 0`,
)

/**
 * Sends an event once more, or all of a time, in their order and before what is new; with the ids that they have.
 * @returns the id of the replay @throws AppError invalid; forbidden; not_found; conflict (reason `replay_open`)
 */
export async function replayEvents(
  ctx: CallContext,
  webhookId: string,
  input: z.input<typeof ReplayInput>,
): Promise<{ id: string }> {
  requireWebhooks(ctx, 'write')
  const { eventId, from, to = nowOf(ctx) } = parseInput(ReplayInput, input)
  const { organizationId } = ctx
  if (organizationId === platformId)
    throw invalidField('id', 'is a webhook of the platform: read what it missed from /events')
  if (eventId !== undefined && !isId('evt', eventId)) throw notFound('Event')
  const settled = await positionNow(ctx)
  const id = ctx.ids.next('whr')
  await inTransaction(ctx, async (tx) => {
    await lockWebhook(tx, ctx, webhookId)
    const placeAt = async (time: string) =>
      (await tx.run(firstFrom({ organizationId, id: firstIdAt('evt', new Date(time)) })))[0]?.position ?? settled + 1
    const [place] = eventId === undefined ? [] : await tx.run(placeOf({ organizationId, eventId }))
    if (eventId !== undefined && place === undefined) throw notFound('Event')
    const [open] = await tx.run(openReplays({ organizationId, id: webhookId }))
    if (open !== undefined)
      throw new AppError('conflict', 'Another replay is not finished: wait for it, or resume the webhook from now on', {
        reason: 'replay_open',
      })
    const after = (place?.position ?? (await placeAt(from ?? to))) - 1
    const last = Math.min(place?.position ?? (await placeAt(to)) - 1, settled)
    await tx.run(
      insertReplay({
        organizationId,
        id,
        webhookId,
        after,
        last: Math.max(after, last),
        now: nowOf(ctx),
        createdBy: ctx.actor.id,
      }),
    )
    await tx.run(wake({ organizationId, id: webhookId, now: nowOf(ctx) }))
    const detail = eventId === undefined ? { from, to } : { eventId }
    await tx.commitWith(
      recordAudit(ctx, { action: 'webhook.replay', targetType: 'webhook', targetId: webhookId, detail }),
    )
  })
  return { id }
}

/**
 * Sends a signed event of the type `webhook.test` at once, past what waits, also to one that is paused.
 * @returns what was sent and answered @throws AppError forbidden; not_found
 */
export async function testWebhook(ctx: CallContext, id: string): Promise<Attempt> {
  requireWebhooks(ctx, 'write')
  const { organizationId } = ctx
  const { url, sealed } = await inTransaction(ctx, (tx) => lockWebhook(tx, ctx, id))
  const eventId = ctx.ids.next('evt')
  const row = { id: eventId, organizationId, occurredAt: nowOf(ctx), action: 'webhook.test', targetId: id, detail: {} }
  const event = eventOf({ ...row, actorType: ctx.actor.type, actorId: ctx.actor.id }, 'webhook.test')
  const body = JSON.stringify(event)
  const message = { id: eventId, type: event.type, organizationId, subjectId: null, body }
  const sent = await sendMessage(ctx, { url, signers: signersOf(ctx, { id, sealed }) }, message)
  const attemptId = ctx.ids.next('wha')
  const kept = attemptRow({ id: attemptId, kind: 'test', attempt: 1, nextAttemptAt: null }, message, sent)
  await inTransaction(ctx, async (tx) => {
    await tx.run(insertAttempts({ organizationId, webhookId: id, rows: JSON.stringify([kept]) }))
    const detail = { isDelivered: sent.isDelivered, status: sent.status }
    await tx.commitWith(recordAudit(ctx, { action: 'webhook.test', targetType: 'webhook', targetId: id, detail }))
  })
  return getAttempt(ctx, { webhookId: id, attemptId })
}
