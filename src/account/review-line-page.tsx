// One line: all that helps to answer, the answer with its date and its words, and the way to hand it on.
import type { OwnAccess } from '#access/people/own/own-access.ts'
import type { ReviewLine } from '#access/reviews/lines/lines.ts'
import type { OwnReview } from '#access/reviews/lines/own-lines.ts'
import { AccountPage } from '#http/ui/account-page.tsx'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert, Facts } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { adviceInWords, answerInWords, canEnd, outcomeInWords, peersInWords, sourceOfLine } from '#words/reviews.ts'

type PageProps = {
  person: OwnAccess
  review: OwnReview
  line: ReviewLine
  answering: FormState
  passing: FormState
}

export const ReviewLinePage = ({ person, review, line, answering, passing }: PageProps) => {
  const home = `/account/reviews/${review.id}`
  const isOpen =
    review.suspendedAt === null && line.outcome === null && (review.status === 'open' || line.answer !== null)
  return (
    <AccountPage
      section="reviews"
      name={person.name}
      organization={person.organization.name}
      timeZone={person.timeZone}
      isManager={person.isManager}
      isList
      lead={<a href={home}>Back to {review.name}</a>}
    >
      <h2>
        {line.user.displayName ?? line.user.userName}: {line.role?.name ?? 'the account'}
        {line.brand === null ? null : ` in ${line.brand.name}`}
      </h2>
      <Facts facts={factsOf(line)} />
      {line.outcome === null ? null : <Alert kind="info" title={line.message ?? outcomeInWords(line.outcome)} />}
      {isOpen ? <Answering {...{ home, review, line, state: answering }} /> : null}
      {isOpen && line.answer === null ? <PassingOn {...{ home, line, state: passing }} /> : null}
    </AccountPage>
  )
}

const factsOf = (line: ReviewLine) => [
  { term: 'Who', value: `${line.user.userName}${line.isOutside ? ', from outside' : ''}` },
  { term: 'Through', value: sourceOfLine(line.source) },
  { term: 'Since', value: <Time at={line.since} /> },
  { term: 'Until', value: <Time at={line.expiresAt} empty="No end date" /> },
  { term: 'Last active', value: <Time at={line.lastActiveAt} empty="Never" /> },
  ...(line.peers === null ? [] : [{ term: 'Compared', value: peersInWords(line) }]),
  { term: 'Advice', value: adviceInWords(line) },
  ...(line.isPrivileged ? [{ term: 'Privileged', value: 'It lets people manage others or settings' }] : []),
  ...line.passedOn.map(({ reason, at }) => ({
    term: 'Passed on to you',
    value: (
      <>
        {reason} (<Time at={at} />)
      </>
    ),
  })),
]

const explained = (line: ReviewLine, review: OwnReview) => {
  const later = review.undoHours === 0 ? 'at once' : `in ${review.undoHours} hours, and can be changed until then`
  const how =
    line.source.type === 'mapping'
      ? 'It is held back here, and whoever has the identity provider is asked to change the group'
      : line.source.type === 'account'
        ? 'The account is switched off'
        : line.source.type === 'team'
          ? `They are taken out of the team ${line.source.team.name}, with all that it gives, whatever fills it`
          : 'The assignment is revoked'
  return `${how}: ${later}`
}

type AnsweringProps = { home: string; review: OwnReview; line: ReviewLine; state: FormState }

const Answering = ({ home, review, line, state }: AnsweringProps) => (
  <>
    <h2>Your answer</h2>
    <PostForm action={`${home}/lines/${line.position}/answer`} state={state}>
      <Choice
        name="answer"
        legend="Do they still need it?"
        value={state.values['answer'] ?? line.answer?.answer ?? line.advice.answer}
        error={state.errors['answer']}
        options={[
          { value: 'keep', label: answerInWords('keep') },
          { value: 'remove', label: answerInWords('remove'), hint: explained(line, review) },
          ...(!canEnd(line.source) ? [] : [{ value: 'end', label: answerInWords('end') }]),
          ...(line.answer === null || review.status !== 'open'
            ? []
            : [{ value: 'withdraw', label: 'Take my answer back' }]),
        ]}
      />
      {!canEnd(line.source) ? null : (
        <Field {...field(state, 'endAt')} label="Until" type="date" hint="Where it is to end" isOptional />
      )}
      <Field {...field(state, 'comment')} label="Why" maxlength={1_000} isOptional />
      <Buttons submit="Save the answer" back={home} />
    </PostForm>
  </>
)

const PassingOn = ({ home, line, state }: { home: string; line: ReviewLine; state: FormState }) => (
  <>
    <h2>Somebody else knows better?</h2>
    <PostForm action={`${home}/lines/${line.position}/pass-on`} state={state}>
      <Field {...field(state, 'to')} label="Who" hint="Their address or user name" autocomplete="off" />
      <Field {...field(state, 'reason')} label="Reason" maxlength={500} />
      <Buttons submit="Pass it on" kind="secondary" />
    </PostForm>
  </>
)
