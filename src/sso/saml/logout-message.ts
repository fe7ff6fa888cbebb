// Verifies LogoutRequest and LogoutResponse (SAML Core 3.7), by the redirect binding (signature over the query, Bindings 3.4.4.1)
// and by POST (enveloped signature). Runs in the worker thread.
import { inflateRawSync } from 'node:zlib'
import type { TraceStep } from '#access/sign-in/trace.ts'
import { decode } from './base64.ts'
import { decryptedText } from './decrypt.ts'
import {
  assertionNamespace,
  legacySignature,
  protocolNamespace,
  signatureAlgorithms,
  signatureNamespace,
} from './names.ts'
import { requirePlausibleSignatures } from './plausible.ts'
import { requireMessage, requireProperEncryption, requireProperSignatures, requireUniqueIds } from './precheck.ts'
import { nameIdOf } from './read-assertion.ts'
import { asRefusal } from './validate.ts'
import { Refusal, type Refused, requireThat } from './verdict.ts'
import { isSignature, publicKeyOf, signedElements } from './verify.ts'
import { childrenOf, parseXml, type XmlElement } from './xml.ts'

export type LogoutExpectations = {
  kind: 'LogoutRequest' | 'LogoutResponse'
  binding: 'redirect' | 'post'
  /** Redirect: the very characters of the query that are signed, with the signature and its algorithm; null where unsigned. */
  query: { signedText: string; signature: string; algorithm: string } | null
  idpEntityId: string
  /** Where the message has to say that it goes. */
  destination: string
  certificates: string[]
  isSha1Allowed: boolean
  isCbcAllowed: boolean
  /** PKCS#8 PEM of our key. */
  decryptionKey: string
  now: number
}

export type LogoutMessage = {
  id: string
  issuer: string
  isSigned: boolean
  nameId: string | null
  sessionIndexes: string[]
  inResponseTo: string | null
  status: string | null
  expiresAt: string
}

export type LogoutVerification = { isValid: true; message: LogoutMessage; steps: TraceStep[] } | Refused

const maxInflated = 262_144
const skewMillis = 60_000
const maxAgeMillis = 5 * 60_000

/** Never throws: whatever is wrong with a message becomes a reason. */
export function verifyLogoutMessage(base64: string, expected: LogoutExpectations): LogoutVerification {
  const steps: TraceStep[] = []
  try {
    const verified =
      expected.binding === 'post' ? fromPost(base64, expected, steps) : fromRedirect(base64, expected, steps)
    return { isValid: true, message: readMessage(verified, expected, steps), steps }
  } catch (error) {
    const { reason, message } = asRefusal(error)
    steps.push({ check: reason, result: 'failed', detail: message })
    return { isValid: false, reason, message, steps }
  }
}

type Verified = { root: XmlElement; isSigned: boolean }

function fromRedirect(base64: string, expected: LogoutExpectations, steps: TraceStep[]): Verified {
  const root = parseXml(inflate(base64))
  requireMessage(root, expected.kind)
  const { query } = expected
  if (query === null) return { root: requireUnsignedAllowed(root, expected), isSigned: false }
  const isLegacy = expected.isSha1Allowed && query.algorithm === legacySignature
  if (isLegacy) steps.push({ check: 'algorithm', result: 'note', detail: 'SHA-1 is let through by a setting' })
  const isKnown = isLegacy || signatureAlgorithms.has(query.algorithm)
  requireThat(isKnown, 'algorithm', `The algorithm ${query.algorithm.slice(0, 100)} is not accepted`)
  const signature = Buffer.from(query.signature, 'base64')
  const isValid = expected.certificates.some((pem) =>
    isSignature(query.algorithm, publicKeyOf(pem), query.signedText, signature),
  )
  requireThat(isValid, 'signature', 'The signature of the query is not valid')
  return { root, isSigned: true }
}

function inflate(base64: string): string {
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(base64)
  requireThat(isBase64, 'malformed', 'The message is not base64')
  try {
    const bytes = inflateRawSync(Buffer.from(base64, 'base64'), { maxOutputLength: maxInflated })
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refusal('malformed', 'The message is not a deflated text of reasonable size')
  }
}

function fromPost(base64: string, expected: LogoutExpectations, steps: TraceStep[]): Verified {
  const xml = decode(base64)
  const root = parseXml(xml)
  requireMessage(root, expected.kind)
  requireUniqueIds(root)
  requireProperSignatures(root, expected.isSha1Allowed, steps)
  if (childrenOf(root, signatureNamespace, 'Signature').length === 0)
    return { root: requireUnsignedAllowed(root, expected), isSigned: false }
  requirePlausibleSignatures([root], expected.certificates)
  const [verified] = signedElements(xml, expected.certificates)
  requireThat(verified !== undefined, 'signature', 'The signature is not valid')
  requireMessage(verified, expected.kind)
  return { root: verified, isSigned: true }
}

/** An answer to our own request changes nothing, so it may come without a signature; a request may not. */
function requireUnsignedAllowed(root: XmlElement, { kind }: LogoutExpectations): XmlElement {
  requireThat(kind === 'LogoutResponse', 'signature', 'The logout request is not signed')
  return root
}

function readMessage({ root, isSigned }: Verified, expected: LogoutExpectations, steps: TraceStep[]): LogoutMessage {
  const value = (name: string): string | undefined => root.attributes.get(name)
  const issuer = childrenOf(root, assertionNamespace, 'Issuer').map(({ text }) => text)
  const isRequest = expected.kind === 'LogoutRequest'
  // Entra answers logout under another issuer than it signs assertions with; an answer changes nothing.
  const isIssuer = issuer.length === 1 && (!isRequest || issuer[0] === expected.idpEntityId)
  requireThat(isIssuer, 'issuer', `The message was issued by ${issuer.join(', ').slice(0, 200)}`)
  const destination = value('Destination')
  const isForUs = destination === expected.destination || (destination === undefined && !isRequest)
  requireThat(isForUs, 'destination', `The message is for ${destination?.slice(0, 200) ?? 'nobody'}`)
  const issued = Date.parse(value('IssueInstant') ?? '')
  const isFresh = issued <= expected.now + skewMillis && issued >= expected.now - maxAgeMillis - skewMillis
  requireThat(isFresh, 'issue_instant', 'The message is older than five minutes, or from the future')
  const until = value('NotOnOrAfter')
  requireThat(
    until === undefined || expected.now < Date.parse(until) + skewMillis,
    'expired',
    'The message has expired',
  )
  const id = value('ID') ?? ''
  requireThat(id !== '', 'malformed', 'The message has no ID')
  return {
    ...{ id, isSigned, issuer: issuer[0] ?? '' },
    nameId: isRequest ? namedIn(root, expected, steps) : null,
    sessionIndexes: childrenOf(root, protocolNamespace, 'SessionIndex').map(({ text }) => text.trim()),
    inResponseTo: value('InResponseTo') ?? null,
    status: statusOf(root),
    expiresAt: new Date(issued + maxAgeMillis + 2 * skewMillis).toISOString(),
  }
}

/** In clear, or encrypted for us (SAML Core 2.2.4, 3.7.1). */
function namedIn(root: XmlElement, expected: LogoutExpectations, steps: TraceStep[]): string {
  const clear = childrenOf(root, assertionNamespace, 'NameID')
  const encrypted = childrenOf(root, assertionNamespace, 'EncryptedID')
  const [nameId, sealed] = [clear[0], encrypted[0]]
  requireThat(clear.length + encrypted.length === 1, 'name_id', 'The request does not name exactly one person')
  if (sealed === undefined) return nameIdOf(nameId as XmlElement).value
  requireProperEncryption(sealed, expected.isCbcAllowed, steps)
  const opened = parseXml(decryptedText(sealed, expected.decryptionKey))
  const isNameId = opened.namespace === assertionNamespace && opened.name === 'NameID'
  requireThat(isNameId, 'name_id', 'What is encrypted in the request is no NameID')
  return nameIdOf(opened).value
}

const statusOf = (root: XmlElement): string | null => {
  const [status] = childrenOf(root, protocolNamespace, 'Status')
  const [code] = status === undefined ? [] : childrenOf(status, protocolNamespace, 'StatusCode')
  return code?.attributes.get('Value') ?? null
}
