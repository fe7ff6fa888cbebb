// The way out of a session that came by SAML (SAML Profiles 4.4): from here to the provider, from there to here, and by the end
// that the provider sets.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toPem } from '#connections/saml/certificates.ts'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { isRedirectSigned, readRedirect, redirectQuery } from '#sandbox/saml-idp/bindings.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildLogoutRequest, buildLogoutResponse } from '#sandbox/saml-idp/logout.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { statusCodes } from '#sandbox/saml-idp/names.ts'
import { readLogoutRequest } from '#sandbox/saml-idp/requests.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { arriveBySaml } from '../support/arrivals.ts'
import { createSamlConnection, testKey, verifyDomain } from '../support/sign-in.ts'
import { expectPlainSignOut, leadsTo, lifetimeOf, signOut } from '../support/sign-out.ts'

let app: TestApp
let organization: TestOrganization
let connection: SamlConnection
beforeAll(async () => {
  app = await startTestApp()
  organization = await app.createOrganization()
  await verifyDomain(organization, 'example.com')
  connection = await createSamlConnection(organization)
})
afterAll(() => app.close())

const arrive = (change: Parameters<typeof arriveBySaml>[3]['change'] = {}, to = connection) =>
  arriveBySaml(app, organization, to, { change: { sessionIndex: 'index-1', ...change } })

test('signing out leads to the provider with a request that our key signed, for this person and session', async () => {
  const { browser } = await arrive({ nameId: { value: 'ada@example.com' }, sessionIndex: 'a&b<1>' })
  const answer = await signOut(browser)
  const url = leadsTo(answer) ?? ''
  expect(answer.status).toBe(200)
  expect(url.startsWith('https://idp.example.net/slo?')).toBe(true)
  expect(await answer.text()).toContain('You are signed out here')
  expect(await browser.session()).toBeUndefined()
  const { entityId } = app.urls.connection(connection.id)
  const message = readRedirect(url)
  const request = readLogoutRequest(message.xml)
  expect(request).toMatchObject({
    ...{ issuer: entityId, destination: 'https://idp.example.net/slo', sessionIndexes: ['a&b<1>'] },
    nameId: { value: 'ada@example.com' },
  })
  expect(request.id).toMatch(/^_[0-9a-f]{40}$/)
  expect(isRedirectSigned(url, [toPem(connection.settings.spCertificate)])).toBe(true)
  expect(isRedirectSigned(url, [testKey().certificate])).toBe(false)
  expect(isRedirectSigned(url.replace('RelayState=', 'RelayState=x'), [toPem(connection.settings.spCertificate)])).toBe(
    false,
  )
})

test('without a session index the person alone is named', async () => {
  const { browser } = await arrive({ sessionIndex: null })
  const request = readLogoutRequest(readRedirect(leadsTo(await signOut(browser)) ?? '').xml)
  expect([request.sessionIndexes, request.nameId.value]).toEqual([[], 'ada@example.com'])
})

test('a provider without logout: signed out here, and that is all', async () => {
  const metadataXml = buildMetadata({
    entityId: 'https://idp.example.net/metadata',
    certificates: [testKey().certificate],
    sso: { redirect: 'https://idp.example.net/sso' },
  })
  const { browser } = await arrive({}, await createSamlConnection(organization, { metadataXml }))
  await expectPlainSignOut(browser)
})

describe('the answer of the provider', () => {
  type Recorded = { response: { issuer: string; status: string } }
  const fixture = JSON.parse(
    readFileSync(new URL('../../conformance/fixtures/saml-slo-entra.json', import.meta.url), 'utf8'),
  ) as Recorded

  /** Signs out and comes back with an answer that differs by `change`. */
  async function comeBack(
    change: Partial<Parameters<typeof buildLogoutResponse>[0]>,
    key = testKey(),
    isSigned = true,
  ) {
    const { browser } = await arrive()
    const { xml, relayState } = readRedirect(leadsTo(await signOut(browser)) ?? '')
    const { sloUrl } = app.urls.connection(connection.id)
    const response = buildLogoutResponse({
      ...{ issuer: connection.settings.idpEntityId, destination: sloUrl, inResponseTo: readLogoutRequest(xml).id },
      ...change,
    })
    const signing = isSigned ? { key } : {}
    return browser.get(
      `${sloUrl}?${redirectQuery({ parameter: 'SAMLResponse', xml: response, relayState, ...signing })}`,
    )
  }

  test('ends on the page that says so', async () => {
    const answer = await comeBack({})
    expect([answer.status, leadsTo(answer)]).toEqual([200, undefined])
    expect(await answer.text()).toContain('You are signed out')
  })

  test('of Entra is taken although it is unsigned and its issuer another', async () => {
    const { issuer, status } = fixture.response
    const answer = await comeBack({ issuer, status: { code: status } }, testKey(), false)
    expect(issuer).not.toBe(connection.settings.idpEntityId)
    expect([answer.status, (await answer.text()).includes('You are signed out')]).toEqual([200, true])
  })

  test('that is no success is not passed off as one', async () => {
    const answer = await comeBack({ status: { code: statusCodes.responder } })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/signed-out'])
  })

  test('for another place, or with a signature of somebody else, is refused', async () => {
    expect((await comeBack({ destination: 'https://elsewhere.example.com/slo' })).status).toBe(403)
    expect((await comeBack({}, createSigningKey())).status).toBe(403)
  })
})

test('a request of the provider ends the session that it names, and no other one of the person', async () => {
  const [one, two] = [await arrive({ sessionIndex: 'index-one' }), await arrive({ sessionIndex: 'index-two' })]
  const { sloUrl } = app.urls.connection(connection.id)
  const xml = buildLogoutRequest({
    ...{ issuer: connection.settings.idpEntityId, destination: sloUrl, sessionIndexes: ['index-two'] },
    nameId: { value: 'ada@example.com' },
  })
  const answer = await two.browser.get(`${sloUrl}?${redirectQuery({ parameter: 'SAMLRequest', xml, key: testKey() })}`)
  expect(answer.status).toBe(303)
  expect(isRedirectSigned(answer.headers.get('location') ?? '', [toPem(connection.settings.spCertificate)])).toBe(true)
  expect([await one.browser.session(), await two.browser.session()]).toEqual([expect.anything(), undefined])
})

test('SessionNotOnOrAfter is the end of our session, unless ours comes first', async () => {
  const until = (minutes: number) => ({ times: { sessionNotOnOrAfter: new Date(Date.now() + minutes * 60_000) } })
  const soon = await arrive(until(10))
  expect(await lifetimeOf(app, soon.attempt.userId)).toEqual({ absolute: 10, idle: 10 })
  const plain = await lifetimeOf(app, (await arrive()).attempt.userId)
  expect(plain.absolute).toBeGreaterThan(10)
  const late = await arrive(until(365 * 24 * 60))
  expect(await lifetimeOf(app, late.attempt.userId)).toEqual(plain)
  expect((await arrive(until(-1))).attempt).toMatchObject({ outcome: 'refused', reason: 'session_ended' })
})
