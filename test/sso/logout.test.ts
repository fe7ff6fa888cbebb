// The way out of a session that came through a provider: from here to there (SAML Profiles 4.4, RP-Initiated Logout 1.0), from
// there to here (front-channel and back-channel), and by the end that the provider sets.
import { readFileSync } from 'node:fs'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { toPem } from '#connections/saml/certificates.ts'
import type { OidcConnection, SamlConnection } from '#connections/sign-in/connections.ts'
import { createScriptedOp, type ScriptedOp } from '#sandbox/oidc-idp/scripted-op.ts'
import { isRedirectSigned, readRedirect, redirectQuery } from '#sandbox/saml-idp/bindings.ts'
import { createSigningKey } from '#sandbox/saml-idp/keys.ts'
import { buildLogoutRequest, buildLogoutResponse } from '#sandbox/saml-idp/logout.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { statusCodes } from '#sandbox/saml-idp/names.ts'
import { readLogoutRequest } from '#sandbox/saml-idp/requests.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { arriveBySaml } from '../support/arrivals.ts'
import {
  createOidcConnection,
  createSamlConnection,
  createTestBrowser,
  type TestBrowser,
  testKey,
  verifyDomain,
} from '../support/sign-in.ts'

let app: TestApp
let organization: TestOrganization
beforeAll(async () => {
  app = await startTestApp()
  organization = await app.createOrganization()
  await verifyDomain(organization, 'example.com')
})
afterAll(() => app.close())

const signOut = (browser: TestBrowser): Promise<Response> => browser.post('/account/sign-out', {})

/** Where the page after a sign-out leads by itself; undefined where it stays. */
const leadsTo = (answer: Response): string | undefined =>
  /^0;url=(.+)$/.exec(answer.headers.get('refresh') ?? '')?.[1] ?? undefined

async function expectPlainSignOut(browser: TestBrowser): Promise<void> {
  const answer = await signOut(browser)
  expect([answer.status, answer.headers.get('location'), leadsTo(answer)]).toEqual([303, '/signed-out', undefined])
  expect(await browser.session()).toBeUndefined()
}

const minutesUntil = (time: unknown): number => Math.round((Number(time) - Date.now()) / 60_000)

/** Minutes until the session of a person ends at the latest, used or not. */
async function lifetimeOf(userId: string | null): Promise<{ absolute: number; idle: number }> {
  const [row] = await app.owner`select expires_at, idle_expires_at from sessions
    where user_id = ${userId} order by id desc limit 1`
  return { absolute: minutesUntil(row?.['expires_at']), idle: minutesUntil(row?.['idle_expires_at']) }
}

describe('SAML', () => {
  let connection: SamlConnection
  beforeAll(async () => {
    connection = await createSamlConnection(organization)
  })

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
    expect(
      isRedirectSigned(url.replace('RelayState=', 'RelayState=x'), [toPem(connection.settings.spCertificate)]),
    ).toBe(false)
  })

  test('without a session index the person alone is named', async () => {
    const { browser } = await arrive({ sessionIndex: null })
    const request = readLogoutRequest(readRedirect(leadsTo(await signOut(browser)) ?? '').xml)
    expect([request.sessionIndexes, request.nameId.value]).toEqual([[], 'ada@example.com'])
  })

  test('a provider without logout, or with none by redirect: signed out here, and that is all', async () => {
    for (const slo of [undefined, { post: 'https://idp.example.net/slo' }]) {
      const metadataXml = buildMetadata({
        entityId: 'https://idp.example.net/metadata',
        certificates: [testKey().certificate],
        sso: { redirect: 'https://idp.example.net/sso' },
        ...(slo === undefined ? {} : { slo }),
      })
      const { browser } = await arrive({}, await createSamlConnection(organization, { metadataXml }))
      await expectPlainSignOut(browser)
    }
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
    const answer = await two.browser.get(
      `${sloUrl}?${redirectQuery({ parameter: 'SAMLRequest', xml, key: testKey() })}`,
    )
    expect(answer.status).toBe(303)
    expect(isRedirectSigned(answer.headers.get('location') ?? '', [toPem(connection.settings.spCertificate)])).toBe(
      true,
    )
    expect([await one.browser.session(), await two.browser.session()]).toEqual([expect.anything(), undefined])
  })

  test('SessionNotOnOrAfter is the end of our session, unless ours comes first', async () => {
    const until = (minutes: number) => ({ times: { sessionNotOnOrAfter: new Date(Date.now() + minutes * 60_000) } })
    const soon = await arrive(until(10))
    expect(await lifetimeOf(soon.attempt.userId)).toEqual({ absolute: 10, idle: 10 })
    const plain = await lifetimeOf((await arrive()).attempt.userId)
    expect(plain.absolute).toBeGreaterThan(10)
    const late = await arrive(until(365 * 24 * 60))
    expect(await lifetimeOf(late.attempt.userId)).toEqual(plain)
    expect((await arrive(until(-1))).attempt).toMatchObject({ outcome: 'refused', reason: 'session_ended' })
  })
})

describe('OpenID Connect', () => {
  let op: ScriptedOp
  let connection: OidcConnection
  const person = { sub: 'grace', email: 'grace@example.com', email_verified: true }
  beforeAll(async () => {
    op = await createScriptedOp({ clientId: 'rolecall', clientSecret: 'secret' })
    connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
  })
  afterAll(() => op.close())
  beforeEach(() => {
    op.script = { claims: { ...person, sid: 'provider-session-1' }, now: () => new Date() }
  })

  async function come(
    claims: Record<string, unknown> = {},
    to = connection,
  ): Promise<{ browser: TestBrowser; answer: Response }> {
    op.script.claims = { ...person, ...claims }
    const browser = createTestBrowser(app.request, app.urls.origin)
    const start = await browser.get(`/sign-in/${to.id}`)
    return { browser, answer: await browser.get(await op.signIn(start.headers.get('location') ?? '')) }
  }

  async function signedIn(claims: Record<string, unknown> = {}, to = connection): Promise<TestBrowser> {
    const { browser, answer } = await come(claims, to)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account'])
    return browser
  }

  const areAlive = async (...browsers: TestBrowser[]): Promise<boolean[]> =>
    (await Promise.all(browsers.map((browser) => browser.session()))).map((session) => session !== undefined)

  test('signing out leads to the end-session page with the ID token that we got, and back to our page', async () => {
    let idToken: unknown
    op.script.token = (body) => {
      idToken = body['id_token']
      return body
    }
    const browser = await signedIn()
    const url = new URL(leadsTo(await signOut(browser)) ?? '')
    expect(`${url.origin}${url.pathname}`).toBe(`${op.origin}/end-session`)
    const hint = url.searchParams.get('id_token_hint') ?? ''
    expect([hint, decodeJwt(hint).sub]).toEqual([idToken, 'grace'])
    const { postLogoutRedirectUri } = app.urls.connection(connection.id)
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(postLogoutRedirectUri)
    expect(url.searchParams.get('client_id')).toBe('rolecall')
    const back = await browser.get(postLogoutRedirectUri)
    expect([back.status, (await back.text()).includes('You are signed out')]).toEqual([200, true])
    expect(await browser.session()).toBeUndefined()
  })

  test('a provider without an end-session page: signed out here, and that is all', async () => {
    op.script.discovery = ({ end_session_endpoint: _, ...document }) => document
    const plain = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
    await expectPlainSignOut(await signedIn({ sub: 'plain', email: 'plain@example.com' }, plain))
  })

  describe('front-channel', () => {
    const call = (query: Record<string, string>, to = connection): Promise<Response> =>
      app.request(`/oidc/${to.id}/frontchannel-logout?${new URLSearchParams(query)}`)

    test('ends the session of that sid and no other', async () => {
      const one = await signedIn({ sid: 'front-session-1' })
      const two = await signedIn({ sid: 'front-session-2' })
      const elsewhere = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
      expect((await call({ iss: op.issuer, sid: 'front-session-2' }, elsewhere)).status).toBe(200)
      expect(await areAlive(one, two)).toEqual([true, true])
      expect((await call({ iss: op.issuer, sid: 'front-session-2' })).status).toBe(200)
      expect(await areAlive(one, two)).toEqual([true, false])
    })

    test('of another issuer, or of no session, is 400 and ends nothing', async () => {
      const browser = await signedIn({ sid: 'front-session-3' })
      const calls = [
        { iss: 'https://other.example.com', sid: 'front-session-3' },
        { iss: `${op.issuer}/`, sid: 'front-session-3' },
        { sid: 'front-session-3' },
        { iss: op.issuer },
        { iss: op.issuer, sid: '' },
      ]
      for (const query of calls) expect((await call(query as Record<string, string>)).status).toBe(400)
      expect(await areAlive(browser)).toEqual([true])
    })
  })

  test('back-channel: with a sid one of two sessions ends, without it both', async () => {
    const send = async (named: { sub?: string; sid?: string }): Promise<number> => {
      const token = await op.logoutToken(named)
      const { status } = await app.request(`/oidc/${connection.id}/backchannel-logout`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ logout_token: token }).toString(),
      })
      return status
    }
    const [one, two] = [await signedIn({ sid: 'back-session-1' }), await signedIn({ sid: 'back-session-2' })]
    expect(await send({ sub: 'somebody-else', sid: 'back-session-1' })).toBe(200)
    expect(await areAlive(one, two)).toEqual([true, true])
    expect(await send({ sub: 'grace', sid: 'back-session-1' })).toBe(200)
    expect(await areAlive(one, two)).toEqual([false, true])
    const three = await signedIn({ sid: 'back-session-3' })
    expect(await send({ sub: 'grace' })).toBe(200)
    expect(await areAlive(two, three)).toEqual([false, false])
  })

  test('session_expiry is the end of our session; one that is over is refused, a far one bounds nothing', async () => {
    const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds
    const userId = async (browser: TestBrowser): Promise<string> => (await browser.session())?.user.id ?? ''
    const soon = await signedIn({ session_expiry: inSeconds(600) })
    expect(await lifetimeOf(await userId(soon))).toEqual({ absolute: 10, idle: 10 })
    const plain = await lifetimeOf(await userId(await signedIn()))
    for (const session_expiry of [1e12, 1e300, 'soon']) {
      expect(await lifetimeOf(await userId(await signedIn({ session_expiry })))).toEqual(plain)
    }
    for (const session_expiry of [inSeconds(-60), 0, -1e300]) {
      const { browser, answer } = await come({ session_expiry })
      expect([answer.status, await browser.session()]).toEqual([403, undefined])
    }
  })
})
