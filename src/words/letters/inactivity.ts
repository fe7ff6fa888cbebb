// To whoever has not been here for long, before their account is deactivated.
import type { Letter } from '../letter.ts'
import { dateInZone, namedTime } from '../zones.ts'

export function inactivityLetter(warning: {
  organization: string
  /** When they were last here, or since when they have the account. */
  since: string
  deactivatesAt: string
  signInUrl: string
  /** The reader's. */
  zone: string | undefined
}): Letter {
  const { organization, since, deactivatesAt, signInUrl, zone } = warning
  return {
    subject: `Your account at ${organization} will be deactivated on ${dateInZone(deactivatesAt, zone)}`,
    paragraphs: [
      `Nobody has used your account at ${organization} since ${dateInZone(since, zone)}. If that stays so, it is deactivated on ${namedTime(deactivatesAt, zone)}: you cannot sign in any more, and what is open is closed.`,
      'To keep it, sign in once before then. There is nothing else to do.',
    ],
    action: { label: 'Sign in', url: signInUrl },
    closing: [
      'If you do not need the account any more, there is nothing to do. An administrator can switch it on again.',
    ],
  }
}
