// Whose signature it should have been, where one is not valid: usually the provider has a new certificate.
import { createHash } from 'node:crypto'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { decode } from './base64.ts'
import { signatureNamespace } from './names.ts'
import { descendants, parseXml } from './xml.ts'

/** The SHA-256 of the certificate that a message names for its signature. Nothing is believed of it; it helps to find the fault. */
export function presentedCertificate(base64: string): string | undefined {
  try {
    const [first] = [...descendants(parseXml(decode(base64)))].filter(
      ({ namespace, name }) => namespace === signatureNamespace && name === 'X509Certificate',
    )
    return first === undefined
      ? undefined
      : createHash('sha256').update(Buffer.from(first.text, 'base64')).digest('hex')
  } catch {
    return undefined
  }
}

/** A sentence or two for the trace. @param presented what the message names, where it does */
export function signerWords({ settings }: SamlConnection, presented: string | undefined): string {
  const { certificates } = settings
  const trusted = certificates.filter(({ status }) => status === 'trusted')
  const waiting = certificates.filter(({ status }) => status === 'pending')
  const expected = trusted.map(({ sha256, subject }) => `${subject} (SHA-256 ${sha256})`).join(' or ')
  const isWaiting = waiting.some(({ sha256 }) => sha256 === presented)
  const named = presented === undefined ? '' : ` The message names a certificate with the SHA-256 ${presented}.`
  const told = isWaiting
    ? ' That one came by the metadata and waits for trust, on the page of the connection.'
    : waiting.length > 0
      ? ' A newer certificate waits for trust, on the page of the connection.'
      : ''
  return `Expected is a signature by ${expected}.${named}${told}`
}
