// Making, changing and removing a webhook, and giving it another secret.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { publishedTypes } from '#audit/events/events.ts'
import { positionNow } from '#audit/events/rows.ts'
import { recordAudit } from '#audit/record.ts'
import { listText, prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, platformId, type Transaction } from '#src/context.ts'
import { areOrganizations } from '../../ground/organizations-there.ts'
import { newSecrets } from './secrets.ts'
import { getWebhook, lockWebhook, requireWebhooks, type Webhook } from './webhooks.ts'

/** The only time that the secret is shown. */
export type WebhookWithSecret = Webhook & { secret: string }

/** So many of an organization, and of the platform. */
const most = 20

/** What databases and the like listen on: nothing there speaks HTTP. */
const foreignPorts = new Set([1433, 1521, 2375, 3306, 3389, 5432, 5984, 6379, 9042, 9200, 11211, 27017])

const fields = {
  url: z.string().trim().min(1).max(2_000),
  description: z.string().trim().max(200).default(''),
  types: z
    .array(z.enum(publishedTypes as [string, ...string[]]))
    .min(1, 'choose at least one')
    .max(200)
    .nullable()
    .default(null),
  reach: z.enum(['all', 'only', 'except']).default('all'),
  organizationIds: z.array(z.string().max(100)).max(1_000).default([]),
}

const CreateInput = z.object(fields)

const UpdateInput = z.object({
  url: fields.url.optional(),
  description: z.string().trim().max(200).optional(),
  types: fields.types.removeDefault().optional(),
  reach: fields.reach.removeDefault().optional(),
  organizationIds: fields.organizationIds.removeDefault().optional(),
})

export type CreateWebhookInput = z.input<typeof CreateInput>
export type UpdateWebhookInput = z.input<typeof UpdateInput>

/** By its form; what the name leads to is looked at each time something is sent. @throws AppError invalid (field `url`) */
function requireUsable(ctx: CallContext, url: string): void {
  try {
    ctx.outgoing.check(url)
  } catch (error) {
    throw error instanceof AppError ? invalidField('url', lowered(error.message)) : error
  }
  const { port, hash } = new URL(url)
  if (foreignPorts.has(Number(port))) throw invalidField('url', `must not lead to port ${port}`)
  if (hash !== '') throw invalidField('url', 'must have no fragment')
}

const lowered = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)

/** An address may have a secret in it, so that the trail has its host alone. */
const hostOf = (url: string): string => new URL(url).host

function requireFitting(
  ctx: CallContext,
  { reach, organizationIds }: Pick<Webhook, 'reach' | 'organizationIds'>,
): void {
  if (ctx.organizationId !== platformId && reach !== 'all')
    throw invalidField('reach', 'is for webhooks of the platform')
  if ((reach === 'all') !== (organizationIds.length === 0))
    throw invalidField('organizationIds', 'belong to `only` and `except`, and have at least one organization there')
}

/** @throws AppError invalid (field `organizationIds`) */
async function requireThere(tx: Transaction, organizationIds: readonly string[]): Promise<void> {
  if (await areOrganizations(tx, organizationIds)) return
  throw invalidField('organizationIds', 'must be ids of organizations that are there')
}

type Row = {
  organizationId: string
  id: string
  url: string
  description: string
  types: string | null
  reach: string
  organizationIds: string
  sealed: string
  publicKey: string
  position: number
  now: string
  createdBy: string
}

const lockNew = prepared<{ organizationId: string }, { count: number }>(
  (
    p,
  ) => sql`select count(*)::int as count from webhooks w, pg_advisory_xact_lock(hashtextextended('webhooks ' || ${p.organizationId}::text, 0))
    where w.organization_id = ${p.organizationId}`,
)

const insert = prepared<Row, never>(
  (
    p,
  ) => sql`insert into webhooks (organization_id, id, url, description, types, reach, organization_ids, status, secret_sealed,
      public_key, position, attempts, created_at, created_by)
    values (${p.organizationId}, ${p.id}, ${p.url}, ${p.description}, ${p.types}::jsonb, ${p.reach}, ${p.organizationIds}::jsonb,
      'active', ${p.sealed}, ${p.publicKey}, ${p.position}::bigint, 0, ${p.now}::timestamptz, ${p.createdBy})`,
)

/**
 * It is told of what happens from now on. @returns it with its secret, which is shown this once
 * @throws AppError invalid; forbidden; conflict (reason `limit`); unavailable (reason `not_settled`)
 */
export async function createWebhook(ctx: CallContext, input: CreateWebhookInput): Promise<WebhookWithSecret> {
  requireWebhooks(ctx, 'write')
  const wanted = parseInput(CreateInput, input)
  requireUsable(ctx, wanted.url)
  requireFitting(ctx, wanted)
  const position = await positionNow(ctx)
  const { organizationId } = ctx
  const id = ctx.ids.next('whk')
  const { sealed, secret, publicKey } = newSecrets(ctx, id)
  await inTransaction(ctx, async (tx) => {
    await requireThere(tx, wanted.organizationIds)
    const [found] = await tx.run(lockNew({ organizationId }))
    if ((found?.count ?? 0) >= most)
      throw new AppError('conflict', `There are ${most} webhooks already, which is as many as there can be`, {
        reason: 'limit',
      })
    await tx.run(
      insert({
        ...{ ...wanted, organizationId, id, sealed, publicKey, position, now: nowOf(ctx), createdBy: ctx.actor.id },
        types: listText(wanted.types),
        organizationIds: JSON.stringify(wanted.organizationIds),
      }),
    )
    const { types, reach, organizationIds } = wanted
    const detail = { host: hostOf(wanted.url), types, reach, organizationIds }
    await tx.commitWith(recordAudit(ctx, { action: 'webhook.create', targetType: 'webhook', targetId: id, detail }))
  })
  return { ...(await getWebhook(ctx, id)), secret }
}

/** A run that is under way has read what it was: it ends, and another one begins at once, also of one that failed. */
const renewed = sql`lease_holder = null, lease_until = null, next_attempt_at = now()`

type Change = Pick<Row, 'organizationId' | 'id' | 'url' | 'description' | 'types' | 'reach' | 'organizationIds'>

const update = prepared<Change, never>(
  (
    p,
  ) => sql`update webhooks set url = ${p.url}, description = ${p.description}, types = ${p.types}::jsonb, reach = ${p.reach},
      organization_ids = ${p.organizationIds}::jsonb, ${renewed}
    where organization_id = ${p.organizationId} and id = ${p.id}`,
)

/** What is not named stays. @throws AppError invalid; forbidden; not_found */
export async function updateWebhook(ctx: CallContext, id: string, input: UpdateWebhookInput): Promise<Webhook> {
  requireWebhooks(ctx, 'write')
  const changes = parseInput(UpdateInput, input)
  if (changes.url !== undefined) requireUsable(ctx, changes.url)
  await inTransaction(ctx, async (tx) => {
    const before = await lockWebhook(tx, ctx, id)
    const given = Object.entries(changes).filter(([, value]) => value !== undefined)
    const after = { ...before, ...Object.fromEntries(given) } as Webhook
    requireFitting(ctx, after)
    await requireThere(tx, after.organizationIds)
    const { url, description, types, reach, organizationIds } = after
    const row = { organizationId: ctx.organizationId, id, url, description, reach }
    await tx.run(update({ ...row, types: listText(types), organizationIds: JSON.stringify(organizationIds) }))
    const detail = { fields: given.map(([name]) => name), host: hostOf(url), types, reach, organizationIds }
    await tx.commitWith(recordAudit(ctx, { action: 'webhook.update', targetType: 'webhook', targetId: id, detail }))
  })
  return getWebhook(ctx, id)
}

const remove = prepared<{ organizationId: string; id: string }, never>(
  (p) => sql`delete from webhooks where organization_id = ${p.organizationId} and id = ${p.id}`,
)

/** With what is known of its deliveries. @throws AppError forbidden; not_found */
export async function deleteWebhook(ctx: CallContext, id: string): Promise<void> {
  requireWebhooks(ctx, 'write')
  await inTransaction(ctx, async (tx) => {
    const { url } = await lockWebhook(tx, ctx, id)
    await tx.run(remove({ organizationId: ctx.organizationId, id }))
    const detail = { host: hostOf(url) }
    await tx.commitWith(recordAudit(ctx, { action: 'webhook.delete', targetType: 'webhook', targetId: id, detail }))
  })
}

const rotate = prepared<
  { organizationId: string; id: string; sealed: string; publicKey: string; until: string },
  never
>(
  (
    p,
  ) => sql`update webhooks set secret_sealed = ${p.sealed}, public_key = ${p.publicKey}, previous_until = ${p.until}::timestamptz,
      ${renewed}
    where organization_id = ${p.organizationId} and id = ${p.id}`,
)

const RotateInput = z.object({ overlapHours: z.number().int().min(0).max(168).default(24) })

/**
 * From now on it signs with another secret and key, and for some hours with the former ones, too.
 * @returns it with its secret, which is shown this once @throws AppError invalid; forbidden; not_found
 */
export async function rotateWebhookSecret(
  ctx: CallContext,
  id: string,
  input: z.input<typeof RotateInput> = {},
): Promise<WebhookWithSecret> {
  requireWebhooks(ctx, 'write')
  const { overlapHours } = parseInput(RotateInput, input)
  const until = new Date(ctx.clock.now().getTime() + overlapHours * 3_600_000).toISOString()
  const secret = await inTransaction(ctx, async (tx) => {
    const before = await lockWebhook(tx, ctx, id)
    const made = newSecrets(ctx, id, { sealed: before.sealed, until })
    await tx.run(
      rotate({ organizationId: ctx.organizationId, id, sealed: made.sealed, publicKey: made.publicKey, until }),
    )
    const entry = {
      action: 'webhook.rotate_secret',
      targetType: 'webhook',
      targetId: id,
      detail: { overlapHours },
    } as const
    await tx.commitWith(recordAudit(ctx, entry))
    return made.secret
  })
  return { ...(await getWebhook(ctx, id)), secret }
}
