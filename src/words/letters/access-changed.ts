// To whoever was given a role by hand, had one taken, or has another end of it.
import type { Letter } from '../letter.ts'
import { namedTime } from '../zones.ts'

const verbs = { given: 'gave you', taken: 'took from you', moved: 'changed the end of' }

/** A permission that is taken from one person. */
const denials = { given: 'took from you', taken: 'gave you back', moved: 'changed until when you are without' }

export function accessChangedLetter(change: {
  kind: keyof typeof verbs
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
}): Letter {
  const { kind, role, override = null, brand, reason, expiresAt, organization } = change
  const who = change.actor ?? `An administrator of ${organization}`
  const until = expiresAt === null || kind === 'taken' ? '' : ` until ${namedTime(expiresAt, change.zone)}`
  const verb = (override?.effect === 'deny' ? denials : verbs)[kind]
  const instead = change.insteadOf === undefined ? '' : `, in place of ${change.insteadOf}`
  const what = override === null ? `the role ${role}` : `the permission ${override.permission}`
  return {
    subject: `Your access at ${organization} has changed`,
    paragraphs: [`${who} ${verb} ${what} in ${brand ?? organization}${until}${instead}.`],
    quote: reason,
    action: { label: 'See my access', url: change.accountUrl },
    closing: ['You get this because what you may do has changed. If it looks wrong, ask your administrator.'],
  }
}
