// A campaign opens: what it is about is written down, whoever answers is found, and the next one of a series gets its date.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, nowOf, type Transaction } from '#src/context.ts'
import { findReviewers } from './find-reviewers.ts'
import { freezeLines } from './freeze-lines.ts'
import type { AccessReview, Recurrence } from './reviews.ts'

type Key = { organizationId: string; reviewId: string }

const open = prepared<Key & { now: string }, never>(
  (p) => sql`update access_reviews set status = 'open', opened_at = ${p.now}::timestamptz,
      due_at = ${p.now}::timestamptz + make_interval(days => due_days),
      closes_at = ${p.now}::timestamptz + make_interval(days => due_days + grace_days)
    where organization_id = ${p.organizationId} and id = ${p.reviewId}`,
)

const count = prepared<Key, { lines: number; people: number }>(
  (p) => sql`select count(*)::int as lines, count(distinct user_id)::int as people from access_review_lines
    where organization_id = ${p.organizationId} and review_id = ${p.reviewId}`,
)

const months: Record<Recurrence, number> = { monthly: 1, quarterly: 3, half_yearly: 6, yearly: 12 }

// Missed dates are not made up for: the next one is ahead.
const repeat = prepared<Key & { nextId: string; months: number; now: string }, never>(
  (
    p,
  ) => sql`insert into access_reviews (organization_id, id, name, scope, reviewer_rule, reviewer_id, fallback_id, no_answer,
      end_days, undo_hours, due_days, grace_days, recurrence, follows_id, status, starts_at, owner_type, owner_id, created_at,
      created_by)
    select organization_id, ${p.nextId}, name, scope, reviewer_rule, reviewer_id, fallback_id, no_answer, end_days, undo_hours,
      due_days, grace_days, recurrence, id, 'scheduled',
      greatest(starts_at, ${p.now}::timestamptz - make_interval(months => ${p.months}::int)) + make_interval(months => ${p.months}::int),
      owner_type, owner_id, ${p.now}::timestamptz, created_by
    from access_reviews where organization_id = ${p.organizationId} and id = ${p.reviewId}`,
)

type Campaign = Pick<AccessReview, 'id' | 'scope' | 'reviewerRule' | 'reviewer' | 'fallback' | 'recurrence'>

/** One that is scheduled, whose row is locked. */
export async function openReview(tx: Transaction, ctx: CallContext, review: Campaign): Promise<void> {
  const { id, reviewerRule, recurrence } = review
  const key = { organizationId: ctx.organizationId, reviewId: id }
  await tx.run(open({ ...key, now: nowOf(ctx) }))
  await freezeLines(tx, ctx, review)
  const reviewers = { reviewerId: review.reviewer?.id ?? null, fallbackId: review.fallback.id }
  await findReviewers(tx, ctx, { id, reviewerRule, ...reviewers })
  const [frozen] = await tx.run(count(key))
  const audit = { targetType: 'access_review', targetId: id } as const
  await tx.run(recordAudit(ctx, { ...audit, action: 'access_review.open', detail: { ...frozen } }))
  if (recurrence === null) return
  const next = { nextId: ctx.ids.next('rev'), months: months[recurrence], now: nowOf(ctx) }
  await tx.run(repeat({ ...key, ...next }))
  const detail = { follows: id, recurrence }
  await tx.run(recordAudit(ctx, { ...audit, targetId: next.nextId, action: 'access_review.schedule', detail }))
}
