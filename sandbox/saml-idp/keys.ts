// Key pairs with self-signed X.509 certificates (RFC 5280), as identity providers publish them.
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto'
import { bits, integer, nothing, objectId, sequence, set, time, utf8 } from './der.ts'

export type SigningKey = {
  /** PKCS #8, PEM. */
  privateKey: string
  /** X.509, PEM. */
  certificate: string
}

export type SigningKeyOptions = {
  commonName?: string
  notBefore?: Date
  notAfter?: Date
  modulusLength?: number
  /** Certify this private key (PEM) instead of making a new one. */
  privateKey?: string
}

const day = 24 * 60 * 60 * 1000
const sha256WithRsa = '1.2.840.113549.1.1.11'
const commonNameId = '2.5.4.3'

/** Makes an RSA key pair (2048 bits unless told) and a certificate that is valid from yesterday for ten years. */
export function createSigningKey(options: SigningKeyOptions = {}): SigningKey {
  const privateKey = options.privateKey ?? newPrivateKey(options.modulusLength ?? 2048)
  return { privateKey, certificate: certify(privateKey, options) }
}

function newPrivateKey(modulusLength: number): string {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return privateKey
}

function certify(privateKey: string, options: SigningKeyOptions): string {
  const notBefore = options.notBefore ?? new Date(Date.now() - day)
  const notAfter = options.notAfter ?? new Date(notBefore.getTime() + 3650 * day)
  const commonName = options.commonName ?? 'Emulated identity provider'
  const name = sequence(set(sequence(objectId(commonNameId), utf8(commonName))))
  const algorithm = sequence(objectId(sha256WithRsa), nothing())
  // Version 1, the default, is enough: there are no extensions.
  const content = sequence(
    integer(Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKeyInfo(privateKey),
  )
  const certificate = sequence(content, algorithm, bits(sign('sha256', content, createPrivateKey(privateKey))))
  return new X509Certificate(certificate).toString()
}

const publicKeyInfo = (privateKey: string): Buffer =>
  createPublicKey(privateKey).export({ type: 'spki', format: 'der' })

/** The certificate as base64 without header lines, as `ds:X509Certificate` carries it. */
export const certificateText = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '')
