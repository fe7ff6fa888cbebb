// Sign-out that an application asks for (OpenID Connect RP-Initiated Logout 1.0).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startListeningApp } from '../support/listening.ts'
import { createPerson } from '../support/people.ts'
import { createRelyingParty } from '../support/relying-party.ts'
import { signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>

beforeAll(async () => {
  app = await startListeningApp()
})

afterAll(() => app.close())

const goodbye = 'https://app.example.com/goodbye'

async function stage() {
  const organization = await app.createOrganization()
  const session = await signIn(organization, await createPerson(organization))
  const party = await createRelyingParty(app, organization, { postLogoutRedirectUris: [goodbye] })
  const { id_token: idToken = '' } = await party.signIn(session.cookie)
  return { organization, session, party, idToken }
}

const ask = (fields: Record<string, string>, cookie = '') =>
  fetch(`${app.origin}/oauth2/logout?${new URLSearchParams(fields)}`, {
    redirect: 'manual',
    headers: { Accept: 'text/html', Cookie: cookie },
  })

const confirm = (fields: Record<string, string>, cookie: string, headers: Record<string, string> = {}) =>
  fetch(`${app.origin}/oauth2/logout/confirm`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Cookie: cookie, Origin: app.origin, ...headers },
    body: new URLSearchParams(fields),
  })

const isSignedIn = async (cookie: string) =>
  (await fetch(`${app.origin}/session`, { headers: { Cookie: cookie } })).status === 200

test('a calm page asks first; confirmed, the session is over and the person back at the application', async () => {
  const { session, party, idToken } = await stage()
  const fields = { id_token_hint: idToken, post_logout_redirect_uri: goodbye, state: 'xyz&<"' }
  const page = await ask(fields, session.cookie)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://app.example.com")
  const html = await page.text()
  expect(html).toContain('Newsroom asks to sign you out')
  expect(html).toContain('value="xyz&amp;&lt;&quot;"')
  expect(await isSignedIn(session.cookie)).toBe(true)

  const done = await confirm(fields, session.cookie)
  expect(done.status).toBe(303)
  const location = new URL(done.headers.get('location') ?? '')
  expect(`${location.origin}${location.pathname}`).toBe(goodbye)
  expect(location.searchParams.get('state')).toBe('xyz&<"')
  expect(done.headers.getSetCookie().join()).toMatch(/__Host-rolecall_session=; .*Max-Age=0/)
  expect(done.headers.get('clear-site-data')).toBe('"cache", "storage"')
  expect(await isSignedIn(session.cookie)).toBe(false)
  await expect(party.signIn(session.cookie)).rejects.toThrow()
  const [row] = await app.owner`select end_reason as reason from sessions where id = ${session.sessionId}`
  expect(row?.['reason']).toBe('signed_out')
})

describe('without an application that is known to go back to', () => {
  test('the person stays here', async () => {
    const { session } = await stage()
    expect((await ask({}, session.cookie)).status).toBe(200)
    expect((await confirm({}, session.cookie)).headers.get('location')).toBe('/signed-out')
  })
  test('client_id alone is enough to go back', async () => {
    const { session, party } = await stage()
    const fields = { client_id: party.clientId, post_logout_redirect_uri: goodbye }
    expect((await confirm(fields, session.cookie)).headers.get('location')).toBe(goodbye)
  })
  test('whoever is not signed in goes on at once', async () => {
    const { party } = await stage()
    const fields = { client_id: party.clientId, post_logout_redirect_uri: goodbye }
    expect((await ask(fields)).headers.get('location')).toBe(goodbye)
    expect((await ask({})).headers.get('location')).toBe('/signed-out')
  })
})

describe('refused, and the session goes on', () => {
  const refused: [string, (it: Awaited<ReturnType<typeof stage>>) => Record<string, string>][] = [
    [
      'an address that is not registered',
      ({ party }) => ({ client_id: party.clientId, post_logout_redirect_uri: 'https://evil.example.net/' }),
    ],
    [
      'an address a little longer',
      ({ party }) => ({ client_id: party.clientId, post_logout_redirect_uri: `${goodbye}/` }),
    ],
    ['an address without an application', () => ({ post_logout_redirect_uri: goodbye })],
    ['a hint that is no token', () => ({ id_token_hint: 'abc' })],
    [
      'a hint whose signature is cut off',
      ({ idToken }) => ({ id_token_hint: `${idToken.split('.').slice(0, 2).join('.')}.` }),
    ],
    [
      'a hint of one application for another',
      ({ idToken }) => ({ id_token_hint: idToken, client_id: 'app_00000000000000000000000000' }),
    ],
  ]
  test.each(refused)('%s', async (_, fieldsOf) => {
    const it = await stage()
    const fields = fieldsOf(it)
    for (const answer of [await ask(fields, it.session.cookie), await confirm(fields, it.session.cookie)]) {
      expect(answer.status).toBe(400)
      expect(answer.headers.get('location')).toBeNull()
    }
    expect(await isSignedIn(it.session.cookie)).toBe(true)
  })
  test('a parameter twice', async () => {
    const { session } = await stage()
    const answer = await fetch(`${app.origin}/oauth2/logout?state=a&state=b`, { headers: { Cookie: session.cookie } })
    expect(answer.status).toBe(400)
  })
  test('W-004: a confirmation from another site, or a request posted by an application', async () => {
    const { session } = await stage()
    const forged = [
      await confirm({}, session.cookie, { Origin: 'https://evil.example.net' }),
      await confirm({}, session.cookie, { 'Sec-Fetch-Site': 'cross-site' }),
      await confirm({}, session.cookie, { Origin: 'null' }),
    ]
    expect(forged.map(({ status }) => status)).toEqual([403, 403, 403])
    const posted = await fetch(`${app.origin}/oauth2/logout`, {
      method: 'POST',
      headers: { Cookie: session.cookie, Origin: 'https://app.example.com' },
      body: new URLSearchParams({ state: 'a' }),
    })
    expect(posted.status).toBe(200)
    expect(await posted.text()).toContain('Sign out?')
    expect(await isSignedIn(session.cookie)).toBe(true)
  })
})
