// My reviews: the campaigns in which a person is asked something, the one due first at the top.
import type { OwnAccess } from '#access/people/own/own-access.ts'
import type { OwnReview } from '#access/reviews/lines/own-lines.ts'
import { AccountPage } from '#http/ui/account-page.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'

export const ReviewsPage = ({ person, reviews }: { person: OwnAccess; reviews: readonly OwnReview[] }) => (
  <AccountPage
    section="reviews"
    name={person.name}
    organization={person.organization.name}
    timeZone={person.timeZone}
    isManager={person.isManager}
    lead="Whether people still need what they can do: you are asked because you know."
  >
    {reviews.length === 0 ? (
      <EmptyState
        title="Nobody asks you anything"
        text="When somebody wants to know from you whether others still need their access, it is listed here and you get a mail."
      />
    ) : (
      <Table
        caption="Access reviews"
        columns={[
          'Review',
          { label: 'Unanswered', isNumeric: true },
          { label: 'All lines', isNumeric: true },
          'Answers are due',
        ]}
        rows={reviews.map(({ id, name, unanswered, lines, dueAt, status, suspendedAt }) => [
          <a href={`/account/reviews/${id}`}>{name}</a>,
          unanswered.toLocaleString('en'),
          lines.toLocaleString('en'),
          suspendedAt !== null ? 'Suspended for now' : status === 'closing' ? 'Closing' : <Time at={dueAt} />,
        ])}
      />
    )}
  </AccountPage>
)
