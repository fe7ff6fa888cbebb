// From a verified assertion to an ExternalIdentity, by the attribute names of the connection.
import type { ExternalIdentity } from '#access/sign-in/external-identity.ts'
import { noteGroups, type ReadGroups, readGroups } from '#access/sign-in/read-groups.ts'
import { noted, refuse, type Trace } from '#access/sign-in/trace.ts'
import { emailNameIdFormat } from '#connections/settings/claims.ts'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { groupRuleOf } from '#connections/sign-in/group-rule.ts'
import { authnMethodsAttribute, twoFactorContexts, twoFactorMethods } from '#connections/sign-in/second-factors.ts'
import { emailVerificationOf, firstEmailAddresses, isEmailAddress } from '#directory/email-address.ts'
import { isPlainName, type VerifiedAssertion } from './read-assertion.ts'

/** In place of too many groups, Entra names an address to ask; it is never asked. */
const overageAttributes = new Set(['http://schemas.microsoft.com/claims/groups.link'])

/** Names under which providers send whether they have verified the address, whatever stands before them. */
const statementName = /^(email|emailaddress|mail)_?verified$|^is_?email_?verified$|^xms_?edov$/

export function identityOfAssertion(
  connection: SamlConnection,
  assertion: VerifiedAssertion,
  trace: Trace,
): ExternalIdentity {
  const { settings } = connection
  const values = new Map(assertion.attributes.map(({ name, values: texts }) => [name, texts.filter(isText)]))
  const all = (names: readonly string[]): string[][] =>
    names.map((name) => values.get(name)).filter((found) => found !== undefined)
  const first = (names: readonly string[]): string | null =>
    all(names)
      .flat()
      .map((text) => text.trim())
      .find((text) => text !== '') ?? null
  const { attributes } = settings
  const { groups, groupsState } = groupsOf(connection, assertion, trace)
  const emails = emailsOf(all(attributes.email), settings, assertion, trace)
  return {
    subject: subjectOf(connection, assertion, trace),
    nameId: assertion.nameId,
    emails,
    profile: {
      email: emails.length === 1 ? (emails[0] ?? null) : null,
      firstName: first(attributes.firstName),
      lastName: first(attributes.lastName),
      displayName: first(attributes.displayName),
      externalId: first(attributes.externalId),
      groups,
      roles: all(attributes.roles).flat(),
    },
    groupsState,
    emailVerification: emailVerificationOf(statementsIn(assertion)),
    providerSession: assertion.sessionIndex,
    notAfter: assertion.sessionNotOnOrAfter,
    authenticatedAt: assertion.authnInstant,
    hasSecondFactor:
      (values.get(authnMethodsAttribute) ?? []).some((method) => twoFactorMethods.has(method)) ||
      (assertion.authnContext !== null && twoFactorContexts.has(assertion.authnContext)),
    idToken: null,
  }
}

/** The NameID, or the attribute that the connection names instead. @throws SignInRefused where that is not one plain text */
function subjectOf({ settings }: SamlConnection, { nameId, attributes }: VerifiedAssertion, trace: Trace): string {
  const wanted = settings.subjectAttribute ?? null
  if (wanted === null) return nameId?.value ?? ''
  const [value, ...others] = attributes.find(({ name }) => name === wanted)?.values ?? []
  if (typeof value !== 'string' || others.length > 0 || !isPlainName(value))
    return refuse(trace, 'subject_attribute', `The attribute ${wanted} is not in the message as exactly one plain text`)
  return value
}

const isText = (value: string | null): value is string => value !== null

function groupsOf(connection: SamlConnection, { attributes }: VerifiedAssertion, trace: Trace): ReadGroups {
  if (attributes.some(({ name }) => overageAttributes.has(name))) return { groups: [], groupsState: 'unknown-overage' }
  const names = connection.settings.attributes.groups
  const found = attributes.filter(({ name }) => names.includes(name)).map(({ values }) => values)
  const read = readGroups(found, groupRuleOf(connection))
  noteGroups(trace, read, found.length > 0)
  return read
}

/** From the attributes; else the NameID, where its format or the connection says that it is an address. */
function emailsOf(
  listed: readonly string[][],
  { nameIdIsEmail }: SamlConnection['settings'],
  assertion: VerifiedAssertion,
  trace: Trace,
): string[] {
  const emails = firstEmailAddresses(listed)
  if (emails.length > 0) return emails
  if (listed.flat().some((text) => text.trim() !== ''))
    noted(trace, 'email', 'What the message has for an e-mail address is none')
  const { value: nameId, format } = assertion.nameId ?? { value: '', format: null }
  if (!nameId.includes('@')) return []
  if (format !== emailNameIdFormat && nameIdIsEmail !== true) {
    noted(trace, 'email', 'The NameID looks like an e-mail address, but its format does not say that it is one')
    return []
  }
  if (!isEmailAddress(nameId)) noted(trace, 'email', 'The NameID is no e-mail address')
  return firstEmailAddresses([[nameId]])
}

/** An attribute without a value states something, too, and not a yes. */
const statementsIn = ({ attributes }: VerifiedAssertion): unknown[] =>
  attributes
    .filter(({ name }) =>
      statementName.test(
        name
          .split(/[/:#.]/)
          .at(-1)
          ?.toLowerCase() ?? '',
      ),
    )
    .flatMap(({ values }) => (values.length === 0 ? [null] : values))
