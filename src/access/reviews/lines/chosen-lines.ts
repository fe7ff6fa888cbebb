// Lines that somebody is about to answer or to hand on: whether they may, and nobody else meanwhile.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { requireNotAbove } from '../../ceiling/ceiling.ts'
import { isManaging } from '../../ground/review-scope.ts'
import { type AccessReview, findReview } from '../scope/reviews.ts'

/** Whatever PostgreSQL takes for one. */
export const positionSchema = z.number().int().min(1).max(2_147_483_647)

export const chosenFields = {
  reviewId: z.string(),
  /** Their positions. */
  lines: z.array(positionSchema).min(1, 'choose at least one line').max(500),
}

export type ChosenLine = {
  position: number
  userId: string
  source: 'direct' | 'mapping' | 'team' | 'account'
  isPrivileged: boolean
  expiresAt: string | null
  answer: string | null
  outcome: string | null
  /** Whether the campaign, or whoever it asked before, asks the caller. */
  isAsked: boolean
}

type Key = { organizationId: string; reviewId: string; positions: readonly string[]; actorId: string }

// Of a key that is a person's own, the person counts.
const lock = prepared<Key, ChosenLine & { isOwn: boolean }>(
  (
    p,
  ) => sql`with actor as (select coalesce((select k.user_id from api_keys k where k.organization_id = ${p.organizationId}
      and k.id = ${p.actorId}), ${p.actorId}) as id)
    select l.position, l.user_id as "userId", l.source, l.is_privileged as "isPrivileged", l.expires_at as "expiresAt", l.answer,
      l.outcome, l.user_id = (select id from actor) as "isOwn",
      exists (select from access_review_reviewers w where w.organization_id = l.organization_id and w.review_id = l.review_id
        and w.position = l.position and w.user_id = ${p.actorId}) as "isAsked"
    from access_review_lines l where l.organization_id = ${p.organizationId} and l.review_id = ${p.reviewId}
      and l.position = any (${p.positions}::text[]::int[]) order by l.position for update of l`,
)

/** Campaigns do not close or stop while their lines are being answered. */
const share = prepared<{ organizationId: string; reviewId: string }, { id: string }>(
  (p) =>
    sql`select r.id from access_reviews r where r.organization_id = ${p.organizationId} and r.id = ${p.reviewId} for share`,
)

/**
 * Lines of a campaign under way that the caller is asked about, or whose campaign they may manage; never their own.
 * @throws AppError not_found; forbidden (reason `yourself`); conflict (reasons `not_open`, `suspended`)
 */
export async function lockLines(
  tx: Transaction,
  ctx: CallContext,
  { reviewId, lines }: { reviewId: string; lines: readonly number[] },
): Promise<{ review: AccessReview; chosen: ChosenLine[] }> {
  const { organizationId, actor } = ctx
  await tx.run(share({ organizationId, reviewId }))
  const review = await findReview(tx, ctx, reviewId)
  const positions = [...new Set(lines)].map(String)
  const chosen = await tx.run(lock({ organizationId, reviewId, positions, actorId: actor.id }))
  const mayAll = review !== undefined && isManaging(ctx, review)
  const own = mayAll ? chosen : chosen.filter(({ isAsked }) => isAsked)
  if (review === undefined || own.length < positions.length) throw notFound('Line of the access review')
  if (chosen.some(({ isOwn }) => isOwn))
    throw new AppError('forbidden', 'This is about your own access; somebody else has to answer it', {
      reason: 'yourself',
    })
  if (review.status !== 'open' && review.status !== 'closing')
    throw new AppError('conflict', 'This review is not open', { reason: 'not_open' })
  if (review.suspendedAt !== null)
    throw new AppError('conflict', 'This review is suspended for now', { reason: 'suspended' })
  return { review, chosen }
}

/**
 * Answers take effect in the name of whoever set the campaign going. Who is asked may give any; who manages it and is not asked
 * takes from nobody above them, and names nobody who would.
 * @throws AppError forbidden (reason `ceiling`)
 */
export async function requireDeciding(tx: Transaction, ctx: CallContext, lines: readonly ChosenLine[]): Promise<void> {
  const unasked = lines.filter(({ isAsked }) => !isAsked).map(({ userId }) => userId)
  if (unasked.length > 0) await requireNotAbove(tx, ctx, ...new Set(unasked))
}
