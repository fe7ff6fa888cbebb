// To whoever has not been here for long, before their account is deactivated.
import type { LetterIn } from '../letter.ts'
import { say } from '../texts/say.ts'
import { dateInZone, namedTime } from '../zones.ts'

export const inactivityLetter =
  (warning: {
    organization: string
    /** When they were last here, or since when they have the account. */
    since: string
    deactivatesAt: string
    signInUrl: string
    /** The reader's. */
    zone: string | undefined
  }): LetterIn =>
  (language) => {
    const { organization, deactivatesAt, signInUrl, zone } = warning
    const since = dateInZone(warning.since, zone, language)
    const date = dateInZone(deactivatesAt, zone, language)
    const time = namedTime(deactivatesAt, zone, language)
    return {
      subject: say(language, 'inactive.subject', { organization, date }),
      paragraphs: [say(language, 'inactive.lead', { organization, since, time }), say(language, 'inactive.keep')],
      action: { label: say(language, 'frame.signIn'), url: signInUrl },
      closing: [say(language, 'inactive.closing')],
    }
  }
