// What a campaign leaves behind: who held what, who decided about it, when and why. As CSV for spreadsheets and as JSON for
// machines, byte for byte as it was sealed, for as long as nobody in it is erased.
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { once } from '#db/statement.ts'
import { csvLine } from '#platform/csv.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, type Transaction } from '#src/context.ts'
import { adviceInWords, answerInWords, outcomeInWords, peersInWords, sourceOfLine } from '#words/reviews.ts'
import { lineJson, type ReviewLine } from './lines/lines.ts'
import { type AccessReview, findReview, getReview } from './scope/reviews.ts'

export type EvidenceFormat = 'csv' | 'json'

const pageSize = 1_000

type Read = (after: number) => Promise<ReviewLine[]>

const linesAfter = (organizationId: string, reviewId: string, after: number) =>
  once<{ line: ReviewLine }>(
    sql`select ${lineJson} as line from access_review_lines l
      where l.organization_id = ${organizationId} and l.review_id = ${reviewId} and l.position > ${after}
      order by l.position limit ${pageSize}`,
  )

/** What happens to it later (a task that is done, something that is given back) is in the audit trail. */
function recordOf(line: ReviewLine) {
  const { position, user, role, brand, source, since, expiresAt, lastActiveAt, isPrivileged, isOutside } = line
  const { peers, advice, passedOn, answer, outcome, message, appliedAt } = line
  return {
    ...{ position, user, role, brand, source, since, expiresAt, lastActiveAt, isPrivileged, isOutside, peers, advice },
    ...{ passedOn, answer, outcome, message, appliedAt },
  }
}

function reviewFacts(review: AccessReview) {
  const { id, name, scope, reviewerRule, noAnswer, endDays, undoHours, recurrence, followsId, status } = review
  const { startsAt, openedAt, dueAt, closedAt, createdAt, createdBy, lines } = review
  return {
    ...{ id, name, scope, reviewerRule, reviewerId: review.reviewer?.id ?? null, fallbackId: review.fallback.id },
    ...{ noAnswer, endDays, undoHours, recurrence, followsId, status, startsAt, openedAt, dueAt, closedAt },
    ...{ createdAt, createdBy, lines },
  }
}

const headings = [
  ...['line', 'user id', 'user name', 'name', 'status', 'role', 'brand', 'through', 'since', 'until', 'last active'],
  ...[
    'privileged',
    'outside',
    'others alike',
    'advice',
    'answer',
    'until (answer)',
    'comment',
    'answered by',
    'answered at',
  ],
  ...['outcome', 'message', 'took effect at'],
]

function csvOf(line: ReviewLine): string {
  const { user, role, brand, answer, outcome } = line
  return csvLine([
    ...[line.position, user.id, user.userName, user.displayName, user.status, role?.name ?? 'the account'],
    ...[brand?.name ?? null, sourceOfLine(line.source), line.since, line.expiresAt, line.lastActiveAt],
    ...[line.isPrivileged, line.isOutside, peersInWords(line), adviceInWords(line)],
    ...[answer === null ? null : answerInWords(answer.answer), answer?.endAt ?? null, answer?.comment ?? null],
    ...[answer === null ? null : (answer.by.name ?? answer.by.id), answer?.at ?? null],
    ...[outcome === null ? null : outcomeInWords(outcome), line.message, line.appliedAt],
  ])
}

async function* csvParts(read: Read): AsyncGenerator<string> {
  yield csvLine(headings)
  for await (const lines of pagesOf(read)) yield lines.map(csvOf).join('')
}

async function* jsonParts(review: AccessReview, read: Read): AsyncGenerator<string> {
  yield `{"review":${JSON.stringify(reviewFacts(review))},"lines":[`
  let isFirst = true
  for await (const lines of pagesOf(read)) {
    yield `${isFirst ? '' : ','}\n${lines.map((line) => JSON.stringify(recordOf(line))).join(',\n')}`
    isFirst = false
  }
  yield '\n]}\n'
}

async function* pagesOf(read: Read): AsyncGenerator<ReviewLine[]> {
  let after = 0
  for (;;) {
    const lines = await read(after)
    if (lines.length > 0) yield lines
    after = lines.at(-1)?.position ?? 0
    if (lines.length < pageSize) return
  }
}

const partsOf = (format: EvidenceFormat, review: AccessReview, read: Read): AsyncGenerator<string> =>
  format === 'csv' ? csvParts(read) : jsonParts(review, read)

const readerOf =
  (ctx: CallContext, reviewId: string): Read =>
  async (after) => {
    const statement = linesAfter(ctx.organizationId, reviewId, after)
    const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
    return rows.map(({ line }) => line)
  }

/** A page at a time, however long it is. @throws AppError forbidden; not_found; conflict (reason `not_open`) before it opened */
export async function exportEvidence(
  ctx: CallContext,
  { reviewId, format }: { reviewId: string; format: EvidenceFormat },
): Promise<AsyncGenerator<string>> {
  const review = await getReview(ctx, reviewId)
  if (review.openedAt === null)
    throw new AppError('conflict', 'This review has not opened yet; there is nothing to show', { reason: 'not_open' })
  return partsOf(format, review, readerOf(ctx, review.id))
}

async function hashOf(parts: AsyncGenerator<string>): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of parts) hash.update(part)
  return hash.digest('hex')
}

export type Hashes = { csvSha256: string; jsonSha256: string }

/** Of both forms, in the transaction that closes the campaign. */
export async function hashesWithin(tx: Transaction, ctx: CallContext, reviewId: string): Promise<Hashes> {
  const review = await findReview(tx, ctx, reviewId)
  if (review === undefined) throw new Error('What closes is there')
  const read: Read = async (after) =>
    (await tx.run(linesAfter(ctx.organizationId, reviewId, after))).map(({ line }) => line)
  return {
    csvSha256: await hashOf(partsOf('csv', review, read)),
    jsonSha256: await hashOf(partsOf('json', review, read)),
  }
}

/** Whether the evidence is byte for byte as it was sealed; undefined where nothing is sealed. @throws AppError */
export async function isAsSealed(ctx: CallContext, review: AccessReview): Promise<boolean | undefined> {
  if (review.jsonSha256 === null) return undefined
  const hash = (format: EvidenceFormat) => hashOf(partsOf(format, review, readerOf(ctx, review.id)))
  return (await hash('json')) === review.jsonSha256 && (await hash('csv')) === review.csvSha256
}
