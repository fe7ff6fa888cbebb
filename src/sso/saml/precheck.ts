// What a SAML message has to look like before a signature library sees it (attack-hardened reading of SAML Core 5 and XML
// Signature): known algorithms, signatures only where they belong and over what they enclose, one assertion in one place.

import type { TraceStep } from '#access/sign-in/trace.ts'
import {
  assertionNamespace,
  contentEncryptions,
  digestAlgorithms,
  encryptionNamespace,
  envelopedSignature,
  exclusiveCanonicalization,
  keyTransports,
  legacyDigest,
  legacyEncryptions,
  legacySignature,
  protocolNamespace,
  signatureAlgorithms,
  signatureNamespace,
} from './names.ts'
import { requireThat } from './verdict.ts'
import { childrenOf, descendants, type XmlElement } from './xml.ts'

const idNames = new Set(['id'])

/** Every ID once, whatever its spelling. @throws Refusal (reason `duplicate_id`) */
export function requireUniqueIds(root: XmlElement): void {
  const seen = new Set<string>()
  for (const { attributes } of descendants(root)) {
    for (const [name, value] of attributes) {
      if (!idNames.has(name.replace(/^\{.*\}/, '').toLowerCase())) continue
      requireThat(!seen.has(value), 'duplicate_id', 'Two elements have the same ID')
      seen.add(value)
    }
  }
}

/**
 * Signatures stand directly in a Response, request or Assertion, one each, and refer to exactly that element.
 * @throws Refusal (reasons `signature_place`, `signature_form`, `algorithm`)
 */
export function requireProperSignatures(root: XmlElement, isLegacyAllowed: boolean, steps: TraceStep[]): void {
  for (const element of descendants(root)) {
    if (element.namespace !== signatureNamespace || element.name !== 'Signature') continue
    const signed = element.parent
    const isInPlace = signed !== null && (signed === root || isAssertionOf(signed, root))
    requireThat(isInPlace, 'signature_place', 'There is a signature where none belongs')
    const isOnly = childrenOf(signed, signatureNamespace, 'Signature').length === 1
    requireThat(isOnly, 'signature_place', 'An element has two signatures')
    checkSignature(element, signed, isLegacyAllowed, steps)
  }
}

const isAssertionOf = (element: XmlElement, root: XmlElement): boolean =>
  element.parent === root && element.namespace === assertionNamespace && element.name === 'Assertion'

const signatureParts = new Set(['SignedInfo', 'SignatureValue', 'KeyInfo'])
const signedInfoParts = ['CanonicalizationMethod', 'SignatureMethod', 'Reference']
const referenceParts = new Set(['Transforms', 'DigestMethod', 'DigestValue'])

function requireForm(condition: boolean, message: string): asserts condition {
  requireThat(condition, 'signature_form', message)
}

function checkSignature(signature: XmlElement, signed: XmlElement, isLegacyAllowed: boolean, steps: TraceStep[]): void {
  requireForm(
    signature.children.every(({ name }) => signatureParts.has(name)),
    'A signature has parts that do not belong there',
  )
  const info = onlyChild(signature, 'SignedInfo')
  requireForm(
    info !== undefined && onlyChild(signature, 'SignatureValue') !== undefined,
    'A signature lacks its SignedInfo or value',
  )
  const parts = info.children.map(({ name }) => name)
  requireForm(
    parts.join() === signedInfoParts.join(),
    'SignedInfo does not hold exactly one method, one algorithm and one reference',
  )
  const [canonicalization, method, reference] = info.children as [XmlElement, XmlElement, XmlElement]
  algorithm(canonicalization, new Set([exclusiveCanonicalization]))
  requireSafe(method, new Set(signatureAlgorithms.keys()), legacySignature, isLegacyAllowed, steps)
  const id = signed.attributes.get('ID') ?? ''
  requireForm(
    id !== '' && reference.attributes.get('URI') === `#${id}`,
    'The signature refers to something else than what it is in',
  )
  requireForm(
    reference.children.every(({ name }) => referenceParts.has(name)),
    'The reference has parts that do not belong there',
  )
  const [transforms, digest, value] = ['Transforms', 'DigestMethod', 'DigestValue'].map((name) =>
    onlyChild(reference, name),
  )
  requireForm(transforms !== undefined && digest !== undefined && value !== undefined, 'The reference is incomplete')
  requireForm(value.children.length === 0, 'DigestValue holds elements')
  requireSafe(digest, new Set(digestAlgorithms.keys()), legacyDigest, isLegacyAllowed, steps)
  const used = transforms.children.map((transform) => transform.attributes.get('Algorithm') ?? '')
  const isUsual = used.length === 2 && used[0] === envelopedSignature && used[1] === exclusiveCanonicalization
  requireThat(isUsual, 'algorithm', 'The transforms are not enveloped-signature and exclusive canonicalization')
}

/** The only child with this name in the signature namespace. */
function onlyChild(element: XmlElement, name: string): XmlElement | undefined {
  const found = childrenOf(element, signatureNamespace, name)
  return found.length === 1 ? found[0] : undefined
}

function algorithm(element: XmlElement, allowed: ReadonlySet<string>): void {
  const name = element.attributes.get('Algorithm') ?? ''
  requireThat(allowed.has(name), 'algorithm', `The algorithm ${name.slice(0, 100)} is not accepted`)
}

function requireSafe(
  element: XmlElement,
  safe: ReadonlySet<string>,
  legacy: string,
  isLegacyAllowed: boolean,
  steps: TraceStep[],
): void {
  const isLegacy = isLegacyAllowed && element.attributes.get('Algorithm') === legacy
  if (isLegacy)
    steps.push({ check: 'algorithm', result: 'note', detail: `SHA-1 is let through by a setting (${element.name})` })
  else algorithm(element, safe)
}

/**
 * Exactly one assertion, clear or encrypted, directly in the response, and none anywhere else.
 * @throws Refusal (reasons `assertion_count`, `assertion_place`, `encryption`)
 */
export function requireOneAssertion(
  root: XmlElement,
  isCbcAllowed: boolean,
  steps: TraceStep[],
): { assertion: XmlElement; isEncrypted: boolean } {
  const isAssertion = ({ namespace, name }: XmlElement): boolean =>
    namespace === assertionNamespace && (name === 'Assertion' || name === 'EncryptedAssertion')
  const all = [...descendants(root)].filter((element) => isAssertion(element) || element.name === 'Assertion')
  requireThat(all.length === 1, 'assertion_count', `The response holds ${all.length} assertions instead of one`)
  const [assertion] = all as [XmlElement]
  requireThat(
    isAssertion(assertion) && assertion.parent === root,
    'assertion_place',
    'The assertion is not where it belongs',
  )
  const isEncrypted = assertion.name === 'EncryptedAssertion'
  if (isEncrypted) requireProperEncryption(assertion, isCbcAllowed, steps)
  else forbidEncryption(assertion)
  return { assertion, isEncrypted }
}

/** One content and one key, by methods that are safe or let through. @throws Refusal (reason `encryption`) */
export function requireProperEncryption(assertion: XmlElement, isCbcAllowed: boolean, steps: TraceStep[]): void {
  const methods = [...descendants(assertion)].filter(
    ({ namespace, name }) => namespace === encryptionNamespace && name === 'EncryptionMethod',
  )
  const ofKey = methods.filter(({ parent }) => parent?.name === 'EncryptedKey')
  const ofData = methods.filter(({ parent }) => parent?.name === 'EncryptedData')
  requireThat(ofKey.length === 1 && ofData.length === 1, 'encryption', 'It is not encrypted in the usual way')
  const [key, data] = [ofKey[0]?.attributes.get('Algorithm') ?? '', ofData[0]?.attributes.get('Algorithm') ?? '']
  const isLegacy = isCbcAllowed && legacyEncryptions.has(data)
  if (isLegacy) steps.push({ check: 'encryption', result: 'note', detail: 'AES-CBC is let through by a setting' })
  requireThat(
    contentEncryptions.has(data) || isLegacy,
    'encryption',
    `The encryption ${data.slice(0, 100)} is not accepted; use AES-GCM`,
  )
  requireThat(
    keyTransports.includes(key),
    'encryption',
    `The key transport ${key.slice(0, 100)} is not accepted; use RSA-OAEP`,
  )
}

/** @throws Refusal (reason `encryption`) where a part of it is encrypted */
export function forbidEncryption(assertion: XmlElement): void {
  const isAny = [...descendants(assertion)].some(({ namespace }) => namespace === encryptionNamespace)
  requireThat(!isAny, 'encryption', 'The assertion holds encrypted parts')
}

/** The root is this message of the protocol, version 2.0. @throws Refusal (reason `message_type`) */
export function requireMessage(root: XmlElement, name: string): void {
  const isMessage = root.namespace === protocolNamespace && root.name === name
  requireThat(isMessage, 'message_type', `The message is not a SAML 2.0 ${name}`)
  requireThat(root.attributes.get('Version') === '2.0', 'version', 'The message is not of version 2.0')
}
