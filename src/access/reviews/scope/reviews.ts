// Campaigns of access reviews: how they are read, and who may see them and set them going.
import { type SQL, sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  brandsPermitted,
  type CallContext,
  inTransaction,
  requirePermissionSomewhere,
  type Transaction,
} from '#src/context.ts'
import { isPermittedOn, type ReviewScope, requireManaging } from '../../ground/review-scope.ts'

export type ReviewerRule = 'brand_managers' | 'sponsor' | 'role_owner' | 'person'
export type ReviewAnswer = 'keep' | 'remove' | 'end'
export type Recurrence = 'monthly' | 'quarterly' | 'half_yearly' | 'yearly'
export type ReviewStatus = 'scheduled' | 'open' | 'closing' | 'closed' | 'cancelled'

type Person = { id: string; name: string }

export type AccessReview = {
  id: string
  name: string
  scope: ReviewScope
  reviewerRule: ReviewerRule
  /** Of the rule `person`. */
  reviewer: Person | null
  fallback: Person
  noAnswer: ReviewAnswer
  endDays: number | null
  undoHours: number
  dueDays: number
  graceDays: number
  recurrence: Recurrence | null
  followsId: string | null
  status: ReviewStatus
  startsAt: string
  openedAt: string | null
  dueAt: string | null
  closesAt: string | null
  closedAt: string | null
  suspendedAt: string | null
  /** In whose name answers take effect. */
  owner: { type: 'user' | 'api_key' | 'application' | 'operator'; id: string; name: string | null }
  isRestoring: boolean
  csvSha256: string | null
  jsonSha256: string | null
  createdAt: string
  createdBy: string
  lines: number
  unanswered: number
}

const nameOf = (userId: SQL): SQL => sql`coalesce((select coalesce(u.display_name, u.user_name) from users u
  where u.organization_id = r.organization_id and u.id = ${userId}), ${userId})`

/** Of `access_reviews r`. */
const reviewColumns = sql`r.id, r.name, r.scope, r.reviewer_rule as "reviewerRule",
  case when r.reviewer_id is not null then json_build_object('id', r.reviewer_id, 'name', ${nameOf(sql`r.reviewer_id`)}) end as reviewer,
  json_build_object('id', r.fallback_id, 'name', ${nameOf(sql`r.fallback_id`)}) as fallback,
  r.no_answer as "noAnswer", r.end_days as "endDays", r.undo_hours as "undoHours", r.due_days as "dueDays",
  r.grace_days as "graceDays", r.recurrence, r.follows_id as "followsId", r.status, r.starts_at as "startsAt",
  r.opened_at as "openedAt", r.due_at as "dueAt", r.closes_at as "closesAt", r.closed_at as "closedAt",
  r.suspended_at as "suspendedAt", json_build_object('type', r.owner_type, 'id', r.owner_id,
    'name', coalesce((select coalesce(u.display_name, u.user_name) from users u
      where u.organization_id = r.organization_id and u.id = r.owner_id),
      (select k.name from api_keys k where k.organization_id = r.organization_id and k.id = r.owner_id))) as owner,
  r.restore_type is not null as "isRestoring", r.csv_sha256 as "csvSha256", r.json_sha256 as "jsonSha256",
  r.created_at as "createdAt", r.created_by as "createdBy",
  coalesce((select l.position from access_review_lines l where l.organization_id = r.organization_id and l.review_id = r.id
    order by l.position desc limit 1), 0) as lines,
  (select count(*)::int from access_review_lines l where l.organization_id = r.organization_id and l.review_id = r.id
    and l.answer is null) as unanswered`

type Key = { organizationId: string; reviewId: string }

const byId = prepared<Key, AccessReview>(
  (p) => sql`select ${reviewColumns} from access_reviews r
    where r.organization_id = ${p.organizationId} and r.id = ${p.reviewId}`,
)

const lock = prepared<Key, { id: string }>(
  (p) => sql`select r.id from access_reviews r
    where r.organization_id = ${p.organizationId} and r.id = ${p.reviewId} for update`,
)

const page = prepared<
  {
    organizationId: string
    brandIds: readonly string[] | null
    status: string | null
    after: string | null
    limit: number
  },
  AccessReview
>(
  (p) => sql`select ${reviewColumns} from access_reviews r where r.organization_id = ${p.organizationId}
      and (${p.brandIds}::text[] is null or r.scope -> 'brandIds' <@ to_jsonb(${p.brandIds}::text[]))
      and (${p.status}::text is null or r.status = ${p.status}) and (${p.after}::text is null or r.id < ${p.after})
    order by r.id desc limit ${p.limit}::int`,
)

/** The newest first: those that the caller may look at as a whole. @throws AppError forbidden */
export async function listReviews(
  ctx: CallContext,
  { status = null, after = null, limit }: { status?: ReviewStatus | null; after?: string | null; limit: number },
): Promise<AccessReview[]> {
  requirePermissionSomewhere(ctx, 'assignments.read')
  const brands = brandsPermitted(ctx, 'assignments.read')
  const brandIds = brands === 'all' ? null : brands
  const statement = page({ organizationId: ctx.organizationId, brandIds, status, after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError forbidden; not_found, also for one that the caller may not look at as a whole */
export async function getReview(ctx: CallContext, reviewId: string): Promise<AccessReview> {
  requirePermissionSomewhere(ctx, 'assignments.read')
  const review = await inTransaction(ctx, (tx) => findReview(tx, ctx, reviewId))
  if (review === undefined || !isPermittedOn(ctx, 'assignments.read', review)) throw notFound('Access review')
  return review
}

const scopeOf = prepared<Key, Pick<AccessReview, 'id' | 'scope'>>(
  (p) => sql`select r.id, r.scope from access_reviews r
    where r.organization_id = ${p.organizationId} and r.id = ${p.reviewId}`,
)

/** Without counting its lines, for what reads some of them. @returns its id @throws AppError as `getReview` does */
export async function requireSeen(ctx: CallContext, reviewId: string): Promise<string> {
  requirePermissionSomewhere(ctx, 'assignments.read')
  const key = { organizationId: ctx.organizationId, reviewId: isId('rev', reviewId) ? reviewId : '' }
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(scopeOf(key)))
  const review = rows?.[0]
  if (review === undefined || !isPermittedOn(ctx, 'assignments.read', review)) throw notFound('Access review')
  return review.id
}

/** Whoever asks: what follows is for the caller to judge. */
export async function findReview(
  tx: Transaction,
  { organizationId }: CallContext,
  reviewId: string,
): Promise<AccessReview | undefined> {
  const key = { organizationId, reviewId: isId('rev', reviewId) ? reviewId : '' }
  return (await tx.run(byId(key)))[0]
}

/** For a change of the campaign: nobody else changes it meanwhile. @throws AppError not_found; forbidden */
export async function lockReview(tx: Transaction, ctx: CallContext, reviewId: string): Promise<AccessReview> {
  requirePermissionSomewhere(ctx, 'assignments.write')
  const key = { organizationId: ctx.organizationId, reviewId: isId('rev', reviewId) ? reviewId : '' }
  await tx.run(lock(key))
  const [review] = await tx.run(byId(key))
  if (review === undefined || !isPermittedOn(ctx, 'assignments.read', review)) throw notFound('Access review')
  requireManaging(ctx, review.scope)
  return review
}
