import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalJWKSet, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBrowser } from '../sign-in/browser.ts'
import type { Person } from '../sign-in/person.ts'
import { createOidcIdentityProvider, type OidcIdentityProvider } from './identity-provider.ts'
import { createSigningJwk, type SigningJwk } from './keys.ts'

const ada: Person = {
  id: 'ada',
  email: 'ada@north.example.com',
  givenName: 'Ada',
  familyName: 'Brook',
  groups: ['Crew', 'Deck'],
}
const eve: Person = {
  id: 'eve',
  email: 'eve@north.example.com',
  givenName: 'Eve',
  familyName: 'Moss',
  isEmailVerified: false,
}
const redirectUri = 'http://127.0.0.1:1/callback'
let op: OidcIdentityProvider
let clientKey: SigningJwk
let receiver: Server
const logoutTokens: string[] = []

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    logoutTokens.push(new URLSearchParams(body).get('logout_token') ?? '')
    response.end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as AddressInfo
  clientKey = await createSigningJwk({ alg: 'ES256' })
  op = await createOidcIdentityProvider({
    people: [ada, eve],
    clients: [
      {
        clientId: 'rolecall',
        clientSecret: 'a secret & more',
        redirectUris: [redirectUri],
        postLogoutRedirectUris: ['http://127.0.0.1:1/bye'],
        backchannelLogoutUri: `http://127.0.0.1:${port}/`,
      },
    ],
  })
})
afterAll(async () => {
  await op.close()
  receiver.close()
})

const insecure = { execute: [client.allowInsecureRequests] }
const configure = (auth = client.ClientSecretBasic('a secret & more'), id = 'rolecall') =>
  client.discovery(new URL(op.issuer), id, {}, auth, insecure)

async function startLogin(config: client.Configuration, further: Record<string, string> = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier, expectedNonce: client.randomNonce(), expectedState: client.randomState() }
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid email profile groups',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    nonce: checks.expectedNonce,
    state: checks.expectedState,
    ...further,
  })
  return { url: url.href, checks }
}

async function logIn(config: client.Configuration, person = ada, browser = createBrowser(), further = {}) {
  const { url, checks } = await startLogin(config, further)
  const callback = await op.signIn(url, person, browser)
  return client.authorizationCodeGrant(config, new URL(callback), { ...checks, idTokenExpected: true })
}

describe('the code flow', () => {
  test('ends with the claims of the chosen person', async () => {
    const config = await configure()
    const tokens = await logIn(config)
    const expected = {
      sub: 'ada',
      email: ada.email,
      email_verified: true,
      given_name: 'Ada',
      family_name: 'Brook',
      name: 'Ada Brook',
      groups: ['Crew', 'Deck'],
    }
    expect(tokens.claims()).toMatchObject({ ...expected, iss: op.issuer, aud: 'rolecall', sid: expect.any(String) })
    await expect(client.fetchUserInfo(config, tokens.access_token, 'ada')).resolves.toMatchObject(expected)
    expect((await logIn(config, eve)).claims()).toMatchObject({ sub: 'eve', email_verified: false })
  })

  test('the callback names the issuer, and discovery announces it', async () => {
    const config = await configure()
    const callback = await op.signIn((await startLogin(config)).url, ada)
    expect(new URL(callback).searchParams.get('iss')).toBe(op.issuer)
    expect(config.serverMetadata()).toMatchObject({
      authorization_response_iss_parameter_supported: true,
      backchannel_logout_supported: true,
      end_session_endpoint: expect.stringContaining(op.issuer),
    })
  })

  test('PKCE is required', async () => {
    const { url } = await startLogin(await configure())
    const bare = new URL(url)
    bare.searchParams.delete('code_challenge')
    bare.searchParams.delete('code_challenge_method')
    const callback = new URL(await op.signIn(bare.href, ada))
    expect(callback.searchParams.get('error')).toBe('invalid_request')
  })

  test('private_key_jwt, for a client that is registered later', async () => {
    const publicJwks = [clientKey.publicJwk]
    await op.register({ clientId: 'by-key', publicJwks, redirectUris: [redirectUri] })
    const key = await crypto.subtle.importKey(
      'jwk',
      clientKey.privateJwk,
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign'],
    )
    const config = await configure(client.PrivateKeyJwt({ key, kid: clientKey.kid }), 'by-key')
    expect((await logIn(config)).claims()?.sub).toBe('ada')
  })

  test('a person may refuse, and strange clients are refused', async () => {
    const { url } = await startLogin(await configure())
    expect(new URL(await op.refuse(url)).searchParams.get('error')).toBe('access_denied')
    await expect(op.signIn(url.replace('client_id=rolecall', 'client_id=x'), ada)).rejects.toThrow('invalid_client')
  })
})

test('the sign-in page lists the people and carries no script', async () => {
  const browser = createBrowser()
  const { url } = await startLogin(await configure())
  const { response } = await browser.follow(url, await browser.request(url))
  const html = await response.text()
  expect(html).toContain('Ada Brook')
  expect(html).toContain('eve@north.example.com')
  expect(html).not.toContain('<script')
  expect(response.headers.get('content-security-policy')).toContain("script-src 'none'")
})

test('a session at the provider needs no second choice, until sign-out, which is told to the client', async () => {
  const config = await configure()
  const browser = createBrowser()
  const first = await logIn(config, ada, browser)
  expect((await logIn(config, eve, browser)).claims()?.sub).toBe('ada')

  const parameters = {
    id_token_hint: first.id_token ?? '',
    post_logout_redirect_uri: 'http://127.0.0.1:1/bye',
    state: 's',
  }
  const end = await op.signOut(client.buildEndSessionUrl(config, parameters).href, browser)
  expect(end).toBe('http://127.0.0.1:1/bye?state=s')
  const keys = createLocalJWKSet({ keys: op.keys.map((key) => key.publicJwk) })
  const { payload } = await jwtVerify(logoutTokens.at(-1) ?? '', keys, { issuer: op.issuer, audience: 'rolecall' })
  expect(payload).toMatchObject({
    sub: 'ada',
    sid: first.claims()?.['sid'],
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  })
  expect((await logIn(config, eve, browser)).claims()?.sub).toBe('eve')
})

test('somebody else may sign in where one person is; the application of the first is told nothing', async () => {
  const config = await configure()
  const browser = createBrowser()
  await logIn(config, ada, browser)
  const told = logoutTokens.length
  expect((await logIn(config, eve, browser, { prompt: 'login', max_age: '0' })).claims()?.sub).toBe('eve')
  expect((await logIn(config, ada, browser)).claims()?.sub).toBe('eve')
  expect((await logIn(config, eve, browser, { prompt: 'login' })).claims()?.sub).toBe('eve')
  expect(logoutTokens).toHaveLength(told)
})

test('keys rotate, and sessions and clients stay', async () => {
  const config = await configure()
  const browser = createBrowser()
  const before = (await logIn(config, ada, browser)).id_token ?? ''
  const added = await op.rotateKeys()
  const after = (await logIn(await configure(), eve, browser)).id_token ?? ''
  expect(decodeProtectedHeader(after).kid).toBe(added.kid)
  const published = () => createRemoteJWKSet(new URL(`${op.issuer}/jwks`))
  await expect(jwtVerify(before, published())).resolves.toMatchObject({ payload: { sub: 'ada' } })
  await expect(jwtVerify(after, published())).resolves.toMatchObject({ payload: { sub: 'ada' } })
  await op.rotateKeys({ isKeepingOld: false })
  await expect(jwtVerify(after, published())).rejects.toThrow('no applicable key')
})
