// About a new sign-in address: the link that proves it, and that it was changed.
import type { LetterIn } from '../letter.ts'
import { say } from '../texts/say.ts'

export const confirmAddressLetter =
  (asked: { userName: string; organization: string; url: string; hours: number }): LetterIn =>
  (language) => {
    const { userName: name, organization, url, hours } = asked
    return {
      subject: say(language, 'newAddress.subject', { organization }),
      paragraphs: [say(language, 'newAddress.lead', { name, organization })],
      action: { label: say(language, 'newAddress.action'), url, isForRecipientAlone: true },
      closing: [say(language, 'newAddress.closing', { hours, name })],
    }
  }

export const addressChangedLetter =
  (changed: { userName: string; organization: string; email: string }): LetterIn =>
  (language) => {
    const { userName: name, organization, email } = changed
    return {
      subject: say(language, 'addressChanged.subject', { organization }),
      paragraphs: [say(language, 'addressChanged.lead', { name, organization, email })],
      closing: [say(language, 'addressChanged.closing')],
    }
  }
