// X.509 certificates: those of identity providers are read, our own are made.

// What the library finds its parts by; it wants it loaded before.
import 'reflect-metadata'
import { createHash, generateKeyPair, webcrypto, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import * as x509 from '@peculiar/x509'
import { invalid } from '#platform/errors.ts'
import type { SamlCertificate } from '../settings/settings.ts'

const marked = /-----BEGIN (?:X509 )?CERTIFICATE-----([^-]*)-----END/

const curves = new Set(['prime256v1', 'secp384r1', 'secp521r1'])

/**
 * Reads a certificate in PEM or bare base64; of several the first, and without what stands around it, such as what
 * `openssl x509 -text` prints.
 * @throws AppError invalid (reason `certificate`) for anything else, and for keys under 2048 bits or of other kinds than RSA and EC
 */
export function readCertificate(text: string, status: SamlCertificate['status']): SamlCertificate {
  const value = (marked.exec(text)?.[1] ?? text).replace(/-----(BEGIN|END) CERTIFICATE-----/g, '').replace(/\s+/g, '')
  const { parsed, key, notBefore, notAfter } = parse(value)
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = key
  const named = `The certificate ${parsed.subject.replaceAll('\n', ', ').slice(0, 200)}`
  if (kind === 'rsa' && (details?.modulusLength ?? 0) < 2048)
    throw invalid(`${named} has an RSA key of ${details?.modulusLength} bits; it takes 2048`, 'certificate')
  if (kind === 'ec' && !curves.has(details?.namedCurve ?? ''))
    throw invalid(
      `${named} has a key on the curve ${details?.namedCurve}; it takes P-256, P-384 or P-521`,
      'certificate',
    )
  if (kind !== 'rsa' && kind !== 'ec')
    throw invalid(`${named} has a key of the kind ${kind}; it takes RSA or EC`, 'certificate')
  return {
    value,
    sha256: createHash('sha256').update(parsed.raw).digest('hex'),
    subject: parsed.subject.replaceAll('\n', ', ').slice(0, 300),
    ...{ notBefore, notAfter, status },
  }
}

/** Node reads a certificate in parts, as they are asked for: its key and its dates may be none even though the whole could be read. */
function parse(value: string) {
  try {
    const parsed = new X509Certificate(Buffer.from(value, 'base64'))
    const isoOf = (time: string): string => new Date(time).toISOString()
    return { parsed, key: parsed.publicKey, notBefore: isoOf(parsed.validFrom), notAfter: isoOf(parsed.validTo) }
  } catch {
    throw invalid('The certificate cannot be read', 'certificate')
  }
}

/** The certificate with header lines, as libraries want it. */
export const toPem = (value: string): string =>
  `-----BEGIN CERTIFICATE-----\n${value.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END CERTIFICATE-----\n`

const validYears = 10

/** A new RSA key with a certificate that it signs itself. `certificate` is bare base64, `privateKey` PKCS#8 PEM. */
export async function createKeyPair(name: string, now: Date): Promise<{ certificate: string; privateKey: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const keys = {
    privateKey: await webcrypto.subtle.importKey(
      'pkcs8',
      privateKey.export({ type: 'pkcs8', format: 'der' }),
      algorithm,
      false,
      ['sign'],
    ),
    publicKey: await webcrypto.subtle.importKey(
      'spki',
      publicKey.export({ type: 'spki', format: 'der' }),
      algorithm,
      true,
      ['verify'],
    ),
  }
  const until = new Date(now)
  until.setUTCFullYear(until.getUTCFullYear() + validYears)
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    // A day's grace for providers whose clock is behind.
    {
      name: [{ CN: [name] }],
      notBefore: new Date(now.getTime() - 86_400_000),
      notAfter: until,
      signingAlgorithm: algorithm,
      keys,
    },
  )
  return {
    certificate: Buffer.from(certificate.rawData).toString('base64'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
