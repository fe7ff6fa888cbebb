// To whoever is invited.
import type { Letter } from '../letter.ts'
import { namedTime } from '../zones.ts'

export const invitationLetter = (invitation: {
  organization: string
  /** Null for an administrator without a name. */
  inviter: string | null
  note: string | null
  /** What they will hold: the role, and the brand where it is held in one. */
  roles: readonly { role: string; brand: string | null; expiresAt: string | null }[]
  /** Single permissions on top, or taken. */
  overrides: readonly { permission: string; effect: 'allow' | 'deny'; brand: string | null; expiresAt: string | null }[]
  /** The provider through which everybody signs in; null where they choose a password or a passkey themselves. */
  provider: string | null
  expiresAt: string
  acceptUrl: string
  /** The reader's, where they are known already. */
  zone: string | undefined
}): Letter => ({
  subject: `You are invited to ${invitation.organization}`,
  paragraphs: [
    `${invitation.inviter ?? `An administrator of ${invitation.organization}`} invites you to join ${invitation.organization}.`,
    `You will be ${listed(invitation.roles.map((held) => inWords(held, invitation)))}.`,
    ...special(invitation),
    invitation.provider === null
      ? 'To set up your account, open the link and choose a password or a passkey. After that you sign in with this e-mail address.'
      : `You need no new password: open the link and sign in through ${invitation.provider}, as you do for your other work.`,
  ],
  quote: invitation.note,
  action: { label: 'Accept the invitation', url: invitation.acceptUrl, isForRecipientAlone: true },
  closing: [
    `The link is for you alone, works once, and is good until ${namedTime(invitation.expiresAt, invitation.zone)}. If you did not expect this, you need not do anything.`,
  ],
})

type Special = Pick<Parameters<typeof invitationLetter>[0], 'overrides' | 'organization' | 'zone'>

const verbs = { allow: 'may', deny: 'may not' }

const special = ({ overrides, ...where }: Special): string[] =>
  overrides.length === 0
    ? []
    : [
        `As an exception, you ${listed(
          overrides.map(({ permission, effect, ...held }) =>
            inWords({ ...held, role: `${verbs[effect]} ${permission}` }, where),
          ),
        )}.`,
      ]

function inWords(
  { role, brand, expiresAt }: { role: string; brand: string | null; expiresAt: string | null },
  { organization, zone }: { organization: string; zone: string | undefined },
): string {
  const until = expiresAt === null ? '' : ` until ${namedTime(expiresAt, zone)}`
  return `${role} in ${brand ?? organization}${until}`
}

const listed = (parts: readonly string[]): string =>
  parts.length <= 1 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
