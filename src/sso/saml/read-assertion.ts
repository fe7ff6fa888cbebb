// Reads a verified assertion (SAML Core 2.3, Profiles 4.1.4.2/3) and checks what it says of itself: exactly one of everything
// that counts, issued by our provider, for us, now, in answer to our request.

import type { NameId } from '#access/sign-in/sessions/name-id.ts'
import type { TraceStep } from '#access/sign-in/trace.ts'
import { assertionNamespace, bearerMethod, transientFormat } from './names.ts'
import { Refusal, requireThat } from './verdict.ts'
import { childrenOf, type XmlElement } from './xml.ts'

export type AssertionExpectations = {
  idpEntityId: string
  /** The audience. */
  entityId: string
  /** The recipient. */
  acsUrl: string
  /** Milliseconds since 1970. */
  now: number
  /** The ID of our request; null for a message that the provider began. */
  requestId: string | null
  /** Whether an attribute names the person instead, so that the NameID may be transient or left out. */
  isNamedByAttribute: boolean
}

export type VerifiedAssertion = {
  id: string
  issuer: string
  nameId: NameId | null
  sessionIndex: string | null
  /** When the provider wants the session to end. */
  sessionNotOnOrAfter: string | null
  /** When the assertion could no longer be used, skew included; until then it counts once. */
  expiresAt: string
  authnContext: string | null
  /** When the person proved who they are; null where the provider does not say. */
  authnInstant: string | null
  /** Null in the place of a value that is no text: with elements in it, or nil. */
  attributes: { name: string; values: (string | null)[] }[]
}

const skewMillis = 60_000
const maxAgeMillis = 5 * 60_000
const maxValues = 2_000

/** @throws Refusal naming the first check that fails */
export function readAssertion(
  assertion: XmlElement,
  expected: AssertionExpectations,
  steps: TraceStep[],
): VerifiedAssertion {
  const passed = (check: string, detail?: string): void => {
    steps.push({ check, result: 'ok', ...(detail === undefined ? {} : { detail }) })
  }
  const isAssertion = assertion.namespace === assertionNamespace && assertion.name === 'Assertion'
  requireThat(
    isAssertion && assertion.attributes.get('Version') === '2.0',
    'assertion_form',
    'This is no SAML 2.0 assertion',
  )
  const id = assertion.attributes.get('ID') ?? ''
  requireThat(id !== '', 'assertion_form', 'The assertion has no ID')
  const issuer = exactlyOne(assertion, 'Issuer').text
  requireThat(issuer === expected.idpEntityId, 'issuer', `The assertion was issued by ${issuer.slice(0, 200)}`)
  passed('issuer', issuer)
  requireFresh(assertion, expected.now)
  passed('issue_instant')
  const subject = exactlyOne(assertion, 'Subject')
  const attributes = readAttributes(assertion)
  const nameId = readNameId(subject, expected.isNamedByAttribute, attributes)
  const confirmedUntil = requireBearer(subject, expected)
  passed('subject_confirmation', 'bearer, for our address and our request')
  const conditionsUntil = checkConditions(exactlyOne(assertion, 'Conditions'), expected)
  passed('conditions', 'within its time, and we are the audience')
  const statement = exactlyOne(assertion, 'AuthnStatement')
  const sessionNotOnOrAfter = statement.attributes.get('SessionNotOnOrAfter') ?? null
  const sessionEnd = sessionNotOnOrAfter === null ? null : instant(sessionNotOnOrAfter, 'SessionNotOnOrAfter')
  requireThat(
    sessionEnd === null || sessionEnd > expected.now,
    'session_ended',
    'The session at the provider has ended',
  )
  return {
    ...{ id, issuer, nameId, attributes },
    sessionIndex: statement.attributes.get('SessionIndex') ?? null,
    sessionNotOnOrAfter: sessionEnd === null ? null : new Date(sessionEnd).toISOString(),
    expiresAt: new Date(Math.max(confirmedUntil, conditionsUntil) + 2 * skewMillis).toISOString(),
    authnContext: contextOf(statement),
    authnInstant: authnInstantOf(statement),
  }
}

function exactlyOne(parent: XmlElement, name: string): XmlElement {
  const found = childrenOf(parent, assertionNamespace, name)
  requireThat(found.length === 1, 'assertion_form', `The assertion has ${found.length} elements ${name} instead of one`)
  return found[0] as XmlElement
}

/** RFC 3339 with a time zone, or refused: a time without zone could mean anything. */
function instant(text: string, what: string): number {
  const isDateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)
  const millis = isDateTime ? Date.parse(text) : Number.NaN
  if (Number.isNaN(millis)) throw new Refusal('assertion_form', `${what} is no date and time: ${text.slice(0, 40)}`)
  return millis
}

const secondsBetween = (from: number, to: number): number => Math.round((to - from) / 1000)

const ranOut = (what: string, until: number, now: number): string =>
  `${what} ran out ${secondsBetween(until, now)} seconds ago; compare the clocks`

function requireFresh(assertion: XmlElement, now: number): void {
  const issued = instant(assertion.attributes.get('IssueInstant') ?? '', 'IssueInstant')
  const seconds = secondsBetween(issued, now)
  requireThat(
    issued <= now + skewMillis,
    'issue_instant',
    `The assertion was issued ${-seconds} seconds in the future; compare the clocks`,
  )
  requireThat(
    issued >= now - maxAgeMillis - skewMillis,
    'issue_instant',
    `The assertion is ${seconds} seconds old, and may be five minutes`,
  )
}

function readNameId(
  subject: XmlElement,
  isNamedByAttribute: boolean,
  attributes: VerifiedAssertion['attributes'],
): NameId | null {
  const nameIds = childrenOf(subject, assertionNamespace, 'NameID')
  if (nameIds.length === 0 && isNamedByAttribute) return null
  requireThat(
    nameIds.length === 1,
    'name_id',
    `The subject has ${nameIds.length} NameIDs instead of one${insteadOf(attributes)}`,
  )
  const nameId = nameIdOf(nameIds[0] as XmlElement)
  requireThat(
    nameId.format !== transientFormat || isNamedByAttribute,
    'name_id',
    `The NameID is transient: it names nobody beyond this sign-in${insteadOf(attributes)}`,
  )
  return nameId
}

/** What an administrator could name instead. */
function insteadOf(attributes: VerifiedAssertion['attributes']): string {
  const names = attributes.filter(({ values }) => values.length === 1 && values[0] !== null).map(({ name }) => name)
  return names.length === 0
    ? ''
    : `. The connection may name an attribute instead; there are ${names.slice(0, 10).join(', ')}`
}

/** The name with what belongs to it. @throws Refusal (reason `name_id`) for what is no plain text */
export function nameIdOf(element: XmlElement): NameId {
  // Whatever is around a name belongs to it: cut off, two people could become one.
  const value = element.text
  requireThat(
    element.children.length === 0 && isPlainName(value),
    'name_id',
    'The NameID is empty, too long, has blanks around it or is no plain text',
  )
  const attribute = (name: string): string | null => element.attributes.get(name) ?? null
  return {
    ...{ value, format: attribute('Format') },
    ...{ nameQualifier: attribute('NameQualifier'), spNameQualifier: attribute('SPNameQualifier') },
  }
}

/** Whether a text can name somebody: not empty, on one line, without blanks around it, not too long. */
export const isPlainName = (text: string): boolean =>
  text.trim() === text && text !== '' && text.length <= 1_000 && !/\p{Cc}/u.test(text)

/** @returns until when it is confirmed, in milliseconds */
function requireBearer(subject: XmlElement, expected: AssertionExpectations): number {
  const confirmations = childrenOf(subject, assertionNamespace, 'SubjectConfirmation').filter(
    ({ attributes }) => attributes.get('Method') === bearerMethod,
  )
  requireThat(
    confirmations.length === 1,
    'subject_confirmation',
    'The subject is not confirmed by exactly one bearer confirmation',
  )
  const data = exactlyOne(confirmations[0] as XmlElement, 'SubjectConfirmationData')
  const value = (name: string): string | undefined => data.attributes.get(name)
  requireThat(
    value('Recipient') === expected.acsUrl,
    'recipient',
    `The assertion is for ${value('Recipient') ?? 'nobody'}`,
  )
  requireThat(
    value('NotBefore') === undefined,
    'subject_confirmation',
    'The confirmation has a NotBefore, which the profile forbids',
  )
  const until = instant(value('NotOnOrAfter') ?? '', 'NotOnOrAfter of the confirmation')
  requireThat(expected.now < until + skewMillis, 'expired', ranOut('The confirmation', until, expected.now))
  const inResponseTo = value('InResponseTo') ?? null
  const isAnswer = inResponseTo === expected.requestId
  requireThat(isAnswer, 'in_response_to', 'The assertion does not answer the request that this browser sent')
  return until
}

/** @returns until when they hold, in milliseconds */
function checkConditions(conditions: XmlElement, expected: AssertionExpectations): number {
  const notBefore = conditions.attributes.get('NotBefore')
  const notOnOrAfter = conditions.attributes.get('NotOnOrAfter')
  if (notBefore !== undefined) {
    const isReached = expected.now >= instant(notBefore, 'NotBefore') - skewMillis
    const seconds = secondsBetween(expected.now, instant(notBefore, 'NotBefore'))
    requireThat(isReached, 'not_yet_valid', `The assertion is valid only in ${seconds} seconds; compare the clocks`)
  }
  const until = instant(notOnOrAfter ?? '', 'NotOnOrAfter of the conditions')
  requireThat(expected.now < until + skewMillis, 'expired', ranOut('The assertion', until, expected.now))
  const restrictions = childrenOf(conditions, assertionNamespace, 'AudienceRestriction')
  requireThat(restrictions.length > 0, 'audience', 'The assertion says nothing of its audience')
  for (const restriction of restrictions) {
    const audiences = childrenOf(restriction, assertionNamespace, 'Audience').map(({ text }) => text)
    const isForUs = audiences.includes(expected.entityId)
    requireThat(isForUs, 'audience', `The assertion is for the audience ${audiences.join(', ').slice(0, 200)}`)
  }
  return until
}

const authnInstantOf = (statement: XmlElement): string | null => {
  const text = statement.attributes.get('AuthnInstant')
  return text === undefined ? null : new Date(instant(text, 'AuthnInstant')).toISOString()
}

const contextOf = (statement: XmlElement): string | null => {
  const [context] = childrenOf(statement, assertionNamespace, 'AuthnContext')
  const [reference] = context === undefined ? [] : childrenOf(context, assertionNamespace, 'AuthnContextClassRef')
  return reference?.text.trim() ?? null
}

/** Attributes of one name are one (Keycloak sends a group each). */
function readAttributes(assertion: XmlElement): VerifiedAssertion['attributes'] {
  const byName = new Map<string, (string | null)[]>()
  let count = 0
  for (const statement of childrenOf(assertion, assertionNamespace, 'AttributeStatement')) {
    for (const attribute of childrenOf(statement, assertionNamespace, 'Attribute')) {
      const name = attribute.attributes.get('Name') ?? ''
      const values = childrenOf(attribute, assertionNamespace, 'AttributeValue')
      count += values.length
      requireThat(count <= maxValues, 'attributes', `The assertion has more than ${maxValues} attribute values`)
      byName.set(name, [...(byName.get(name) ?? []), ...values.map(textOf)])
    }
  }
  return [...byName].map(([name, values]) => ({ name, values }))
}

/** Plain text, whatever type it claims to be; null for what is none. */
function textOf({ children, text, attributes }: XmlElement): string | null {
  const isNil = /^(true|1)$/.test(attributes.get(`{${schemaInstance}}nil`) ?? '')
  return children.length > 0 || isNil ? null : text
}

const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance'
