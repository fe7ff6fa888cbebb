// Sign-in to host applications (OpenID Connect Core 1.0): who gets a code, and who is sent to sign in or refused.
import { ClientSecretBasic, ClientSecretPost, fetchUserInfo } from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { addDomain } from '#connections/domains/change-domains.ts'
import type { TestOrganization } from '../support/app.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { callback, createRelyingParty, type RelyingParty } from '../support/relying-party.ts'
import { type SignedIn, signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>

beforeAll(async () => {
  app = await startListeningApp()
})

afterAll(() => app.close())

type Stage = { organization: TestOrganization; userId: string; session: SignedIn; party: RelyingParty }

async function stage(): Promise<Stage> {
  const organization = await app.createOrganization()
  const userId = await createPerson(organization, 'amara@example.com', 'Amara Okafor')
  const session = await signIn(organization, userId)
  return { organization, userId, session, party: await createRelyingParty(app, organization) }
}

const owner = (parts: TemplateStringsArray, ...values: string[]) => app.owner(parts, ...values)

test('discovery says what there is, at the configured origin whatever a request calls us', async () => {
  const answer = await fetch(`${app.origin}/.well-known/openid-configuration`, {
    headers: { 'X-Forwarded-Host': 'evil.example.net', 'X-Forwarded-Proto': 'https' },
  })
  expect(await answer.json()).toMatchObject({
    issuer: app.origin,
    authorization_endpoint: `${app.origin}/oauth2/authorize`,
    token_endpoint: `${app.origin}/oauth2/token`,
    userinfo_endpoint: `${app.origin}/oauth2/userinfo`,
    jwks_uri: `${app.origin}/oauth2/jwks`,
    introspection_endpoint: `${app.origin}/oauth2/introspect`,
    revocation_endpoint: `${app.origin}/oauth2/revoke`,
    end_session_endpoint: `${app.origin}/oauth2/logout`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:device_code',
    ],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    authorization_response_iss_parameter_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  })
  expect(answer.headers.get('x-frame-options')).toBe('DENY')
  const { keys } = (await (await fetch(`${app.origin}/oauth2/jwks`)).json()) as { keys: Record<string, string>[] }
  expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'RS256'])
  for (const key of keys) for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(key).not.toHaveProperty(name)
})

describe('a browser that is signed in', () => {
  test('comes back with a code at once, and the code is worth the person, roles and brands', async () => {
    const { organization, userId, session, party } = await stage()
    const brand = await createBrand(organization.ctx, { slug: 'harbor-lane', name: 'Harbor Lane' })
    await giveRole(organization, { userId, role: 'viewer' })
    await giveRole(organization, { userId, role: 'editor', brandId: brand.id })
    await addDomain(organization.ctx, { name: 'example.com', isVerified: true })

    const flow = await party.begin()
    const { left, response } = await party.visit(flow.url, session.cookie)
    expect(left?.href.startsWith(callback)).toBe(true)
    expect(left?.searchParams.get('iss')).toBe(app.origin)
    expect(left?.searchParams.get('state')).toBe(flow.state)
    expect(response.headers.getSetCookie()).toEqual([])

    const tokens = await party.finish(flow, left)
    const claims = {
      sub: userId,
      name: 'Amara Okafor',
      preferred_username: 'amara@example.com',
      email: 'amara@example.com',
      email_verified: false,
      organization: { id: organization.id, slug: organization.slug, name: organization.slug },
      roles: ['viewer'],
      brands: [{ id: brand.id, slug: 'harbor-lane', roles: ['editor'] }],
    }
    const idToken = tokens.claims()
    expect(idToken).toMatchObject({ ...claims, iss: app.origin, aud: party.clientId, sid: session.sessionId })
    expect((idToken?.exp ?? 0) - (idToken?.iat ?? 0)).toBe(300)
    expect(tokens.expires_in).toBe(600)
    expect(tokens.refresh_token).toEqual(expect.any(String))
    expect(await fetchUserInfo(party.config, tokens.access_token, userId)).toEqual(claims)
  })
  test('may authenticate its application either way', async () => {
    const { organization, session } = await stage()
    for (const auth of [ClientSecretBasic, ClientSecretPost]) {
      const party = await createRelyingParty(app, organization, { auth })
      expect((await party.signIn(session.cookie)).access_token).toEqual(expect.any(String))
    }
  })
  test('answers prompt=none with a code', async () => {
    const { session, party } = await stage()
    expect((await party.signIn(session.cookie, { prompt: 'none' })).id_token).toEqual(expect.any(String))
  })
  test('is told apart by what it asks for: without profile and email, neither is told', async () => {
    const { session, party } = await stage()
    const claims = (await party.signIn(session.cookie, { scope: 'openid' })).claims()
    expect(claims).toHaveProperty('roles')
    expect(claims).not.toHaveProperty('email')
    expect(claims).not.toHaveProperty('name')
  })
})

describe('a browser that is not', () => {
  test('goes to sign in at the organization of the application, and on from there', async () => {
    const { organization, userId, party } = await stage()
    const flow = await party.begin({ login_hint: 'amara@example.com' })
    const { at, response } = await party.visit(flow.url)
    expect(response.status).toBe(303)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(at.pathname).toBe('/login')
    expect(at.searchParams.get('organization')).toBe(organization.slug)
    expect(at.searchParams.get('login_hint')).toBe('amara@example.com')
    expect(at.searchParams.get('prompt')).toBeNull()
    const returnTo = at.searchParams.get('return_to') ?? ''
    expect(returnTo).toMatch(/^\/oauth2\/interaction\/[\w-]{21,}$/)

    expect((await party.visit(returnTo)).at.pathname).toBe('/login')
    const session = await signIn(organization, userId)
    const { left } = await party.visit(returnTo, session.cookie)
    expect((await party.finish(flow, left)).claims()?.sub).toBe(userId)
    // It goes on once.
    const again = await party.visit(returnTo, session.cookie)
    expect(again.left).toBeUndefined()
    expect(again.response.status).toBe(400)
    expect(await again.response.text()).toContain('This sign-in cannot go on')
  })
  test('gets login_required for prompt=none', async () => {
    const { party } = await stage()
    const { left } = await party.visit((await party.begin({ prompt: 'none' })).url)
    expect(left?.searchParams.get('error')).toBe('login_required')
    expect(left?.searchParams.get('iss')).toBe(app.origin)
  })
  test('is no different with a cookie that the provider itself might have set', async () => {
    const { session, party } = await stage()
    const flow = await party.begin()
    const cookie = `session=${session.sessionId}; _session=${session.sessionId}; __Host-rolecall_session=${session.sessionId}`
    expect((await party.visit(flow.url, cookie)).at.pathname).toBe('/login')
  })
})

describe('an application that wants a fresh proof', () => {
  test('prompt=login: the live session is not enough, a new one is', async () => {
    const { organization, userId, session, party } = await stage()
    const flow = await party.begin({ prompt: 'login' })
    const { at } = await party.visit(flow.url, session.cookie)
    expect(at.pathname).toBe('/login')
    expect(at.searchParams.get('prompt')).toBe('login')
    const returnTo = at.searchParams.get('return_to') ?? ''
    const fresh = await signIn(organization, userId)
    expect((await party.finish(flow, (await party.visit(returnTo, fresh.cookie)).left)).claims()?.sub).toBe(userId)
  })
  test('prompt=login: coming back with the session of before asks again', async () => {
    const { session, party } = await stage()
    const { at } = await party.visit((await party.begin({ prompt: 'login' })).url, session.cookie)
    const again = await party.visit(at.searchParams.get('return_to') ?? '', session.cookie)
    expect(again.left).toBeUndefined()
    expect(again.at.pathname).toBe('/login')
  })
  test('max_age: an old proof is not enough, and the ID token says how old it is', async () => {
    const { session, party } = await stage()
    await owner`update sessions set authenticated_at = now() - interval '10 minutes' where id = ${session.sessionId}`
    expect((await party.visit((await party.begin({ max_age: '300' })).url, session.cookie)).at.pathname).toBe('/login')
    const flow = await party.begin({ max_age: '900' })
    const { left } = await party.visit(flow.url, session.cookie)
    const claims = (await party.finish(flow, left, { maxAge: 900 })).claims()
    expect(Date.now() / 1000 - (claims?.auth_time ?? 0)).toBeGreaterThan(599)
  })
  test('max_age=0 is satisfied by signing in after it was asked', async () => {
    const { organization, userId, session, party } = await stage()
    const flow = await party.begin({ max_age: '0' })
    await owner`update sessions set authenticated_at = now() - interval '2 seconds' where id = ${session.sessionId}`
    const { at } = await party.visit(flow.url, session.cookie)
    const fresh = await signIn(organization, userId)
    await owner`update sessions set authenticated_at = now() - interval '1 second' where id = ${fresh.sessionId}`
    const { left } = await party.visit(at.searchParams.get('return_to') ?? '', fresh.cookie)
    expect(left?.searchParams.get('code')).toEqual(expect.any(String))
  })
})

describe('refused', () => {
  const refusals: [string, Record<string, string>, string][] = [
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['with plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['the implicit flow', { response_type: 'id_token' }, 'unsupported_response_type'],
    ['the hybrid flow', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['another response mode', { response_mode: 'form_post' }, 'invalid_request'],
    ['a request object', { request: 'e30.e30.' }, 'request_not_supported'],
    ['an address to fetch it from', { request_uri: 'https://evil.example.net/' }, 'request_uri_not_supported'],
  ]
  test.each(refusals)('%s', async (_, parameters, error) => {
    const { session, party } = await stage()
    const { url } = await party.begin()
    for (const [name, value] of Object.entries(parameters)) {
      if (value === '') url.searchParams.delete(name)
      else url.searchParams.set(name, value)
    }
    const { left, response } = await party.visit(url, session.cookie)
    const text = left === undefined ? await response.text() : decodeURIComponent(left.href)
    expect(text).not.toContain('<script>')
    expect(text).toContain(error)
    expect(left?.searchParams.get('code') ?? null).toBeNull()
  })

  const pages: [string, (url: URL) => void][] = [
    ['another redirect URI', (url) => url.searchParams.set('redirect_uri', 'https://evil.example.net/callback')],
    ['a longer redirect URI', (url) => url.searchParams.set('redirect_uri', `${callback}/more`)],
    ['a redirect URI with a query', (url) => url.searchParams.set('redirect_uri', `${callback}?a=b`)],
    ['no redirect URI', (url) => url.searchParams.delete('redirect_uri')],
    [
      'an application that does not exist',
      (url) => url.searchParams.set('client_id', 'app_00000000000000000000000000'),
    ],
    ['no application', (url) => url.searchParams.delete('client_id')],
    ['a parameter twice', (url) => url.searchParams.append('redirect_uri', 'https://evil.example.net/callback')],
    ['a NUL', (url) => url.searchParams.set('state', 'a\0b')],
    ['9 KB', (url) => url.searchParams.set('state', 'a'.repeat(9_000))],
  ]
  test.each(pages)('%s: on a page of ours, nobody is sent anywhere', async (_, change) => {
    const { session, party } = await stage()
    const { url } = await party.begin()
    change(url)
    const { left, response } = await party.visit(url, session.cookie)
    expect(left).toBeUndefined()
    expect(response.status).toBe(400)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(response.headers.get('x-frame-options')).toBe('DENY')
    const html = await response.text()
    expect(html).toContain('This sign-in cannot go on')
    expect(html).not.toContain('<script>')
  })

  test('a person of another organization: access_denied; to sign in again is open to them', async () => {
    const [here, there] = [await stage(), await stage()]
    const { left } = await here.party.visit((await here.party.begin()).url, there.session.cookie)
    expect(left?.searchParams.get('error')).toBe('access_denied')
    const again = await here.party.visit((await here.party.begin({ prompt: 'login' })).url, there.session.cookie)
    expect(again.at.pathname).toBe('/login')
    const strange = await signIn(there.organization, there.userId)
    const back = await here.party.visit(again.at.searchParams.get('return_to') ?? '', strange.cookie)
    expect(back.left?.searchParams.get('error')).toBe('access_denied')
  })
  test('an application of a suspended organization, or one that is switched off', async () => {
    for (const change of ['organizations set status = suspended', 'applications set status = disabled']) {
      const { organization, session, party } = await stage()
      const { url } = await party.begin()
      await (change.startsWith('org')
        ? owner`update organizations set status = 'suspended' where id = ${organization.id}`
        : owner`update applications set status = 'disabled' where id = ${party.clientId}`)
      expect((await party.visit(url, session.cookie)).response.status).toBe(400)
    }
  })
  test('the rooms of the provider that have no use here', async () => {
    for (const path of ['/oauth2/authorize/abc', '/request', '/reg', '/interaction/abc', '/oauth2/logout/success']) {
      expect((await fetch(`${app.origin}${path}`)).status).toBe(404)
    }
  })
})

test('a session that ended between the redirects gives no code', async () => {
  const { session, party } = await stage()
  const flow = await party.begin()
  await owner`update sessions set idle_expires_at = now() where id = ${session.sessionId}`
  expect((await party.visit(flow.url, session.cookie)).at.pathname).toBe('/login')
})

test('no origin may read what the provider answers', async () => {
  const headers = { Origin: 'https://evil.example.net', Authorization: 'Bearer invented' }
  const paths = ['/.well-known/openid-configuration', '/oauth2/jwks', '/oauth2/userinfo', '/oauth2/token']
  for (const path of paths) {
    const answers = [
      await fetch(`${app.origin}${path}`, { headers }),
      await fetch(`${app.origin}${path}`, {
        method: 'OPTIONS',
        headers: {
          ...headers,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'authorization',
        },
      }),
    ]
    for (const answer of answers)
      expect([path, [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))]).toEqual([
        path,
        [],
      ])
  }
})
