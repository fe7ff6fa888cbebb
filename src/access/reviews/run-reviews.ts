// What time does with campaigns: they open, their reviewers are reminded and replaced, answers take effect, they close, and tasks at
// the provider are seen to be done. Each is found anew from the rows, and may be done twice.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { raiseAlarm } from '../notices/alarms/raise-alarm.ts'
import { suspendReview } from './change-review.ts'
import { closeWithin, sealReview } from './close-review.ts'
import { applyAnswers } from './lines/apply-answers.ts'
import { settleTasks } from './lines/tasks.ts'
import { remindReviewers } from './remind-reviewers.ts'
import { continueRestores } from './restore-review.ts'
import { replaceReviewers } from './scope/find-reviewers.ts'
import { tooMuch } from './scope/freeze-lines.ts'
import { openReview } from './scope/open-review.ts'
import { type AccessReview, lockReview } from './scope/reviews.ts'

type Key = { organizationId: string }

const toOpen = prepared<Key, { id: string }>(
  (p) => sql`select id from access_reviews where organization_id = ${p.organizationId} and status = 'scheduled'
    and suspended_at is null and starts_at <= now() order by id`,
)

const toClose = prepared<Key, { id: string }>(
  (p) => sql`select id from access_reviews where organization_id = ${p.organizationId} and status = 'open'
    and suspended_at is null and closes_at <= now() order by id`,
)

const toSeal = prepared<Key, { id: string }>(
  (p) => sql`select id from access_reviews where organization_id = ${p.organizationId} and status = 'closing'
    and suspended_at is null order by id`,
)

const toReplace = prepared<Key, { id: string; fallbackId: string; lines: number }>(
  (p) => sql`select r.id, r.fallback_id as "fallbackId", count(*)::int as lines from review_lines_without_reviewer w
    join access_reviews r on r.organization_id = w.organization_id and r.id = w.review_id
    where w.organization_id = ${p.organizationId} group by r.id, r.fallback_id order by r.id`,
)

/** Of each kind in one run; the next run goes on. */
const runMillis = 300_000

/** @param ctx the worker's */
export async function runReviews(ctx: CallContext): Promise<void> {
  const key = { organizationId: ctx.organizationId }
  await eachOf(ctx, toOpen(key), ({ status }) => status === 'scheduled', openReview)
  await replaceAll(ctx)
  await remindReviewers(ctx)
  await eachOf(ctx, toClose(key), ({ status }) => status === 'open', closeWithin)
  await applyAnswers(ctx, { forMillis: runMillis })
  const [closing = []] = await inTransaction(ctx, (tx) => tx.commitWith(toSeal(key)))
  for (const review of closing) await sealReview(ctx, review)
  await settleTasks(ctx)
  await continueRestores(ctx, runMillis)
}

async function eachOf(
  ctx: CallContext,
  which: ReturnType<typeof toOpen>,
  isStill: (review: AccessReview) => boolean,
  work: (...args: Parameters<typeof closeWithin>) => Promise<void>,
): Promise<void> {
  const [found = []] = await inTransaction(ctx, (tx) => tx.commitWith(which))
  for (const { id } of found) {
    const done = inTransaction(ctx, async (tx) => {
      const review = await lockReview(tx, ctx, id)
      if (isStill(review) && review.suspendedAt === null) await work(tx, ctx, review)
    })
    await done.catch((error: unknown) => {
      if (!(error instanceof AppError) || error.reason !== tooMuch) throw error
      return suspendUnable(ctx, id)
    })
  }
}

/** It cannot open as it is; somebody has to schedule others that are about less. */
async function suspendUnable(ctx: CallContext, id: string): Promise<void> {
  const { name } = await suspendReview(ctx, id)
  const alarm = raiseAlarm(ctx, { kind: 'review_stalled', detail: { reviewId: id, name, why: tooMuch } })
  await inTransaction(ctx, (tx) => tx.commitWith(alarm))
}

async function replaceAll(ctx: CallContext): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    for (const { id, fallbackId } of await tx.run(toReplace({ organizationId: ctx.organizationId }))) {
      const lines = await replaceReviewers(tx, ctx, { id, fallbackId })
      if (lines === 0) continue
      const entry = { action: 'access_review.replace_reviewers', targetType: 'access_review', targetId: id } as const
      await tx.run(recordAudit(ctx, { ...entry, detail: { lines } }))
    }
  })
}
