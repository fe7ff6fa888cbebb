// To whoever is invited.
import type { LetterIn } from '../letter.ts'
import { listed } from '../lists.ts'
import type { Language } from '../texts/languages.ts'
import { say } from '../texts/say.ts'
import { namedTime } from '../zones.ts'

type Held = { brand: string | null; expiresAt: string | null }

type Override = Held & { permission: string; effect: 'allow' | 'deny' }

export type InvitationLetter = {
  organization: string
  /** Null for an administrator without a name. */
  inviter: string | null
  note: string | null
  /** What they will hold: the role, and the brand where it is held in one. */
  roles: readonly (Held & { role: string })[]
  /** Single permissions on top, or taken. */
  overrides: readonly Override[]
  /** The provider through which everybody signs in; null where they choose a password or a passkey themselves. */
  provider: string | null
  expiresAt: string
  acceptUrl: string
  /** The reader's, where they are known already. */
  zone: string | undefined
}

export const invitationLetter =
  (invitation: InvitationLetter): LetterIn =>
  (language) => {
    const { organization, provider, zone } = invitation
    const inviter = invitation.inviter ?? say(language, 'mail.administrator', { organization })
    const roles = invitation.roles.map((held) => heldInWords(held.role, held, invitation, language))
    return {
      subject: say(language, 'invitation.subject', { organization }),
      paragraphs: [
        say(language, 'invitation.lead', { inviter, organization }),
        say(language, 'invitation.roles', { roles: listed(roles, language) }),
        ...exceptions(invitation, 'allow', language),
        ...exceptions(invitation, 'deny', language),
        provider === null ? say(language, 'invitation.choose') : say(language, 'invitation.provider', { provider }),
      ],
      quote: invitation.note,
      action: {
        label: say(language, 'invitation.action'),
        url: invitation.acceptUrl,
        isForRecipientAlone: true,
      },
      closing: [say(language, 'invitation.closing', { time: namedTime(invitation.expiresAt, zone, language) })],
    }
  }

const sentences = { allow: 'invitation.allowed', deny: 'invitation.denied' } as const

function exceptions(invitation: InvitationLetter, effect: Override['effect'], language: Language): string[] {
  const own = invitation.overrides.filter((override) => override.effect === effect)
  if (own.length === 0) return []
  const permissions = own.map((held) => heldInWords(held.permission, held, invitation, language))
  return [say(language, sentences[effect], { permissions: listed(permissions, language) })]
}

function heldInWords(
  role: string,
  { brand, expiresAt }: Held,
  { organization, zone }: Pick<InvitationLetter, 'organization' | 'zone'>,
  language: Language,
): string {
  const place = brand ?? organization
  return expiresAt === null
    ? say(language, 'mail.held', { role, place })
    : say(language, 'mail.heldUntil', { role, place, time: namedTime(expiresAt, zone, language) })
}
