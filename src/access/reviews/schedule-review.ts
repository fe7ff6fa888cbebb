// A campaign is scheduled, to open at once or at a time; what it would be about and who would answer is shown first by doing it
// and taking it back.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { instantSchema, invalidField, nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, inTrial, nowOf, type Transaction } from '#src/context.ts'
import { namedPerson } from '../ground/named-person.ts'
import { isAboutAccounts, requireManaging } from '../ground/review-scope.ts'
import { requireLastingActor } from '../people/bulk/user-changes.ts'
import { openReview } from './scope/open-review.ts'
import { type AccessReview, findReview } from './scope/reviews.ts'

const ids = z.array(z.string()).min(1, 'choose at least one').max(200)

const ScopeInput = z.strictObject({
  roleIds: ids.optional(),
  brandIds: ids.optional(),
  isPrivileged: z.literal(true).optional(),
  inactiveDays: z.number().int().min(1).max(3_650).optional(),
  isOutside: z.literal(true).optional(),
  directoryId: z.string().optional(),
})

const days = (least: number, most: number) => z.number().int().min(least).max(most)

export const ReviewInput = z.object({
  name: nameSchema,
  scope: ScopeInput.default({}),
  reviewerRule: z.enum(['brand_managers', 'sponsor', 'role_owner', 'person']).default('brand_managers'),
  /** Of the rule `person`: an id, a user name or an address, as is the next. */
  reviewerId: z.string().max(320).nullish(),
  fallbackId: z.string().max(320),
  noAnswer: z.enum(['keep', 'remove', 'end']).default('keep'),
  endDays: days(1, 3_650).nullish(),
  undoHours: days(0, 720).default(24),
  dueDays: days(1, 365).default(21),
  graceDays: days(0, 90).default(3),
  recurrence: z.enum(['monthly', 'quarterly', 'half_yearly', 'yearly']).nullish(),
  /** Absent, or past: at once. */
  startsAt: instantSchema.nullish(),
})

type Row = {
  organizationId: string
  id: string
  name: string
  scope: string
  reviewerRule: string
  reviewerId: string | null
  fallbackId: string
  noAnswer: string
  endDays: number | null
  undoHours: number
  dueDays: number
  graceDays: number
  recurrence: string | null
  startsAt: string
  ownerType: string
  ownerId: string
  now: string
}

const insert = prepared<Row, never>(
  (
    p,
  ) => sql`insert into access_reviews (organization_id, id, name, scope, reviewer_rule, reviewer_id, fallback_id, no_answer,
      end_days, undo_hours, due_days, grace_days, recurrence, status, starts_at, owner_type, owner_id, created_at, created_by)
    values (${p.organizationId}, ${p.id}, ${p.name}, ${p.scope}::jsonb, ${p.reviewerRule}, ${p.reviewerId}, ${p.fallbackId},
      ${p.noAnswer}, ${p.endDays}::int, ${p.undoHours}::int, ${p.dueDays}::int, ${p.graceDays}::int, ${p.recurrence}, 'scheduled',
      ${p.startsAt}::timestamptz, ${p.ownerType}, ${p.ownerId}, ${p.now}::timestamptz, ${p.ownerId})`,
)

type Known = { roles: number; brands: number; directories: number; domains: number }

const known = prepared<
  {
    organizationId: string
    roleIds: readonly string[]
    brandIds: readonly string[]
    directoryId: string | null
  },
  Known
>(
  (p) => sql`select
    (select count(*)::int from roles where organization_id = ${p.organizationId} and kind = 'role' and id = any (${p.roleIds}::text[])) as roles,
    (select count(*)::int from brands where organization_id = ${p.organizationId} and id = any (${p.brandIds}::text[])) as brands,
    (select count(*)::int from directories where organization_id = ${p.organizationId} and id = ${p.directoryId}) as directories,
    (select count(*)::int from domains where organization_id = ${p.organizationId} and status = 'verified') as domains`,
)

type Parsed = z.output<typeof ReviewInput>

/** What it says has to fit together. @throws AppError invalid */
function requireFitting({ scope, reviewerRule, reviewerId = null, noAnswer, endDays = null }: Parsed): void {
  if ((reviewerRule === 'person') !== (reviewerId !== null))
    throw invalidField('reviewerId', 'name the person where one person answers, and only there')
  if ((noAnswer === 'end') !== (endDays !== null))
    throw invalidField('endDays', 'say after how many days access ends where no answer means an end, and only there')
  if (noAnswer === 'end' && isAboutAccounts(scope))
    throw invalidField('noAnswer', 'an account has no end date: choose keep or remove')
}

/** What it names has to be there. @throws AppError invalid */
async function requireKnown(tx: Transaction, { organizationId }: CallContext, { scope }: Parsed): Promise<void> {
  const { roleIds = [], brandIds = [], directoryId = null } = scope
  const [found] = await tx.run(known({ organizationId, roleIds, brandIds, directoryId }))
  if (found === undefined || found.roles < new Set(roleIds).size)
    throw invalidField('scope.roleIds', 'has an unknown role')
  if (found.brands < new Set(brandIds).size) throw invalidField('scope.brandIds', 'has an unknown brand')
  if (directoryId !== null && found.directories === 0) throw invalidField('scope.directoryId', 'is no directory')
  if (scope.isOutside === true && found.domains === 0)
    throw invalidField(
      'scope.isOutside',
      'needs a verified domain: verify yours first, since without one nobody is known to be from outside',
    )
}

async function scheduleWithin(tx: Transaction, ctx: CallContext, input: Parsed): Promise<AccessReview> {
  requireFitting(input)
  await requireKnown(tx, ctx, input)
  const owner = requireLastingActor(ctx)
  const { name, scope, reviewerId: named = null, endDays = null, recurrence = null, startsAt = null, ...more } = input
  const fallback = await namedPerson(tx, ctx, { reference: input.fallbackId, field: 'fallbackId' })
  const reviewer = named === null ? null : await namedPerson(tx, ctx, { reference: named, field: 'reviewerId' })
  const [rest, reviewerId] = [{ ...more, fallbackId: fallback.id }, reviewer?.id ?? null]
  const [id, now] = [ctx.ids.next('rev'), nowOf(ctx)]
  const start = startsAt === null || startsAt < now ? now : startsAt
  const by = { ownerType: owner.type, ownerId: owner.id }
  const row = { id, name, ...rest, reviewerId, endDays, recurrence, startsAt: start, ...by, now }
  await tx.run(insert({ organizationId: ctx.organizationId, ...row, scope: JSON.stringify(scope) }))
  const detail = { name, scope, ...rest, reviewerId, endDays, recurrence, startsAt: start }
  await tx.run(
    recordAudit(ctx, { action: 'access_review.schedule', targetType: 'access_review', targetId: id, detail }),
  )
  const scheduled = await found(tx, ctx, id)
  if (start > now) return scheduled
  await openReview(tx, ctx, scheduled)
  return found(tx, ctx, id)
}

async function found(tx: Transaction, ctx: CallContext, id: string): Promise<AccessReview> {
  const review = await findReview(tx, ctx, id)
  if (review === undefined) throw new Error('What was just written is there')
  return review
}

/** @throws AppError invalid; forbidden (reasons `permission`, `other_brand`, `person`) */
export async function scheduleReview(ctx: CallContext, input: z.input<typeof ReviewInput>): Promise<AccessReview> {
  const parsed = parseInput(ReviewInput, input)
  requireManaging(ctx, parsed.scope)
  return inTransaction(ctx, (tx) => scheduleWithin(tx, ctx, parsed))
}

export type ReviewPreview = {
  lines: number
  people: number
  privileged: number
  /** What only a provider can take away. */
  byMappings: number
  /** What somebody else reviews, since the rule finds nobody. */
  fallback: number
  /** What nobody can review. */
  unreviewable: number
  /** Who has most to answer, the busiest first. */
  reviewers: { id: string; name: string; lines: number }[]
}

const outlook = prepared<{ organizationId: string; reviewId: string }, ReviewPreview>(
  (p) => sql`select count(*)::int as lines, count(distinct l.user_id)::int as people,
      (count(*) filter (where l.is_privileged))::int as privileged,
      (count(*) filter (where l.source = 'mapping'))::int as "byMappings", (select count(distinct w.position)::int from access_review_reviewers w where w.organization_id = ${p.organizationId}
        and w.review_id = ${p.reviewId} and w.is_fallback) as fallback,
      (select count(*)::int from review_lines_without_reviewer w where w.organization_id = ${p.organizationId}
        and w.review_id = ${p.reviewId}) as unreviewable,
      (select coalesce(json_agg(x), '[]') from (select u.id, coalesce(u.display_name, u.user_name) as name, count(*)::int as lines
        from access_review_reviewers w join users u on u.organization_id = w.organization_id and u.id = w.user_id
        where w.organization_id = ${p.organizationId} and w.review_id = ${p.reviewId}
        group by u.id, u.display_name, u.user_name order by count(*) desc, 2 limit 20) x) as reviewers
    from access_review_lines l where l.organization_id = ${p.organizationId} and l.review_id = ${p.reviewId}`,
)

/** What the campaign would be about if it opened now, and who would answer. @throws AppError as `scheduleReview` does */
export async function previewReview(ctx: CallContext, input: z.input<typeof ReviewInput>): Promise<ReviewPreview> {
  const parsed = parseInput(ReviewInput, input)
  requireManaging(ctx, parsed.scope)
  return inTrial(ctx, async (tx) => {
    const { id } = await scheduleWithin(tx, ctx, { ...parsed, startsAt: null, recurrence: null })
    const [row] = await tx.run(outlook({ organizationId: ctx.organizationId, reviewId: id }))
    if (row === undefined) throw new AppError('internal', 'Counting answers with a row')
    return row
  })
}
