// Single logout messages as unsigned XML (SAML Core §3.7). Sign them with `signXml` for POST, by `redirectUrl` for redirect.
import { namespaces, statusCodes } from './names.ts'
import {
  buildNameId,
  buildStatus,
  instant,
  issuerElement,
  type Moment,
  type NameId,
  newId,
  type SamlStatus,
} from './response.ts'
import { element, escapeXml } from './xml.ts'

export type LogoutRequestOptions = {
  issuer: string | null
  destination: string | null
  nameId: NameId | null
  sessionIndexes?: readonly string[]
  id?: string
  issueInstant?: Moment
  notOnOrAfter?: Moment | null
  /** XML in place of the signature, for wrapping attacks. */
  extra?: string
}

export type LogoutResponseOptions = {
  issuer: string | null
  destination: string | null
  inResponseTo: string | null
  status?: SamlStatus | null
  id?: string
  issueInstant?: Moment
}

/** A LogoutRequest, valid for five minutes unless told. */
export function buildLogoutRequest(options: LogoutRequestOptions): string {
  const issueInstant = options.issueInstant ?? new Date()
  const inFiveMinutes = issueInstant instanceof Date ? new Date(issueInstant.getTime() + 300_000) : null
  return element(
    'samlp:LogoutRequest',
    {
      ...envelope(options, issueInstant),
      NotOnOrAfter: instant(options.notOnOrAfter === undefined ? inFiveMinutes : options.notOnOrAfter),
    },
    issuerElement(options.issuer),
    options.extra,
    options.nameId === null ? null : buildNameId(options.nameId),
    ...(options.sessionIndexes ?? []).map((index) => element('samlp:SessionIndex', {}, escapeXml(index))),
  )
}

/** A LogoutResponse; success unless told. */
export function buildLogoutResponse(options: LogoutResponseOptions): string {
  return element(
    'samlp:LogoutResponse',
    { ...envelope(options, options.issueInstant ?? new Date()), InResponseTo: options.inResponseTo },
    issuerElement(options.issuer),
    buildStatus(options.status === undefined ? { code: statusCodes.success } : options.status),
  )
}

const envelope = (options: { id?: string; destination: string | null }, issueInstant: Moment) => ({
  'xmlns:samlp': namespaces.protocol,
  'xmlns:saml': namespaces.assertion,
  ID: options.id ?? newId(),
  Version: '2.0',
  IssueInstant: instant(issueInstant),
  Destination: options.destination,
})
