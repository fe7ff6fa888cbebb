// A reviewer hands lines on to somebody who knows better, for a reason; that person is told.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { invalidField, lineSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, type Transaction } from '#src/context.ts'
import { reviewLetter } from '#words/letters/review.ts'
import { knownZone } from '#words/zones.ts'
import { type NamedPerson, namedPerson } from '../../ground/named-person.ts'
import { organizationName } from '../../notices/alarms/organization-name.ts'
import { queueMail } from '../../notices/mail/queue-mail.ts'
import type { AccessReview } from '../scope/reviews.ts'
import { chosenFields, lockLines, requireDeciding } from './chosen-lines.ts'

const PassOnInput = z.object({
  ...chosenFields,
  /** An id, a user name or an address. */
  to: lineSchema(320, 'say who answers instead'),
  reason: lineSchema(500, 'say why'),
})

type Key = { organizationId: string; reviewId: string; positions: readonly string[] }

const forget = prepared<Key, never>(
  (
    p,
  ) => sql`delete from access_review_reviewers where organization_id = ${p.organizationId} and review_id = ${p.reviewId}
    and position = any (${p.positions}::text[]::int[])`,
)

const ask = prepared<Key & { userId: string; note: string }, never>(
  (p) => sql`with noted as (update access_review_lines l set passed_on = l.passed_on || ${p.note}::jsonb
      where l.organization_id = ${p.organizationId} and l.review_id = ${p.reviewId} and l.position = any (${p.positions}::text[]::int[])
      returning l.position)
    insert into access_review_reviewers (organization_id, user_id, review_id, position)
    select ${p.organizationId}, ${p.userId}, ${p.reviewId}, n.position from noted n`,
)

/**
 * All of them or none; whoever could answer them so far cannot any more.
 * @throws AppError invalid (nobody is called so); not_found; forbidden (reasons `yourself`, `ceiling`); conflict (reasons
 *   `not_open`, `suspended`, `answered`)
 */
export async function passOnLines(ctx: CallContext, input: z.input<typeof PassOnInput>): Promise<{ passedOn: number }> {
  const { reviewId, lines, to: reference, reason } = parseInput(PassOnInput, input)
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const { review, chosen } = await lockLines(tx, ctx, { reviewId, lines })
    if (review.status !== 'open' || chosen.some(({ answer }) => answer !== null))
      throw new AppError('conflict', 'Only what nobody has answered yet can be passed on', { reason: 'answered' })
    await requireDeciding(tx, ctx, chosen)
    const other = await namedPerson(tx, ctx, { reference, field: 'to' })
    if (chosen.some(({ userId }) => userId === other.id)) throw invalidField('to', 'nobody reviews their own access')
    const positions = chosen.map(({ position }) => String(position))
    const key = { organizationId, reviewId, positions }
    const note = { from: ctx.actor.id, to: other.id, reason, at: nowOf(ctx) }
    await tx.run(forget(key))
    await tx.run(ask({ ...key, userId: other.id, note: JSON.stringify([note]) }))
    await tell(tx, ctx, { review, other, reason, lines: chosen.length })
    const detail = { to: other.id, reason, lines: chosen.map(({ position }) => position) }
    const entry = { action: 'access_review.pass_on', targetType: 'access_review', targetId: reviewId } as const
    await tx.commitWith(recordAudit(ctx, { ...entry, detail }))
    return { passedOn: chosen.length }
  })
}

type Told = { review: AccessReview; other: NamedPerson; reason: string; lines: number }

async function tell(tx: Transaction, ctx: CallContext, { review, other, reason, lines }: Told): Promise<void> {
  if (other.email === null || review.dueAt === null) return
  const letter = reviewLetter({
    ...{ kind: 'passed_on', name: review.name, dueAt: review.dueAt, lines, reason },
    organization: await organizationName(tx, ctx),
    url: ctx.urls.page(`/account/reviews/${review.id}`),
    zone: knownZone(other.timeZone),
  })
  await queueMail(tx, ctx, { kind: 'review', to: other.email, letter, targetId: review.id })
}
