// A campaign closes, by somebody's word or by its date: what nobody answered is answered by what no answer means, and once
// everything has taken effect, the evidence is made and its hash goes into the audit trail.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf, type Transaction } from '#src/context.ts'
import { requireFresh } from '../ground/stale-preview.ts'
import { systemContext } from '../ground/system-context.ts'
import { hashesWithin } from './evidence.ts'
import { applyAnswers } from './lines/apply-answers.ts'
import { type AccessReview, getReview, lockReview } from './scope/reviews.ts'

type Key = { organizationId: string; reviewId: string }

/** What closing now would do, in lines. */
export type ClosingPreview = {
  hash: string
  unanswered: number
  /** Of those that nobody answered. */
  keptByDefault: number
  removedByDefault: number
  endedByDefault: number
  /** Of all, as answered or by default: what takes effect after the time to undo. */
  assignmentsRemoved: number
  assignmentsEnded: number
  tasks: number
  accountsDeactivated: number
  /** So many are taken out of a team. */
  teamsLeft: number
  privileged: number
  /** When that is. */
  effectiveAt: string
}

type Counts = Omit<ClosingPreview, 'hash' | 'effectiveAt'> & { digest: string }

// Where it ends before that anyway, no answer changes nothing; what a team gives has no end date for one person.
const byDefault = sql`case when l.answer is not null then l.answer when r.no_answer = 'end' and l.expires_at is not null
  and l.expires_at <= now() + make_interval(days => r.end_days) then 'keep' when r.no_answer = 'end' and l.source = 'team' then 'remove' else r.no_answer end`

const counts = prepared<Key, Counts>(
  (p) => sql`with ahead as (select l.*, ${byDefault} as then_answer
      from access_review_lines l join access_reviews r on r.organization_id = l.organization_id and r.id = l.review_id
      where l.organization_id = ${p.organizationId} and l.review_id = ${p.reviewId} and l.outcome is null),
    lost as (select * from ahead where then_answer <> 'keep')
    select (count(*) filter (where answer is null))::int as unanswered,
      (count(*) filter (where answer is null and then_answer = 'keep'))::int as "keptByDefault",
      (count(*) filter (where answer is null and then_answer = 'remove'))::int as "removedByDefault",
      (count(*) filter (where answer is null and then_answer = 'end'))::int as "endedByDefault",
      (select count(*)::int from lost where source = 'direct' and then_answer = 'remove') as "assignmentsRemoved",
      (select count(*)::int from lost where source = 'direct' and then_answer = 'end') as "assignmentsEnded",
      (select count(*)::int from lost where source = 'mapping') as tasks,
      (select count(*)::int from lost where source = 'account') as "accountsDeactivated",
      (select count(*)::int from lost where source = 'team') as "teamsLeft",
      (select count(*)::int from lost where is_privileged) as privileged,
      coalesce(md5(string_agg(position || then_answer, ' ' order by position)), '') as digest
    from ahead`,
)

/** @throws AppError forbidden; not_found; conflict (reason `not_open`) */
export async function previewClosing(ctx: CallContext, reviewId: string): Promise<ClosingPreview> {
  const review = await getReview(ctx, reviewId)
  requireOpen(review)
  return inTransaction(ctx, (tx) => outlook(tx, ctx, review))
}

async function outlook(tx: Transaction, ctx: CallContext, review: AccessReview): Promise<ClosingPreview> {
  const [row] = await tx.run(counts({ organizationId: ctx.organizationId, reviewId: review.id }))
  if (row === undefined) throw new Error('Counting answers with a row')
  const { digest, ...shown } = row
  const effectiveAt = new Date(ctx.clock.now().getTime() + review.undoHours * 3_600_000).toISOString()
  return { hash: sha256(`${review.id} ${digest}`), ...shown, effectiveAt }
}

function requireOpen({ status, suspendedAt }: AccessReview): void {
  if (status !== 'open') throw new AppError('conflict', 'This review is not open', { reason: 'not_open' })
  if (suspendedAt !== null)
    throw new AppError('conflict', 'This review is suspended; resume it first', { reason: 'suspended' })
}

const close = prepared<Key & { now: string; effectiveAt: string }, never>(
  (p) => sql`with closing as (update access_reviews set status = 'closing', closes_at = ${p.now}::timestamptz
      where organization_id = ${p.organizationId} and id = ${p.reviewId})
    update access_review_lines l set answer = ${byDefault},
      end_at = case when l.answer is not null then l.end_at when ${byDefault} = 'end'
        then ${p.now}::timestamptz + make_interval(days => r.end_days) end,
      answered_at = coalesce(l.answered_at, ${p.now}::timestamptz),
      answered_by_type = coalesce(l.answered_by_type, 'system'), answered_by = coalesce(l.answered_by, 'no answer'),
      effective_at = case when ${byDefault} = 'keep' then null else coalesce(l.effective_at, ${p.effectiveAt}::timestamptz) end,
      outcome = case when ${byDefault} = 'keep' then 'kept' end,
      applied_at = case when ${byDefault} = 'keep' then ${p.now}::timestamptz end
    from access_reviews r where r.organization_id = ${p.organizationId} and r.id = ${p.reviewId}
      and l.organization_id = ${p.organizationId} and l.review_id = ${p.reviewId} and l.outcome is null`,
)

/** What takes effect within this time has done so when the request is answered; the worker goes on with the rest. */
const atOnceMillis = 1_500

/**
 * @param hash of the preview that was seen
 * @throws AppError not_found; forbidden; conflict (reasons `not_open`, `suspended`); precondition_failed (reason `stale_preview`)
 */
export async function closeReview(
  ctx: CallContext,
  { reviewId, hash }: { reviewId: string; hash: string },
): Promise<AccessReview> {
  await inTransaction(ctx, async (tx) => {
    const review = await lockReview(tx, ctx, reviewId)
    requireOpen(review)
    requireFresh(hash, (await outlook(tx, ctx, review)).hash)
    await closeWithin(tx, ctx, review)
  })
  const system = systemContext(ctx, ctx.organizationId)
  await applyAnswers(system, { reviewId, forMillis: atOnceMillis })
  await sealReview(system, await getReview(ctx, reviewId))
  return getReview(ctx, reviewId)
}

/** One that is open, whose row is locked. */
export async function closeWithin(tx: Transaction, ctx: CallContext, review: AccessReview): Promise<void> {
  const { hash: _, effectiveAt, ...detail } = await outlook(tx, ctx, review)
  const key = { organizationId: ctx.organizationId, reviewId: review.id }
  await tx.run(close({ ...key, now: nowOf(ctx), effectiveAt }))
  const entry = { action: 'access_review.begin_closing', targetType: 'access_review', targetId: review.id } as const
  await tx.run(recordAudit(ctx, { ...entry, detail: { ...detail, effectiveAt } }))
}

const seal = prepared<Key & { now: string }, { id: string }>(
  (p) => sql`update access_reviews r set status = 'closed', closed_at = ${p.now}::timestamptz
    where r.organization_id = ${p.organizationId} and r.id = ${p.reviewId} and r.status = 'closing' and r.suspended_at is null
      and not exists (select from access_review_lines l where l.organization_id = r.organization_id and l.review_id = r.id
        and l.outcome is null)
    returning r.id`,
)

const keep = prepared<Key & { csvSha256: string; jsonSha256: string }, never>(
  (p) => sql`update access_reviews set csv_sha256 = ${p.csvSha256}, json_sha256 = ${p.jsonSha256}
    where organization_id = ${p.organizationId} and id = ${p.reviewId}`,
)

const results = prepared<
  Key,
  { kept: number; removed: number; ended: number; task: number; gone: number; refused: number }
>(
  (p) => sql`select (count(*) filter (where outcome = 'kept'))::int as kept,
      (count(*) filter (where outcome = 'removed'))::int as removed, (count(*) filter (where outcome = 'ended'))::int as ended,
      (count(*) filter (where outcome = 'task'))::int as task, (count(*) filter (where outcome = 'gone'))::int as gone,
      (count(*) filter (where outcome = 'refused'))::int as refused
    from access_review_lines where organization_id = ${p.organizationId} and review_id = ${p.reviewId}`,
)

/** Of a campaign that closes and waits for nothing any more; nothing for others. @param ctx the worker's */
export async function sealReview(ctx: CallContext, { id }: Pick<AccessReview, 'id'>): Promise<void> {
  const key = { organizationId: ctx.organizationId, reviewId: id }
  await inTransaction(ctx, async (tx) => {
    const [closed] = await tx.run(seal({ ...key, now: nowOf(ctx) }))
    if (closed === undefined) return
    const hashes = await hashesWithin(tx, ctx, id)
    await tx.run(keep({ ...key, ...hashes }))
    const [outcome] = await tx.run(results(key))
    const detail = { ...hashes, ...outcome }
    await tx.run(recordAudit(ctx, { action: 'access_review.close', targetType: 'access_review', targetId: id, detail }))
  })
}
