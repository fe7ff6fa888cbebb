import { createVerify, verify, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { SAML, type SamlConfig, ValidateInResponseTo } from '@node-saml/node-saml'
import { describe, expect, test } from 'vitest'
import { decrypt } from 'xml-encryption'
import { encodePost, isRedirectSigned, readRedirect, redirectUrl, signQuery } from './bindings.ts'
import { encryptAssertion, encryptXml } from './encrypt.ts'
import { responseFromFixture, type SamlResponseFixture } from './fixtures.ts'
import { createSigningKey } from './keys.ts'
import { buildLogoutRequest, buildLogoutResponse } from './logout.ts'
import { buildEntitiesDescriptor, buildMetadata } from './metadata.ts'
import { confirmationMethods, nameIdFormats, statusCodes } from './names.ts'
import { isXmlSigned, readLogoutRequest, readLogoutResponse } from './requests.ts'
import { buildAssertion, buildResponse, type ResponseOptions } from './response.ts'
import { sealResponse, signXml } from './sign.ts'
import { editXml, findElement, findElements, parseXml } from './xml.ts'

const key = createSigningKey({ commonName: 'idp.example.com' })
const spKey = createSigningKey({ commonName: 'sp.example.com' })
const sp = { entityId: 'https://sp.example.com/saml/con_1', acsUrl: 'https://sp.example.com/saml/con_1/acs' }
const content: ResponseOptions = {
  issuer: 'https://idp.example.com/metadata',
  acsUrl: sp.acsUrl,
  audience: sp.entityId,
  inResponseTo: '_request1',
  nameId: { format: nameIdFormats.email, value: 'ada@north.example.com' },
  attributes: [
    { name: 'email', values: ['ada@north.example.com'] },
    { name: 'groups', values: ['Deck & Engine', '<Crew>'] },
  ],
  sessionIndex: '_session1',
}

function consumer(options: Partial<SamlConfig> = {}): SAML {
  return new SAML({
    idpCert: key.certificate,
    issuer: sp.entityId,
    audience: sp.entityId,
    callbackUrl: sp.acsUrl,
    entryPoint: 'https://idp.example.com/sso',
    validateInResponseTo: ValidateInResponseTo.never,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: true,
    ...options,
  })
}

const consume = (xml: string, options: Partial<SamlConfig> = {}) =>
  consumer(options).validatePostResponseAsync({ SAMLResponse: encodePost(xml) })

const both = { key, sign: { response: true, assertion: true } }

describe('keys', () => {
  test('a certificate is self-signed, names its holder and its time', () => {
    const notBefore = new Date('2020-01-01T00:00:00Z')
    const old = createSigningKey({ commonName: 'Ömer & Co', notBefore, notAfter: new Date('2051-02-03T04:05:06Z') })
    const certificate = new X509Certificate(old.certificate)
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.subject).toBe('CN=Ömer & Co')
    expect(new Date(certificate.validFrom)).toEqual(notBefore)
    expect(new Date(certificate.validTo)).toEqual(new Date('2051-02-03T04:05:06Z'))
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048)
  })

  test('the same private key may be certified again', () => {
    const renewed = createSigningKey({ privateKey: key.privateKey })
    expect(renewed.certificate).not.toBe(key.certificate)
    const [first, second] = [key, renewed].map(({ certificate }) => new X509Certificate(certificate).publicKey)
    expect(second?.equals(first as NonNullable<typeof first>)).toBe(true)
  })
})

describe('signed responses', () => {
  test.each([
    [true, true],
    [true, false],
    [false, true],
  ])('response signed %s, assertion signed %s: a service provider takes it', async (response, assertion) => {
    const xml = sealResponse(buildResponse(content), { key, sign: { response, assertion } })
    const { profile } = await consume(xml, { wantAuthnResponseSigned: response, wantAssertionsSigned: assertion })
    expect(profile).toMatchObject({
      issuer: content.issuer,
      nameID: 'ada@north.example.com',
      sessionIndex: '_session1',
      inResponseTo: '_request1',
      attributes: { email: 'ada@north.example.com', groups: ['Deck & Engine', '<Crew>'] },
    })
  })

  test('the signature value is one of node:crypto over SignedInfo', () => {
    const xml = signXml(buildResponse(content), ['Assertion'], { key })
    const signedInfo = /<ds:SignedInfo>.*<\/ds:SignedInfo>/s.exec(xml)?.[0] ?? ''
    const signature = /<ds:SignatureValue>(.*)<\/ds:SignatureValue>/s.exec(xml)?.[1] ?? ''
    // exc-c14n of SignedInfo: its only namespace moves onto it; the serializer already writes empty elements in full.
    const canonical = signedInfo
      .replace('<ds:SignedInfo>', '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">')
      .replace(/<(ds:\w+)([^>]*)\/>/g, '<$1$2></$1>')
    const verifier = createVerify('RSA-SHA256').update(canonical)
    expect(verifier.verify(key.certificate, signature, 'base64')).toBe(true)
  })

  test('a signature follows the Issuer and survives a look at the DOM', () => {
    const xml = sealResponse(buildResponse(content), both)
    const document = parseXml(xml)
    for (const name of ['Response', 'Assertion']) {
      const children = findElement(document, name).childNodes
      expect([children.item(0)?.localName, children.item(1)?.localName]).toEqual(['Issuer', 'Signature'])
    }
    expect(
      isXmlSigned(
        editXml(xml, () => {}),
        [key.certificate],
      ),
    ).toBe(true)
  })

  test('a change after signing is noticed', async () => {
    const xml = sealResponse(buildResponse(content), both)
    const tampered = xml.replace('>ada@north', '>eve@north')
    await expect(consume(tampered)).rejects.toThrow('Invalid')
    expect(isXmlSigned(tampered, [key.certificate])).toBe(false)
    expect(isXmlSigned(xml, [spKey.certificate])).toBe(false)
  })

  test('other algorithms, an empty URI, and KeyInfo of choice', () => {
    const xml = signXml(buildResponse(content), ['Response'], {
      key,
      signatureAlgorithm: 'rsa-sha512',
      digestAlgorithm: 'sha512',
      keyInfo: { certificate: spKey.certificate },
      hasEmptyUri: true,
    })
    expect(xml).toContain('xmldsig-more#rsa-sha512')
    expect(xml).toContain('xmlenc#sha512')
    expect(xml).toContain('URI=""')
    expect(xml).toContain(spKey.certificate.split('\n')[1])
    const bare = signXml(buildResponse(content), ['Response'], { key, keyInfo: 'none', signatureAlgorithm: 'rsa-sha1' })
    expect(bare).not.toContain('KeyInfo')
    expect(isXmlSigned(bare, [key.certificate])).toBe(true)
  })

  test('an HMAC keyed with the text of the certificate', () => {
    const forger = { ...key, privateKey: key.certificate }
    const xml = signXml(buildResponse(content), ['Response'], { key: forger, signatureAlgorithm: 'hmac-sha1' })
    expect(xml).toContain('xmldsig#hmac-sha1')
    expect(isXmlSigned(xml, [key.certificate])).toBe(false)
  })
})

describe('content of responses', () => {
  test('null leaves parts out', () => {
    const xml = buildResponse({
      ...content,
      nameId: null,
      destination: null,
      status: null,
      sessionIndex: null,
      response: { issuer: null, version: null, inResponseTo: null },
      assertion: { issuer: null, conditions: null, attributeStatement: null, confirmations: [{ data: null }] },
    })
    for (const absent of [
      'Issuer',
      'Destination',
      'Status',
      'SessionIndex',
      'Conditions',
      'NameID',
      'Attribute',
      'Data',
    ])
      expect(xml).not.toContain(absent)
    expect(xml.match(/Version=/g)).toHaveLength(1)
    expect(xml).not.toContain('InResponseTo')
  })

  test('times, audiences, confirmations and raw XML are the caller’s', () => {
    const now = new Date('2026-01-02T03:04:05Z')
    const xml = buildResponse({
      ...content,
      now,
      nameId: { value: { raw: 'ada<!-- -->@north' } },
      times: { notBefore: 'soon', notOnOrAfter: null, sessionNotOnOrAfter: now, confirmationNotBefore: now },
      status: { code: statusCodes.responder, subcode: statusCodes.authnFailed, message: 'no' },
      assertion: {
        audiences: [['a', 'b'], ['c']],
        confirmations: [{ method: confirmationMethods.holderOfKey }, { recipient: null, inResponseTo: '_other' }],
      },
    })
    expect(xml).toContain('<saml:NameID>ada<!-- -->@north</saml:NameID>')
    expect(xml).toContain('<saml:Conditions NotBefore="soon">')
    expect(xml).toContain('SessionNotOnOrAfter="2026-01-02T03:04:05.000Z"')
    expect(findElements(parseXml(xml), 'AudienceRestriction')).toHaveLength(2)
    const [first, second] = findElements(parseXml(xml), 'SubjectConfirmationData')
    expect(first?.getAttribute('Recipient')).toBe(sp.acsUrl)
    expect(first?.getAttribute('NotOnOrAfter')).toBe('2026-01-02T03:09:05.000Z')
    expect(second?.hasAttribute('Recipient')).toBe(false)
    expect(second?.getAttribute('InResponseTo')).toBe('_other')
  })

  test('several assertions, each signed before', () => {
    const assertions = ['ada', 'bob'].map((value) =>
      signXml(buildAssertion({ ...content, nameId: { value } }), ['Assertion'], { key }),
    )
    const xml = signXml(buildResponse({ ...content, response: { assertions } }), ['Response'], { key })
    expect(findElements(parseXml(xml), 'Assertion')).toHaveLength(2)
    expect(findElements(parseXml(xml), 'Signature')).toHaveLength(3)
    expect(isXmlSigned(xml, [key.certificate])).toBe(true)
  })
})

describe('encryption', () => {
  const encrypt = { certificate: spKey.certificate }

  test('a service provider decrypts, verifies and takes it', async () => {
    const xml = sealResponse(buildResponse(content), { ...both, encrypt })
    expect(xml).not.toContain('ada@north')
    const { profile } = await consume(xml, { decryptionPvk: spKey.privateKey })
    expect(profile?.nameID).toBe('ada@north.example.com')
  })

  test.each(['aes128-gcm', 'aes256-gcm', 'aes128-cbc', 'aes256-cbc', '3des-cbc'] as const)('%s', async (algorithm) => {
    const xml = encryptXml('<a>ü</a>', { ...encrypt, contentAlgorithm: algorithm })
    await expect(plainOf(xml)).resolves.toBe('<a>ü</a>')
  })

  test('RSA 1.5 key transport', async () => {
    const xml = encryptAssertion(buildResponse(content), { ...encrypt, keyTransport: 'rsa-1_5' })
    await expect(plainOf(xml)).resolves.toMatch(/^<saml:Assertion .*<\/saml:Assertion>$/s)
  })

  const plainOf = (xml: string) =>
    new Promise<string>((resolve, reject) => {
      const options = {
        key: spKey.privateKey,
        disallowDecryptionWithInsecureAlgorithm: false,
        warnInsecureAlgorithm: false,
      }
      decrypt(xml, options, (error, plain) => (error ? reject(error) : resolve(plain)))
    })
})

describe('redirect binding', () => {
  const message = { parameter: 'SAMLRequest', xml: '<a>ü</a>', relayState: 'a b&c' } as const

  test('a signed address reads back and verifies', () => {
    const url = redirectUrl('https://idp.example.com/slo?x=1', { ...message, key })
    expect(readRedirect(url)).toEqual(message)
    expect(isRedirectSigned(url, [spKey.certificate, key.certificate])).toBe(true)
    expect(isRedirectSigned(url, [spKey.certificate])).toBe(false)
    expect(isRedirectSigned(url.replace('a%20b', 'a%20x'), [key.certificate])).toBe(false)
    const query = new URL(url).search.slice('?x=1&'.length)
    const [content = '', signature = ''] = query.split('&Signature=')
    const bytes = Buffer.from(decodeURIComponent(signature), 'base64')
    expect(verify('sha256', Buffer.from(content), key.certificate, bytes)).toBe(true)
  })

  test('any query can be signed, and none has to be', () => {
    expect(signQuery('SAMLRequest=x', key, 'rsa-sha1')).toMatch(/^SAMLRequest=x&SigAlg=.*rsa-sha1&Signature=/)
    expect(isRedirectSigned(redirectUrl('https://idp.example.com/slo', message), [key.certificate])).toBe(false)
  })
})

describe('logout', () => {
  const nameId = { format: nameIdFormats.email, value: 'ada@north.example.com' }
  const request = { issuer: content.issuer, destination: 'https://sp.example.com/slo', nameId, sessionIndexes: ['_s1'] }

  test('a service provider takes both messages by both bindings', async () => {
    const xml = buildLogoutRequest(request)
    expect(readLogoutRequest(xml)).toMatchObject({ issuer: content.issuer, nameId, sessionIndexes: ['_s1'] })
    const posted = await consumer().validatePostRequestAsync({
      SAMLRequest: encodePost(signXml(xml, ['LogoutRequest'], { key })),
    })
    expect(posted.profile).toMatchObject({ nameID: nameId.value, sessionIndex: '_s1' })

    const url = redirectUrl(request.destination, { parameter: 'SAMLRequest', xml, key })
    const query = Object.fromEntries(new URL(url).searchParams)
    const redirected = await consumer().validateRedirectAsync(query, new URL(url).search.slice(1))
    expect(redirected.loggedOut).toBe(true)
  })

  test('the response names its request', () => {
    const xml = buildLogoutResponse({ issuer: content.issuer, destination: null, inResponseTo: '_r1' })
    expect(readLogoutResponse(xml)).toMatchObject({ inResponseTo: '_r1', statusCode: statusCodes.success })
    expect(isXmlSigned(signXml(xml, ['LogoutResponse'], { key }), [key.certificate])).toBe(true)
  })
})

describe('metadata', () => {
  const entity = (entityId: string) =>
    buildMetadata({
      entityId,
      certificates: [key.certificate, spKey.certificate],
      sso: { redirect: 'https://idp.example.com/sso?a=1&b=2', post: 'https://idp.example.com/sso' },
      slo: { redirect: 'https://idp.example.com/slo' },
      validUntil: new Date('2030-01-01T00:00:00Z'),
    })

  test('shows every certificate and endpoint, and can be signed', () => {
    const xml = signXml(entity(content.issuer), ['EntityDescriptor'], { key })
    expect(isXmlSigned(xml, [key.certificate])).toBe(true)
    const document = parseXml(xml)
    expect(findElements(document, 'KeyDescriptor')).toHaveLength(2)
    const locations = findElements(document, 'SingleSignOnService').map((service) => service.getAttribute('Location'))
    expect(locations).toEqual(['https://idp.example.com/sso?a=1&b=2', 'https://idp.example.com/sso'])
    expect(document.documentElement.getAttribute('validUntil')).toBe('2030-01-01T00:00:00.000Z')
    expect(findElement(document, 'EntityDescriptor').childNodes.item(0)?.localName).toBe('Signature')
  })

  test('several entities in one document', () => {
    const xml = buildEntitiesDescriptor([entity('https://a.example.com'), entity('https://b.example.com')], {
      name: 'all',
    })
    expect(isXmlSigned(signXml(xml, ['EntitiesDescriptor'], { key }), [key.certificate])).toBe(true)
    expect(findElements(parseXml(xml), 'EntityDescriptor')).toHaveLength(2)
  })
})

describe('recorded responses', () => {
  const folder = new URL('../../conformance/fixtures/', import.meta.url)
  const fixtures = readdirSync(folder)
    .filter((file) => file.startsWith('saml-'))
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as SamlResponseFixture)
    .filter(({ kind }) => kind === 'saml-response')

  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    '%s becomes a valid response',
    async (_, fixture) => {
      const live = { ...sp, authnRequestId: '_live1', now: new Date(), key }
      const { xml } = responseFromFixture(fixture, live)
      const { response, assertion } = fixture.response.signed
      const { profile } = await consume(xml, { wantAuthnResponseSigned: response, wantAssertionsSigned: assertion })
      expect(profile?.issuer).toBe(fixture.response.issuer)
      expect(profile?.nameID).toBe(fixture.response.nameId?.value)
      expect(profile?.['inResponseTo']).toBe(fixture.response.inResponseTo === null ? undefined : '_live1')
    },
  )
})
