import { SAML, ValidateInResponseTo } from '@node-saml/node-saml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBrowser, readForm } from '../sign-in/browser.ts'
import { entraAttributes } from './attributes.ts'
import { encodePost, readRedirect } from './bindings.ts'
import { createSigningKey } from './keys.ts'
import { statusCodes } from './names.ts'
import { isXmlSigned, readLogoutResponse } from './requests.ts'
import { type RunningSamlIdentityProvider, startSamlIdentityProvider } from './start.ts'
import { findElements, parseXml } from './xml.ts'

const ada = { id: 'ada', email: 'ada@north.example.com', givenName: 'Ada', familyName: 'Brook', groups: ['Crew'] }
const eve = { id: 'eve"<', email: 'eve@north.example.com', givenName: 'Eve', familyName: '<Moss>' }
const sp = {
  entityId: 'https://sp.example.com/saml/con_1',
  acsUrl: 'https://sp.example.com/saml/con_1/acs',
  sloUrl: 'https://sp.example.com/saml/con_1/slo',
}
const spKey = createSigningKey()
let idp: RunningSamlIdentityProvider
let saml: SAML

beforeAll(async () => {
  idp = await startSamlIdentityProvider({ people: [ada, eve], name: 'North & Co' })
  idp.trust(sp)
  saml = consumer()
})
afterAll(() => idp.close())

const consumer = (isSigning = false) =>
  new SAML({
    idpCert: idp.keys.map((key) => key.certificate),
    issuer: sp.entityId,
    audience: sp.entityId,
    callbackUrl: sp.acsUrl,
    entryPoint: idp.urls.sso,
    logoutUrl: idp.urls.slo,
    validateInResponseTo: ValidateInResponseTo.ifPresent,
    signatureAlgorithm: 'sha256',
    ...(isSigning ? { privateKey: spKey.privateKey } : {}),
  })

const startLogin = (relayState = 'r1') => saml.getAuthorizeUrlAsync(relayState, undefined, {})

describe('without a browser', () => {
  test('answers the address of a request', async () => {
    const { acsUrl, samlResponse, relayState } = idp.respondTo(await startLogin(), ada)
    expect([acsUrl, relayState]).toEqual([sp.acsUrl, 'r1'])
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: samlResponse })
    expect(profile).toMatchObject({ nameID: ada.email, issuer: idp.entityId, attributes: { groups: 'Crew' } })
  })

  test('parts of the content can be replaced', async () => {
    const { samlResponse } = idp.respondTo(await startLogin(), ada, { audience: 'https://other.example.com' })
    await expect(saml.validatePostResponseAsync({ SAMLResponse: samlResponse })).rejects.toThrow('audience')
  })

  test('signs somebody in without a request', async () => {
    const { samlResponse, relayState } = idp.unsolicited(ada, { relayState: '/x' })
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: samlResponse })
    expect(profile?.['inResponseTo']).toBeUndefined()
    expect(relayState).toBe('/x')
  })

  test('settings and keys may change while it runs', async () => {
    const other = await startSamlIdentityProvider({ people: [ada], serviceProviders: [sp] })
    other.trust({ ...sp, encryptionCertificate: spKey.certificate })
    other.settings.isEncrypting = true
    other.settings.sign = { response: true, assertion: false }
    other.settings.attributesOf = entraAttributes
    other.keys.unshift(createSigningKey())
    const { xml } = other.unsolicited(ada)
    expect(findElements(parseXml(xml), 'EncryptedAssertion')).toHaveLength(1)
    expect(findElements(parseXml(xml), 'Signature')).toHaveLength(1)
    expect(findElements(parseXml(other.metadata()), 'X509Certificate')).toHaveLength(2)
    other.settings.isSigningMetadata = true
    const metadata = await (await fetch(other.urls.metadata)).text()
    expect(isXmlSigned(metadata, [other.keys[0]?.certificate ?? ''])).toBe(true)
    await other.close()
  })
})

describe('in a browser', () => {
  test('shows its people and posts the answer to the service provider', async () => {
    const browser = createBrowser()
    const url = await startLogin('a"b')
    const page = await browser.request(url)
    const html = await page.text()
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(html).toContain('Sign in to North &#38; Co')
    expect(html).toContain('Ada Brook')
    expect(html).toContain('&#60;Moss&#62;')
    expect(html).not.toContain('<script')

    const form = readForm(html, url)
    const answer = await browser.submit(form.action, { ...form.fields, person: eve.id })
    const { action, fields } = readForm(await answer.text(), form.action)
    expect(action).toBe(sp.acsUrl)
    expect(fields['RelayState']).toBe('a"b')
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: fields['SAMLResponse'] ?? '' })
    expect(profile?.nameID).toBe(eve.email)
  })

  test('the person may refuse, and a passive request is refused', async () => {
    const browser = createBrowser()
    const url = await startLogin()
    const form = readForm(await (await browser.request(url)).text(), url)
    const refused = await browser.submit(form.action, { ...form.fields, person: '' })
    const { fields } = readForm(await refused.text(), form.action)
    const xml = Buffer.from(fields['SAMLResponse'] ?? '', 'base64').toString()
    expect(xml).toContain(statusCodes.authnFailed)
    expect(xml).not.toContain('Assertion')

    const passive = readRedirect(url).xml.replace('Version=', 'IsPassive="true" Version=')
    const answer = await browser.submit(idp.urls.sso, { SAMLRequest: encodePost(passive) })
    const answered = readForm(await answer.text(), idp.urls.sso).fields['SAMLResponse'] ?? ''
    expect(Buffer.from(answered, 'base64').toString()).toContain(statusCodes.noPassive)
  })

  test('refuses strangers, other addresses, and unsigned requests where it wants signed ones', async () => {
    const browser = createBrowser()
    const { xml } = readRedirect(await startLogin())
    for (const changed of [
      xml.replace(sp.entityId, 'https://x.example.com'),
      xml.replace(sp.acsUrl, 'https://x.example.com'),
    ])
      expect((await browser.submit(idp.urls.sso, { SAMLRequest: encodePost(changed) })).status).toBe(400)

    idp.trust({ ...sp, requestCertificates: [spKey.certificate] })
    idp.settings.wantsSignedRequests = true
    expect((await browser.request(await startLogin())).status).toBe(400)
    const signed = await consumer(true).getAuthorizeUrlAsync('r1', undefined, {})
    expect((await browser.request(signed)).status).toBe(200)
    idp.settings.wantsSignedRequests = false
  })

  test('a tile starts sign-in without a request', async () => {
    const answer = await createBrowser().submit(idp.urls.start, { person: ada.id })
    expect(readForm(await answer.text(), idp.urls.start).action).toBe(sp.acsUrl)
  })
})

describe('single logout', () => {
  test('answers a logout request with a signed response', async () => {
    const profile = { issuer: idp.entityId, nameID: ada.email, nameIDFormat: 'f', sessionIndex: '_1' }
    const url = await saml.getLogoutUrlAsync(profile, 'r2', {})
    const answer = await createBrowser().request(url)
    const location = answer.headers.get('location') ?? ''
    expect(location.startsWith(sp.sloUrl)).toBe(true)
    const { xml, relayState } = readRedirect(location)
    expect(readLogoutResponse(xml)).toMatchObject({ issuer: idp.entityId, statusCode: statusCodes.success })
    expect(relayState).toBe('r2')
    const query = Object.fromEntries(new URL(location).searchParams)
    await expect(saml.validateRedirectAsync(query, new URL(location).search.slice(1))).resolves.toMatchObject({
      loggedOut: true,
    })
  })

  test('asks for logout itself', async () => {
    const url = idp.logoutRequestUrl({ value: ada.email }, { sessionIndexes: ['_1'] })
    const query = Object.fromEntries(new URL(url).searchParams)
    const { profile } = await saml.validateRedirectAsync(query, new URL(url).search.slice(1))
    expect(profile).toMatchObject({ nameID: ada.email, sessionIndex: '_1' })
  })
})
