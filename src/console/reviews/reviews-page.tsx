// The list of access reviews.
import type { AccessReview, ReviewStatus } from '#access/reviews/scope/reviews.ts'
import { LinkButton, PrimaryLink } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { brandsPermitted } from '#src/context.ts'
import { recurrenceInWords } from '#words/reviews.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Pager, Select } from '../ui/parts.tsx'
import { withParams } from '../ui/with-params.ts'
import { ReviewBadge, statusWords } from './review-badge.tsx'

type PageProps = {
  frame: Frame
  reviews: readonly AccessReview[]
  status: ReviewStatus | null
  isFirst: boolean
  hasMore: boolean
}

export const ReviewsPage = ({ frame, reviews, status, isFirst, hasMore }: PageProps) => (
  <ConsolePage
    frame={frame}
    section="reviews"
    title="Access reviews"
    lead="People who know look at what others may do, and say whether it is still needed."
    actions={
      <>
        {brandsPermitted(frame.ctx, 'assignments.write').length === 0 ? null : (
          <PrimaryLink href="/console/reviews/new">New review</PrimaryLink>
        )}
        <LinkButton href="/console/reviews/tasks">Tasks for the identity provider</LinkButton>
        <LinkButton href="/account/reviews">My reviews</LinkButton>
      </>
    }
  >
    <form class="filters" method="get" action="/console/reviews">
      <Select
        name="status"
        label="Status"
        value={status ?? ''}
        empty="Any"
        options={Object.entries(statusWords).map(([value, { label }]) => ({ value, label }))}
      />
      <button type="submit" class="btn">
        Show
      </button>
    </form>
    {reviews.length === 0 ? (
      <EmptyState
        title={status === null ? 'Nothing is reviewed yet' : 'No reviews match'}
        text="Many rules ask for a review of all access every quarter: schedule one, and it repeats by itself."
      />
    ) : (
      <Table
        caption="Access reviews, the newest first"
        columns={[
          'Review',
          'Status',
          { label: 'Answered', isNumeric: true },
          { label: 'Lines', isNumeric: true },
          'Answers are due',
          'Repeats',
        ]}
        rows={reviews.map((review) => [
          <a href={`/console/reviews/${review.id}`}>{review.name}</a>,
          <ReviewBadge review={review} />,
          (review.lines - review.unanswered).toLocaleString('en'),
          review.lines.toLocaleString('en'),
          review.dueAt === null ? (
            <>
              opens on <Time at={review.startsAt} />
            </>
          ) : (
            <Time at={review.dueAt} />
          ),
          recurrenceInWords(review.recurrence),
        ])}
      />
    )}
    <Pager
      shown={reviews.length}
      next={hasMore ? withParams('/console/reviews', { status: status ?? '', after: reviews.at(-1)?.id }) : undefined}
      first={isFirst ? undefined : withParams('/console/reviews', { status: status ?? '' })}
    />
  </ConsolePage>
)
