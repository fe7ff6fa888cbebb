// Tasks for whoever has the identity provider: what a mapping gives and a review took. While a task is open, the role is held back
// here (access/decisions/held-back.ts). How they are read and begun, and how they settle by themselves.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, asAppError } from '#platform/errors.ts'
import {
  type Actor,
  brandsPermitted,
  type CallContext,
  inTransaction,
  isPermitted,
  nowOf,
  requirePermissionIn,
  type Transaction,
} from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { actorContext } from '../../grants/managers/actor-context.ts'
import { requireTargets } from '../../grants/managers/targets.ts'
import type { LineSource, TaskStatus } from './lines.ts'

export type ReviewTask = {
  id: string
  review: { id: string; name: string }
  position: number
  user: { id: string; userName: string; displayName: string | null }
  role: { id: string; name: string }
  brand: { id: string; name: string } | null
  /** What gives it at the provider. */
  groups: Extract<LineSource, { type: 'mapping' }>['groups']
  filter: string | null
  status: TaskStatus
  /** Until then they keep it. */
  startsAt: string
  message: string | null
  createdAt: string
  settledAt: string | null
}

type Filter = {
  organizationId: string
  brandIds: readonly string[] | null
  isOpen: boolean | null
  reviewId: string | null
  userId: string | null
  after: string | null
  limit: number
}

const select = prepared<Filter, ReviewTask>(
  (p) => sql`select t.id, json_build_object('id', v.id, 'name', v.name) as review, t.position,
      json_build_object('id', l.user_id, 'userName', l.user_name, 'displayName', l.display_name) as "user",
      json_build_object('id', l.role_id, 'name', l.role_name) as role,
      case when l.brand_id is not null then json_build_object('id', l.brand_id, 'name', l.brand_name) end as brand,
      coalesce(l.through -> 'groups', '[]') as groups, l.through ->> 'filter' as filter, t.status, t.starts_at as "startsAt",
      t.message, t.created_at as "createdAt", t.settled_at as "settledAt"
    from review_tasks t
    join access_reviews v on v.organization_id = t.organization_id and v.id = t.review_id
    join access_review_lines l on l.organization_id = t.organization_id and l.review_id = t.review_id and l.position = t.position
    where t.organization_id = ${p.organizationId} and (${p.brandIds}::text[] is null or t.brand_id = any (${p.brandIds}::text[]))
      and (${p.isOpen}::boolean is null or (t.status in ('waiting', 'open')) = ${p.isOpen}::boolean)
      and (${p.reviewId}::text is null or t.review_id = ${p.reviewId})
      and (${p.userId}::text is null or t.user_id = ${p.userId}) and (${p.after}::text is null or t.id < ${p.after})
    order by t.id desc limit ${p.limit}::int`,
)

/** The newest first: whoever sees assignments sees them, and whoever sees directories, since it is theirs to do. @throws AppError forbidden */
export async function listReviewTasks(
  ctx: CallContext,
  page: {
    isOpen?: boolean | undefined
    reviewId?: string | undefined
    userId?: string | undefined
    after?: string | undefined
    limit: number
  },
): Promise<ReviewTask[]> {
  const brands = isPermitted(ctx, 'directories.read') ? 'all' : brandsPermitted(ctx, 'assignments.read')
  if (brands.length === 0)
    throw new AppError('forbidden', 'This needs the permission assignments.read', {
      reason: 'permission',
      extensions: { permission: 'assignments.read' },
    })
  const { isOpen = null, reviewId = null, userId = null, after = null, limit } = page
  const brandIds = brands === 'all' ? null : brands
  const statement = select({ organizationId: ctx.organizationId, brandIds, isOpen, reviewId, userId, after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

export type NewTask = {
  reviewId: string
  position: number
  userId: string
  mappingId: string
  roleId: string
  brandId: string | null
  /** Null: now. */
  startsAt: string | null
}

type Key = { organizationId: string; id: string }

const insert = prepared<
  Omit<NewTask, 'startsAt'> & Key & { status: string; startsAt: string; now: string },
  { id: string }
>(
  (
    p,
  ) => sql`insert into review_tasks (organization_id, id, review_id, position, user_id, mapping_id, role_id, brand_id, status,
      starts_at, created_at)
    values (${p.organizationId}, ${p.id}, ${p.reviewId}, ${p.position}::int, ${p.userId}, ${p.mappingId}, ${p.roleId}, ${p.brandId},
      ${p.status}, ${p.startsAt}::timestamptz, ${p.now}::timestamptz)
    on conflict (organization_id, user_id, mapping_id) where status in ('waiting', 'open') do nothing returning id`,
)

/** Holding back is taking away: by whoever could take the role as such. @throws AppError forbidden */
async function requireTaking(
  tx: Transaction,
  ctx: CallContext,
  task: Pick<NewTask, 'roleId' | 'brandId'>,
): Promise<void> {
  requirePermissionIn(ctx, 'assignments.write', task.brandId)
  await requireTargets(tx, ctx, { roleId: task.roleId, brandId: task.brandId })
}

/**
 * Nothing where there is such a task already, of another review.
 * @throws AppError forbidden (reasons `permission`, `other_brand`, `ceiling`)
 */
export async function beginTask(tx: Transaction, ctx: CallContext, task: NewTask): Promise<void> {
  const { organizationId } = ctx
  await requireTaking(tx, ctx, task)
  const [id, now] = [ctx.ids.next('rtk'), nowOf(ctx)]
  const status = task.startsAt === null ? 'open' : 'waiting'
  const row = { organizationId, id, ...task, status, startsAt: task.startsAt ?? now, now }
  const [begun] = await withinCeiling(tx, ctx, { users: [task.userId] }, () => tx.run(insert(row)))
  if (begun === undefined) return
  const { userId, mappingId, roleId, brandId, reviewId } = task
  const detail = { reviewId, userId, mappingId, roleId, brandId, startsAt: row.startsAt }
  await tx.run(recordAudit(ctx, { action: 'review_task.open', targetType: 'review_task', targetId: id, detail }))
}

const settle = prepared<
  Key & { status: string; from: readonly string[]; message: string | null; now: string },
  { id: string }
>(
  (p) => sql`update review_tasks set status = ${p.status}, message = ${p.message},
      settled_at = case when ${p.status} <> 'open' then ${p.now}::timestamptz end
    where organization_id = ${p.organizationId} and id = ${p.id} and status = any (${p.from}::text[]) returning id`,
)

/** What administrators were told to have done is done. */
const settleAlarms = prepared<{ organizationId: string; now: string }, never>(
  (p) => sql`update alarms a set settled_at = ${p.now}::timestamptz, settled_by = 'system'
    where a.organization_id = ${p.organizationId} and a.kind = 'review_tasks' and a.settled_at is null and not exists (
      select from review_tasks t where t.organization_id = a.organization_id and t.review_id = a.detail ->> 'reviewId'
        and t.status in ('waiting', 'open'))`,
)

/** The role is held again. @returns false where the provider has taken it meanwhile @throws AppError forbidden (reason `ceiling`) */
export async function cancelTask(
  tx: Transaction,
  ctx: CallContext,
  task: { id: string; userId: string; roleId: string; brandId: string | null },
): Promise<boolean> {
  await requireTaking(tx, ctx, task)
  const change = { organizationId: ctx.organizationId, id: task.id, now: nowOf(ctx), message: null }
  const from = ['waiting', 'open']
  const [cancelled] = await withinCeiling(tx, ctx, { users: [task.userId] }, () =>
    tx.run(settle({ ...change, status: 'cancelled', from })),
  )
  if (cancelled === undefined) return false
  await tx.run(recordAudit(ctx, { action: 'review_task.cancel', targetType: 'review_task', targetId: task.id }))
  await tx.run(settleAlarms({ organizationId: ctx.organizationId, now: change.now }))
  return true
}

type Due = Omit<NewTask, 'startsAt'> & { id: string; owner: Actor; isMapped: boolean }

const due = prepared<{ organizationId: string; limit: number }, Due>(
  (p) => sql`select t.id, t.review_id as "reviewId", t.position, t.user_id as "userId", t.mapping_id as "mappingId",
      t.role_id as "roleId", t.brand_id as "brandId", json_build_object('type', r.owner_type, 'id', r.owner_id) as owner,
      m.is_mapped as "isMapped"
    from review_tasks t join access_reviews r on r.organization_id = t.organization_id and r.id = t.review_id
    cross join lateral (select is_mapped(t.organization_id, t.user_id, t.mapping_id) as is_mapped) m
    where t.organization_id = ${p.organizationId} and t.status in ('waiting', 'open')
      and (not m.is_mapped or (t.status = 'waiting' and t.starts_at <= now()))
    order by t.id limit ${p.limit}::int`,
)

const atOnce = 200

/** What the provider has followed is done; what has waited for its time is held back from now on. @param ctx the worker's */
export async function settleTasks(ctx: CallContext): Promise<void> {
  const { organizationId } = ctx
  for (;;) {
    const [found = []] = await inTransaction(ctx, (tx) => tx.commitWith(due({ organizationId, limit: atOnce })))
    for (const task of found) await (task.isMapped ? startTask(ctx, task) : endTask(ctx, task))
    if (found.length < atOnce) break
  }
  await inTransaction(ctx, (tx) => tx.commitWith(settleAlarms({ organizationId, now: nowOf(ctx) })))
}

async function endTask(ctx: CallContext, { id, userId }: Due): Promise<void> {
  const change = { organizationId: ctx.organizationId, id, now: nowOf(ctx), message: null }
  await inTransaction(ctx, async (tx) => {
    const [ended] = await tx.run(settle({ ...change, status: 'done', from: ['waiting', 'open'] }))
    if (ended === undefined) return
    const entry = { action: 'review_task.done', targetType: 'review_task', targetId: id, detail: { userId } } as const
    await tx.run(recordAudit(ctx, entry))
  })
}

async function startTask(ctx: CallContext, task: Due): Promise<void> {
  const change = { organizationId: ctx.organizationId, id: task.id, now: nowOf(ctx) }
  try {
    const own = await actorContext(ctx, task.owner)
    if (own === undefined) throw new AppError('forbidden', ownerIsGone)
    await inTransaction(own, async (tx) => {
      await requireTaking(tx, own, task)
      await withinCeiling(tx, own, { users: [task.userId] }, () =>
        tx.run(settle({ ...change, status: 'open', from: ['waiting'], message: null })),
      )
    })
  } catch (error) {
    const { code, message } = asAppError(error)
    if (code === 'unavailable' || code === 'internal') throw error
    await inTransaction(ctx, async (tx) => {
      await tx.run(settle({ ...change, status: 'refused', from: ['waiting'], message }))
      const entry = { action: 'review_task.refuse', targetType: 'review_task', targetId: task.id } as const
      await tx.run(recordAudit(ctx, { ...entry, detail: { userId: task.userId, message } }))
    })
  }
}

export const ownerIsGone = 'The person in whose name this review is carried out is no longer allowed to do so'
