// Facts in the words of people: times, where a role comes from.
import type { AssignmentSource } from '#access/evaluate.ts'

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
