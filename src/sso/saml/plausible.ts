// Whether a signature can be valid at all, looked at by our own means before a large message goes to the signature library,
// whose time grows with the message whoever made it. What is found plausible here is still verified there.
import { createHash, type KeyObject } from 'node:crypto'
import { canonicalize } from './canonical.ts'
import { signatureNamespace } from './names.ts'
import { requireThat } from './verdict.ts'
import { digestName, isSignature, publicKeyOf } from './verify.ts'
import { childrenOf, descendants, type XmlElement } from './xml.ts'

/** Smaller ones cost the library some milliseconds. */
const smallElements = 150

/**
 * @param elements response and assertion, in the form that precheck.ts asks for
 * @param certificates PEM, those that are trusted
 * @throws Refusal (reason `signature`) where the message is large and a signature of it is none of these certificates', or not
 *   over this content
 */
export function requirePlausibleSignatures(elements: readonly XmlElement[], certificates: readonly string[]): void {
  if (elements.reduce((sum, element) => sum + countOf(element), 0) <= smallElements) return
  const keys = certificates.map(publicKeyOf)
  for (const element of elements) {
    const [signature] = childrenOf(element, signatureNamespace, 'Signature')
    if (signature === undefined) continue
    requireThat(isPlausible(element, signature, keys), 'signature', 'The signature is not valid')
  }
}

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
  const algorithm = method?.attributes.get('Algorithm') ?? ''
  const signed = canonicalize(info, { inclusive: prefixesOf(canonicalization) })
  const bytes = Buffer.from(value.text, 'base64')
  if (!keys.some((key) => isSignature(algorithm, key, signed, bytes))) return false
  const [transforms] = childrenOf(reference, signatureNamespace, 'Transforms')
  const [method2] = childrenOf(reference, signatureNamespace, 'DigestMethod')
  const [digest] = childrenOf(reference, signatureNamespace, 'DigestValue')
  const hash = digestName(method2?.attributes.get('Algorithm') ?? '')
  if (hash === undefined) return false
  const content = canonicalize(element, { without: signature, inclusive: prefixesOf(transforms?.children.at(-1)) })
  const found = createHash(hash).update(content).digest('base64')
  return found === digest?.text.replace(/\s/g, '')
}

/** InclusiveNamespaces of a method or a transform. */
const prefixesOf = (method: XmlElement | undefined): string[] =>
  (method?.children ?? [])
    .filter(({ name }) => name === 'InclusiveNamespaces')
    .flatMap(({ attributes }) => (attributes.get('PrefixList') ?? '').split(/\s+/).filter((prefix) => prefix !== ''))
