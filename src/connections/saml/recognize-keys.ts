// Keys, certificates and their fingerprints among what people paste, told by what they look like.
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readCertificate } from './certificates.ts'

const privateKey = 'a private key, which must not leave its owner: share it with nobody, and have it replaced'

/** Of PEM (RFC 7468), by its first line; what only contains the word comes last. */
const labels: readonly [label: RegExp, is: string][] = [
  [/PKCS ?#?7|CMS/, 'a bundle of certificates (PKCS #7)'],
  [/CERTIFICATE REQUEST/, 'a request for a certificate (CSR), and not the certificate'],
  [/CRL/, 'a list of revoked certificates (CRL)'],
  [/PGP/, 'a key or message of PGP'],
  [/PUBLIC KEY/, 'a public key alone'],
]

/** Digits of a hash, by their number. */
const hashes: Record<number, string> = { 32: 'MD5', 40: 'SHA-1', 64: 'SHA-256', 128: 'SHA-512' }

/** What a private key is called; undefined for anything else. Also without its first line, and in other forms than PEM. */
export const privateKeyIn = (text: string): string | undefined =>
  /PRIVATE KEY-----|^PuTTY-User-Key-File|^AGE-SECRET-KEY-/m.test(text) ||
  isJwkWithSecret(text) ||
  isBarePrivateKey(text)
    ? privateKey
    : undefined

/** A certificate anywhere in the text, such as behind what `openssl x509 -text` prints; `notAfter` is '' where it cannot be read. */
export function certificateIn(text: string): { notAfter: string } | undefined {
  const isMarked = /-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----/.test(text) || /^Certificate:\s+Data:/.test(text)
  if (!isMarked && !isBase64(text)) return undefined
  try {
    return readCertificate(text, 'trusted')
  } catch {
    return isMarked ? { notAfter: '' } : undefined
  }
}

/** What is called by its first line, private keys and certificates aside; undefined for anything else. */
export function markedKeyIn(text: string): string | undefined {
  const label = /-----? ?BEGIN ([A-Z0-9 #]+?)-----?/.exec(text)?.[1]
  if (label === 'CERTIFICATE') return undefined
  if (label !== undefined) return labels.find(([form]) => form.test(label))?.[1] ?? 'a key'
  return /^(ssh-(rsa|dss|ed25519)|ecdsa-sha2-\S+) AAAA/.test(text) ? 'a key of SSH' : undefined
}

/** What a key is called that is neither private nor a certificate, or the hash of one; undefined for anything else. */
export function otherKeyIn(text: string): string | undefined {
  const hash = fingerprintIn(text)
  if (hash !== undefined) return `the fingerprint of a certificate (${hash.kind}), and not the certificate`
  return markedKeyIn(text) ?? (isBase64(text) && isPublicKey(text) ? 'a public key alone' : undefined)
}

/** A hash in hexadecimal digits, with whatever stands between them and in front. */
export function fingerprintIn(text: string): { kind: string; digits: string } | undefined {
  if (text.length > 500) return undefined
  const digits = text
    .trim()
    .replace(/^(sha-?\d*|md5)?[ \w-]{0,20}?(finger|thumb)print( ?\(?(sha-?\d+|md5)\)?)?\s*[=:]?\s*/i, '')
    .replace(/^(sha-?(1|256|512)|md5)\s*[=:]\s*/i, '')
    .replace(/[:\s-]/g, '')
    .toLowerCase()
  const kind = /^[0-9a-f]+$/.test(digits) ? hashes[digits.length] : undefined
  return kind === undefined || isUuid(text) ? undefined : { kind, digits }
}

const isUuid = (text: string): boolean => /^\s*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*$/i.test(text)

/** Nothing but base64, as keys are written that have lost their first line. */
const isBase64 = (text: string): boolean => /^MI[A-Za-z0-9+/]{40,}={0,2}$/.test(text.replace(/\s+/g, ''))

function isBarePrivateKey(text: string): boolean {
  if (!isBase64(text)) return false
  const key = Buffer.from(text, 'base64')
  return (['pkcs8', 'pkcs1', 'sec1'] as const).some((type) =>
    isReadable(() => createPrivateKey({ key, type, format: 'der' })),
  )
}

const isPublicKey = (text: string): boolean => {
  const key = Buffer.from(text, 'base64')
  return (['spki', 'pkcs1'] as const).some((type) => isReadable(() => createPublicKey({ key, type, format: 'der' })))
}

const isJwkWithSecret = (text: string): boolean =>
  text.startsWith('{') && /"kty"\s*:/.test(text) && /"(d|k)"\s*:\s*"/.test(text)

function isReadable(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch {
    return false
  }
}
