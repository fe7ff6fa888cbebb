// What somebody is asked to review. Being asked is all that it takes; whose lines these are comes from the context alone.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import type { ReviewStatus } from '../scope/reviews.ts'
import { type LinesFilter, linesStatement, type ReviewLine } from './lines.ts'

export type OwnReview = {
  id: string
  name: string
  status: ReviewStatus
  dueAt: string
  suspendedAt: string | null
  undoHours: number
  lines: number
  unanswered: number
}

const ownReviews = prepared<{ organizationId: string; userId: string; reviewId: string | null }, OwnReview>(
  (
    p,
  ) => sql`select r.id, r.name, r.status, r.due_at as "dueAt", r.suspended_at as "suspendedAt", r.undo_hours as "undoHours",
      c.lines, c.unanswered
    from access_reviews r cross join lateral (
      select count(*)::int as lines, (count(*) filter (where l.answer is null))::int as unanswered
      from access_review_reviewers w join access_review_lines l on l.organization_id = w.organization_id
        and l.review_id = w.review_id and l.position = w.position
      where w.organization_id = r.organization_id and w.user_id = ${p.userId} and w.review_id = r.id) c
    where r.organization_id = ${p.organizationId} and r.status in ('open', 'closing') and c.lines > 0
      and (${p.reviewId}::text is null or r.id = ${p.reviewId})
    order by r.due_at, r.id`,
)

/** Campaigns under way in which the caller is asked something, the one due first at the top. @throws AppError forbidden where they are no person */
export async function listOwnReviews(ctx: CallContext): Promise<OwnReview[]> {
  const key = { organizationId: ctx.organizationId, userId: ownUserId(ctx), reviewId: null }
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(ownReviews(key)))
  return rows ?? []
}

/** @throws AppError forbidden where the caller is no person; not_found where they are asked nothing */
export async function getOwnReview(ctx: CallContext, reviewId: string): Promise<OwnReview> {
  const key = { organizationId: ctx.organizationId, userId: ownUserId(ctx), reviewId }
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(ownReviews(key)))
  const review = rows?.[0]
  if (review === undefined) throw notFound('Access review')
  return review
}

const isAsked = prepared<{ organizationId: string; userId: string; reviewId: string }, { id: string }>(
  (p) => sql`select r.id from access_reviews r where r.organization_id = ${p.organizationId} and r.id = ${p.reviewId}
    and r.status in ('open', 'closing') and exists (select from access_review_reviewers w
      where w.organization_id = r.organization_id and w.user_id = ${p.userId} and w.review_id = r.id)`,
)

/** Those that the caller is asked about. @throws AppError forbidden where they are no person; not_found */
export async function listOwnLines(
  ctx: CallContext,
  page: { reviewId: string; filter: Omit<LinesFilter, 'reviewerId'>; after?: number | undefined; limit: number },
): Promise<ReviewLine[]> {
  const { reviewId } = page
  const key = { organizationId: ctx.organizationId, userId: ownUserId(ctx), reviewId }
  const [asked] = await inTransaction(ctx, (tx) => tx.commitWith(isAsked(key)))
  if (asked?.[0] === undefined) throw notFound('Access review')
  const among = sql`access_review_reviewers own join access_review_lines l on l.organization_id = own.organization_id
    and l.review_id = own.review_id and l.position = own.position and own.user_id = ${ownUserId(ctx)}`
  const statement = linesStatement(ctx, page, among)
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows.map(({ line }) => line)
}
