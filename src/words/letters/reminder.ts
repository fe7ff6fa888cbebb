// Before an assignment ends: to whoever holds it, and to its sponsor.
import type { LetterIn } from '../letter.ts'
import { say } from '../texts/say.ts'
import { dateInZone, namedTime } from '../zones.ts'

export const reminderLetter =
  (due: {
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
  }): LetterIn =>
  (language) => {
    const { role, brand, organization, holder, zone } = due
    const place = brand === null ? organization : `${brand} (${organization})`
    const date = dateInZone(due.expiresAt, zone, language)
    const time = namedTime(due.expiresAt, zone, language)
    if (holder === null)
      return {
        subject: say(language, 'ending.subject', { place, date }),
        paragraphs: [say(language, 'ending.lead', { time, role, place })],
        closing: [say(language, 'ending.closing')],
      }
    return {
      subject: say(language, 'ending.subjectOf', { holder, place, date }),
      paragraphs: [say(language, 'ending.leadOf', { time, holder, role, place })],
      action: { label: say(language, 'ending.action'), url: due.assignmentUrl },
      closing: [say(language, 'ending.closingOf')],
    }
  }
