// How far a review is, what can be done with it, and its lines.
import type { Child } from 'hono/jsx'
import { isManaging } from '#access/ground/review-scope.ts'
import type { ReviewFigures, ReviewLine } from '#access/reviews/lines/lines.ts'
import type { AccessReview } from '#access/reviews/scope/reviews.ts'
import { LinkButton } from '#http/ui/buttons.tsx'
import { EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import {
  adviceInWords,
  answerInWords,
  noAnswerInWords,
  outcomeInWords,
  recurrenceInWords,
  ruleInWords,
  sourceOfLine,
} from '#words/reviews.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Search } from '../ui/list.tsx'
import { Badge, ButtonForm, Pager, Panel, Select } from '../ui/parts.tsx'
import { NameList } from '../ui/people.tsx'
import { withParams } from '../ui/with-params.ts'
import { ReviewBadge } from './review-badge.tsx'

type PageProps = {
  frame: Frame
  review: AccessReview
  figures: ReviewFigures
  lines: readonly ReviewLine[]
  hasMore: boolean
  isFirst: boolean
  query: Readonly<Record<string, string>>
}

export const ReviewPage = ({ frame, review, figures, lines, hasMore, isFirst, query }: PageProps) => {
  const path = `/console/reviews/${review.id}`
  return (
    <ConsolePage
      frame={frame}
      section="reviews"
      title={review.name}
      trail={sectionTrail('reviews')}
      actions={<Switches {...{ frame, review, figures }} />}
    >
      <Panel title="How far it is">
        <Facts facts={factsOf(review, figures)} />
      </Panel>
      <Lines {...{ review, lines, query }} />
      <Pager
        shown={lines.length}
        total={Object.values(query).every((value) => value === '') ? review.lines : undefined}
        next={hasMore ? withParams(path, { ...query, after: String(lines.at(-1)?.position) }) : undefined}
        first={isFirst ? undefined : withParams(path, query)}
      />
    </ConsolePage>
  )
}

const Switches = ({ frame, review, figures }: Pick<PageProps, 'frame' | 'review' | 'figures'>) => {
  const path = `/console/reviews/${review.id}`
  const { status, suspendedAt, owner } = review
  const isLive = status === 'scheduled' || status === 'open' || status === 'closing'
  if (!isManaging(frame.ctx, review)) return review.openedAt === null ? null : <Evidence path={path} />
  return (
    <>
      {status === 'open' && suspendedAt === null ? <LinkButton href={`${path}/close`}>Close…</LinkButton> : null}
      {!isLive ? null : suspendedAt === null ? (
        <ButtonForm action={`${path}/suspend`} label="Suspend" />
      ) : (
        <ButtonForm action={`${path}/resume`} label="Resume" kind="btn-primary" />
      )}
      {isLive && owner.id !== frame.manager.userId ? (
        <ButtonForm action={`${path}/take-over`} label="Take it over" />
      ) : null}
      {isLive ? <LinkButton href={`${path}/cancel`}>Cancel…</LinkButton> : null}
      {figures.taken > figures.restored ? <LinkButton href={`${path}/restore`}>Give back…</LinkButton> : null}
      {review.openedAt === null ? null : <Evidence path={path} />}
    </>
  )
}

const Evidence = ({ path }: { path: string }) => <LinkButton href={`${path}/evidence`}>Evidence</LinkButton>

const number = (value: number): string => value.toLocaleString('en')

function factsOf(review: AccessReview, figures: ReviewFigures): { term: string; value: Child }[] {
  const answered = review.lines - figures.unanswered - figures.byNobody
  return [
    { term: 'Status', value: <ReviewBadge review={review} /> },
    { term: 'Answered', value: `${number(answered)} of ${number(review.lines)}` },
    ...(figures.byNobody === 0 ? [] : [{ term: 'Nobody answered', value: number(figures.byNobody) }]),
    {
      term: 'Answers',
      value: `${number(figures.keep)} keep, ${number(figures.remove)} remove, ${number(figures.end)} end`,
    },
    { term: 'Waiting to take effect', value: number(figures.pending) },
    { term: 'Taken', value: `${number(figures.taken)}, of which ${number(figures.restored)} given back` },
    { term: 'Could not be removed', value: number(figures.refused) },
    {
      term: 'Tasks at the provider',
      value: <a href={`/console/reviews/tasks?review=${review.id}`}>{number(figures.openTasks)} open</a>,
    },
    {
      term: 'Who answers',
      value: `${review.reviewer?.name ?? ruleInWords(review.reviewerRule)}, else ${review.fallback.name}`,
    },
    { term: 'No answer means', value: noAnswerInWords(review) },
    review.dueAt === null
      ? { term: 'Opens on', value: <Time at={review.startsAt} /> }
      : { term: 'Answers are due', value: <Time at={review.dueAt} /> },
    ...(review.closesAt === null ? [] : [{ term: 'Closes by itself', value: <Time at={review.closesAt} /> }]),
    { term: 'Repeats', value: recurrenceInWords(review.recurrence) },
    { term: 'In the name of', value: review.owner.name ?? review.owner.type },
  ]
}

const states = [
  { value: 'unanswered', label: 'Unanswered' },
  { value: 'answered', label: 'Answered' },
  { value: 'pending', label: 'Waiting to take effect' },
  { value: 'taken', label: 'Taken' },
  { value: 'refused', label: 'Could not be removed' },
]

const Lines = ({ review, lines, query }: Pick<PageProps, 'review' | 'lines' | 'query'>) => (
  <>
    <Search action={`/console/reviews/${review.id}`} q={query['q']} placeholder="Part of a name">
      <Select name="state" label="Lines" value={query['state'] ?? ''} empty="All" options={states} />
      <Select
        name="advice"
        label="Advice"
        value={query['advice'] ?? ''}
        empty="Any"
        options={(['keep', 'remove', 'end'] as const).map((value) => ({ value, label: answerInWords(value) }))}
      />
      <Select
        name="privileged"
        label="Privileged"
        value={query['privileged'] ?? ''}
        empty="Any"
        options={[{ value: 'yes', label: 'Only privileged' }]}
      />
    </Search>
    {lines.length === 0 ? (
      <EmptyState
        title={review.openedAt === null ? 'It has not opened yet' : 'No lines match'}
        text="When a review opens, what people hold at that moment is written down here."
      />
    ) : (
      <Table
        caption="Lines of the review"
        columns={['Person', 'Access', 'Through', 'Advice', 'Reviewers', 'Answer', 'What came of it']}
        rows={lines.map((line) => [
          <PersonOf line={line} />,
          <AccessOf line={line} />,
          sourceOfLine(line.source),
          adviceInWords(line),
          <NameList names={line.reviewers} empty="Nobody" />,
          <AnswerOf line={line} />,
          <OutcomeOf line={line} />,
        ])}
      />
    )}
  </>
)

const PersonOf = ({ line }: { line: ReviewLine }) => (
  <>
    <a href={`/console/reviews/${line.reviewId}/lines/${line.position}`}>
      {line.user.displayName ?? line.user.userName}
    </a>
    <div class="under">{line.user.userName}</div>
  </>
)

const AccessOf = ({ line }: { line: ReviewLine }) => (
  <>
    {line.role?.name ?? 'The account'}
    {line.brand === null ? null : ` in ${line.brand.name}`}
    {line.isPrivileged ? (
      <div>
        <Badge tone="warning">Privileged</Badge>
      </div>
    ) : null}
  </>
)

const AnswerOf = ({ line: { answer } }: { line: ReviewLine }) =>
  answer === null ? (
    <>—</>
  ) : (
    <>
      {answerInWords(answer.answer)}
      <div class="under">{answer.by.type === 'system' ? 'Nobody answered' : (answer.by.name ?? answer.by.type)}</div>
    </>
  )

const OutcomeOf = ({ line }: { line: ReviewLine }) => {
  if (line.restoredAt !== null) return <>Given back</>
  if (line.outcome !== null)
    return (
      <>
        {outcomeInWords(line.outcome)}
        {(line.restoreMessage ?? line.message) === null ? null : (
          <div class="under">{line.restoreMessage ?? line.message}</div>
        )}
      </>
    )
  return line.effectiveAt === null ? (
    <>—</>
  ) : (
    <>
      takes effect on <Time at={line.effectiveAt} />
    </>
  )
}
