// Whether a signature can be valid at all, looked at by our own means before a large message goes to the signature library,
// whose time grows with the message whoever made it. What is found plausible here is still verified there.
import { createHash, createPublicKey, createVerify, type KeyObject, X509Certificate } from 'node:crypto'
import { canonicalize } from './canonical.ts'
import { legacyDigest, legacySignature, signatureAlgorithms, signatureNamespace } from './names.ts'
import { requireThat } from './verdict.ts'
import { childrenOf, descendants, type XmlElement } from './xml.ts'

/** Smaller ones cost the library some milliseconds. */
const smallElements = 150

const digestNames = new Map([
  ['http://www.w3.org/2001/04/xmlenc#sha256', 'sha256'],
  ['http://www.w3.org/2001/04/xmldsig-more#sha384', 'sha384'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'],
  [legacyDigest, 'sha1'],
])

/**
 * @param elements response and assertion, in the form that precheck.ts asks for
 * @param certificates PEM, those that are trusted
 * @throws Refusal (reason `signature`) where the message is large and a signature of it is none of these certificates', or not
 *   over this content
 */
export function requirePlausibleSignatures(elements: readonly XmlElement[], certificates: readonly string[]): void {
  if (elements.reduce((sum, element) => sum + countOf(element), 0) <= smallElements) return
  const keys = certificates.map((pem) => createPublicKey(new X509Certificate(pem).publicKey.export(spki)))
  for (const element of elements) {
    const [signature] = childrenOf(element, signatureNamespace, 'Signature')
    if (signature === undefined) continue
    requireThat(isPlausible(element, signature, keys), 'signature', 'The signature is not valid')
  }
}

const spki = { type: 'spki', format: 'pem' } as const

function countOf(element: XmlElement): number {
  let count = 0
  for (const _ of descendants(element)) count += 1
  return count
}

function isPlausible(element: XmlElement, signature: XmlElement, keys: readonly KeyObject[]): boolean {
  const [info] = childrenOf(signature, signatureNamespace, 'SignedInfo')
  const [value] = childrenOf(signature, signatureNamespace, 'SignatureValue')
  const [canonicalization, method, reference] = info?.children ?? []
  if (info === undefined || value === undefined || reference === undefined) return false
  const hash = hashOf(method?.attributes.get('Algorithm') ?? '')
  if (hash === undefined) return false
  const signed = canonicalize(info, { inclusive: prefixesOf(canonicalization) })
  const bytes = Buffer.from(value.text, 'base64')
  if (!keys.some((key) => createVerify(hash).update(signed).verify(key, bytes))) return false
  const [transforms] = childrenOf(reference, signatureNamespace, 'Transforms')
  const [method2] = childrenOf(reference, signatureNamespace, 'DigestMethod')
  const [digest] = childrenOf(reference, signatureNamespace, 'DigestValue')
  const digestName = digestNames.get(method2?.attributes.get('Algorithm') ?? '')
  if (digestName === undefined) return false
  const content = canonicalize(element, { without: signature, inclusive: prefixesOf(transforms?.children.at(-1)) })
  const found = createHash(digestName).update(content).digest('base64')
  return found === digest?.text.replace(/\s/g, '')
}

const hashOf = (algorithm: string): string | undefined =>
  algorithm === legacySignature ? 'RSA-SHA1' : signatureAlgorithms.get(algorithm)

/** InclusiveNamespaces of a method or a transform. */
const prefixesOf = (method: XmlElement | undefined): string[] =>
  (method?.children ?? [])
    .filter(({ name }) => name === 'InclusiveNamespaces')
    .flatMap(({ attributes }) => (attributes.get('PrefixList') ?? '').split(/\s+/).filter((prefix) => prefix !== ''))
