// Before a review is closed, cancelled or undone: what that does.
import type { ClosingPreview } from '#access/reviews/close-review.ts'
import type { ReviewFigures } from '#access/reviews/lines/lines.ts'
import type { AccessReview } from '#access/reviews/scope/reviews.ts'
import { Alert } from '#http/ui/content.tsx'
import type { FormState } from '#http/ui/form.tsx'
import { Time } from '#http/ui/time.tsx'
import { counted } from '#words/counts.ts'
import { noAnswerInWords } from '#words/reviews.ts'
import { Confirm } from '../ui/confirm.tsx'
import type { Frame } from '../ui/env.ts'
import { emptyForm } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'

type PageProps = { frame: Frame; review: AccessReview }

const pathOf = ({ id }: AccessReview): string => `/console/reviews/${id}`

const trailOf = (review: AccessReview) => [...sectionTrail('reviews'), { label: review.name, href: pathOf(review) }]

const lines = (count: number): string => counted(count, 'line', 'lines')

export const ClosePage = ({
  frame,
  review,
  preview,
  isStale,
}: PageProps & { preview: ClosingPreview; isStale: boolean }) => (
  <ConsolePage
    frame={frame}
    section="reviews"
    title={`Close ${review.name}`}
    lead="Reviewers can no longer answer, and the decisions take effect."
    trail={trailOf(review)}
  >
    {isStale ? <Alert kind="warning" title="Somebody has answered meanwhile: look at it again" /> : null}
    <Confirm
      action={`${pathOf(review)}/close`}
      fields={{ hash: preview.hash }}
      word={undefined}
      submit="Close the review"
      back={pathOf(review)}
      state={emptyForm}
      effects={[
        `${lines(preview.unanswered)} without an answer. No answer means: ${noAnswerInWords(review).toLowerCase()}. ${preview.keptByDefault} are kept, ${preview.removedByDefault} are removed, ${preview.endedByDefault} get an end date.`,
        `In all: ${counted(preview.assignmentsRemoved, 'assignment is', 'assignments are')} revoked, ${counted(preview.assignmentsEnded, 'gets', 'get')} an end date, ${counted(preview.tasks, 'role of a group is', 'roles of groups are')} held back and made a task for the identity provider, ${counted(preview.teamsLeft, 'person is', 'people are')} taken out of a team, ${counted(preview.accountsDeactivated, 'account is', 'accounts are')} switched off.`,
        `${lines(preview.privileged)} of these are privileged. What would leave nobody to administer the organization, or goes beyond the rights of ${review.owner.name ?? 'whoever scheduled it'}, stays, and the evidence says why.`,
        <>
          It takes effect on <Time at={preview.effectiveAt} />; until then each can be changed to keep.
        </>,
      ]}
    />
  </ConsolePage>
)

export const CancelPage = ({ frame, review, state }: PageProps & { state: FormState }) => (
  <ConsolePage frame={frame} section="reviews" title={`Cancel ${review.name}`} trail={trailOf(review)}>
    <Confirm
      action={`${pathOf(review)}/cancel`}
      word={review.name}
      submit="Cancel the review"
      back={pathOf(review)}
      state={state}
      effects={[
        'Answers that have not taken effect never will. Reviewers are no longer asked.',
        'What has taken effect stays; it can be given back.',
        'There is no sealed evidence of a review that was cancelled.',
        ...(review.recurrence === null
          ? []
          : ['The next one of the series is a review of its own: cancel it too, to end the series.']),
      ]}
    />
  </ConsolePage>
)

export const RestorePage = ({
  frame,
  review,
  figures,
  state,
}: PageProps & { figures: ReviewFigures; state: FormState }) => (
  <ConsolePage frame={frame} section="reviews" title={`Give back what ${review.name} took`} trail={trailOf(review)}>
    <Confirm
      action={`${pathOf(review)}/restore`}
      word={undefined}
      submit="Give it back"
      back={pathOf(review)}
      state={state}
      effects={[
        `${lines(figures.taken - figures.restored)}: assignments come back with their reason, sponsor and end; roles that are held back are held again; accounts are switched on.`,
        'What a provider has already removed from its group must be restored there; the line says so.',
        'It is done within your own permissions and recorded in the audit trail. The sealed evidence does not change.',
      ]}
    />
  </ConsolePage>
)
