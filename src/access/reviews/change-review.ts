// The switches of a campaign: suspended, nothing of it happens by itself; cancelled, it never does again; taken over, it goes on in
// somebody else's name.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf, type Transaction } from '#src/context.ts'
import { requireLastingActor } from '../people/bulk/user-changes.ts'
import { type AccessReview, getReview, lockReview } from './scope/reviews.ts'

type Key = { organizationId: string; reviewId: string }

const suspend = prepared<Key & { now: string }, never>(
  (p) => sql`update access_reviews set suspended_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.reviewId}`,
)

// Reviewers get the time back, and so does whoever would undo an answer.
const resume = prepared<Key & { now: string }, never>(
  (
    p,
  ) => sql`with paused as (update access_reviews r set suspended_at = null, due_at = r.due_at + (${p.now}::timestamptz - before.suspended_at),
        closes_at = r.closes_at + (${p.now}::timestamptz - before.suspended_at)
      from access_reviews before where r.organization_id = ${p.organizationId} and r.id = ${p.reviewId}
        and before.organization_id = r.organization_id and before.id = r.id
      returning ${p.now}::timestamptz - before.suspended_at as away)
    update access_review_lines l set effective_at = l.effective_at + paused.away from paused
    where l.organization_id = ${p.organizationId} and l.review_id = ${p.reviewId} and l.effective_at is not null and l.outcome is null`,
)

const cancel = prepared<Key, never>(
  (p) => sql`update access_reviews set status = 'cancelled', suspended_at = null
    where organization_id = ${p.organizationId} and id = ${p.reviewId}`,
)

const takeOver = prepared<Key & { type: string; id: string }, never>(
  (p) => sql`update access_reviews set owner_type = ${p.type}, owner_id = ${p.id}
    where organization_id = ${p.organizationId} and id = ${p.reviewId}`,
)

const settleStalled = prepared<Key & { by: string; now: string }, never>(
  (p) => sql`update alarms set settled_at = ${p.now}::timestamptz, settled_by = ${p.by}
    where organization_id = ${p.organizationId} and kind = 'review_stalled' and settled_at is null
      and detail ->> 'reviewId' = ${p.reviewId}`,
)

type Work = (tx: Transaction, key: Key, review: AccessReview) => Promise<Record<string, unknown> | undefined>

/** @param work undefined where nothing changes by it */
async function change(
  ctx: CallContext,
  reviewId: string,
  action: 'suspend' | 'resume' | 'cancel' | 'take_over',
  work: Work,
): Promise<AccessReview> {
  await inTransaction(ctx, async (tx) => {
    const review = await lockReview(tx, ctx, reviewId)
    if (review.status === 'closed' || review.status === 'cancelled')
      throw new AppError('conflict', `This review is ${review.status}`, { reason: 'not_open' })
    const detail = await work(tx, { organizationId: ctx.organizationId, reviewId }, review)
    if (detail === undefined) return
    const entry = { targetType: 'access_review', targetId: reviewId } as const
    await tx.run(recordAudit(ctx, { ...entry, action: `access_review.${action}`, detail }))
  })
  return getReview(ctx, reviewId)
}

/** Until it is resumed, nobody answers, and nothing opens, takes effect or closes. Doing it twice is no error. @throws AppError not_found; forbidden; conflict (reason `not_open`) */
export const suspendReview = (ctx: CallContext, reviewId: string): Promise<AccessReview> =>
  change(ctx, reviewId, 'suspend', async (tx, key, { suspendedAt }) => {
    if (suspendedAt !== null) return undefined
    await tx.run(suspend({ ...key, now: nowOf(ctx) }))
    return {}
  })

/** All dates move by the time it was suspended. @throws AppError not_found; forbidden; conflict (reason `not_open`) */
export const resumeReview = (ctx: CallContext, reviewId: string): Promise<AccessReview> =>
  change(ctx, reviewId, 'resume', async (tx, key, { suspendedAt }) => {
    if (suspendedAt === null) return undefined
    await tx.run(resume({ ...key, now: nowOf(ctx) }))
    return { suspendedAt }
  })

/**
 * What has not taken effect never will; what has taken effect stays, until it is given back. The next of a series is a campaign of
 * its own, and cancelling that ends the series.
 * @throws AppError not_found; forbidden; conflict (reason `not_open`)
 */
export const cancelReview = (ctx: CallContext, reviewId: string): Promise<AccessReview> =>
  change(ctx, reviewId, 'cancel', async (tx, key, { status }) => {
    await tx.run(cancel(key))
    await tx.run(settleStalled({ ...key, by: ctx.actor.id, now: nowOf(ctx) }))
    return { status }
  })

/** From now on answers take effect in the caller's name, and by what they may do. @throws AppError not_found; forbidden; conflict (reason `not_open`) */
export const takeOverReview = (ctx: CallContext, reviewId: string): Promise<AccessReview> =>
  change(ctx, reviewId, 'take_over', async (tx, key, { owner }) => {
    const { type, id } = requireLastingActor(ctx)
    if (owner.id === id) return undefined
    await tx.run(takeOver({ ...key, type, id }))
    await tx.run(settleStalled({ ...key, by: id, now: nowOf(ctx) }))
    return { from: { type: owner.type, id: owner.id } }
  })
