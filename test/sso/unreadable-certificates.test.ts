// Certificates that can be read as a whole and not in a part: a find of `npm run fuzz`.
import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { readCertificate } from '#connections/saml/certificates.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'

const { raw } = new X509Certificate(createSigningKey({ commonName: 'idp.example.net' }).certificate)

/** The certificate with other bytes so far behind these. */
function changed(after: Buffer, offset: number, put: string): string {
  const bytes = Buffer.from(raw)
  bytes.write(put, bytes.indexOf(after) + offset, 'latin1')
  return bytes.toString('base64')
}

const utcTime = Buffer.from([0x17, 0x0d])
const rsa = Buffer.from('2a864886f70d010101', 'hex')

test('one as it should be is read', () => {
  expect(readCertificate(raw.toString('base64'), 'trusted').subject).toBe('CN=idp.example.net')
})

test.each([
  ['a day that is none', changed(utcTime, 6, 'MU')],
  ['a time of letters', changed(utcTime, 2, 'whenever it is')],
  ['a key of a kind that nobody knows', changed(rsa, rsa.length - 1, '\x7f')],
])('%s is a certificate that cannot be read', (_what, certificate) => {
  expect(() => readCertificate(certificate, 'trusted')).toThrowError(expect.objectContaining({ reason: 'certificate' }))
})
