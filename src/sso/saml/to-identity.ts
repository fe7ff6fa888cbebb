// From a verified assertion to an ExternalIdentity, by the attribute names of the connection.
import type { ExternalIdentity, GroupsState } from '#access/sign-in/external-identity.ts'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { emailNameIdFormat } from '#connections/sign-in/presets.ts'
import type { VerifiedAssertion } from './read-assertion.ts'

/** In place of too many groups, Entra names an address to ask; it is never asked. */
const overageAttributes = new Set(['http://schemas.microsoft.com/claims/groups.link'])

const multipleFactors = 'http://schemas.microsoft.com/claims/multipleauthn'

export function identityOfAssertion({ settings }: SamlConnection, assertion: VerifiedAssertion): ExternalIdentity {
  const values = new Map(assertion.attributes.map(({ name, values: texts }) => [name, texts]))
  const all = (names: readonly string[]): string[][] =>
    names.map((name) => values.get(name)).filter((found) => found !== undefined)
  const first = (names: readonly string[]): string | null =>
    all(names)
      .flat()
      .map((text) => text.trim())
      .find((text) => text !== '') ?? null
  const { attributes } = settings
  const listed = all(attributes.groups)
  const isOverage = [...values.keys()].some((name) => overageAttributes.has(name))
  const groupsState: GroupsState = isOverage ? 'unknown-overage' : listed.length === 0 ? 'not-provided' : 'listed'
  return {
    subject: assertion.nameId,
    profile: {
      email: first(attributes.email) ?? addressOf(assertion),
      firstName: first(attributes.firstName),
      lastName: first(attributes.lastName),
      displayName: first(attributes.displayName),
      externalId: first(attributes.externalId),
      groups: isOverage ? [] : listed.flat().flatMap((text) => split(text, settings.groupSeparator)),
      roles: all(attributes.roles).flat(),
    },
    groupsState,
    emailVerification: 'unknown',
    providerSession: assertion.sessionIndex,
    notAfter: assertion.sessionNotOnOrAfter,
    hasSecondFactor: assertion.attributes.some(({ values: texts }) => texts.includes(multipleFactors)),
    idToken: null,
  }
}

/** Groups are not split on commas, which names hold; on another character only where the connection says so. */
const split = (text: string, separator: string | null): string[] =>
  (separator === null ? [text] : text.split(separator)).map((part) => part.trim()).filter((part) => part !== '')

const addressOf = ({ nameId, nameIdFormat }: VerifiedAssertion): string | null =>
  nameIdFormat === emailNameIdFormat || /^[^\s@]+@[^\s@]+$/.test(nameId) ? nameId : null
