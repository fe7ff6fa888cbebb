// A task is done, or not needed here; taken back, it is open again. With the last one its list is done.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, isPermitted, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'

const Input = z.object({
  checklistId: z.string(),
  position: z.int().min(0),
  /** `open` takes it back. */
  outcome: z.enum(['done', 'not_needed', 'open']),
  comment: z.string().trim().max(2_000).nullable().default(null),
})

type Key = { organizationId: string; checklistId: string }

const find = prepared<Key & { position: number }, { ownerId: string | null; status: string; userId: string }>(
  (p) => sql`select k.owner_id as "ownerId", c.status, c.user_id as "userId" from checklists c
    join checklist_tasks k on k.organization_id = c.organization_id and k.checklist_id = c.id and k.position = ${p.position}::int
    where c.organization_id = ${p.organizationId} and c.id = ${p.checklistId} for update of c`,
)

type Settling = Key & {
  position: number
  outcome: string | null
  comment: string | null
  settledBy: string
  now: string
}

const settle = prepared<Settling, never>(
  (p) => sql`update checklist_tasks set outcome = ${p.outcome}, comment = ${p.comment},
      settled_at = case when ${p.outcome}::text is null then null else ${p.now}::timestamptz end,
      settled_by = case when ${p.outcome}::text is null then null else ${p.settledBy} end
    where organization_id = ${p.organizationId} and checklist_id = ${p.checklistId} and position = ${p.position}::int`,
)

const finish = prepared<Key & { now: string }, never>(
  (p) => sql`update checklists c set
      status = case when exists (select from checklist_tasks k where k.organization_id = c.organization_id
        and k.checklist_id = c.id and k.settled_at is null) then 'open' else 'done' end,
      ended_at = case when exists (select from checklist_tasks k where k.organization_id = c.organization_id
        and k.checklist_id = c.id and k.settled_at is null) then null else ${p.now}::timestamptz end
    where c.organization_id = ${p.organizationId} and c.id = ${p.checklistId}`,
)

/**
 * By its owner, and by whoever may change all users.
 * @throws AppError not_found, also for somebody whose task it is not; invalid; conflict (reason `cancelled`)
 */
export async function settleTask(ctx: CallContext, input: z.input<typeof Input>): Promise<void> {
  const { checklistId, position, outcome, comment } = parseInput(Input, input)
  if (!isId('clk', checklistId)) return refuseUnknown(ctx, 'Checklist')
  const key = { organizationId: ctx.organizationId, checklistId }
  await inTransaction(ctx, async (tx) => {
    const [task] = await tx.run(find({ ...key, position }))
    const isOwn = ctx.actor.type === 'user' && task?.ownerId === ctx.actor.id
    if (task === undefined || !(isOwn || isPermitted(ctx, 'users.write'))) throw notFound('Task')
    if (task.status === 'cancelled') throw new AppError('conflict', 'The list was cancelled', { reason: 'cancelled' })
    const settled = { outcome: outcome === 'open' ? null : outcome, comment: comment === '' ? null : comment }
    const now = nowOf(ctx)
    await tx.run(settle({ ...key, position, ...settled, settledBy: ctx.actor.id, now }))
    await tx.run(finish({ ...key, now }))
    const detail = { checklist: checklistId, position, outcome }
    const target = { targetType: 'user', targetId: task.userId } as const
    await tx.run(recordAudit(ctx, { action: 'checklist.settle_task', ...target, detail }))
  })
}

const cancel = prepared<Key & { now: string }, { userId: string }>(
  (p) => sql`update checklists set status = 'cancelled', ended_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.checklistId} and status = 'open' returning user_id as "userId"`,
)

/** What was begun by itself can be ended by hand. @throws AppError forbidden; not_found for one that is not open */
export async function cancelChecklist(ctx: CallContext, checklistId: string): Promise<void> {
  requirePermission(ctx, 'users.write')
  if (!isId('clk', checklistId)) return refuseUnknown(ctx, 'Checklist')
  await inTransaction(ctx, async (tx) => {
    const [cancelled] = await tx.run(cancel({ organizationId: ctx.organizationId, checklistId, now: nowOf(ctx) }))
    if (cancelled === undefined) throw notFound('Checklist')
    const target = { targetType: 'user', targetId: cancelled.userId } as const
    await tx.run(recordAudit(ctx, { action: 'checklist.cancel', ...target, detail: { checklist: checklistId } }))
  })
}
