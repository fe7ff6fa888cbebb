// Facts in the words of people: times, where a role comes from.
import type { AssignmentSource } from '#access/decisions/evaluate.ts'
import type { OwnChange } from '#access/people/own/own-changes.ts'

const dateAndTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** `31 January 2030 at 12:00 UTC` */
export const timeInWords = (time: string): string => `${dateAndTime.format(new Date(time))} UTC`

const spans = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
] as const

/** `5 minutes ago`; under two minutes `just now`, beyond a week the date. */
export function agoInWords(time: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(time)) / 1000
  if (seconds > 7 * 86_400) return timeInWords(time)
  const span = spans.find((each) => seconds >= each.seconds)
  if (span === undefined || seconds < 120) return 'just now'
  const count = Math.floor(seconds / span.seconds)
  return `${count} ${span.unit}${count === 1 ? '' : 's'} ago`
}

const signInWays = {
  saml: 'your company sign-in',
  oidc: 'your company sign-in',
  password: 'your password',
  passkey: 'a passkey',
  emergency: 'an emergency account',
}

/** `with Okta and a second factor` */
export function signedInWith(session: {
  method: keyof typeof signInWays
  connectionName: string | null
  hasSecondFactor: boolean
}): string {
  const way = session.connectionName ?? signInWays[session.method]
  return `with ${way}${session.hasSecondFactor ? ' and a second factor' : ''}`
}

/** From the person's own group to what gives the role. */
export function sourceInWords(source: AssignmentSource): string {
  if (source.type === 'direct') return `An administrator gave it to you: ${source.reason}`
  if (source.filter !== null) return `Your organization gives it to everybody whose profile says: ${source.filter}`
  const names = source.path.map(({ displayName }) => displayName)
  const [own = 'a group', ...above] = names
  const reached = above.map((name) => `, which belongs to ${name}`).join('')
  return `You are in the group ${own}${reached}; your organization gives this role to that group`
}

/** A change of somebody's own access, as they are told: `You were given Editor in Aurora`. */
export function changeInWords({ action, role, brand, group, reason }: OwnChange): string {
  const what = `${role ?? 'a role'}${brand === null ? '' : ` in ${brand}`}`
  const why = reason === null ? '' : `: ${reason}`
  const sentences: Record<OwnChange['action'], string> = {
    'assignment.create': `You were given ${what}${why}`,
    'assignment.update': `How long or why you hold ${what} was changed`,
    'assignment.delete': `${what} was taken back from you`,
    'group.members_added': `You joined the group ${group ?? 'that is gone by now'}`,
    'group.members_removed': `You left the group ${group ?? 'that is gone by now'}`,
    'mapping.create': `Your group ${group ?? ''} now gives ${what}`,
    'mapping.delete': `Your group ${group ?? ''} no longer gives ${what}`,
    'role.update': `What ${role ?? 'your role'} allows was changed`,
    'user.reactivate': 'You were let in again',
  }
  return sentences[action]
}

const unnamedActors: Partial<Record<OwnChange['actor']['type'], string>> = {
  directory: 'Your company’s directory',
  operator: 'The operator',
  system: 'Happened by itself',
}

/** Who changed something. */
export const actorInWords = ({ type, name }: OwnChange['actor']): string =>
  name ?? unnamedActors[type] ?? 'An administrator'
