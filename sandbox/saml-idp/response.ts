// SAML 2.0 responses as unsigned XML (SAML Core §2.3, §3.3.3). Everything has a truthful default; what a test wants
// otherwise it replaces, and null leaves a part out.
import { randomBytes } from 'node:crypto'
import { confirmationMethods, namespaces, passwordContext, statusCodes } from './names.ts'
import { element, escapeXml, type XmlText, xmlText } from './xml.ts'

export type NameId = { format?: string | null; value: XmlText; nameQualifier?: string; spNameQualifier?: string }

export type SamlAttribute = { name: string; values: readonly XmlText[]; nameFormat?: string; friendlyName?: string }

/** A moment, or text that poses as one. */
export type Moment = Date | string

export type SamlStatus = { code: string; subcode?: string; message?: string }

export type ResponseTimes = {
  issueInstant: Moment | null
  /** Of the conditions. */
  notBefore: Moment | null
  notOnOrAfter: Moment | null
  confirmationNotBefore: Moment | null
  confirmationNotOnOrAfter: Moment | null
  authnInstant: Moment | null
  sessionNotOnOrAfter: Moment | null
}

export type Confirmation = {
  method?: string
  inResponseTo?: string | null
  recipient?: string | null
  notBefore?: Moment | null
  notOnOrAfter?: Moment | null
  /** null: no SubjectConfirmationData at all. */
  data?: null
}

export type ResponseOptions = {
  issuer: string
  acsUrl: string
  audience: string
  nameId: NameId | null
  /** null or missing: nobody asked. */
  inResponseTo?: string | null
  /** The ACS address unless told. */
  destination?: string | null
  recipient?: string | null
  attributes?: readonly SamlAttribute[]
  sessionIndex?: string | null
  status?: SamlStatus | null
  now?: Date
  times?: Partial<ResponseTimes>
  ids?: { response?: string; assertion?: string }
  /** Parts of the Response that differ from the above. */
  response?: {
    issuer?: string | null
    inResponseTo?: string | null
    version?: string | null
    /** XML between Issuer and Status. */
    extensions?: string
    /** XML of the assertions instead of the one built; an empty list for none. */
    assertions?: readonly string[]
  }
  /** Parts of the Assertion that differ from the above. Strings are XML. */
  assertion?: {
    issuer?: string | null
    version?: string | null
    subject?: string | null
    confirmations?: readonly Confirmation[]
    conditions?: string | null
    /** Each inner list is one AudienceRestriction. */
    audiences?: readonly (readonly string[])[]
    authnStatement?: string | null
    attributeStatement?: string | null
    /** XML at the end. */
    extra?: string
  }
}

const lifetimeMs = 5 * 60 * 1000

/** A new random ID, which must not begin with a digit. */
export const newId = (): string => `_${randomBytes(20).toString('hex')}`

/** A moment as xs:dateTime; text is taken as it is. */
export const instant = (moment: Moment | null): string | null =>
  moment instanceof Date ? moment.toISOString() : moment

function timesOf(options: ResponseOptions): ResponseTimes {
  const now = options.now ?? new Date()
  const notOnOrAfter = options.times?.notOnOrAfter ?? new Date(now.getTime() + lifetimeMs)
  return {
    issueInstant: now,
    notBefore: now,
    notOnOrAfter,
    confirmationNotBefore: null,
    confirmationNotOnOrAfter: notOnOrAfter,
    authnInstant: now,
    sessionNotOnOrAfter: null,
    ...options.times,
  }
}

/** The whole Response, unsigned. */
export function buildResponse(options: ResponseOptions): string {
  const { response = {} } = options
  const attributes = {
    'xmlns:samlp': namespaces.protocol,
    'xmlns:saml': namespaces.assertion,
    ID: options.ids?.response ?? newId(),
    Version: orElse(response.version, '2.0'),
    IssueInstant: instant(timesOf(options).issueInstant),
    Destination: orElse(options.destination, options.acsUrl),
    InResponseTo: orElse(response.inResponseTo, options.inResponseTo),
  }
  const assertions = response.assertions ?? [buildAssertion(options)]
  return element(
    'samlp:Response',
    attributes,
    issuerElement(orElse(response.issuer, options.issuer)),
    response.extensions,
    buildStatus(orElse(options.status, { code: statusCodes.success })),
    ...assertions,
  )
}

/** The Assertion alone, unsigned. It declares its own namespaces, so that it can be encrypted or moved. */
export function buildAssertion(options: ResponseOptions): string {
  const { assertion = {} } = options
  const attributes = {
    'xmlns:saml': namespaces.assertion,
    ID: options.ids?.assertion ?? newId(),
    Version: orElse(assertion.version, '2.0'),
    IssueInstant: instant(timesOf(options).issueInstant),
  }
  return element(
    'saml:Assertion',
    attributes,
    issuerElement(orElse(assertion.issuer, options.issuer)),
    orElse(assertion.subject, subject(options)),
    orElse(assertion.conditions, conditions(options)),
    orElse(assertion.authnStatement, authnStatement(options)),
    orElse(assertion.attributeStatement, attributeStatement(options.attributes ?? [])),
    assertion.extra,
  )
}

/** A Status element; also part of logout responses. */
export function buildStatus(status: SamlStatus | null | undefined): string | null {
  if (status === null || status === undefined) return null
  const subcode = status.subcode === undefined ? null : element('samlp:StatusCode', { Value: status.subcode })
  const message = status.message === undefined ? null : element('samlp:StatusMessage', {}, escapeXml(status.message))
  return element('samlp:Status', {}, element('samlp:StatusCode', { Value: status.code }, subcode), message)
}

/** A NameID element; also part of logout requests. */
export const buildNameId = (nameId: NameId): string =>
  element(
    'saml:NameID',
    { Format: nameId.format, NameQualifier: nameId.nameQualifier, SPNameQualifier: nameId.spNameQualifier },
    xmlText(nameId.value),
  )

/** An Issuer element, or nothing. */
export const issuerElement = (issuer: string | null | undefined): string | null =>
  issuer === null || issuer === undefined ? null : element('saml:Issuer', {}, escapeXml(issuer))

function subject(options: ResponseOptions): string {
  const times = timesOf(options)
  const truthful: Confirmation = {
    inResponseTo: options.inResponseTo ?? null,
    recipient: orElse(options.recipient, options.acsUrl) ?? null,
    notBefore: times.confirmationNotBefore,
    notOnOrAfter: times.confirmationNotOnOrAfter,
  }
  const confirmations = options.assertion?.confirmations ?? [{}]
  const written = confirmations.map((confirmation) => confirmationElement({ ...truthful, ...confirmation }))
  return element('saml:Subject', {}, options.nameId === null ? null : buildNameId(options.nameId), ...written)
}

function confirmationElement(confirmation: Confirmation): string {
  const attributes = {
    InResponseTo: confirmation.inResponseTo,
    Recipient: confirmation.recipient,
    NotBefore: instant(confirmation.notBefore ?? null),
    NotOnOrAfter: instant(confirmation.notOnOrAfter ?? null),
  }
  const data = confirmation.data === null ? null : element('saml:SubjectConfirmationData', attributes)
  return element('saml:SubjectConfirmation', { Method: confirmation.method ?? confirmationMethods.bearer }, data)
}

function conditions(options: ResponseOptions): string {
  const times = timesOf(options)
  const restrictions = options.assertion?.audiences ?? [[options.audience]]
  const written = restrictions.map((audiences) =>
    element('saml:AudienceRestriction', {}, ...audiences.map((one) => element('saml:Audience', {}, escapeXml(one)))),
  )
  const attributes = { NotBefore: instant(times.notBefore), NotOnOrAfter: instant(times.notOnOrAfter) }
  return element('saml:Conditions', attributes, ...written)
}

function authnStatement(options: ResponseOptions): string {
  const times = timesOf(options)
  const attributes = {
    AuthnInstant: instant(times.authnInstant),
    SessionIndex: orElse(options.sessionIndex, newId()),
    SessionNotOnOrAfter: instant(times.sessionNotOnOrAfter),
  }
  const reference = element('saml:AuthnContextClassRef', {}, passwordContext)
  return element('saml:AuthnStatement', attributes, element('saml:AuthnContext', {}, reference))
}

/** An AttributeStatement; the standard does not allow an empty one, so none for no attributes. */
export function attributeStatement(attributes: readonly SamlAttribute[]): string | null {
  if (attributes.length === 0) return null
  const written = attributes.map(({ name, values, nameFormat, friendlyName }) =>
    element(
      'saml:Attribute',
      { Name: name, NameFormat: nameFormat, FriendlyName: friendlyName },
      ...values.map((value) => element('saml:AttributeValue', {}, xmlText(value))),
    ),
  )
  return element('saml:AttributeStatement', {}, ...written)
}

/** undefined takes the default; null stays null, which leaves the part out. */
const orElse = <Value, Default>(value: Value | undefined, fallback: Default): Value | Default =>
  value === undefined ? fallback : value
