// About a new sign-in address: the link that proves it, and that it was changed.
import type { Letter } from '../letter.ts'

export const confirmAddressLetter = (asked: {
  userName: string
  organization: string
  url: string
  hours: number
}): Letter => ({
  subject: `Confirm your new address at ${asked.organization}`,
  paragraphs: [`${asked.userName} at ${asked.organization} wants to sign in with this address from now on.`],
  action: { label: 'Confirm the address', url: asked.url, isForRecipientAlone: true },
  closing: [
    `The link works once, for ${asked.hours} hours, where ${asked.userName} is signed in. If you did not expect it, do nothing.`,
  ],
})

export const addressChangedLetter = (changed: { userName: string; organization: string; email: string }): Letter => ({
  subject: `Your address at ${changed.organization} was changed`,
  paragraphs: [
    `${changed.userName} at ${changed.organization} signs in with ${changed.email} from now on, and not with this address.`,
  ],
  closing: ['If that was not you, tell your administrator at once.'],
})
