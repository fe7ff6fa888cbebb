// Metadata both ways: what is read of identity providers, how it is refreshed, and what we publish (SAML Metadata 2.0).

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { toPem } from '#connections/saml/certificates.ts'
import { readIdpMetadata } from '#connections/saml/metadata.ts'
import { getConnection, type SamlConnection } from '#connections/sign-in/connections.ts'
import { createConnection } from '#connections/sign-in/create-connection.ts'
import { refreshMetadata } from '#connections/sign-in/refresh-metadata.ts'
import { updateConnection } from '#connections/sign-in/update-connection.ts'
import { isRedirectSigned } from '#sandbox/saml-idp/bindings.ts'
import { createSigningKey, type SigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildEntitiesDescriptor, buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { isXmlSigned } from '#sandbox/saml-idp/requests.ts'
import { buildResponse } from '#sandbox/saml-idp/response.ts'
import { sealResponse } from '#sandbox/saml-idp/sign.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { createTestBrowser, postResponse, startSaml, testKey, verifyDomain } from '../support/sign-in.ts'

const entityId = 'https://idp.example.net/metadata'
const now = new Date()

const metadata = (options: Partial<Parameters<typeof buildMetadata>[0]> = {}): string =>
  buildMetadata({
    entityId,
    certificates: [testKey().certificate],
    sso: { redirect: 'https://idp.example.net/sso', post: 'https://idp.example.net/post' },
    ...options,
  })

describe('reading', () => {
  test('one provider: addresses, certificates, and its wish for signed requests', () => {
    const read = readIdpMetadata(
      metadata({ slo: { redirect: 'https://idp.example.net/slo' }, wantsSignedRequests: true }),
      { now },
    )
    expect(read).toMatchObject({
      entityId,
      sso: { url: 'https://idp.example.net/sso', binding: 'redirect' },
      slo: { url: 'https://idp.example.net/slo', responseUrl: 'https://idp.example.net/slo', binding: 'redirect' },
      wantsSignedRequests: true,
      certificates: [{ status: 'trusted', subject: expect.stringContaining('idp.example.net') }],
    })
  })

  test('a provider with POST alone, and with several certificates of which one comes twice', () => {
    const other = createSigningKey({ commonName: 'next' })
    const certificates = [testKey().certificate, other.certificate, testKey().certificate]
    const read = readIdpMetadata(metadata({ sso: { post: 'https://idp.example.net/post' }, certificates }), { now })
    expect([read.sso.binding, read.certificates.length]).toEqual(['post', 2])
  })

  test('of several providers the one that is named; without a name they are listed', () => {
    const both = buildEntitiesDescriptor([metadata(), metadata({ entityId: 'https://other.example.net' })])
    expect(readIdpMetadata(both, { now, entityId: 'https://other.example.net' }).entityId).toBe(
      'https://other.example.net',
    )
    expect(() => readIdpMetadata(both, { now })).toThrow(
      /say which: https:\/\/idp.example.net\/metadata, https:\/\/other/,
    )
    expect(() => readIdpMetadata(both, { now, entityId: 'https://third.example.net' })).toThrow(/no identity provider/)
  })

  const refused: [string, () => string, RegExp][] = [
    ['W-044 a DOCTYPE', () => `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${metadata()}`, /DOCTYPE/],
    ['what is no XML', () => 'hello', /no XML/],
    ['what is not well-formed', () => metadata().replace('</md:IDPSSODescriptor>', ''), /well-formed/],
    [
      'a service provider',
      () => metadata().replaceAll('IDPSSODescriptor', 'SPSSODescriptor'),
      /not of an identity provider/,
    ],
    ['no certificate', () => metadata({ certificates: [] }), /no certificate/],
    ['a key for encryption alone', () => metadata().replace('use="signing"', 'use="encryption"'), /no certificate/],
    ['what has run out', () => metadata({ validUntil: new Date('2020-01-01') }), /ran out/],
    ['no address', () => metadata({ sso: {} }), /SingleSignOnService/],
    ['a short key', () => metadata({ certificates: [createSigningKey({ modulusLength: 1024 }).certificate] }), /2048/],
    [
      'a broken certificate',
      () => metadata().replace(/<ds:X509Certificate>[^<]{8}/, '<ds:X509Certificate>AAAAAAAA'),
      /cannot be read/,
    ],
    ['a megabyte', () => metadata().replace('<md:IDPSSO', `${' '.repeat(1_100_000)}<md:IDPSSO`), /larger/],
    [
      'a forest of elements',
      () => metadata().replace('</md:IDPSSODescriptor>', `${'<a/>'.repeat(25_000)}</md:IDPSSODescriptor>`),
      /too many/,
    ],
  ]
  test.each(refused)('%s is refused', (_, make, words) => {
    expect(() => readIdpMetadata(make(), { now })).toThrow(words)
  })

  test('an address that is no web page is refused', async () => {
    const app = await startTestApp()
    const { ctx } = await app.createOrganization()
    const metadataXml = metadata({ sso: { redirect: 'javascript:alert(1)' } })
    await expect(createConnection(ctx, { type: 'saml', metadataXml }, requireOrdinaryRole)).rejects.toMatchObject({
      reason: 'metadata',
    })
    await app.close()
  })
})

describe('at a URL', () => {
  let app: TestApp
  let published = ''
  let status = 200
  let url: string
  // Like Keycloak, which has its metadata as application/xml alone.
  const server = createServer(({ headers }, answer) => {
    const isAcceptable = headers.accept?.includes('application/xml') === true
    answer.writeHead(isAcceptable ? status : 406, { 'content-type': 'application/samlmetadata+xml' }).end(published)
  })
  beforeAll(async () => {
    app = await startTestApp()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`
  })
  afterAll(async () => {
    server.close()
    await app.close()
  })

  async function connect(): Promise<{ organization: TestOrganization; connection: SamlConnection }> {
    published = metadata()
    status = 200
    const organization = await app.createOrganization()
    await verifyDomain(organization, 'example.com')
    const created = await createConnection(
      organization.ctx,
      {
        type: 'saml',
        metadataUrl: url,
        jit: 'verified_domains',
      },
      requireOrdinaryRole,
    )
    const connection = await setConnectionStatus(organization.ctx, {
      connectionId: created.id,
      status: 'optional',
      isForced: true,
    })
    return { organization, connection: connection as SamlConnection }
  }

  async function signInWith(key: SigningKey, connection: SamlConnection): Promise<number> {
    const browser = createTestBrowser(app.request, app.urls.origin)
    const { requestId } = await startSaml(browser, connection.id)
    const { acsUrl, entityId: audience } = app.urls.connection(connection.id)
    const attributes = [{ name: 'email', values: ['ada@example.com'] }]
    const xml = buildResponse({
      issuer: entityId,
      acsUrl,
      audience,
      inResponseTo: requestId,
      nameId: { value: 'ada' },
      attributes,
    })
    return (
      await postResponse(browser, connection.id, sealResponse(xml, { key, sign: { response: true, assertion: true } }))
    ).status
  }

  test('is read of a provider that has it as application/xml alone', async () => {
    const { connection } = await connect()
    expect(connection.settings.idpEntityId).toBe(entityId)
  })

  test('a new certificate waits for an administrator; one that is gone verifies nothing any more', async () => {
    const { organization, connection } = await connect()
    const next = createSigningKey({ commonName: 'next' })
    published = metadata({ certificates: [testKey().certificate, next.certificate] })
    expect(await refreshMetadata(organization.ctx, connection.id)).toEqual({ changed: ['certificates'], waiting: 1 })
    expect([await signInWith(testKey(), connection), await signInWith(next, connection)]).toEqual([303, 403])
    const { settings } = (await getConnection(organization.ctx, connection.id)) as SamlConnection
    const pending = settings.certificates.find((certificate) => certificate.status === 'pending')
    await updateConnection(
      organization.ctx,
      {
        connectionId: connection.id,
        // As providers and openssl show it.
        trustCertificates: [`SHA256 Fingerprint=${(pending?.sha256 ?? '').toUpperCase().replace(/..(?=.)/g, '$&:')}`],
      },
      requireOrdinaryRole,
    )
    expect([await signInWith(testKey(), connection), await signInWith(next, connection)]).toEqual([303, 303])
    published = metadata({ certificates: [next.certificate] })
    await refreshMetadata(organization.ctx, connection.id)
    expect([await signInWith(testKey(), connection), await signInWith(next, connection)]).toEqual([403, 303])
  })

  test('a takeover of the URL gets nobody in: all certificates new, none trusted', async () => {
    const { organization, connection } = await connect()
    const attacker = createSigningKey({ commonName: 'attacker' })
    published = metadata({ certificates: [attacker.certificate] })
    await refreshMetadata(organization.ctx, connection.id)
    expect([await signInWith(testKey(), connection), await signInWith(attacker, connection)]).toEqual([303, 403])
  })

  test('another entityID, an error or nothing at all leaves everything as it was', async () => {
    const { organization, connection } = await connect()
    const before = (await getConnection(organization.ctx, connection.id)).settings
    published = metadata({ entityId: 'https://other.example.net' })
    await expect(refreshMetadata(organization.ctx, connection.id)).rejects.toMatchObject({ reason: 'entity_changed' })
    status = 500
    await expect(refreshMetadata(organization.ctx, connection.id)).rejects.toMatchObject({ reason: 'unreachable' })
    status = 200
    published = 'nothing'
    await expect(refreshMetadata(organization.ctx, connection.id)).rejects.toMatchObject({ reason: 'metadata' })
    expect((await getConnection(organization.ctx, connection.id)).settings).toEqual(before)
    await expect(refreshMetadata((await app.createOrganization()).ctx, connection.id)).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('what we publish: our certificate, our addresses; our requests are signed with its key', async () => {
    const { connection } = await connect()
    const answer = await app.request(`/saml/${connection.id}/metadata`)
    const xml = await answer.text()
    expect(answer.headers.get('content-type')).toBe('application/samlmetadata+xml')
    const { acsUrl, entityId: ours, sloUrl } = app.urls.connection(connection.id)
    for (const part of [acsUrl, ours, sloUrl, connection.settings.spCertificate]) expect(xml).toContain(part)
    expect(xml.match(/KeyDescriptor use=/g)).toHaveLength(2)
    const { url: redirect } = await startSaml(createTestBrowser(app.request, app.urls.origin), connection.id)
    const certificates = [toPem(connection.settings.spCertificate)]
    expect(isRedirectSigned(redirect.href, certificates)).toBe(true)
    expect(isRedirectSigned(redirect.href, [testKey().certificate])).toBe(false)
  })

  test('a provider with the POST binding gets a signed request from a page that sends itself', async () => {
    const organization = await app.createOrganization()
    const metadataXml = metadata({ sso: { post: 'https://idp.example.net/post' } })
    const { id } = await createConnection(organization.ctx, { type: 'saml', metadataXml }, requireOrdinaryRole)
    const connection = (await setConnectionStatus(organization.ctx, {
      connectionId: id,
      status: 'optional',
      isForced: true,
    })) as SamlConnection
    const answer = await createTestBrowser(app.request, app.urls.origin).get(`/sign-in/${id}`)
    const page = await answer.text()
    expect(page).toContain('action="https://idp.example.net/post"')
    const message = /name="SAMLRequest" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const request = Buffer.from(message, 'base64').toString()
    expect(isXmlSigned(request, [toPem(connection.settings.spCertificate)])).toBe(true)
    expect(request).toMatch(/ID="_[0-9a-f]{40}"/)
  })

  test('an encrypted assertion is read; where encryption is required a clear one is not', async () => {
    const { organization, connection } = await connect()
    const send = async (isEncrypted: boolean): Promise<number> => {
      const browser = createTestBrowser(app.request, app.urls.origin)
      const { requestId } = await startSaml(browser, connection.id)
      const { acsUrl, entityId: audience } = app.urls.connection(connection.id)
      const attributes = [{ name: 'email', values: ['ada@example.com'] }]
      const xml = buildResponse({
        issuer: entityId,
        acsUrl,
        audience,
        inResponseTo: requestId,
        nameId: { value: 'ada' },
        attributes,
      })
      const certificate = toPem(connection.settings.spCertificate)
      const how = {
        key: testKey(),
        sign: { response: false, assertion: true },
        ...(isEncrypted ? { encrypt: { certificate } } : {}),
      }
      return (await postResponse(browser, connection.id, sealResponse(xml, how))).status
    }
    expect([await send(true), await send(false)]).toEqual([303, 303])
    await updateConnection(
      organization.ctx,
      { connectionId: connection.id, isEncryptionRequired: true },
      requireOrdinaryRole,
    )
    expect([await send(true), await send(false)]).toEqual([303, 403])
  })
})
