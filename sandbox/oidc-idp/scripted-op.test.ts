import { readdirSync, readFileSync } from 'node:fs'
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { afterEach, describe, expect, test } from 'vitest'
import { type OidcIdTokenFixture, playFixture } from './fixtures.ts'
import { createSigningJwk } from './keys.ts'
import { createScriptedOp, type ScriptedOp } from './scripted-op.ts'
import { keyOf, type Script } from './scripted-state.ts'
import { tamperJwt } from './tokens.ts'

const redirectUri = 'http://127.0.0.1:1/callback'
const running: ScriptedOp[] = []
afterEach(() => Promise.all(running.splice(0).map((op) => op.close())))

async function start(options: { issuer?: string } = {}): Promise<ScriptedOp> {
  const op = await createScriptedOp({ clientId: 'rolecall', clientSecret: 's3:c & r', ...options })
  running.push(op)
  return op
}

async function configure(op: ScriptedOp) {
  const auth = client.ClientSecretBasic(op.clientSecret)
  return client.discovery(new URL(op.issuer), op.clientId, {}, auth, {
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
    [client.customFetch]: (url, init) => op.fetch(url, init as RequestInit),
  })
}

async function logIn(op: ScriptedOp, verifier?: string) {
  const config = await configure(op)
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier, expectedNonce: client.randomNonce(), expectedState: client.randomState() }
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid email',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    nonce: checks.expectedNonce,
    state: checks.expectedState,
  })
  const callback = new URL(await op.signIn(url.href))
  const tokens = await client.authorizationCodeGrant(config, callback, {
    ...checks,
    pkceCodeVerifier: verifier ?? pkceCodeVerifier,
    idTokenExpected: true,
  })
  return { config, tokens, callback }
}

describe('by default it is truthful', () => {
  test('and records what it was asked', async () => {
    const op = await start()
    op.script.claims = { sub: 'ada', email: 'ada@north.example.com' }
    op.script.userinfo = { name: 'Ada' }
    const { config, tokens } = await logIn(op)
    expect(tokens.claims()).toMatchObject({ sub: 'ada', email: 'ada@north.example.com', iss: op.origin })
    await expect(client.fetchUserInfo(config, tokens.access_token, 'ada')).resolves.toEqual({ sub: 'ada', name: 'Ada' })
    expect(op.authorizations).toMatchObject([
      { client_id: 'rolecall', scope: 'openid email', code_challenge_method: 'S256' },
    ])
    expect(op.tokenRequests).toMatchObject([
      { authMethod: 'client_secret_basic', parameters: { grant_type: 'authorization_code' } },
    ])
    expect(op.userinfoRequests).toEqual([`Bearer ${tokens.access_token}`])
    expect(op.jwksRequests).toBe(1)
  })

  test('it checks the PKCE verifier, takes a code once, and wants the secret', async () => {
    const op = await start()
    await expect(logIn(op, client.randomPKCECodeVerifier())).rejects.toMatchObject({ error: 'invalid_grant' })
    const { callback, config } = await logIn(op)
    await expect(
      client.authorizationCodeGrant(config, callback, { expectedState: callback.searchParams.get('state') ?? '' }),
    ).rejects.toMatchObject({ error: 'invalid_grant' })
    op.clientSecret = 'another'
    await expect(
      client.authorizationCodeGrant(config, callback, { expectedState: callback.searchParams.get('state') ?? '' }),
    ).rejects.toMatchObject({ error: 'invalid_client' })
  })
})

describe('hostile answers', () => {
  type Change = (op: ScriptedOp) => Partial<Script> | Promise<Partial<Script>>
  test.each<[string, string, Change]>([
    ['alg none', '"alg" header', () => ({ signature: { header: { alg: 'none' } } })],
    ['alg NONE', '"alg" header', () => ({ signature: { header: { alg: 'NONE' } } })],
    [
      'HS256 with the secret',
      '"alg" header',
      (op) => ({ signature: { header: { alg: 'HS256' }, secret: op.clientSecret } }),
    ],
    [
      'another key under the same kid',
      'signature verification',
      async (op) => ({ signature: { key: await createSigningJwk({ kid: keyOf(op).kid }) } }),
    ],
    ['another issuer', '"iss"', (op) => ({ claims: { sub: 'ada', iss: `${op.issuer}/` } })],
    ['another audience', '"aud"', () => ({ claims: { sub: 'ada', aud: 'other' } })],
    ['no nonce', '"nonce"', () => ({ claims: { sub: 'ada', nonce: undefined } })],
    ['expired', '"exp"', () => ({ now: () => new Date(Date.now() - 3_600_000) })],
    [
      'claims changed after signing',
      'signature verification',
      (op) => ({ idToken: async (claims) => tamperJwt(await op.signJwt(claims), { sub: 'eve' }) }),
    ],
    ['no state in the callback', '"state"', () => ({ callback: (all) => ({ ...all, state: undefined }) })],
    ['iss of somebody else', '"iss"', () => ({ callback: (all) => ({ ...all, iss: 'https://x.example.com' }) })],
    ['no ID token', '"id_token"', () => ({ token: (body) => ({ ...body, id_token: undefined }) })],
    ['a failing token endpoint', 'status code', () => ({ token: () => new Response('no', { status: 500 }) })],
    [
      'another issuer in discovery',
      'issuer does not match',
      () => ({ discovery: (all) => ({ ...all, issuer: 'https://x.example.com' }) }),
    ],
    ['no keys', 'no applicable keys', () => ({ jwks: () => ({ keys: [] }) })],
  ])('%s is refused by a careful client for its %s', async (_, reason, change) => {
    const op = await start()
    await expect(logIn(op)).resolves.toBeDefined()
    Object.assign(op.script, await change(op))
    const error = await logIn(op).catch((caught: Error) => caught)
    expect(`${String(error)} ${'cause' in error ? String(error.cause) : ''}`).toContain(reason)
  })

  test('userinfo of another subject', async () => {
    const op = await start()
    op.script.answerUserinfo = () => ({ sub: 'eve' })
    const { config, tokens } = await logIn(op)
    await expect(client.fetchUserInfo(config, tokens.access_token, 'person-1')).rejects.toThrow()
  })
})

test('logout tokens verify, and parts can be replaced', async () => {
  const op = await start()
  const keys = createLocalJWKSet({ keys: op.keys.map((key) => key.publicJwk) })
  const token = await op.logoutToken({ sub: 'ada', sid: 's1' })
  const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: op.issuer, audience: 'rolecall' })
  expect(payload).toMatchObject({
    sub: 'ada',
    sid: 's1',
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  })
  expect(protectedHeader.typ).toBe('logout+jwt')
  const odd = await op.logoutToken({ sub: 'ada', claims: { events: undefined, nonce: 'n' }, header: { alg: 'none' } })
  expect(decodeJwt(odd)).toMatchObject({ nonce: 'n' })
  expect(decodeJwt(odd)).not.toHaveProperty('events')
  expect(odd.endsWith('.')).toBe(true)
})

describe('recorded ID tokens', () => {
  const folder = new URL('../../conformance/fixtures/', import.meta.url)
  const fixtures = readdirSync(folder)
    .filter((file) => file.startsWith('oidc-'))
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as OidcIdTokenFixture)

  test.each(fixtures.map((fixture) => [fixture.name, fixture] as const))(
    '%s arrives under its own issuer',
    async (_, fixture) => {
      const op = await start({ issuer: fixture.discovery.issuer })
      playFixture(op, fixture)
      const { config, tokens } = await logIn(op)
      expect(config.serverMetadata().issuer).toBe(fixture.discovery.issuer)
      expect(tokens.claims()).toMatchObject({
        iss: fixture.discovery.issuer,
        sub: fixture.idTokenClaims['sub'],
        aud: 'rolecall',
      })
      expect(tokens.claims()?.['groups']).toEqual(fixture.idTokenClaims['groups'])
      expect((await fetch(op.discoveryUrl)).status).toBe(200)
    },
  )
})
