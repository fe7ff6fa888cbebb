// A reviewer answers: keep, remove, or an end date; or takes the answer back. What takes something away waits for the campaign's
// time to undo, during which another answer replaces it.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { instantSchema, invalidField, parseInput, requireFuture } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf } from '#src/context.ts'
import { systemContext } from '../../ground/system-context.ts'
import type { AccessReview } from '../scope/reviews.ts'
import { applyAnswers } from './apply-answers.ts'
import { type ChosenLine, chosenFields, lockLines, requireDeciding } from './chosen-lines.ts'

export const AnswerInput = z.object({
  ...chosenFields,
  /** `withdraw`: as if nobody had answered. */
  answer: z.enum(['keep', 'remove', 'end', 'withdraw']),
  /** Of the answer `end`. */
  endAt: instantSchema.nullish(),
  comment: z.string().trim().max(1_000, 'must have at most 1000 characters').nullish(),
})

type Row = {
  organizationId: string
  reviewId: string
  positions: readonly string[]
  answer: string | null
  endAt: string | null
  comment: string | null
  now: string
  byType: string
  by: string
  effectiveAt: string | null
  /** It takes nothing away, and the campaign waits for nothing else of it. */
  isKept: boolean
}

const write = prepared<Row, never>(
  (
    p,
  ) => sql`update access_review_lines l set answer = ${p.answer}, end_at = ${p.endAt}::timestamptz, comment = ${p.comment},
      effective_at = ${p.effectiveAt}::timestamptz, outcome = case when ${p.isKept}::boolean then 'kept' end,
      answered_at = case when ${p.answer}::text is not null then ${p.now}::timestamptz end,
      answered_by_type = case when ${p.answer}::text is not null then ${p.byType} end,
      answered_by = case when ${p.answer}::text is not null then ${p.by} end,
      answered_by_name = case when ${p.answer}::text is not null then coalesce(
        (select coalesce(u.display_name, u.user_name) from users u where u.organization_id = ${p.organizationId} and u.id = ${p.by}),
        (select k.name from api_keys k where k.organization_id = ${p.organizationId} and k.id = ${p.by})) end
    where l.organization_id = ${p.organizationId} and l.review_id = ${p.reviewId} and l.position = any (${p.positions}::text[]::int[])`,
)

type Answer = z.output<typeof AnswerInput>

/** @throws AppError conflict, invalid */
function requireAnswerable(review: AccessReview, lines: readonly ChosenLine[], { answer, endAt = null }: Answer): void {
  if (lines.some(({ outcome }) => outcome !== null))
    throw new AppError('conflict', 'The answer has taken effect; what it took can be given back instead', {
      reason: 'in_effect',
    })
  if (review.status === 'closing' && (answer === 'withdraw' || lines.some((line) => line.answer === null)))
    throw new AppError('conflict', 'This review closes; what was answered can be changed to keep', {
      reason: 'not_open',
    })
  if (lines.length > 1 && answer !== 'withdraw' && lines.some(({ isPrivileged }) => isPrivileged))
    throw new AppError('conflict', 'Privileged access is answered one line at a time', { reason: 'privileged' })
  if ((answer === 'end') !== (endAt !== null))
    throw invalidField('endAt', 'say when it ends where the answer is an end, and only there')
  if (answer !== 'end') return
  if (lines.some(({ source }) => source === 'account'))
    throw invalidField('answer', 'an account has no end date: keep it or remove it')
  if (lines.some(({ source }) => source === 'team'))
    throw invalidField('answer', 'what a team gives has no end date for one person: keep it or remove it')
  if (lines.some(({ expiresAt }) => expiresAt !== null && endAt !== null && Date.parse(expiresAt) <= Date.parse(endAt)))
    throw invalidField('endAt', 'it ends before that already')
}

/** Without time to undo, what takes effect within this time has done so when the request is answered. */
const atOnceMillis = 1_500

/**
 * All of them or none.
 * @returns how many were answered
 * @throws AppError invalid; not_found for lines that the caller is not asked about; forbidden (reasons `yourself`, `ceiling`);
 *   conflict (reasons `not_open`, `suspended`, `in_effect`, `privileged`)
 */
export async function answerLines(ctx: CallContext, input: z.input<typeof AnswerInput>): Promise<{ answered: number }> {
  const parsed = parseInput(AnswerInput, input)
  const { reviewId, lines, answer, comment = null, endAt = null } = parsed
  requireFuture(endAt, ctx.clock.now(), 'endAt')
  const isAtOnce = await inTransaction(ctx, async (tx) => {
    const { review, chosen } = await lockLines(tx, ctx, parsed)
    requireAnswerable(review, chosen, parsed)
    const isTaking = answer === 'remove' || answer === 'end'
    if (isTaking) await requireDeciding(tx, ctx, chosen)
    const positions = chosen.map(({ position }) => String(position))
    const effective = new Date(ctx.clock.now().getTime() + review.undoHours * 3_600_000).toISOString()
    await tx.run(
      write({
        ...{ organizationId: ctx.organizationId, reviewId, positions, endAt },
        ...{ answer: answer === 'withdraw' ? null : answer, comment: answer === 'withdraw' ? null : comment },
        ...{ now: nowOf(ctx), byType: ctx.actor.type, by: ctx.actor.id, effectiveAt: isTaking ? effective : null },
        isKept: review.status === 'closing' && answer === 'keep',
      }),
    )
    const people = [...new Set(chosen.map(({ userId }) => userId))]
    const detail = { answer, endAt, comment, lines: chosen.map(({ position }) => position), people }
    const entry = { action: 'access_review.answer', targetType: 'access_review', targetId: reviewId } as const
    await tx.commitWith(recordAudit(ctx, { ...entry, detail }))
    return isTaking && review.undoHours === 0
  })
  if (isAtOnce) await applyAnswers(systemContext(ctx, ctx.organizationId), { reviewId, forMillis: atOnceMillis })
  return { answered: new Set(lines).size }
}
