// What the trace of a sign-in holds, as names with their values: what the provider sent, and what was taken from it.
import { exactTime } from '#words/times.ts'
import { Facts } from './content.tsx'

type Fact = { term: string; value: string }
type Values = Readonly<Record<string, unknown>>

/** What the message said, under the provider's own names: those that an administrator compares with its set-up. */
export const ReceivedValues = ({ received }: { received: Values }) => (
  <FactsOr facts={flattened(received)} empty="Nothing that can be shown: it was refused before it was read." />
)

/** What became of the message here: whom it names, and by which values. */
export const TakenValues = ({ mapped: { access, profile, how, userId, ...further } }: { mapped: Values }) => {
  const taken = [
    ...Object.entries(isValues(profile) ? profile : {}).map(([name, value]) => fact(profileWords[name] ?? name, value)),
    ...(typeof how === 'string' ? [fact('Who that is', personWords[how] ?? how)] : []),
    ...flattened(further),
  ]
  return <FactsOr facts={taken} empty="It was refused before anything was made of it." />
}

const FactsOr = ({ facts, empty }: { facts: readonly Fact[]; empty: string }) =>
  facts.length === 0 ? <p>{empty}</p> : <Facts facts={facts} />

const profileWords: Record<string, string> = {
  email: 'E-mail address',
  firstName: 'First name',
  lastName: 'Last name',
  displayName: 'Display name',
  externalId: 'ID at the directory',
  groups: 'Groups',
  roles: 'Roles',
}

const personWords: Record<string, string> = {
  identity: 'Somebody who has signed in with this identity before',
  linked: 'Somebody who is here already, found by these values',
  created: 'Nobody yet: the person is created by the sign-in',
}

/** The parts of a message, which carry names of ours; what stands below them is under the provider's own. */
const partWords: Record<string, string> = {
  idToken: 'ID token',
  userinfo: 'Userinfo',
  id: 'Message',
  issuer: 'Issuer',
  nameId: 'NameID',
  nameIdParts: 'NameID',
  attributes: 'Attribute',
  expiresAt: 'Good until',
  sessionIndex: 'Session index',
  sessionNotOnOrAfter: 'The session ends',
  authnInstant: 'Time of the sign-in',
  authnContext: 'Kind of the sign-in',
}

/** Claims that are seconds since 1970 (RFC 7519 2). */
const timeClaims = new Set(['exp', 'iat', 'nbf', 'auth_time', 'updated_at'])

const isValues = (value: unknown): value is Values =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const textOf = (value: unknown): string =>
  value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value ?? '')

const fact = (term: string, value: unknown): Fact => {
  const text = Array.isArray(value) ? value.map(textOf).join(', ') : textOf(value)
  return { term, value: text === '' ? '—' : text }
}

/** `1795865368 (Sat, 28 Nov 2026 11:29:28 UTC)` */
const withTime = (value: unknown): unknown =>
  typeof value === 'number' && value > 1e9 && value < 1e10
    ? `${value} (${exactTime(new Date(value * 1000).toISOString())})`
    : value

/** Names with their values, those of objects below a path. */
function flattened(values: Values, prefix = ''): Fact[] {
  return Object.entries(values).flatMap(([name, value]): Fact[] => {
    const term = `${prefix}${prefix === '' ? (partWords[name] ?? name) : name}`
    if (isValues(value)) return flattened(value, `${term} › `)
    return Array.isArray(value) && value.some(isValues)
      ? value.flatMap((each) => listed(term, each))
      : [fact(term, timeClaims.has(name) ? withTime(value) : value)]
  })
}

/** SAML attributes come as a list of names with their values. */
const listed = (term: string, each: unknown): Fact[] =>
  isValues(each) && typeof each['name'] === 'string' && Array.isArray(each['values'])
    ? [fact(`${term} › ${each['name']}`, each['values'])]
    : [fact(term, each)]

const checks: Record<string, string> = {
  connection: 'State of the connection',
  id_token: 'ID token',
  in_response_to: 'Answer to our request',
  jit_domain: 'Domain of the address',
  groups_absent: 'Groups are left out',
  inactive: 'The person is deactivated',
  unknown_user: 'Nobody here is meant',
  name_id: 'NameID',
  iat: 'Time of issue',
  azp: 'Authorized party (azp)',
  'azp, iat, exp, sub, at_hash, c_hash': 'Party, times, subject and hashes',
}

/** What a check is called, and a reason to refuse. */
export const checkWords = (check: string): string => {
  const words = checks[check] ?? check.replaceAll('_', ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
