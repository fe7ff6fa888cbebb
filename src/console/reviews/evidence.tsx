// The evidence of a review: a page to print, and the files whose hashes stand in the audit trail.
import { Hono } from 'hono'
import { exportEvidence, isAsSealed } from '#access/reviews/evidence.ts'
import { listReviewLines, type ReviewLine } from '#access/reviews/lines/lines.ts'
import { type AccessReview, getReview } from '#access/reviews/scope/reviews.ts'
import { download } from '#http/download.ts'
import { renderPage } from '#http/pages.ts'
import { LinkButton } from '#http/ui/buttons.tsx'
import { Alert, Facts, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { AppError } from '#platform/errors.ts'
import {
  adviceInWords,
  answerInWords,
  noAnswerInWords,
  outcomeInWords,
  peersInWords,
  ruleInWords,
  sourceOfLine,
} from '#words/reviews.ts'
import { type ConsoleEnv, type Frame, frameOf } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Pager, Panel } from '../ui/parts.tsx'

/** As much as a browser prints without complaint. */
const pageSize = 1_000

/** @returns an app to be mounted at `/console/reviews` */
export function createEvidencePages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/:id/evidence', async (c) => {
    const [frame, reviewId, after] = [frameOf(c), c.req.param('id'), c.req.query('after') ?? '']
    const review = await getReview(frame.ctx, reviewId)
    if (review.openedAt === null)
      throw new AppError('conflict', 'This review has not opened yet; there is nothing to show', { reason: 'not_open' })
    const from = /^\d{1,9}$/.test(after) ? Number(after) : undefined
    const [isSealed, found] = await Promise.all([
      c.req.query('check') === '1' ? isAsSealed(frame.ctx, review) : undefined,
      listReviewLines(frame.ctx, { reviewId, filter: {}, after: from, limit: pageSize + 1 }),
    ])
    const [lines, hasMore] = [found.slice(0, pageSize), found.length > pageSize]
    return renderPage(c, <EvidencePage {...{ frame, review, lines, hasMore, isSealed }} isFirst={from === undefined} />)
  })

  for (const format of ['csv', 'json'] as const)
    pages.get(`/:id/evidence.${format}`, async (c) => {
      const parts = await exportEvidence(c.get('ctx'), { reviewId: c.req.param('id') ?? '', format })
      const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json'
      return download(parts, { type, name: `access-review.${format}` })
    })
  return pages
}

type PageProps = {
  frame: Frame
  review: AccessReview
  lines: readonly ReviewLine[]
  hasMore: boolean
  isFirst: boolean
  /** Undefined where nothing is sealed, or it was not looked at. */
  isSealed: boolean | undefined
}

const EvidencePage = ({ frame, review, lines, hasMore, isFirst, isSealed }: PageProps) => {
  const path = `/console/reviews/${review.id}/evidence`
  return (
    <ConsolePage
      frame={frame}
      section="reviews"
      title={`Evidence: ${review.name}`}
      lead="Who held what, and who decided about it, when and why."
      trail={[...sectionTrail('reviews'), { label: review.name, href: `/console/reviews/${review.id}` }]}
      actions={
        <>
          {review.csvSha256 === null ? null : <LinkButton href={`${path}?check=1`}>Check the seal</LinkButton>}
          <LinkButton href={`${path}.csv`}>Download CSV</LinkButton>
          <LinkButton href={`${path}.json`}>Download JSON</LinkButton>
        </>
      }
    >
      {review.status === 'closed' ? null : (
        <Alert kind="info" title="Not sealed yet">
          It is sealed in the audit trail when the review has closed and everything has taken effect.
        </Alert>
      )}
      {isSealed === undefined ? null : isSealed ? (
        <Alert kind="success" title="As it was sealed" />
      ) : (
        <Alert kind="warning" title="Not as it was sealed">
          Somebody in it was erased since, and their name with them; or it was tampered with. Compare it with the files
          that were downloaded when it closed.
        </Alert>
      )}
      <Panel title="The review">
        <Facts facts={factsOf(review)} />
      </Panel>
      <Table
        caption="All lines"
        columns={[
          'Line',
          'Person',
          'Access',
          'Through',
          'Last active',
          'Others',
          'Advice',
          'Answer',
          'By',
          'At',
          'Outcome',
        ]}
        rows={lines.map(rowOf)}
      />
      <Pager
        shown={lines.length}
        total={review.lines}
        next={hasMore ? `${path}?after=${lines.at(-1)?.position}` : undefined}
        first={isFirst ? undefined : path}
      />
    </ConsolePage>
  )
}

const factsOf = (review: AccessReview) => [
  { term: 'Lines', value: review.lines.toLocaleString('en') },
  { term: 'Opened', value: <Time at={review.openedAt} isNamed /> },
  { term: 'Answers were due', value: <Time at={review.dueAt} isNamed /> },
  { term: 'Closed', value: <Time at={review.closedAt} isNamed empty="Not yet" /> },
  { term: 'Who answers', value: review.reviewer?.name ?? ruleInWords(review.reviewerRule) },
  { term: 'No answer means', value: noAnswerInWords(review) },
  ...(review.csvSha256 === null
    ? []
    : [
        { term: 'SHA-256 of the CSV', value: <code>{review.csvSha256}</code> },
        { term: 'SHA-256 of the JSON', value: <code>{review.jsonSha256}</code> },
      ]),
]

function rowOf(line: ReviewLine) {
  const { answer, outcome, message, user, role, brand } = line
  return [
    String(line.position),
    user.displayName === null ? user.userName : `${user.displayName} (${user.userName})`,
    `${role?.name ?? 'The account'}${brand === null ? '' : ` in ${brand.name}`}${line.isPrivileged ? ', privileged' : ''}`,
    sourceOfLine(line.source),
    <Time at={line.lastActiveAt} empty="Never" />,
    peersInWords(line),
    adviceInWords(line),
    answer === null ? '—' : `${answerInWords(answer.answer)}${answer.comment === null ? '' : `: ${answer.comment}`}`,
    answer === null ? '—' : answer.by.type === 'system' ? 'Nobody answered' : (answer.by.name ?? answer.by.type),
    <Time at={answer?.at ?? null} />,
    outcome === null ? '—' : `${outcomeInWords(outcome)}${message === null ? '' : `: ${message}`}`,
  ]
}
