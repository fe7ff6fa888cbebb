// One line of a review, for whoever manages it: all that is known, the answer in a reviewer's place, who is asked instead, and the
// way back.
import { type Context, Hono } from 'hono'
import { isManaging } from '#access/ground/review-scope.ts'
import { answerLines } from '#access/reviews/lines/answer-lines.ts'
import { listReviewLines, type ReviewLine } from '#access/reviews/lines/lines.ts'
import { passOnLines } from '#access/reviews/lines/pass-on-lines.ts'
import { restoreReview } from '#access/reviews/restore-review.ts'
import { type AccessReview, getReview } from '#access/reviews/scope/reviews.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Facts } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { notFound } from '#platform/errors.ts'
import { adviceInWords, answerInWords, canEnd, outcomeInWords, peersInWords, sourceOfLine } from '#words/reviews.ts'
import { type ConsoleEnv, type Frame, frameOf } from '../ui/env.ts'
import { emptyForm, endOfDay, textOf } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { ButtonForm, Panel } from '../ui/parts.tsx'
import { NameList } from '../ui/people.tsx'
import { renderForm, submit } from '../ui/submit.ts'

const answers = ['keep', 'remove', 'end', 'withdraw'] as const

/** @returns an app to be mounted at `/console/reviews` */
export function createLinePages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/:id/lines/:position', (c) => showLine(c, emptyForm))

  pages.post('/:id/lines/:position/answer', (c) =>
    submit(c, { again: (state) => showLine(c, state) }, async (form) => {
      const answer = answers.find((each) => each === form['answer']) ?? 'keep'
      const endAt = answer === 'end' ? endOfDay(form, 'endAt') : undefined
      await answerLines(c.get('ctx'), { ...at(c), answer, endAt, comment: textOf(form, 'comment') })
      return `/console/reviews/${at(c).reviewId}?done=saved`
    }),
  )

  pages.post('/:id/lines/:position/pass-on', (c) =>
    submit(c, { again: (state) => showLine(c, state) }, async (form) => {
      await passOnLines(c.get('ctx'), { ...at(c), to: form['to'] ?? '', reason: form['reason'] ?? '' })
      return `/console/reviews/${at(c).reviewId}?done=saved`
    }),
  )

  pages.post('/:id/lines/:position/restore', async (c) => {
    await restoreReview(c.get('ctx'), at(c))
    return c.redirect(`/console/reviews/${at(c).reviewId}/lines/${c.req.param('position')}?done=saved`, 303)
  })
  return pages
}

const at = (c: Context<ConsoleEnv>) => ({
  reviewId: c.req.param('id') ?? '',
  lines: [Number(c.req.param('position'))],
})

async function showLine(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const { reviewId, lines } = at(c)
  const review = await getReview(frame.ctx, reviewId)
  const [position = 0] = lines
  const isOne = Number.isSafeInteger(position) && position > 0 && position < 2 ** 31
  const [line] = isOne ? await listReviewLines(frame.ctx, { reviewId, filter: {}, after: position - 1, limit: 1 }) : []
  if (line === undefined || line.position !== position) throw notFound('Line of the access review')
  return renderForm(c, state, <LinePage {...{ frame, review, line, state }} />)
}

type PageProps = { frame: Frame; review: AccessReview; line: ReviewLine; state: FormState }

const LinePage = ({ frame, review, line, state }: PageProps) => {
  const home = `/console/reviews/${review.id}`
  const mayChange = isManaging(frame.ctx, review) && line.user.id !== frame.manager.userId
  const mayAnswer = mayChange && isAnswerable(review, line)
  const isTaken = line.restoredAt === null && ['removed', 'ended', 'task'].includes(line.outcome ?? '')
  return (
    <ConsolePage
      frame={frame}
      section="reviews"
      title={`${line.user.displayName ?? line.user.userName}: ${line.role?.name ?? 'the account'}${line.brand === null ? '' : ` in ${line.brand.name}`}`}
      trail={[...sectionTrail('reviews'), { label: review.name, href: home }]}
      actions={
        mayChange && isTaken ? (
          <ButtonForm action={`${home}/lines/${line.position}/restore`} label="Give it back" />
        ) : null
      }
    >
      <Panel title="What is known">
        <Facts facts={factsOf(line)} />
      </Panel>
      {mayAnswer ? <Answer {...{ home, review, line, state }} /> : null}
      {mayAnswer && line.answer === null ? <PassOn {...{ home, line, state }} /> : null}
    </ConsolePage>
  )
}

const isAnswerable = ({ status, suspendedAt }: AccessReview, { answer, outcome }: ReviewLine): boolean =>
  suspendedAt === null && outcome === null && (status === 'open' || (status === 'closing' && answer !== null))

const factsOf = (line: ReviewLine) => [
  { term: 'Who', value: <a href={`/console/users/${line.user.id}`}>{line.user.userName}</a> },
  { term: 'Through', value: sourceOfLine(line.source) },
  { term: 'Since', value: <Time at={line.since} /> },
  { term: 'Until', value: <Time at={line.expiresAt} empty="No end date" /> },
  { term: 'Last active', value: <Time at={line.lastActiveAt} empty="Never" /> },
  { term: 'Compared', value: peersInWords(line) === '' ? '—' : peersInWords(line) },
  { term: 'Advice', value: adviceInWords(line) },
  { term: 'Privileged', value: line.isPrivileged ? 'Yes' : 'No' },
  { term: 'From outside', value: line.isOutside ? 'Yes' : 'No' },
  { term: 'Reviewers', value: <NameList names={line.reviewers} empty="Nobody" /> },
  ...(line.answer === null
    ? []
    : [
        {
          term: 'Answer',
          value: `${answerInWords(line.answer.answer)}${line.answer.comment === null ? '' : `: ${line.answer.comment}`}`,
        },
      ]),
  ...(line.outcome === null
    ? []
    : [
        {
          term: 'What came of it',
          value: `${outcomeInWords(line.outcome)}${line.message === null ? '' : `: ${line.message}`}`,
        },
      ]),
  ...(line.restoredAt === null ? [] : [{ term: 'Given back', value: <Time at={line.restoredAt} /> }]),
  ...(line.restoreMessage === null ? [] : [{ term: 'Could not be given back', value: line.restoreMessage }]),
]

type FormProps = { home: string; line: ReviewLine; state: FormState }

const Answer = ({ home, review, line, state }: FormProps & { review: AccessReview }) => (
  <Panel title="Answer in a reviewer’s place">
    <PostForm action={`${home}/lines/${line.position}/answer`} state={state}>
      <Choice
        name="answer"
        legend="Do they still need it?"
        value={state.values['answer'] ?? line.answer?.answer ?? line.advice.answer}
        error={state.errors['answer']}
        options={[
          { value: 'keep', label: answerInWords('keep') },
          { value: 'remove', label: answerInWords('remove') },
          ...(!canEnd(line.source) ? [] : [{ value: 'end', label: answerInWords('end') }]),
          ...(line.answer === null || review.status !== 'open'
            ? []
            : [{ value: 'withdraw', label: 'Take the answer back' }]),
        ]}
      />
      {!canEnd(line.source) ? null : (
        <Field {...field(state, 'endAt')} label="Until" type="date" hint="Where it is to end" isOptional />
      )}
      <Field {...field(state, 'comment')} label="Why" maxlength={1_000} isOptional />
      <Buttons submit="Save the answer" back={home} />
    </PostForm>
  </Panel>
)

const PassOn = ({ home, line, state }: FormProps) => (
  <Panel title="Ask somebody else">
    <PostForm action={`${home}/lines/${line.position}/pass-on`}>
      <Field {...field(state, 'to')} label="Who" hint="Their address or user name" autocomplete="off" />
      <Field {...field(state, 'reason')} label="Reason" maxlength={500} />
      <Buttons submit="Ask them" kind="secondary" />
    </PostForm>
  </Panel>
)
