// To whoever is asked to review access: at the opening, before answers are due, when they are overdue, and when somebody passes
// lines on.
import { counted } from '../counts.ts'
import type { Letter } from '../letter.ts'
import { dateInZone, namedTime } from '../zones.ts'

export type ReviewLetterKind = 'opening' | 'week' | 'day' | 'overdue' | 'passed_on'

export function reviewLetter(asked: {
  kind: ReviewLetterKind
  /** Of the campaign. */
  name: string
  organization: string
  /** How many wait for an answer. */
  lines: number
  dueAt: string
  /** Why they were passed on. */
  reason?: string
  url: string
  /** The reader’s. */
  zone: string | undefined
}): Letter {
  const { kind, name, organization, lines, dueAt, reason, zone } = asked
  const day = dateInZone(dueAt, zone)
  const some = counted(lines, 'line waits', 'lines wait')
  const subjects: Record<ReviewLetterKind, string> = {
    opening: `${name}: please review who has access at ${organization}, by ${day}`,
    week: `${name}: ${some} for your answer by ${day}`,
    day: `${name}: ${some} for your answer by tomorrow`,
    overdue: `${name}: your answers are overdue`,
    passed_on: `${name}: a reviewer has passed ${counted(lines, 'line', 'lines')} on to you`,
  }
  const overdue = kind === 'overdue'
  return {
    subject: subjects[kind],
    paragraphs: [
      `${some} for your answer in the access review ${name} of ${organization}: whether people still need what they can do.`,
      overdue ? `Answers were due on ${namedTime(dueAt, zone)}.` : `Answers are due on ${namedTime(dueAt, zone)}.`,
    ],
    quote: reason ?? null,
    action: { label: 'Review access', url: asked.url },
    closing: ['If you cannot tell about somebody, pass the line on to whoever can.'],
  }
}
