// From ID token (and userinfo) claims to an ExternalIdentity, by the names that the connection's preset gives.

import type { ExternalIdentity } from '#access/sign-in/external-identity.ts'
import { noteGroups, type ReadGroups, readGroups } from '#access/sign-in/read-groups.ts'
import { noted, refuse, type Trace } from '#access/sign-in/trace.ts'
import { emailStatementClaims } from '#connections/settings/claims.ts'
import type { OidcConnection } from '#connections/sign-in/connections.ts'
import { groupRuleOf } from '#connections/sign-in/group-rule.ts'
import { hasTwoFactors } from '#connections/sign-in/second-factors.ts'
import { emailVerificationOf, firstEmailAddresses } from '#directory/email-address.ts'
import { type Claims, claimAt } from './claim-path.ts'

/** What the provider has said of the person. */
export type Heard = {
  idToken: Claims
  userinfo: Claims
  /** Whether that is all that the provider would say: userinfo answered, and the scopes were granted. */
  isWhole: boolean
}

/** @throws SignInRefused where the claims name no stable subject, or one of a domain that the connection does not take */
export function identityOfClaims(connection: OidcConnection, heard: Heard, trace: Trace): ExternalIdentity {
  const { settings } = connection
  const { idToken, userinfo } = heard
  // What the token says wins; userinfo fills in what it leaves out.
  const claims: Claims = { ...userinfo, ...idToken }
  requireHostedDomain(settings.hostedDomains, claims, trace)
  const claimOf = (name: string): unknown => {
    const value = claimAt(claims, name)
    return value === undefined ? claimAt(userinfo, name) : value
  }
  const first = (names: readonly string[]): string | null =>
    (names.map(claimOf).find((value) => typeof value === 'string' && value !== '') as string | undefined) ?? null
  const { email, firstName, lastName, displayName, externalId } = settings.claims
  const { groups, groupsState } = groupsOf(connection, { claims, claimOf, isWhole: heard.isWhole }, trace)
  const named = email.map((name) => texts(claimOf(name)))
  const emails = firstEmailAddresses(named)
  if (emails.length === 0 && named.flat().length > 0)
    noted(trace, 'email', 'What the token has for an e-mail address is none')
  return {
    subject: subjectOf(settings.subjectClaims, idToken, trace),
    nameId: null,
    emails,
    profile: {
      email: emails.length === 1 ? (emails[0] ?? null) : null,
      firstName: first(firstName),
      lastName: first(lastName),
      displayName: first(displayName),
      externalId: first(externalId),
      groups,
      roles: settings.claims.roles.flatMap((name) => texts(claimOf(name))),
    },
    groupsState,
    emailVerification: verificationOf(settings.emailVerifiedClaim, [idToken, userinfo]),
    providerSession: first(['sid']),
    notAfter: sessionEnd(own(claims, 'session_expiry')),
    authenticatedAt: authenticatedAtOf(own(idToken, 'auth_time')),
    hasSecondFactor: hasTwoFactors(connection.preset, {
      amr: texts(own(idToken, 'amr')),
      acr: texts(own(idToken, 'acr'))[0] ?? null,
    }),
    idToken: null,
  }
}

/** The last second that both JavaScript and PostgreSQL write with a year of four digits; what is later bounds nothing. */
const lastSecond = 253_402_300_799

const sessionEnd = (seconds: unknown): string | null =>
  typeof seconds === 'number' && seconds <= lastSecond ? new Date(Math.max(0, seconds) * 1000).toISOString() : null

const own = (claims: Claims, name: string): unknown => (Object.hasOwn(claims, name) ? claims[name] : undefined)

/** A list may come as one bare text. */
const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string' && item !== '')

function subjectOf(names: readonly string[], claims: Claims, trace: Trace): string {
  const parts = names.map((name) => own(claims, name))
  const isComplete = parts.every((part) => typeof part === 'string' && part !== '' && part.length <= 500)
  if (!isComplete) refuse(trace, 'subject', `The token lacks a claim that names the person (${names.join(', ')})`)
  return parts.join(':')
}

/**
 * Every statement in the token and in userinfo counts, whichever claim the preset goes by: one that is no plain yes denies.
 * That it is verified, only the preset's own claim can say.
 */
function verificationOf(believed: string | null, sources: readonly Claims[]): ExternalIdentity['emailVerification'] {
  const stated = (name: string): unknown[] =>
    sources.filter((claims) => Object.hasOwn(claims, name)).map((claims) => claims[name])
  const names = new Set<string>([...emailStatementClaims, ...(believed === null ? [] : [believed])])
  if (emailVerificationOf([...names].flatMap(stated)) === 'denied') return 'denied'
  return believed === null ? 'unknown' : emailVerificationOf(stated(believed))
}

const authenticatedAtOf = (seconds: unknown): string | null =>
  typeof seconds === 'number' && seconds >= 0 && seconds <= lastSecond ? new Date(seconds * 1000).toISOString() : null

function requireHostedDomain(domains: readonly string[] | null, claims: Claims, trace: Trace): void {
  if (domains === null) return
  const hosted = own(claims, 'hd')
  if (typeof hosted !== 'string') refuse(trace, 'hosted_domain', 'The account belongs to no Google Workspace')
  if (domains.length > 0 && !domains.includes(hosted.toLowerCase()))
    refuse(trace, 'hosted_domain', `The account belongs to the Workspace ${hosted}`)
}

type Named = Pick<Heard, 'isWhole'> & { claims: Claims; claimOf(name: string): unknown }

function groupsOf(connection: OidcConnection, { claims, claimOf, isWhole }: Named, trace: Trace): ReadGroups {
  if (isOverage(connection, claims)) return { groups: [], groupsState: 'unknown-overage' }
  const found = connection.settings.claims.groups.map(claimOf).filter((value) => value !== undefined)
  const rule = groupRuleOf(connection)
  const read = readGroups(found, { ...rule, isAbsenceNone: rule.isAbsenceNone && isWhole })
  noteGroups(trace, read, found.length > 0)
  return read
}

// Entra names a URL to ask instead; it is never asked, since what names it came from outside (wire 17).
function isOverage(connection: OidcConnection, claims: Claims): boolean {
  const elsewhere = own(claims, '_claim_names')
  const isElsewhere =
    typeof elsewhere === 'object' &&
    elsewhere !== null &&
    connection.settings.claims.groups.some((name) => Object.hasOwn(elsewhere, name))
  return isElsewhere || own(claims, 'hasgroups') === true || own(claims, 'hasgroups') === 'true'
}
