// To whoever was given a role by hand, had one taken, or has another end of it.
import type { Letter } from '../letter.ts'
import { namedTime } from '../zones.ts'

const verbs = { given: 'gave you', taken: 'took from you', moved: 'changed the end of' }

export function accessChangedLetter(change: {
  kind: keyof typeof verbs
  role: string
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
  const { kind, role, brand, reason, expiresAt, organization } = change
  const who = change.actor ?? `An administrator of ${organization}`
  const until = expiresAt === null || kind === 'taken' ? '' : ` until ${namedTime(expiresAt, change.zone)}`
  return {
    subject: `Your access at ${organization} has changed`,
    paragraphs: [`${who} ${verbs[kind]} the role ${role} in ${brand ?? organization}${until}.`],
    quote: reason,
    action: { label: 'See my access', url: change.accountUrl },
    closing: ['You get this because what you may do has changed. If it looks wrong, ask your administrator.'],
  }
}
