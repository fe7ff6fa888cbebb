// The NameID with everything that belongs to it: kept, given back in a logout, encrypted, by POST both ways, and replaced by an
// attribute where it names nobody for good.
import { describe, expect, test } from 'vitest'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { toPem } from '#connections/saml/certificates.ts'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { updateConnection } from '#connections/sign-in/update-connection.ts'
import { decodePost, encodePost, readRedirect, redirectQuery } from '#sandbox/saml-idp/bindings.ts'
import { encryptXml } from '#sandbox/saml-idp/encrypt.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildLogoutRequest } from '#sandbox/saml-idp/logout.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { nameIdFormats } from '#sandbox/saml-idp/names.ts'
import { isXmlSigned, readLogoutResponse } from '#sandbox/saml-idp/requests.ts'
import { buildNameId } from '#sandbox/saml-idp/response.ts'
import { signXml } from '#sandbox/saml-idp/sign.ts'
import { arriveBySaml, expectRefusedFor } from '../support/arrivals.ts'
import { it, type Organization, stage, useProviderStage } from '../support/provider-stage.ts'
import { createSamlConnection, type TestBrowser, testKey } from '../support/sign-in.ts'
import { leadsTo, signOut } from '../support/sign-out.ts'

useProviderStage()

const whole = {
  value: 'p-77',
  format: nameIdFormats.persistent,
  nameQualifier: 'https://idp.example.net/metadata',
  spNameQualifier: 'https://id.example.com/x?a=1&b="2"',
}

const arriveAs = (organization: Organization, connection: SamlConnection, change: object, email = 'ada@example.com') =>
  arriveBySaml(it.app, organization, connection, {
    attributes: {},
    change: { attributes: [{ name: 'email', values: [email] }], ...change },
  })

describe('a logout of ours', () => {
  test('repeats format and qualifiers, and adds none that the provider has not given', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization)
    const first = await arriveAs(organization, connection, { nameId: whole })
    const { xml } = readRedirect(leadsTo(await signOut(first.browser)) ?? '')
    expect(xml).toContain(
      '<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" NameQualifier="https://idp.example.net/metadata" SPNameQualifier="https://id.example.com/x?a=1&amp;b=&quot;2&quot;">p-77</saml:NameID>',
    )
    const plain = await arriveAs(organization, connection, { nameId: { value: 'p-78' } }, 'bo@example.com')
    expect(readRedirect(leadsTo(await signOut(plain.browser)) ?? '').xml).toContain('<saml:NameID>p-78</saml:NameID>')
  })

  test('names the session of this sign-in, also where an attribute names the person', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization, { subjectAttribute: 'uid' })
    const change = {
      nameId: { value: '_f00', format: nameIdFormats.transient },
      attributes: ['email', 'uid'].map((name) => ({ name, values: [name === 'uid' ? 'u-1' : 'ada@example.com'] })),
    }
    const { browser } = await arriveAs(organization, connection, change)
    const { xml } = readRedirect(leadsTo(await signOut(browser)) ?? '')
    expect(xml).toContain(`<saml:NameID Format="${nameIdFormats.transient}">_f00</saml:NameID>`)
  })
})

/** The form that a page of ours posts by itself. */
function formOf(html: string): { action: string; fields: Record<string, string> } {
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
  return {
    action: /<form method="post" action="([^"]+)" data-submit-at-once/.exec(html)?.[1] ?? '',
    fields: Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value])),
  }
}

test('single logout by POST goes both ways, signed in the message', async () => {
  const { organization } = await stage()
  const metadataXml = buildMetadata({
    entityId: 'https://idp.example.net/metadata',
    certificates: [testKey().certificate],
    sso: { redirect: 'https://idp.example.net/sso' },
    slo: { post: 'https://idp.example.net/slo' },
  })
  const connection = await createSamlConnection(organization, { metadataXml })
  const ours = [toPem(connection.settings.spCertificate)]
  const { browser } = await arriveAs(organization, connection, { nameId: whole })
  const left = await signOut(browser)
  const request = formOf(await left.text())
  const xml = decodePost(request.fields['SAMLRequest'] ?? '')
  expect([request.action, isXmlSigned(xml, ours), isXmlSigned(xml, [testKey().certificate])]).toEqual([
    ...['https://idp.example.net/slo', true, false],
  ])
  expect(xml).toContain('SPNameQualifier=')
  expect(left.headers.get('content-security-policy')).not.toContain('form-action')
  expect(await browser.session()).toBeUndefined()

  const again = await arriveAs(organization, connection, { nameId: whole })
  const { sloUrl } = it.app.urls.connection(connection.id)
  const theirs = buildLogoutRequest({
    ...{ issuer: connection.settings.idpEntityId, destination: sloUrl, nameId: whole, id: '_their-request' },
  })
  const answer = await again.browser.postAcrossSites(sloUrl, {
    SAMLRequest: encodePost(signXml(theirs, ['LogoutRequest'], { key: testKey() })),
    RelayState: 'theirs',
  })
  const response = formOf(await answer.text())
  const answered = decodePost(response.fields['SAMLResponse'] ?? '')
  expect([response.action, response.fields['RelayState'], isXmlSigned(answered, ours)]).toEqual([
    ...['https://idp.example.net/slo', 'theirs', true],
  ])
  expect(readLogoutResponse(answered)).toMatchObject({
    inResponseTo: '_their-request',
    statusCode: expect.stringMatching(/Success$/),
  })
  expect(await again.browser.session()).toBeUndefined()
})

describe('a logout of the provider', () => {
  const ask = (connection: SamlConnection, browser: TestBrowser, xml: string) => {
    const { sloUrl } = it.app.urls.connection(connection.id)
    const signed = signXml(xml, ['LogoutRequest'], { key: testKey() })
    return browser.postAcrossSites(sloUrl, { SAMLRequest: encodePost(signed) })
  }
  const request = (connection: SamlConnection, name: string | null, extra?: string) =>
    buildLogoutRequest({
      ...{ issuer: connection.settings.idpEntityId, destination: it.app.urls.connection(connection.id).sloUrl },
      nameId: name === null ? null : { value: name },
      ...(extra === undefined ? {} : { extra }),
    })
  const sealed = (certificate: string, xml: string, options: object = {}) =>
    encryptXml(xml, { certificate, ...options }).replaceAll('EncryptedAssertion', 'EncryptedID')
  const nameId = (value: string) =>
    buildNameId({ value }).replace('<saml:NameID', '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"')

  test('may name the person in an EncryptedID; one for another key, by a weak method or beside a clear name ends nothing', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization)
    const ours = toPem(connection.settings.spCertificate)
    const { browser } = await arriveAs(organization, connection, { nameId: { value: 'p-77' } })
    const refused = [
      request(connection, null, sealed(createSigningKey().certificate, nameId('p-77'))),
      request(connection, null, sealed(ours, nameId('p-77'), { contentAlgorithm: 'aes128-cbc' })),
      request(connection, null, sealed(ours, '<x xmlns="urn:x">p-77</x>')),
      request(connection, 'p-77', sealed(ours, nameId('p-77'))),
    ]
    for (const xml of refused) expect((await ask(connection, browser, xml)).status).toBe(403)
    await ask(connection, browser, request(connection, null, sealed(ours, nameId('somebody-else'))))
    expect(await browser.session()).toBeDefined()
    expect((await ask(connection, browser, request(connection, null, sealed(ours, nameId('p-77'))))).status).toBe(303)
    expect(await browser.session()).toBeUndefined()
  })

  test('ends the session by the NameID that it gave, also where an attribute names the person', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization, { subjectAttribute: 'uid' })
    const { browser } = await arriveAs(organization, connection, {
      nameId: { value: '_transient', format: nameIdFormats.transient },
      attributes: [
        { name: 'email', values: ['ada@example.com'] },
        { name: 'uid', values: ['u-1'] },
      ],
    })
    const { sloUrl } = it.app.urls.connection(connection.id)
    const query = redirectQuery({ parameter: 'SAMLRequest', xml: request(connection, '_transient'), key: testKey() })
    expect(await browser.session()).toBeDefined()
    await browser.get(`${sloUrl}?${query}`)
    expect(await browser.session()).toBeUndefined()
  })
})

describe('the name of the person', () => {
  const oid = 'urn:oid:1.3.6.1.4.1.5923.1.1.1.6'
  const named = (values: string[], nameId: object | null = { value: '_f00', format: nameIdFormats.transient }) => ({
    nameId,
    attributes: [
      { name: 'mail', values: ['eva@example.com'] },
      ...(values.length === 0 ? [] : [{ name: oid, values }]),
    ],
  })

  test('is an attribute where the connection says so, and then the NameID may be transient or missing', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization)
    const without = await arriveAs(organization, connection, named(['eva@example.com']))
    await expectRefusedFor(without, 'name_id')
    expect(without.attempt.trace.steps.at(-1)?.detail).toContain(
      `may name an attribute instead; there are mail, ${oid}`,
    )
    await updateConnection(
      organization.ctx,
      { connectionId: connection.id, subjectAttribute: oid },
      requireOrdinaryRole,
    )
    const first = await arriveAs(organization, connection, named(['eva@example.com']))
    expect(first.attempt.outcome).toBe('signed_in')
    for (const nameId of [
      null,
      { value: '_f01', format: nameIdFormats.transient },
      { value: 'other', format: undefined },
    ]) {
      const again = await arriveAs(organization, connection, named(['eva@example.com'], nameId))
      expect([again.attempt.outcome, again.attempt.userId]).toEqual(['signed_in', first.attempt.userId])
    }
    for (const values of [[], [''], ['a', 'b'], [' eva@example.com']])
      await expectRefusedFor(await arriveAs(organization, connection, named(values)), 'subject_attribute')
  })

  test('does not change under people who have signed in', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization)
    await arriveAs(organization, connection, { nameId: whole })
    const change = updateConnection(
      organization.ctx,
      { connectionId: connection.id, subjectAttribute: 'uid' },
      requireOrdinaryRole,
    )
    await expect(change).rejects.toMatchObject({ code: 'conflict', reason: 'in_use' })
  })

  test('goes with the address in a verified domain, where there are several', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization)
    const { attempt } = await arriveAs(organization, connection, {
      nameId: whole,
      attributes: [{ name: 'email', values: ['private@elsewhere.example.org', 'd@example.com'] }],
    })
    expect([attempt.outcome, attempt.trace.mapped['profile']]).toEqual([
      'signed_in',
      expect.objectContaining({ email: 'd@example.com' }),
    ])
  })
})
