// Other tokens of a directory than its own: OAuth 2.0 client credentials (RFC 6749 §4.4) by secret and by private_key_jwt (RFC 7523),
// and tokens that a tenant of Entra ID issues itself.
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDirectoryClient, revokeDirectoryClient } from '#connections/directories/change-directory-clients.ts'
import { listDirectoryTokens } from '#connections/directories/directory-tokens.ts'
import { updateDirectory } from '#connections/directories/update-directory.ts'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
let keys: Awaited<ReturnType<typeof generateKeyPair>>
let otherKeys: typeof keys
beforeAll(async () => {
  app = await startTestApp()
  keys = await generateKeyPair('RS256')
  otherKeys = await generateKeyPair('RS256')
})
afterAll(() => app.close())

type Scim = Awaited<ReturnType<TestApp['createScim']>>

const users = (scim: Scim, token: string, directoryId = scim.directoryId) =>
  app.request(`/scim/v2/${directoryId}/Users`, { headers: { authorization: `Bearer ${token}` } })

async function token(scim: Scim, form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await app.request(`${scim.base}/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
  })
  const answer = (await response.json()) as { access_token: string; error?: string }
  return { status: response.status, body: answer, headers: response.headers }
}

const refused = { status: 401, body: { error: 'invalid_client' } }

describe('client credentials by a secret', () => {
  const stage = async () => {
    const scim = await app.createScim()
    const { ctx } = scim.organization
    const client = await createDirectoryClient(ctx, { directoryId: scim.directoryId, name: 'Entra', kind: 'secret' })
    return { scim, ctx, client, secret: client.clientSecret ?? '' }
  }

  test('give a token for an hour, in the form or by Basic', async () => {
    const { scim, ctx, client, secret } = await stage()
    const issued = await token(scim, { client_id: client.id, client_secret: secret, scope: 'scim' })
    expect(issued).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3600 } })
    expect(issued.headers.get('cache-control')).toBe('no-store')
    const basic = Buffer.from(`${client.id}:${secret}`).toString('base64')
    const other = await token(scim, {}, { authorization: `Basic ${basic}` })
    for (const { body } of [issued, other]) expect((await users(scim, body.access_token)).status).toBe(200)
    // They are none of the directory's own.
    expect(await listDirectoryTokens(ctx, { directoryId: scim.directoryId })).toHaveLength(1)
  })

  test('are refused with a wrong secret, for another directory, twice over, and for another grant', async () => {
    const { scim, client, secret } = await stage()
    const other = await app.createScim()
    const right = { client_id: client.id, client_secret: secret }
    expect(await token(scim, { ...right, client_secret: `${secret}x` })).toMatchObject(refused)
    expect(await token(scim, { ...right, client_id: 'dcl_00000000000000000000000000' })).toMatchObject(refused)
    expect(await token(scim, { client_id: client.id })).toMatchObject(refused)
    expect(await token(other, right)).toMatchObject(refused)
    const basic = Buffer.from(`${client.id}:${secret}`).toString('base64')
    expect((await token(scim, right, { authorization: `Basic ${basic}` })).body.error).toBe('invalid_request')
    expect((await token(scim, { ...right, grant_type: 'password' })).body.error).toBe('unsupported_grant_type')
    const { body } = await token(scim, right)
    expect((await users(scim, body.access_token, other.directoryId)).status).toBe(404)
  })

  test('and their tokens end with the client, with its time, and with the directory', async () => {
    const { scim, ctx, client, secret } = await stage()
    const right = { client_id: client.id, client_secret: secret }
    const { access_token: issued } = (await token(scim, right)).body
    await updateDirectory(ctx, { directoryId: scim.directoryId, status: 'disabled' })
    expect((await users(scim, issued)).status).toBe(401)
    await updateDirectory(ctx, { directoryId: scim.directoryId, status: 'active' })
    expect((await users(scim, issued)).status).toBe(200)
    await revokeDirectoryClient(ctx, { directoryId: scim.directoryId, clientId: client.id })
    expect((await users(scim, issued)).status).toBe(401)
    expect(await token(scim, right)).toMatchObject(refused)
    const audits = await app.owner`select action from audit_events where target_id = ${scim.directoryId}`
    expect(audits.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['directory.create_client', 'directory.revoke_client']),
    )
    const expiring = await createDirectoryClient(ctx, {
      ...{ directoryId: scim.directoryId, name: 'Short', kind: 'secret' },
      expiresAt: new Date(app.clock.now().getTime() + 60_000).toISOString(),
    })
    const soon = { client_id: expiring.id, client_secret: expiring.clientSecret ?? '' }
    expect((await token(scim, soon)).status).toBe(200)
    app.clock.advance(120_000)
    expect(await token(scim, soon)).toMatchObject(refused)
  })
})

describe('client credentials by private_key_jwt', () => {
  const stage = async () => {
    const scim = await app.createScim()
    const key = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256' } as { kty: 'RSA' }
    const client = await createDirectoryClient(scim.organization.ctx, {
      ...{ directoryId: scim.directoryId, name: 'Okta', kind: 'private_key_jwt' },
      keys: [key],
    })
    const address = app.urls.page(`${scim.base}/oauth2/token`)
    const assertion = (claims: Record<string, unknown> = {}, by = keys) =>
      new SignJWT({
        iss: client.id,
        sub: client.id,
        aud: address,
        jti: crypto.randomUUID(),
        exp: now() + 120,
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
        .sign(by.privateKey)
    const ask = async (jwt: string) =>
      token(scim, {
        client_assertion: jwt,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      })
    return { scim, client, assertion, ask }
  }
  const now = () => Math.floor(app.clock.now().getTime() / 1000)

  test('give a token, each assertion once', async () => {
    const { scim, assertion, ask } = await stage()
    const jwt = await assertion()
    const issued = await ask(jwt)
    expect(issued.status).toBe(200)
    expect((await users(scim, issued.body.access_token)).status).toBe(200)
    expect(await ask(jwt)).toMatchObject(refused)
  })

  test.each<[string, () => Record<string, unknown>]>([
    ['another audience', () => ({ aud: 'https://other.example.com/token' })],
    ['another issuer', () => ({ iss: 'dcl_00000000000000000000000000' })],
    ['another subject', () => ({ sub: 'dcl_00000000000000000000000000' })],
    ['no end', () => ({ exp: undefined })],
    ['an end in the past', () => ({ exp: now() - 120 })],
    ['an end too far away', () => ({ exp: now() + 3_600 })],
    ['no jti', () => ({ jti: undefined })],
  ])('are refused with %s', async (_, claims) => {
    const { assertion, ask } = await stage()
    expect(await ask(await assertion(claims()))).toMatchObject(refused)
    expect((await ask(await assertion())).status).toBe(200)
  })

  test('are refused by another key, without a signature, and as a secret; a private key is not taken', async () => {
    const { scim, client, assertion, ask } = await stage()
    expect(await ask(await assertion({}, otherKeys))).toMatchObject(refused)
    const [, payload] = (await assertion()).split('.')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    expect(await ask(`${none}.${payload}.`)).toMatchObject(refused)
    expect(await token(scim, { client_id: client.id, client_secret: 'null' })).toMatchObject(refused)
    const { privateKey } = await generateKeyPair('RS256', { extractable: true })
    const made = createDirectoryClient(scim.organization.ctx, {
      ...{ directoryId: scim.directoryId, name: 'X', kind: 'private_key_jwt' },
      keys: [(await exportJWK(privateKey)) as { kty: 'RSA' }],
    })
    await expect(made).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe('tokens of Entra ID', () => {
  const tenantId = '11111111-2222-4333-8444-555555555555'
  const audience = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'
  const applicationId = '00000014-0000-0000-c000-000000000000'

  const stage = async () => {
    const scim = await app.createScim()
    const keySet = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'e1', use: 'sig' }] }
    app.elsewhere.set('https://login.microsoftonline.com', async () => Response.json(keySet))
    const client = await createDirectoryClient(scim.organization.ctx, {
      ...{ directoryId: scim.directoryId, name: 'Tenant', kind: 'entra', tenantId, applicationId },
    })
    return { scim, client }
  }
  const jwt = (claims: Record<string, unknown> = {}, by = keys, header: Record<string, string> = {}) => {
    const seconds = Math.floor(app.clock.now().getTime() / 1000)
    const issuer = `https://sts.windows.net/${tenantId}/`
    const usual = {
      iss: issuer,
      aud: audience,
      tid: tenantId,
      appid: applicationId,
      exp: seconds + 3_600,
      jti: crypto.randomUUID(),
    }
    return new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'e1', ...header })
      .sign(by.privateKey)
  }

  test('of the tenant and for the audience let in, of either version, until they run out', async () => {
    const { scim } = await stage()
    const issued = await jwt()
    expect((await users(scim, issued)).status).toBe(200)
    expect((await users(scim, issued)).status).toBe(200)
    const second = { iss: `https://login.microsoftonline.com/${tenantId}/v2.0`, appid: undefined, azp: applicationId }
    expect((await users(scim, await jwt(second))).status).toBe(200)
    const other = await app.createScim()
    expect((await users(scim, issued, other.directoryId)).status).toBe(404)
    expect((await users(scim, await jwt(), other.directoryId)).status).toBe(401)
  })

  test.each<[string, Record<string, unknown>]>([
    ['another audience', { aud: 'https://graph.microsoft.com' }],
    ['another tenant', { tid: '99999999-2222-4333-8444-555555555555' }],
    ['the issuer of another tenant', { iss: 'https://sts.windows.net/99999999-2222-4333-8444-555555555555/' }],
    ['another application', { appid: '99999999-0000-0000-c000-000000000000' }],
    ['no tenant', { tid: undefined }],
    ['no end', { exp: undefined }],
    ['an end in the past', { exp: 1_000_000_000 }],
  ])('are refused with %s', async (_, claims) => {
    const { scim } = await stage()
    expect((await users(scim, await jwt(claims))).status).toBe(401)
    expect((await users(scim, await jwt())).status).toBe(200)
  })

  test('are refused by another key, and once the tenant is taken away; keys that cannot be had are 503', async () => {
    const { scim, client } = await stage()
    expect((await users(scim, await jwt({}, otherKeys))).status).toBe(401)
    const issued = await jwt()
    expect((await users(scim, issued)).status).toBe(200)
    app.clock.advance(5 * 60_000)
    app.elsewhere.set('https://login.microsoftonline.com', async () => new Response(null, { status: 500 }))
    expect((await users(scim, await jwt({}, keys, { kid: 'e2' }))).status).toBe(503)
    await revokeDirectoryClient(scim.organization.ctx, { directoryId: scim.directoryId, clientId: client.id })
    for (const each of [issued, await jwt()]) expect((await users(scim, each)).status).toBe(401)
  })
})
