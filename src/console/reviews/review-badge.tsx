// The status of a review, in a word and a shape.
import type { AccessReview, ReviewStatus } from '#access/reviews/scope/reviews.ts'
import { Badge, type Tone } from '../ui/parts.tsx'

export const statusWords: Record<ReviewStatus, { label: string; tone: Tone }> = {
  scheduled: { label: 'Scheduled', tone: 'info' },
  open: { label: 'Open', tone: 'good' },
  closing: { label: 'Closing', tone: 'warning' },
  closed: { label: 'Closed', tone: 'quiet' },
  cancelled: { label: 'Cancelled', tone: 'quiet' },
}

export const ReviewBadge = ({ review: { status, suspendedAt } }: { review: AccessReview }) =>
  suspendedAt === null ? (
    <Badge tone={statusWords[status].tone}>{statusWords[status].label}</Badge>
  ) : (
    <Badge tone="warning">Suspended</Badge>
  )
