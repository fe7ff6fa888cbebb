// From the bytes of a SAMLResponse to a verified assertion: strict reading, signature by xml-crypto, then our checks on
// nothing but what was signed. Runs in a worker thread, so it takes and gives plain data.
import { cancelled, type TraceStep } from '#access/sign-in/trace.ts'
import { saysTurnedBack } from '#access/sign-in/turned-back.ts'
import { decode } from './base64.ts'
import { decryptedText } from './decrypt.ts'
import { assertionNamespace, protocolNamespace, signatureNamespace, successStatus } from './names.ts'
import { requirePlausibleSignatures } from './plausible.ts'
import {
  forbidEncryption,
  requireMessage,
  requireOneAssertion,
  requireProperSignatures,
  requireUniqueIds,
} from './precheck.ts'
import { readAssertion, type VerifiedAssertion } from './read-assertion.ts'
import { presentedCertificate } from './signer-words.ts'
import { Refusal, type Refused, requireThat } from './verdict.ts'
import { signedElements } from './verify.ts'
import { childrenOf, parseXml, type XmlElement, XmlRefused } from './xml.ts'

export type ResponseExpectations = {
  idpEntityId: string
  entityId: string
  acsUrl: string
  /** PEM, those that are trusted. */
  certificates: string[]
  signed: 'either' | 'assertion' | 'response' | 'both'
  isSha1Allowed: boolean
  isCbcAllowed: boolean
  isEncryptionRequired: boolean
  /** PKCS#8 PEM of our key. */
  decryptionKey: string
  now: number
  requestId: string | null
  isNamedByAttribute: boolean
}

export type Validation = { isValid: true; assertion: VerifiedAssertion; steps: TraceStep[] } | Refused

/** Never throws: whatever is wrong with a message becomes a reason. */
export async function validateResponse(base64: string, expected: ResponseExpectations): Promise<Validation> {
  const steps: TraceStep[] = []
  try {
    const assertion = await validate(base64, expected, steps)
    return { isValid: true, assertion, steps }
  } catch (error) {
    const { reason, message } = asRefusal(error)
    steps.push({ check: reason, result: 'failed', detail: message })
    const presented = reason === 'signature' ? presentedCertificate(base64) : undefined
    return { isValid: false, reason, message, presented, steps }
  }
}

/** Also for what libraries throw: nothing that a message can do is our fault. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof XmlRefused) return new Refusal('malformed', error.message)
  const text = error instanceof Error ? error.message : String(error)
  if (/signature/i.test(text)) return new Refusal('signature', `The signature is not valid (${text.slice(0, 200)})`)
  return new Refusal('malformed', `The message cannot be processed (${text.slice(0, 200)})`)
}

async function validate(
  base64: string,
  expected: ResponseExpectations,
  steps: TraceStep[],
): Promise<VerifiedAssertion> {
  const xml = decode(base64)
  const response = parseXml(xml)
  requireMessage(response, 'Response')
  requireUniqueIds(response)
  requireSuccess(response)
  requireDestination(response, expected)
  requireIssuer(response, expected)
  requireProperSignatures(response, expected.isSha1Allowed, steps)
  const inResponseTo = response.attributes.get('InResponseTo') ?? null
  requireThat(
    inResponseTo === expected.requestId,
    'in_response_to',
    'The response does not answer the request that this browser sent',
  )
  const { assertion: sent, isEncrypted } = requireOneAssertion(response, expected.isCbcAllowed, steps)
  requireThat(isEncrypted || !expected.isEncryptionRequired, 'encryption', 'The connection wants encrypted assertions')
  steps.push({ check: 'form', result: 'ok', detail: isEncrypted ? 'encrypted assertion' : 'clear assertion' })
  const opened = isEncrypted ? decryptedText(sent, expected.decryptionKey) : undefined
  const read = opened === undefined ? sent : readOpened(opened, expected, steps)
  requireSignature(response, read)
  requirePlausibleSignatures([response, read], expected.certificates)
  const assertion = signedAssertion(xml, opened, expected)
  steps.push({ check: 'signature', result: 'ok' })
  return readAssertion(assertion, expected, steps)
}

/** What is encrypted is read as strictly as what is not, before a library builds a document of it. */
function readOpened(text: string, expected: ResponseExpectations, steps: TraceStep[]): XmlElement {
  const assertion = parseXml(text)
  const isAssertion = assertion.namespace === assertionNamespace && assertion.name === 'Assertion'
  requireThat(isAssertion, 'assertion_form', 'What is encrypted is no SAML 2.0 assertion')
  requireUniqueIds(assertion)
  requireProperSignatures(assertion, expected.isSha1Allowed, steps)
  forbidEncryption(assertion)
  return assertion
}

/** Without any there is nothing to verify, and no reason to try. */
function requireSignature(response: XmlElement, assertion: XmlElement): void {
  const isSigned = [response, assertion].some(
    (element) => childrenOf(element, signatureNamespace, 'Signature').length > 0,
  )
  requireThat(isSigned, 'signature', 'Neither the response nor the assertion is signed')
}

function requireSuccess(response: XmlElement): void {
  const [status] = childrenOf(response, protocolNamespace, 'Status')
  const codes = status === undefined ? [] : childrenOf(status, protocolNamespace, 'StatusCode')
  const code = codes.length === 1 ? codes[0]?.attributes.get('Value') : undefined
  if (code === successStatus) return
  const [nested] = codes[0] === undefined ? [] : childrenOf(codes[0], protocolNamespace, 'StatusCode')
  const [said] = status === undefined ? [] : childrenOf(status, protocolNamespace, 'StatusMessage')
  const names = [code, nested?.attributes.get('Value')]
    .map((name) => name?.split(':').at(-1))
    .filter((name) => name !== undefined)
  const isCancelled = said !== undefined && saysTurnedBack(said.text)
  throw new Refusal(
    isCancelled ? cancelled : 'status',
    `The provider answered ${names.join(' / ') || 'without a status'}${said === undefined ? '' : `: ${said.text.slice(0, 200)}`}`,
  )
}

/** Where the response is signed, its Destination is what keeps it from being played to somebody else (Bindings 3.5.5.2). */
function requireDestination(response: XmlElement, { acsUrl }: ResponseExpectations): void {
  const destination = response.attributes.get('Destination')
  const isSigned = response.children.some(({ name }) => name === 'Signature')
  requireThat(destination !== undefined || !isSigned, 'destination', 'The signed response has no Destination')
  requireThat(
    [undefined, acsUrl].includes(destination),
    'destination',
    `The response is for ${destination?.slice(0, 200)}`,
  )
}

function requireIssuer(response: XmlElement, { idpEntityId }: ResponseExpectations): void {
  const issuers = childrenOf(response, assertionNamespace, 'Issuer').map(({ text }) => text)
  const isOurs = issuers.length <= 1 && [undefined, idpEntityId].includes(issuers[0])
  requireThat(isOurs, 'issuer', `The response was issued by ${issuers.join(', ').slice(0, 200)}`)
}

/**
 * The assertion as it was signed, in canonical form; nothing else of the message is read after this.
 * @param opened the text of the assertion where it came encrypted
 */
function signedAssertion(xml: string, opened: string | undefined, expected: ResponseExpectations): XmlElement {
  const { certificates, signed, isCbcAllowed } = expected
  const elements = [xml, ...(opened === undefined ? [] : [opened])].flatMap((text) =>
    signedElements(text, certificates),
  )
  const found = (namespace: string, name: string): XmlElement | undefined =>
    elements.find((element) => element.namespace === namespace && element.name === name)
  const [response, assertion] = [found(protocolNamespace, 'Response'), found(assertionNamespace, 'Assertion')]
  const needsResponse = signed === 'response' || signed === 'both'
  const needsAssertion = signed === 'assertion' || signed === 'both'
  requireThat(response !== undefined || !needsResponse, 'signature', 'The response is not signed')
  requireThat(assertion !== undefined || !needsAssertion, 'signature', 'The assertion is not signed')
  if (assertion !== undefined) return assertion
  requireThat(response !== undefined, 'signature', 'The signature covers no assertion')
  const covered = requireOneAssertion(response, isCbcAllowed, [])
  return covered.isEncrypted ? parseXml(decryptedText(covered.assertion, expected.decryptionKey)) : covered.assertion
}
