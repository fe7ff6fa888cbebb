// The worker threads that verify SAML messages: a hard limit on each, and a new thread where one was ended by it.
import { afterEach, expect, test } from 'vitest'
import { encodePost } from '#sandbox/saml-idp/bindings.ts'
import { encryptXml } from '#sandbox/saml-idp/encrypt.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildResponse } from '#sandbox/saml-idp/response.ts'
import { sealResponse } from '#sandbox/saml-idp/sign.ts'
import { createSamlVerifier, type SamlVerifier } from '#sso/saml/verifier.ts'

const key = createSigningKey()
const facts = {
  idpEntityId: 'https://idp.example.net',
  entityId: 'https://id.example.com/sp',
  acsUrl: 'https://id.example.com/acs',
}

const expected = () => ({
  ...facts,
  ...{
    certificates: [key.certificate],
    signed: 'either' as const,
    isSha1Allowed: false,
    isCbcAllowed: false,
    isNamedByAttribute: false,
    isEncryptionRequired: false,
  },
  ...{ decryptionKey: key.privateKey, now: Date.now(), requestId: '_request' },
})

const signed = (sign: { response: boolean; assertion: boolean }): string =>
  sealResponse(
    buildResponse({
      ...{ issuer: facts.idpEntityId, acsUrl: facts.acsUrl, audience: facts.entityId, inResponseTo: '_request' },
      nameId: { value: 'ada@example.com' },
    }),
    { key, sign, prefix: 'ns2' },
  )

const message = (): string => encodePost(signed({ response: true, assertion: true }))

let verifier: SamlVerifier | undefined
afterEach(async () => verifier?.close())

test('verifies many messages at once, each with its own answer', async () => {
  verifier = createSamlVerifier({ threads: 2 })
  const ours = verifier
  const results = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      ours.validateResponse(index % 3 === 0 ? 'garbage' : message(), expected()),
    ),
  )
  expect(results.map(({ isValid }) => isValid)).toEqual(results.map((_, index) => index % 3 !== 0))
})

test('a message that takes too long is refused, and the next one finds a new thread', async () => {
  verifier = createSamlVerifier({ threads: 1, limitMillis: 0 })
  const ours = verifier
  const results = await Promise.all([message(), message()].map((one) => ours.validateResponse(one, expected())))
  for (const result of results) expect(result).toMatchObject({ isValid: false, reason: 'too_complex' })
})

// pysaml2 and whatever else writes with one tree: all namespaces stand at the root, no signature declares its own.
const withNamespacesAtRoot = (xml: string, ...declarations: string[]): string =>
  declarations
    .reduce((text, declaration) => text.replaceAll(` ${declaration}`, ''), xml)
    .replace('<samlp:Response', `<samlp:Response ${declarations.join(' ')}`)

const ofSignatures = 'xmlns:ns2="http://www.w3.org/2000/09/xmldsig#"'
const ofAssertions = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'

test.each([
  ['response', { response: true, assertion: false }],
  ['assertion', { response: false, assertion: true }],
  ['both', { response: true, assertion: true }],
])('namespaces may be declared at the root alone: %s signed (Namespaces in XML 1.0, 6.1)', async (_, sign) => {
  verifier = createSamlVerifier({ threads: 1 })
  const xml = withNamespacesAtRoot(signed(sign), ofSignatures)
  expect(xml).toMatch(/<ns2:Signature>/)
  expect(await verifier.validateResponse(encodePost(xml), expected())).toMatchObject({ isValid: true })
  const forged = encodePost(xml.replace('ada@example.com', 'bea@example.com'))
  expect(await verifier.validateResponse(forged, expected())).toMatchObject({ isValid: false, reason: 'signature' })
})

test('an encrypted assertion knows the namespaces of the message that it is in (Namespaces in XML 1.0, 6.1)', async () => {
  verifier = createSamlVerifier({ threads: 1 })
  const whole = withNamespacesAtRoot(signed({ response: false, assertion: true }), ofAssertions, ofSignatures)
  const [assertion = ''] = /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(whole) ?? []
  expect(assertion).not.toContain('xmlns:')
  for (const text of [assertion, `<?xml version="1.0"?>\n${assertion}`]) {
    const xml = whole.replace(assertion, encryptXml(text, { certificate: key.certificate }))
    expect(await verifier.validateResponse(encodePost(xml), expected())).toMatchObject({ isValid: true })
  }
})

test('after its end nothing is taken on', async () => {
  verifier = createSamlVerifier({ threads: 1 })
  await verifier.close()
  await expect(verifier.validateResponse(message(), expected())).rejects.toMatchObject({ code: 'unavailable' })
})
