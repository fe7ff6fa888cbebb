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
  /** An EC key on this curve instead of an RSA key. */
  curve?: string
  /** Certify this private key (PEM) instead of making a new one. */
  privateKey?: string
}

const day = 24 * 60 * 60 * 1000
const sha256WithRsa = '1.2.840.113549.1.1.11'
const sha256WithEcdsa = '1.2.840.10045.4.3.2'
const commonNameId = '2.5.4.3'

/** Makes a key pair (RSA with 2048 bits unless told) and a certificate that is valid from yesterday for ten years. */
export function createSigningKey(options: SigningKeyOptions = {}): SigningKey {
  const privateKey = options.privateKey ?? newPrivateKey(options)
  return { privateKey, certificate: certify(privateKey, options) }
}

function newPrivateKey({ modulusLength = 2048, curve }: SigningKeyOptions): string {
  const { privateKey } =
    curve === undefined
      ? generateKeyPairSync('rsa', { modulusLength })
      : generateKeyPairSync('ec', { namedCurve: curve })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function certify(privateKey: string, options: SigningKeyOptions): string {
  const notBefore = options.notBefore ?? new Date(Date.now() - day)
  const notAfter = options.notAfter ?? new Date(notBefore.getTime() + 3650 * day)
  const commonName = options.commonName ?? 'Emulated identity provider'
  const name = sequence(set(sequence(objectId(commonNameId), utf8(commonName))))
  const isEc = createPrivateKey(privateKey).asymmetricKeyType === 'ec'
  const algorithm = isEc ? sequence(objectId(sha256WithEcdsa)) : sequence(objectId(sha256WithRsa), nothing())
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
