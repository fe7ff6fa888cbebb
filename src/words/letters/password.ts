// About a password: a link to choose a new one, and that it was changed.
import type { LetterIn } from '../letter.ts'
import { say } from '../texts/say.ts'

export const passwordResetLetter =
  (reset: { userName: string; organization: string; resetUrl: string; minutes: number }): LetterIn =>
  (language) => {
    const { userName: name, organization, resetUrl: url, minutes } = reset
    return {
      subject: say(language, 'newPassword.subject', { organization }),
      paragraphs: [say(language, 'newPassword.lead', { name, organization })],
      action: { label: say(language, 'newPassword.action'), url, isForRecipientAlone: true },
      closing: [say(language, 'newPassword.closing', { minutes })],
    }
  }

export const passwordChangedLetter =
  (changed: { userName: string; organization: string; forgotUrl: string }): LetterIn =>
  (language) => {
    const { userName: name, organization, forgotUrl: url } = changed
    return {
      subject: say(language, 'passwordChanged.subject', { organization }),
      paragraphs: [say(language, 'passwordChanged.lead', { name, organization })],
      closing: [say(language, 'passwordChanged.closing', { url })],
    }
  }
