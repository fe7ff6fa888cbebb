// The lines that a person is asked about, fifty a page: each can be answered where it stands, and those that risk little many at
// once.
import type { OwnAccess } from '#access/people/own/own-access.ts'
import type { LineState, ReviewLine } from '#access/reviews/lines/lines.ts'
import type { OwnReview } from '#access/reviews/lines/own-lines.ts'
import type { ReviewAnswer } from '#access/reviews/scope/reviews.ts'
import { AccountPage } from '#http/ui/account-page.tsx'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { counted } from '#words/counts.ts'
import { adviceInWords, answerInWords, outcomeInWords, peersInWords, sourceOfLine } from '#words/reviews.ts'

export type OwnQuery = {
  state: LineState | 'all'
  advice: ReviewAnswer | undefined
  q: string | undefined
  after: number | undefined
}

const textOf = ({ state, advice, q, after }: OwnQuery): string => {
  const said = { state: state === 'unanswered' ? undefined : state, advice, q, after }
  const pairs = Object.entries(said).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  )
  return new URLSearchParams(pairs).toString()
}

export const ownHref = (reviewId: string, query: OwnQuery): string => {
  const text = textOf(query)
  return `/account/reviews/${reviewId}${text === '' ? '' : `?${text}`}`
}

type PageProps = {
  person: OwnAccess
  review: OwnReview
  lines: readonly ReviewLine[]
  hasMore: boolean
  query: OwnQuery
  /** Why the last answer was not taken. */
  refusal: string | undefined
}

export const ReviewLinesPage = ({ person, review, lines, hasMore, query, refusal }: PageProps) => {
  const mayAnswer = review.status === 'open' && review.suspendedAt === null
  return (
    <AccountPage
      section="reviews"
      name={person.name}
      organization={person.organization.name}
      timeZone={person.timeZone}
      isManager={person.isManager}
      scripts={['console.js']}
      isList
      lead={<Lead {...{ review }} />}
    >
      <h2>{review.name}</h2>
      {refusal === undefined ? null : <Alert kind="danger" title={refusal} />}
      {mayAnswer ? null : (
        <Alert kind="info" title={review.suspendedAt === null ? 'This review is closing' : 'This review is suspended'}>
          Nothing can be answered at the moment.
        </Alert>
      )}
      <Filters {...{ review, query }} />
      {lines.length === 0 ? (
        <EmptyState
          title={query.state === 'unanswered' && query.q === undefined ? 'Everything is answered' : 'No lines match'}
          text="Choose other lines above to see what was answered; until it takes effect, an answer can be changed."
        />
      ) : (
        <PostForm action={`/account/reviews/${review.id}/answers`} hidden={{ query: textOf(query) }}>
          {mayAnswer && lines.some(isLowRisk) ? <BulkBar /> : null}
          <div id="lines">
            <Table
              caption="Lines to review"
              columns={[
                'Person',
                ...(mayAnswer ? [{ label: 'Choose', isSilent: true }] : []),
                'Access',
                'Last active',
                'Others',
                'Advice',
                'Your answer',
              ]}
              rows={lines.map((line) => [
                <PersonCell line={line} />,
                ...(mayAnswer ? [<Choice line={line} />] : []),
                <AccessCell line={line} />,
                <Time at={line.lastActiveAt} empty="Never" />,
                peersInWords(line) === '' ? '—' : peersInWords(line),
                adviceInWords(line),
                <AnswerCell {...{ line, mayAnswer }} />,
              ])}
            />
          </div>
        </PostForm>
      )}
      <Pager {...{ review, query, lines, hasMore }} />
    </AccountPage>
  )
}

const Lead = ({ review }: { review: OwnReview }) => (
  <>
    {counted(review.unanswered, 'line waits', 'lines wait')} for your answer, by <Time at={review.dueAt} />. What you
    remove takes effect {review.undoHours === 0 ? 'at once' : `${counted(review.undoHours, 'hour', 'hours')} later`}.
  </>
)

/** Answered one by one: whoever holds it can do a lot. */
const isLowRisk = ({ isPrivileged, answer }: ReviewLine): boolean => !isPrivileged && answer === null

const nameOf = ({ user }: ReviewLine): string => user.displayName ?? user.userName

const whatOf = ({ role, brand }: ReviewLine): string =>
  role === null ? 'the account' : `${role.name}${brand === null ? '' : ` in ${brand.name}`}`

const PersonCell = ({ line }: { line: ReviewLine }) => (
  <>
    <a href={`/account/reviews/${line.reviewId}/lines/${line.position}`}>{nameOf(line)}</a>
    <div class="under">{line.user.userName}</div>
    {line.isOutside ? <div class="under">From outside</div> : null}
  </>
)

const Choice = ({ line }: { line: ReviewLine }) =>
  isLowRisk(line) ? (
    <input
      class="form-check-input"
      type="checkbox"
      name={`line.${line.position}`}
      value="on"
      aria-label={`Choose ${nameOf(line)}: ${whatOf(line)}`}
      data-check="lines"
    />
  ) : null

const AccessCell = ({ line }: { line: ReviewLine }) => (
  <>
    {line.role === null ? 'The account' : line.role.name}
    {line.brand === null ? null : ` in ${line.brand.name}`}
    {line.isPrivileged ? <div class="under">Privileged</div> : null}
    <div class="under">{sourceOfLine(line.source)}</div>
    {line.expiresAt === null ? null : (
      <div class="under">
        until <Time at={line.expiresAt} />
      </div>
    )}
  </>
)

const AnswerCell = ({ line, mayAnswer }: { line: ReviewLine; mayAnswer: boolean }) => {
  const { answer, outcome, position } = line
  if (outcome !== null) return <>{line.message ?? outcomeInWords(outcome)}</>
  if (answer !== null)
    return (
      <>
        {answerInWords(answer.answer)}
        {line.effectiveAt === null ? null : (
          <div class="under">
            takes effect on <Time at={line.effectiveAt} />
          </div>
        )}
      </>
    )
  if (!mayAnswer) return <>—</>
  return (
    <div class="actions">
      <AnswerButton label="Keep" value={`keep.${position}`} line={line} />
      <AnswerButton label="Remove" value={`remove.${position}`} line={line} />
      <a class="btn btn-sm" href={`/account/reviews/${line.reviewId}/lines/${position}`}>
        More<span class="visually-hidden"> about {`${nameOf(line)}: ${whatOf(line)}`}</span>…
      </a>
    </div>
  )
}

const AnswerButton = ({ label, value, line }: { label: string; value: string; line: ReviewLine }) => (
  <button type="submit" class="btn btn-sm" name="do" value={value}>
    {label}
    <span class="visually-hidden"> {`${nameOf(line)}: ${whatOf(line)}`}</span>
  </button>
)

const BulkBar = () => (
  <fieldset class="card selection-bar">
    <legend class="visually-hidden">What to answer for those that are chosen</legend>
    <label>
      <input class="form-check-input" type="checkbox" data-check-all="lines" hidden /> Choose lines to answer several at
      once; privileged access is answered one by one
    </label>
    <div class="actions">
      <button type="submit" class="btn btn-sm" name="do" value="keep">
        Keep the chosen
      </button>
      <button type="submit" class="btn btn-sm" name="do" value="remove">
        Remove the chosen
      </button>
    </div>
  </fieldset>
)

const stateOptions = [
  { value: 'unanswered', label: 'Unanswered' },
  { value: 'all', label: 'All' },
  { value: 'answered', label: 'Answered' },
  { value: 'pending', label: 'Waiting to take effect' },
  { value: 'taken', label: 'Removed' },
]

const adviceOptions = [
  { value: '', label: 'Any advice' },
  ...(['keep', 'remove', 'end'] as const).map((value) => ({ value, label: answerInWords(value) })),
]

const Filters = ({ review, query }: { review: OwnReview; query: OwnQuery }) => (
  <search>
    <form class="filters" method="get" action={`/account/reviews/${review.id}`}>
      <div class="is-search field">
        <Field name="q" label="Search" type="search" value={query.q} placeholder="Part of a name" isOptional />
      </div>
      <Options name="state" label="Lines" options={stateOptions} value={query.state} />
      <Options name="advice" label="Advice" options={adviceOptions} value={query.advice ?? ''} />
      <button type="submit" class="btn">
        Show
      </button>
    </form>
  </search>
)

type OptionsProps = {
  name: string
  label: string
  options: readonly { value: string; label: string }[]
  value: string
}

const Options = ({ name, label, options, value }: OptionsProps) => (
  <div class="field">
    <label class="form-label" for={name}>
      {label}
    </label>
    <select class="form-select" id={name} name={name}>
      {options.map((option) => (
        <option value={option.value} selected={option.value === value}>
          {option.label}
        </option>
      ))}
    </select>
  </div>
)

const Pager = ({ review, query, lines, hasMore }: Pick<PageProps, 'review' | 'query' | 'lines' | 'hasMore'>) => (
  <nav class="pager" aria-label="Pages">
    <p>{counted(lines.length, 'line', 'lines')} shown</p>
    <div class="actions">
      {query.after === undefined ? null : (
        <a class="btn btn-sm" href={ownHref(review.id, { ...query, after: undefined })}>
          First page
        </a>
      )}
      {hasMore ? (
        <a class="btn btn-sm" href={ownHref(review.id, { ...query, after: lines.at(-1)?.position })} rel="next">
          Next page
        </a>
      ) : null}
    </div>
  </nav>
)
