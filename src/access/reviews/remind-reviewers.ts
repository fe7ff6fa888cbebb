// Mails to reviewers of an open campaign: at the opening, a week and a day before answers are due, and when they are overdue. Only
// the latest that is due goes out, to whoever has something to answer.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { type CallContext, inTransaction, type Transaction } from '#src/context.ts'
import { type ReviewLetterKind, reviewLetter } from '#words/letters/review.ts'
import { knownZone } from '#words/zones.ts'
import { organizationName } from '../notices/alarms/organization-name.ts'
import { queueMail } from '../notices/mail/queue-mail.ts'

type Due = { id: string; name: string; dueAt: string; stage: number }

/** By the number that `review_stage` says. */
const stages: readonly ReviewLetterKind[] = ['opening', 'week', 'day', 'overdue']

// Marked as it is found, so that each goes out once.
const claim = prepared<{ organizationId: string }, Due>(
  (p) => sql`update access_reviews r set reminded = review_stage(r.due_at)
    where r.organization_id = ${p.organizationId} and r.status = 'open' and r.suspended_at is null
      and review_stage(r.due_at) > coalesce(r.reminded, -1)
    returning r.id, r.name, r.due_at as "dueAt", r.reminded as stage`,
)

const asked = prepared<
  { organizationId: string; reviewId: string },
  { email: string; timeZone: string | null; lines: number }
>(
  (p) => sql`select x.email, x."timeZone", x.lines from (
      select ${emailColumn} as email, ${timeZoneColumn} as "timeZone", w.lines from (
        select w.user_id, count(*)::int as lines from access_review_reviewers w
        join access_review_lines l on l.organization_id = w.organization_id and l.review_id = w.review_id
          and l.position = w.position and l.answer is null
        where w.organization_id = ${p.organizationId} and w.review_id = ${p.reviewId} group by w.user_id) w
      join users u on u.organization_id = ${p.organizationId} and u.id = w.user_id and u.status = 'active') x
    where x.email is not null order by x.email`,
)

/** @param ctx the worker's */
export async function remindReviewers(ctx: CallContext): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const due = await tx.run(claim({ organizationId: ctx.organizationId }))
    for (const review of due) await remind(tx, ctx, review)
  })
}

async function remind(tx: Transaction, ctx: CallContext, { id, name, dueAt, stage }: Due): Promise<void> {
  const kind = stages[stage] ?? 'overdue'
  const organization = await organizationName(tx, ctx)
  const reviewers = await tx.run(asked({ organizationId: ctx.organizationId, reviewId: id }))
  for (const { email, timeZone, lines } of reviewers) {
    const url = ctx.urls.page(`/account/reviews/${id}`)
    const letter = reviewLetter({ kind, name, organization, dueAt, lines, url, zone: knownZone(timeZone) })
    await queueMail(tx, ctx, { kind: 'review', to: email, letter, targetId: id })
  }
  const entry = { action: 'access_review.remind', targetType: 'access_review', targetId: id } as const
  await tx.run(recordAudit(ctx, { ...entry, detail: { kind, reviewers: reviewers.length } }))
}
