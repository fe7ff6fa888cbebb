// People whom the rule on inactivity leaves alone, and how it stands with somebody.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { lockUserRow } from '#directory/users.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { instantSchema, lineSchema, parseInput, requireFuture } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import { requireNotAbove } from '../../ceiling/ceiling.ts'
import { requireUser } from '../../ground/require-user.ts'
import { requireSomebodyElse } from '../../ground/somebody-else.ts'

export type InactivityException = {
  /** The person's. */
  id: string
  userName: string
  displayName: string | null
  reason: string
  /** Null: without an end. */
  until: string | null
  /** False once its end has passed: then it counts no more. */
  counts: boolean
  createdAt: string
  createdBy: string
}

const Input = z.object({
  userId: z.string(),
  reason: lineSchema(1_000, 'say why'),
  until: instantSchema.nullable().default(null),
})

type Key = { organizationId: string; userId: string }

const upsert = prepared<Key & { reason: string; until: string | null; by: string; now: string }, never>(
  (p) => sql`insert into inactivity_exceptions (organization_id, user_id, reason, until, created_at, created_by)
    values (${p.organizationId}, ${p.userId}, ${p.reason}, ${p.until}::timestamptz, ${p.now}::timestamptz, ${p.by})
    on conflict (organization_id, user_id) do update set reason = excluded.reason, until = excluded.until,
      created_at = excluded.created_at, created_by = excluded.created_by`,
)

/**
 * In place of the one that somebody has, if any.
 * @throws AppError invalid, not_found; forbidden (reasons `permission`; `ceiling` for somebody above the caller); conflict (reason
 *   `yourself`)
 */
export async function exceptFromInactivity(ctx: CallContext, input: z.input<typeof Input>): Promise<void> {
  requirePermission(ctx, 'users.write')
  const { userId, reason, until } = parseInput(Input, input)
  requireFuture(until, ctx.clock.now(), 'until')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  requireSomebodyElse(ctx, userId, 'except you')
  const { organizationId } = ctx
  await inTransaction(ctx, async (tx) => {
    await lockUserRow(tx, ctx, { userId, directoryId: null })
    await requireNotAbove(tx, ctx, userId)
    const target = { targetType: 'user', targetId: userId } as const
    await tx.commitWith(
      upsert({ organizationId, userId, reason, until, by: ctx.actor.id, now: nowOf(ctx) }),
      recordAudit(ctx, { action: 'user.inactivity_except', ...target, detail: { reason, until } }),
    )
  })
}

const remove = prepared<Key, { reason: string }>(
  (p) => sql`delete from inactivity_exceptions where organization_id = ${p.organizationId} and user_id = ${p.userId}
    returning reason`,
)

/** @throws AppError not_found, also where they are not excepted; forbidden (reasons `permission`, `ceiling`) */
export async function endInactivityException(ctx: CallContext, userId: string): Promise<void> {
  requirePermission(ctx, 'users.write')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'Exception')
  await inTransaction(ctx, async (tx) => {
    await requireNotAbove(tx, ctx, userId)
    const [removed] = await tx.run(remove({ organizationId: ctx.organizationId, userId }))
    if (removed === undefined) throw notFound('Exception')
    const target = { targetType: 'user', targetId: userId } as const
    await tx.run(recordAudit(ctx, { action: 'user.inactivity_unexcept', ...target, detail: removed }))
  })
}

const columns = sql`u.id, u.user_name as "userName", u.display_name as "displayName", x.reason, x.until,
  (x.until is null or x.until > now()) as counts, x.created_at as "createdAt", x.created_by as "createdBy"`

const select = prepared<
  { organizationId: string; userId: string | null; after: string; limit: number },
  InactivityException
>(
  (p) => sql`select ${columns} from inactivity_exceptions x
    join users u on u.organization_id = x.organization_id and u.id = x.user_id
    where x.organization_id = ${p.organizationId} and (${p.userId}::text is null or x.user_id = ${p.userId})
      and x.user_id > ${p.after} order by x.user_id limit ${p.limit}::int`,
)

/** By id, those that have ended among them. @throws AppError forbidden */
export async function listInactivityExceptions(
  ctx: CallContext,
  { after = '', limit }: { after?: string | undefined; limit: number },
): Promise<InactivityException[]> {
  requirePermission(ctx, 'users.read')
  const statement = select({ organizationId: ctx.organizationId, userId: null, after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

export type InactivityStanding = {
  exception: InactivityException | null
  /** The last that they were told, where they have not been here since. */
  warning: { warnedAt: string; isMailed: boolean; deactivatesAt: string } | null
}

const warning = prepared<Key, NonNullable<InactivityStanding['warning']>>(
  (p) => sql`select w.warned_at as "warnedAt", w.is_mailed as "isMailed", w.deactivates_at as "deactivatesAt"
    from inactivity_notices w join users u on u.organization_id = w.organization_id and u.id = w.user_id
    join inactivity_rules r on r.organization_id = w.organization_id and r.status = 'on' and w.warned_at >= r.counts_from
    where w.organization_id = ${p.organizationId} and w.user_id = ${p.userId} and u.status = 'active'
      and w.warned_at >= greatest(u.last_active_at, u.status_changed_at)`,
)

/** How the rule stands to somebody. @throws AppError not_found, forbidden */
export async function getInactivityStanding(ctx: CallContext, userId: string): Promise<InactivityStanding> {
  requirePermission(ctx, 'users.read')
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    await requireUser(tx, ctx, userId)
    const [exception = null] = await tx.run(select({ organizationId, userId, after: '', limit: 1 }))
    const [told = null] = await tx.run(warning({ organizationId, userId }))
    return { exception, warning: told }
  })
}
