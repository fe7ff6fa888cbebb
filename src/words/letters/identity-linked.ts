// To whoever an account at an identity provider was linked to: with the way to take it back.
import type { Letter } from '../letter.ts'

export const identityLinkedLetter = (linked: {
  userName: string
  organization: string
  connection: string
  undoUrl: string
  undoDays: number
}): Letter => ({
  subject: `${linked.connection} can sign you in to ${linked.organization} from now on`,
  paragraphs: [
    `A sign-in through ${linked.connection} was linked to ${linked.userName} at ${linked.organization} just now. Whoever has that account there can sign in as you.`,
  ],
  action: { label: 'That was not me: take it back', url: linked.undoUrl, isForRecipientAlone: true },
  closing: [
    `If you expected it, there is nothing to do. The link takes the sign-in away and works once, for ${linked.undoDays} days; nothing happens before you confirm it there.`,
  ],
})
