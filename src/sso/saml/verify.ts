// Signatures by the keys of certificates: the algorithms of XML Signature 1.1 on node:crypto, each for its kind of key.
import { createHash, createPublicKey, createVerify, type KeyObject } from 'node:crypto'
import { type HashAlgorithm, type SignatureAlgorithm, SignedXml } from 'xml-crypto'
import { digestAlgorithms, legacyDigest, legacySignature, signatureAlgorithms } from './names.ts'
import { requireThat } from './verdict.ts'
import { descendants, inScope, parseXml, type XmlElement } from './xml.ts'

const allAlgorithms = new Map([...signatureAlgorithms, [legacySignature, { hash: 'sha1', kind: 'rsa' }] as const])

/** @param pem a certificate */
export const publicKeyOf = (pem: string): KeyObject => createPublicKey(pem)

/** Whether the key made the signature by this algorithm; an ECDSA signature is r and s side by side (XML Signature 1.1, 6.4.3). */
export function isSignature(algorithm: string, key: KeyObject, text: string, signature: Buffer): boolean {
  const known = allAlgorithms.get(algorithm)
  if (known === undefined || known.kind !== key.asymmetricKeyType) return false
  return createVerify(known.hash).update(text).verify({ key, dsaEncoding: 'ieee-p1363' }, signature)
}

const digests = new Map([...digestAlgorithms, [legacyDigest, 'sha1'] as const])

/** The name of a digest for node:crypto; undefined for what is none. */
export const digestName = (algorithm: string): string | undefined => digests.get(algorithm)

/** Signatures directly one after the other; where they may stand, and that none is in another, precheck.ts has seen to. */
const signaturePattern = /<(?:[\w.-]+:)?Signature[\s>][\s\S]*?<\/(?:[\w.-]+:)?Signature\s*>/g

/**
 * What each signature of the document covers, in the canonical form that was signed. Only this may be believed.
 * @param certificates PEM, those that are trusted
 * @throws Refusal (reason `signature`) where one of them is by none of the certificates
 */
export function signedElements(xml: string, certificates: readonly string[]): XmlElement[] {
  const scopes = [...descendants(parseXml(xml))].filter(({ name }) => name === 'Signature').map(({ scope }) => scope)
  return (xml.match(signaturePattern) ?? []).map((text, index) => {
    const signature = inScope(text, scopes[index] ?? new Map())
    const content = certificates.map((pem) => signedContent(xml, signature, pem)).find((each) => each !== undefined)
    requireThat(content !== undefined, 'signature', 'The signature is not valid')
    return parseXml(content)
  })
}

function signedContent(xml: string, signature: string, pem: string): string | undefined {
  // The key is that of the certificate that is trusted here, never of one that the message brings.
  const verifier = new SignedXml({ publicCert: pem, getCertFromKeyInfo: () => null })
  verifier.SignatureAlgorithms = libraryAlgorithms as never
  verifier.HashAlgorithms = libraryDigests as never
  try {
    verifier.loadSignature(signature)
    return verifier.checkSignature(xml) ? verifier.getSignedReferences()[0] : undefined
  } catch {
    return undefined
  }
}

// The library knows neither ECDSA nor SHA-384, so it is given ours.
const libraryAlgorithms = Object.fromEntries(
  [...allAlgorithms.keys()].map((name) => [
    name,
    class implements Pick<SignatureAlgorithm, 'verifySignature' | 'getAlgorithmName'> {
      verifySignature(material: string, key: unknown, value: string): boolean {
        return isSignature(name, publicKeyOf(String(key)), material, Buffer.from(value, 'base64'))
      }
      getAlgorithmName = () => name
    },
  ]),
)

const libraryDigests = Object.fromEntries(
  [...digests].map(([name, hash]) => [
    name,
    class implements HashAlgorithm {
      getHash = (text: string) => createHash(hash).update(text, 'utf8').digest('base64')
      getAlgorithmName = () => name
    },
  ]),
)
