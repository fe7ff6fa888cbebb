// To whoever is invited.
import type { Letter } from '../letter.ts'
import { namedTime } from '../zones.ts'

export const invitationLetter = (invitation: {
  organization: string
  /** Null for an administrator without a name. */
  inviter: string | null
  note: string | null
  expiresAt: string
  acceptUrl: string
  /** The reader's, where they are known already. */
  zone: string | undefined
}): Letter => ({
  subject: `You are invited to ${invitation.organization}`,
  paragraphs: [
    `${invitation.inviter ?? `An administrator of ${invitation.organization}`} invites you to join ${invitation.organization}.`,
  ],
  quote: invitation.note,
  action: { label: 'Accept the invitation', url: invitation.acceptUrl, isForRecipientAlone: true },
  closing: [
    `The link is for you alone, works once, and is good until ${namedTime(invitation.expiresAt, invitation.zone)}. If you did not expect this, you need not do anything.`,
  ],
})
