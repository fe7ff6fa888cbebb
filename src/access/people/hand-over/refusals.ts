// Whether the caller may give a thing to somebody else: as they may change the thing itself. What is answered in a review takes effect
// in the name of whoever set it going, so that who names a reviewer decides on others by the rights of that person.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, isPermitted, type Transaction } from '#src/context.ts'
import { actorLimit } from '../../ceiling/actor-limit.ts'
import { aboveAmong } from '../../ceiling/ceiling.ts'
import { isManaging, type ReviewScope } from '../../ground/review-scope.ts'
import type { Work } from './work.ts'

export type Refusal = 'permission' | 'ceiling'

/** Undefined where the caller may. */
export type RefusalOf = (work: Work) => Refusal | undefined

type Review = { id: string; scope: ReviewScope; ownerType: string; ownerId: string }

const reviewsOf = prepared<{ organizationId: string; ids: readonly string[] }, Review>(
  (p) => sql`select r.id, r.scope, r.owner_type as "ownerType", r.owner_id as "ownerId" from access_reviews r
    where r.organization_id = ${p.organizationId} and r.id = any (${p.ids}::text[])`,
)

const reviewIdOf = ({ item }: Work): string => item.split('/')[0] ?? ''

function mayChange(ctx: CallContext, { kind, brandId }: Work): boolean {
  if (kind === 'ownership') return isPermitted(ctx, 'users.write') || isPermitted(ctx, 'assets.write', brandId)
  if (kind === 'asset') return isPermitted(ctx, 'assets.write', brandId)
  if (kind === 'team') return isPermitted(ctx, 'teams.write', brandId)
  if (kind === 'task') return isPermitted(ctx, 'users.write')
  return isPermitted(ctx, 'assignments.write', brandId)
}

/**
 * Of work of one person.
 * @param from whose it is
 * @param isLeaving whether it needs somebody else in any case; otherwise lines of a review go on by whoever has them or manages it
 */
export async function refusalsOf(
  tx: Transaction,
  ctx: CallContext,
  { work, from, isLeaving }: { work: readonly Work[]; from: string; isLeaving: boolean },
): Promise<RefusalOf> {
  const { actor, organizationId } = ctx
  const ids = [...new Set(work.filter(({ kind }) => kind === 'review' || kind === 'review_line').map(reviewIdOf))]
  const found = ids.length === 0 ? [] : await tx.run(reviewsOf({ organizationId, ids }))
  const reviews = new Map(found.map((review) => [review.id, review]))
  const subjects = work.flatMap(({ kind, subjectId }) =>
    kind === 'review_line' && subjectId !== null ? subjectId : [],
  )
  const owners = found.flatMap(({ ownerType, ownerId }) => (ownerType === 'user' ? ownerId : []))
  const isLimited = ids.length > 0 && (await actorLimit(tx, ctx)) !== undefined
  const above = isLimited ? await aboveAmong(tx, ctx, [...new Set([...subjects, ...owners])]) : new Set<string>()
  const isOfOthers = ({ ownerType, ownerId }: Review): boolean =>
    isLimited && ownerId !== actor.id && (ownerType !== 'user' || above.has(ownerId))
  const isBeyond = ({ kind, subjectId }: Work, review: Review): boolean =>
    kind === 'review' ? isOfOthers(review) : above.has(subjectId ?? '')
  return (each) => {
    if (!mayChange(ctx, each)) return 'permission'
    const review = reviews.get(reviewIdOf(each))
    if (review === undefined || from === actor.id) return undefined
    if (each.kind === 'review_line' && !isLeaving && !isManaging(ctx, review)) return 'permission'
    return isBeyond(each, review) ? 'ceiling' : undefined
  }
}
