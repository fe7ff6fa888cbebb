// To whoever was given a role by hand, had one taken, or has another end of it.
import type { LetterIn } from '../letter.ts'
import { say } from '../texts/say.ts'
import { namedTime } from '../zones.ts'

type Change = {
  kind: 'given' | 'taken' | 'moved'
  role: string
  /** The role that it takes the place of. */
  insteadOf?: string | undefined
  /** One permission for this person alone, given or taken, in place of the role. */
  override?: { permission: string; effect: 'allow' | 'deny' } | null
  brand: string | null
  reason: string | null
  expiresAt: string | null
  organization: string
  /** Who did it; null for an administrator without a name. */
  actor: string | null
  accountUrl: string
  /** The reader's. */
  zone: string | undefined
}

const sentences = {
  role: { given: 'changed.roleGiven', taken: 'changed.roleTaken', moved: 'changed.roleMoved' },
  allow: { given: 'changed.allowGiven', taken: 'changed.allowTaken', moved: 'changed.allowMoved' },
  deny: { given: 'changed.denyGiven', taken: 'changed.denyTaken', moved: 'changed.denyMoved' },
} as const

const yes = (is: boolean): string => (is ? 'yes' : 'no')

export const accessChangedLetter =
  ({ kind, role, insteadOf, override = null, brand, expiresAt, organization, ...change }: Change): LetterIn =>
  (language) => ({
    subject: say(language, 'changed.subject', { organization }),
    paragraphs: [
      say(language, sentences[override?.effect ?? 'role'][kind], {
        who: change.actor ?? say(language, 'mail.administrator', { organization }),
        place: brand ?? organization,
        ...{ role, permission: override?.permission ?? '' },
        ...{
          ends: yes(expiresAt !== null),
          time: expiresAt === null ? '' : namedTime(expiresAt, change.zone, language),
        },
        ...{ replaces: yes(insteadOf !== undefined), former: insteadOf ?? '' },
      }),
    ],
    quote: change.reason,
    action: { label: say(language, 'changed.action'), url: change.accountUrl },
    closing: [say(language, 'changed.closing')],
  })
