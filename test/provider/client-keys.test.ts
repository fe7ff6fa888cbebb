// Applications that prove who they are by a key (private_key_jwt, RFC 7523), and tokens that are bound to one (DPoP, RFC 9449).
import { hash } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CreateApplicationInput } from '#access/applications/create-application.ts'
import { createApplication } from '#access/applications/create-application.ts'
import { rotateApplicationSecret } from '#access/applications/rotate-application-secret.ts'
import { updateApplication } from '#access/applications/update-application.ts'
import { type Listening, listen, startListeningApp } from '../support/listening.ts'
import { createPerson } from '../support/people.ts'
import { signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let server: oauth.AuthorizationServer
let pair: { privateKey: CryptoKey; publicKey: CryptoKey }
let jwk: JWK

const insecure = { [oauth.allowInsecureRequests]: true }

beforeAll(async () => {
  app = await startListeningApp()
  const issuer = new URL(app.origin)
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
  pair = await generateKeyPair('ES256', { extractable: true })
  jwk = { ...(await exportJWK(pair.publicKey)), kid: 'first', use: 'sig' }
})

afterAll(() => app.close())

async function machine(fields: Partial<CreateApplicationInput>) {
  const organization = await app.createOrganization()
  const made = await createApplication(organization.ctx, {
    ...{ kind: 'machine', name: 'Sync', rights: { access: 'permissions', permissions: ['users.manage'] } },
    ...(fields as object),
  })
  return { organization, id: made.application.id, clientSecret: made.clientSecret }
}

const tokenRequest = (body: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${app.origin}/oauth2/token`, {
    ...{ method: 'POST', headers },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...body }),
  })

type Claims = { iss?: string; sub?: string; aud?: string; jti?: string; exp?: number }

/** An assertion as the application makes one, but for what is given. */
const assertionOf = (id: string, claims: Claims = {}, key: CryptoKey = pair.privateKey, header: object = {}) =>
  new SignJWT({ iss: id, sub: id, aud: app.origin, jti: crypto.randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'first', ...header })
    .setIssuedAt()
    .setExpirationTime(claims.exp ?? '1m')
    .sign(key)

const withAssertion = async (assertion: string) =>
  tokenRequest({
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  })

describe('an application with a key', () => {
  test('proves who it is by it, as oauth4webapi does', async () => {
    const { id, clientSecret } = await machine({ jwks: { keys: [jwk] } as never })
    expect(clientSecret).toBeNull()
    const client = { client_id: id }
    const key = { key: pair.privateKey, kid: 'first' }
    const answer = await oauth.clientCredentialsGrantRequest(
      ...[server, client, oauth.PrivateKeyJwt(key), new URLSearchParams(), insecure],
    )
    expect((await oauth.processClientCredentialsResponse(server, client, answer)).access_token).toBeDefined()
  })

  test('is refused with an assertion that is not its own, of now, for us, or new', async () => {
    const { id } = await machine({ jwks: { keys: [jwk] } as never })
    const other = (await machine({ jwks: { keys: [jwk] } as never })).id
    const status = async (assertion: string) => (await withAssertion(assertion)).status
    const good = await assertionOf(id)
    expect(await status(good)).toBe(200)
    expect(await status(good)).toBe(401)
    const foreign = await generateKeyPair('ES256')
    expect(await status(await assertionOf(id, {}, foreign.privateKey))).toBe(401)
    expect(await status(await assertionOf(id, { iss: other }))).toBe(401)
    expect(await status(await assertionOf(id, { aud: 'https://id.example.net' }))).toBe(401)
    expect(await status(await assertionOf(id, { exp: 1_000 }))).toBe(401)
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`
    expect(await status(none)).toBe(401)
  })

  test('counts once of ten requests at once', async () => {
    const { id } = await machine({ jwks: { keys: [jwk] } as never })
    const assertion = await assertionOf(id)
    const answers = await Promise.all(Array.from({ length: 10 }, () => withAssertion(assertion)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('has no secret that counts, before, meanwhile or afterwards', async () => {
    const { id, organization, clientSecret } = await machine({})
    const basic = (secret: string) => ({ Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })
    const bySecret = async (secret: string) => (await tokenRequest({}, basic(secret))).status
    const change = (fields: object) => updateApplication(organization.ctx, { applicationId: id, ...fields })
    expect(await bySecret(clientSecret ?? '')).toBe(200)
    await change({ jwks: { keys: [jwk] } })
    expect(await bySecret(clientSecret ?? '')).toBe(401)
    await expect(rotateApplicationSecret(organization.ctx, id)).rejects.toMatchObject({ code: 'invalid' })
    expect((await withAssertion(await assertionOf(id))).status).toBe(200)
    await change({ jwks: null })
    expect(await bySecret(clientSecret ?? '')).toBe(401)
    expect(await bySecret(await rotateApplicationSecret(organization.ctx, id))).toBe(200)
    expect((await withAssertion(await assertionOf(id))).status).toBe(401)
  })

  describe('whose keys are published', () => {
    let published: Listening
    let keys: JWK[] = []
    beforeAll(async () => {
      published = await listen(() => Promise.resolve({ fetch: () => Response.json({ keys }) }))
    })
    afterAll(() => published.close())

    test('is known by those, and an address that is not public is refused', async () => {
      keys = [jwk]
      const { id, organization } = await machine({ jwksUri: `${published.origin}/jwks` })
      expect((await withAssertion(await assertionOf(id))).status).toBe(200)
      for (const jwksUri of ['https://10.0.0.1/jwks', 'https://169.254.169.254/', 'file:///etc/passwd'])
        await expect(updateApplication(organization.ctx, { applicationId: id, jwksUri })).rejects.toMatchObject({
          code: 'invalid',
          reason: 'address',
        })
      keys = []
      const late = await machine({ jwksUri: `${published.origin}/other` })
      expect((await withAssertion(await assertionOf(late.id))).status).toBe(401)
    })
  })

  test.each([
    ['a private key', async () => ({ ...jwk, d: (await exportJWK(pair.privateKey)).d })],
    ['a shared key', () => ({ kty: 'oct', k: 'c2VjcmV0' })],
    ['a short RSA key', () => ({ kty: 'RSA', e: 'AQAB', n: 'x'.repeat(171) })],
  ])('is not given %s', async (_, key) => {
    await expect(machine({ jwks: { keys: [await key()] } as never })).rejects.toMatchObject({ code: 'invalid' })
  })
  test('is no public one, and has one set or one address', async () => {
    const bad: Partial<CreateApplicationInput>[] = [
      { kind: 'public', rights: null, redirectUris: ['https://a.example.com/cb'], jwks: { keys: [jwk] } as never },
      { jwks: { keys: [jwk] } as never, jwksUri: 'https://keys.example.com/' },
      { jwks: { keys: [] } as never },
    ]
    for (const fields of bad) await expect(machine(fields)).rejects.toMatchObject({ code: 'invalid' })
  })
})

type Proof = { htm?: string; htu?: string; iat?: number; jti?: string; ath?: string; key?: CryptoKey; typ?: string }

async function proofOf(token: string | undefined, url: string, given: Proof = {}): Promise<string> {
  const { key = pair.privateKey, typ = 'dpop+jwt', htm = token === undefined ? 'POST' : 'GET', ...claims } = given
  const { kty, crv, x, y } = jwk
  const ath = token === undefined ? {} : { ath: hash('sha256', token, 'base64url') }
  const payload = { htm, htu: url, jti: crypto.randomUUID(), iat: Math.floor(Date.now() / 1000), ...ath, ...claims }
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', typ, jwk: { kty, crv, x, y } as JWK }).sign(key)
}

describe('a token that is bound to a key', () => {
  const tokenUrl = () => `${app.origin}/oauth2/token`
  const api = () => `${app.origin}/api/v1/users`

  async function bound() {
    const it = await machine({ isDpopRequired: true })
    const basic = `Basic ${Buffer.from(`${it.id}:${it.clientSecret}`).toString('base64')}`
    const ask = async (proof?: string) =>
      tokenRequest({}, { Authorization: basic, ...(proof === undefined ? {} : { DPoP: proof }) })
    const answer = (await (await ask(await proofOf(undefined, tokenUrl()))).json()) as Record<string, string>
    return { ...it, ask, answer, token: answer['access_token'] ?? '' }
  }

  const call = async (token: string, scheme: string, proof?: string) =>
    (
      await fetch(api(), {
        headers: { Authorization: `${scheme} ${token}`, ...(proof === undefined ? {} : { DPoP: proof }) },
      })
    ).status

  test('is given for a proof alone, where the application is registered so', async () => {
    const { ask, answer } = await bound()
    expect(answer['token_type']).toBe('DPoP')
    expect((await ask()).status).toBe(400)
    const proof = await proofOf(undefined, tokenUrl())
    expect((await ask(proof)).status).toBe(200)
    expect((await ask(proof)).status).toBe(400)
  })

  test('opens the management API with a proof for this very request', async () => {
    const { token } = await bound()
    const good = await proofOf(token, api())
    expect(await call(token, 'DPoP', good)).toBe(200)
    expect(await call(token, 'DPoP', good)).toBe(401)
    expect(await call(token, 'Bearer')).toBe(401)
    expect(await call(token, 'Bearer', await proofOf(token, api()))).toBe(401)
    expect(await call(token, 'DPoP')).toBe(401)
    const foreign = await generateKeyPair('ES256')
    const wrong: Proof[] = [
      { htm: 'POST' },
      { htu: `${app.origin}/api/v1/groups` },
      { iat: Math.floor(Date.now() / 1000) - 120 },
      { iat: Math.floor(Date.now() / 1000) + 120 },
      { ath: hash('sha256', 'another', 'base64url') },
      { typ: 'JWT' },
      { key: foreign.privateKey },
      { jti: '' },
    ]
    for (const each of wrong)
      expect([each, await call(token, 'DPoP', await proofOf(token, api(), each))]).toEqual([each, 401])
    const once = await proofOf(token, api())
    const answers = await Promise.all(Array.from({ length: 10 }, () => call(token, 'DPoP', once)))
    expect(answers.filter((status) => status === 200)).toHaveLength(1)
  })

  test('is not the same as an unbound one, nor as an API key', async () => {
    const { id, clientSecret, organization } = await machine({})
    const basic = `Basic ${Buffer.from(`${id}:${clientSecret}`).toString('base64')}`
    const { access_token: token } = (await (await tokenRequest({}, { Authorization: basic })).json()) as Record<
      string,
      string
    >
    expect(await call(token ?? '', 'Bearer')).toBe(200)
    expect(await call(token ?? '', 'DPoP', await proofOf(token, api()))).toBe(401)
    const key = await app.createApiKey(organization)
    expect([await call(key, 'Bearer'), await call(key, 'DPoP', await proofOf(key, api()))]).toEqual([200, 401])
  })

  test('of a person opens userinfo and /Me with a proof, and refreshes with it', async () => {
    const organization = await app.createOrganization()
    const session = await signIn(organization, await createPerson(organization))
    const redirect = 'https://spa.example.com/callback'
    const { application } = await createApplication(organization.ctx, {
      ...{ kind: 'public', name: 'Reader', redirectUris: [redirect], isDpopRequired: true },
    })
    const client: oauth.Client = { client_id: application.id }
    const verifier = oauth.generateRandomCodeVerifier()
    const query = new URLSearchParams({
      ...{
        client_id: application.id,
        redirect_uri: redirect,
        response_type: 'code',
        scope: 'openid scim.me',
        state: 's',
      },
      ...{ code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
    })
    const begun = await fetch(`${app.origin}/oauth2/authorize?${query}`, {
      ...{ redirect: 'manual', headers: { Cookie: session.cookie } },
    })
    const answer = oauth.validateAuthResponse(server, client, new URL(begun.headers.get('location') ?? ''), 's')
    const DPoP = oauth.DPoP(client, pair)
    const none = oauth.None()
    const tokens = await oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(server, client, none, answer, redirect, verifier, {
        ...insecure,
        DPoP,
      }),
    )
    expect(tokens.token_type).toBe('dpop')
    const info = await oauth.userInfoRequest(server, client, tokens.access_token, { ...insecure, DPoP })
    expect(info.status).toBe(200)
    const bearer = { headers: { Authorization: `Bearer ${tokens.access_token}` } }
    expect((await fetch(`${app.origin}/oauth2/userinfo`, bearer)).status).toBe(401)
    const me = `${app.origin}/scim/v2/dir_x/Me`
    expect((await fetch(me, bearer)).status).toBe(401)
    const headers = { Authorization: `DPoP ${tokens.access_token}`, DPoP: await proofOf(tokens.access_token, me) }
    // The person is in no directory of that name: the token was good.
    expect((await fetch(me, { headers })).status).toBe(404)
    const refresh = tokens.refresh_token ?? ''
    const stolen = await oauth.refreshTokenGrantRequest(server, client, none, refresh, {
      ...{ ...insecure, DPoP: oauth.DPoP(client, await generateKeyPair('ES256')) },
    })
    expect(stolen.status).toBe(400)
    const own = await oauth.refreshTokenGrantRequest(server, client, none, refresh, { ...insecure, DPoP })
    expect(own.status).toBe(200)
  })
})
