// The way out of a session that came by OpenID Connect: from here to the provider (RP-Initiated Logout 1.0), from there to here
// (Front-Channel and Back-Channel Logout 1.0), and by the end that the provider sets.
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OidcConnection } from '#connections/sign-in/connections.ts'
import { createScriptedOp, type ScriptedOp } from '#sandbox/oidc-idp/scripted-op.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { createOidcConnection, createTestBrowser, type TestBrowser, verifyDomain } from '../support/sign-in.ts'
import { expectPlainSignOut, leadsTo, lifetimeOf, signOut } from '../support/sign-out.ts'

let app: TestApp
let organization: TestOrganization
let op: ScriptedOp
let connection: OidcConnection
const person = { sub: 'grace', email: 'grace@example.com', email_verified: true }
beforeAll(async () => {
  app = await startTestApp()
  organization = await app.createOrganization()
  await verifyDomain(organization, 'example.com')
  op = await createScriptedOp({ clientId: 'rolecall', clientSecret: 'secret' })
  connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
})
afterAll(async () => {
  await op.close()
  await app.close()
})
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
  expect(await lifetimeOf(app, await userId(soon))).toEqual({ absolute: 10, idle: 10 })
  const plain = await lifetimeOf(app, await userId(await signedIn()))
  for (const session_expiry of [1e12, 1e300, 'soon']) {
    expect(await lifetimeOf(app, await userId(await signedIn({ session_expiry })))).toEqual(plain)
  }
  for (const session_expiry of [inSeconds(-60), 0, -1e300]) {
    const { browser, answer } = await come({ session_expiry })
    expect([answer.status, await browser.session()]).toEqual([403, undefined])
  }
})
