// About a password: a link to choose a new one, and that it was changed.
import type { Letter } from '../letter.ts'

export const passwordResetLetter = (reset: {
  userName: string
  organization: string
  resetUrl: string
  minutes: number
}): Letter => ({
  subject: `Choose a new password for ${reset.organization}`,
  paragraphs: [`Somebody, most likely you, asked for a new password for ${reset.userName} at ${reset.organization}.`],
  action: { label: 'Choose a new password', url: reset.resetUrl, isForRecipientAlone: true },
  closing: [
    `The link works once, for ${reset.minutes} minutes. If you did not ask for it, do nothing: your password stays as it is.`,
  ],
})

export const passwordChangedLetter = (changed: {
  userName: string
  organization: string
  forgotUrl: string
}): Letter => ({
  subject: `Your password for ${changed.organization} was changed`,
  paragraphs: [
    `The password of ${changed.userName} at ${changed.organization} was changed just now, and you were signed out elsewhere.`,
  ],
  closing: [
    `If that was you, there is nothing to do. If it was not, choose a new password at ${changed.forgotUrl} and tell your administrator.`,
  ],
})
