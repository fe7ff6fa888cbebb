// Before an assignment ends: to whoever holds it, and to its sponsor.
import type { Letter } from '../letter.ts'
import { dateInZone, namedTime } from '../zones.ts'

export function reminderLetter(due: {
  role: string
  brand: string | null
  organization: string
  expiresAt: string
  /** Whose it is; null: the reader’s. */
  holder: string | null
  /** Where a sponsor extends it. */
  assignmentUrl: string
  /** The reader’s. */
  zone: string | undefined
}): Letter {
  const { role, organization, holder } = due
  const where = due.brand === null ? organization : `${due.brand} (${organization})`
  const whose = holder === null ? 'your' : `${holder}’s`
  return {
    subject: `${holder === null ? 'Your' : whose} access to ${where} ends on ${dateInZone(due.expiresAt, due.zone)}`,
    paragraphs: [
      `On ${namedTime(due.expiresAt, due.zone)} ${whose} assignment ends: ${role} in ${where}. What it allows is refused from that moment on.`,
    ],
    ...(holder === null ? {} : { action: { label: 'Extend it', url: due.assignmentUrl } }),
    closing: [
      holder === null
        ? 'If you need it for longer, ask your administrator, who can give the assignment another end.'
        : 'You are named as the sponsor. If it is needed for longer, give the assignment another end, or ask an administrator to. If not, there is nothing to do.',
    ],
  }
}
