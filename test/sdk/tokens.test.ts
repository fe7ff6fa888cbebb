// What the kit takes for a token of Rolecall's: each attempt differs in one thing from a token that gets in.
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { createOpenId } from '#sdk/openid.ts'

const issuer = 'https://id.example.com'
const clientId = 'app_newsroom'
const logout = 'http://schemas.openid.net/event/backchannel-logout'

type Keys = Awaited<ReturnType<typeof generateKeyPair>>
let keys: Keys
let others: Keys
let isAway = false
let idToken = ''

const seconds = (fromNow: number): number => Math.floor(Date.now() / 1000) + fromNow

beforeAll(async () => {
  keys = await generateKeyPair('ES256', { extractable: true })
  others = await generateKeyPair('ES256')
})

const answer: typeof fetch = async (input) => {
  const { pathname } = new URL(String(input))
  if (isAway) throw new TypeError('fetch failed')
  if (pathname === '/.well-known/openid-configuration')
    return Response.json({ issuer, jwks_uri: `${issuer}/jwks`, token_endpoint: `${issuer}/token` })
  if (pathname === '/jwks')
    return Response.json({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' }] })
  return Response.json({ id_token: idToken, access_token: 'access', expires_in: 600, refresh_token: 'refresh' })
}

const openId = () => createOpenId({ issuer, clientId, fetch: answer })

type Change = { payload?: { [Claim in keyof JWTPayload]?: unknown }; header?: object; key?: 'other' | 'none' }

async function sign(claims: object, { header = {}, key }: Change): Promise<string> {
  const payload = claims as JWTPayload
  if (key === 'none') return new UnsecuredJWT(payload).encode()
  const signer = new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
  return signer.sign(key === 'other' ? others.privateKey : keys.privateKey)
}

describe('ID tokens', () => {
  const redeem = async (change: Change = {}) => {
    const payload = {
      ...{ iss: issuer, aud: clientId, sub: 'usr_1', sid: 'ses_1', nonce: 'once', iat: seconds(0), exp: seconds(300) },
      ...change.payload,
    }
    idToken = await sign(payload, change)
    const about = { redirectUri: 'https://news.example.com/callback', verifier: 'v', nonce: 'once' }
    return (await openId().redeem('code', about)).claims.sub
  }

  test('one that is as it should be gets in', async () => {
    expect(await redeem()).toBe('usr_1')
    expect(await redeem({ payload: { aud: [clientId, 'api'], azp: clientId } })).toBe('usr_1')
  })

  test.each<[string, Change]>([
    ['expired', { payload: { exp: seconds(-60) } }],
    ['for another application', { payload: { aud: 'app_other' } }],
    ['for another application and for us', { payload: { aud: [clientId, 'app_other'], azp: 'app_other' } }],
    ['of another issuer', { payload: { iss: 'https://id.example.net' } }],
    ['for another sign-in', { payload: { nonce: 'twice' } }],
    ['without nonce', { payload: { nonce: undefined } }],
    ['without expiry', { payload: { exp: undefined } }],
    ['without session', { payload: { sid: undefined } }],
    ['of another key', { key: 'other' }],
    ['not signed at all', { key: 'none' }],
    ['of a key that is not there', { header: { kid: 'two' } }],
    ['a logout token', { payload: { events: { [logout]: {} } } }],
    ['a token of another kind', { header: { typ: 'at+jwt' } }],
  ])('one that is %s is refused', async (_, change) => {
    await expect(redeem(change)).rejects.toMatchObject({ code: 'sign_in_refused', status: 400 })
  })
})

describe('logout tokens', () => {
  const read = async (change: Change = {}) => {
    const payload = {
      ...{ iss: issuer, aud: clientId, sub: 'usr_1', sid: 'ses_1', jti: 'one', iat: seconds(0), exp: seconds(120) },
      ...{ events: { [logout]: {} }, ...change.payload },
    }
    return openId().readLogoutToken(await sign(payload, { ...change, header: { typ: 'logout+jwt', ...change.header } }))
  }

  test('one that is as it should be ends a session', async () => {
    expect(await read()).toEqual({ sid: 'ses_1' })
  })

  test.each<[string, Change]>([
    ['expired', { payload: { exp: seconds(-60) } }],
    ['for another application', { payload: { aud: 'app_other' } }],
    ['of another issuer', { payload: { iss: 'https://id.example.net' } }],
    ['about something else', { payload: { events: { other: {} } } }],
    ['with a nonce', { payload: { nonce: 'once' } }],
    ['without session', { payload: { sid: undefined } }],
    ['an ID token', { header: { typ: 'JWT' } }],
    ['of another key', { key: 'other' }],
    ['not signed at all', { key: 'none' }],
  ])('one that is %s is refused', async (_, change) => {
    await expect(read(change)).rejects.toMatchObject({ code: 'sign_in_refused' })
  })
})

test('a server that does not answer is no fault of the token, and is asked again', async () => {
  const client = openId()
  idToken = await sign(
    { iss: issuer, aud: clientId, sub: 'usr_1', sid: 'ses_1', iat: seconds(0), exp: seconds(300) },
    {},
  )
  isAway = true
  await expect(client.refresh('old', { sub: 'usr_1', sid: 'ses_1' })).rejects.toMatchObject({ code: 'unavailable' })
  isAway = false
  expect((await client.refresh('old', { sub: 'usr_1', sid: 'ses_1' })).refreshToken).toBe('refresh')
  await expect(client.refresh('old', { sub: 'usr_2', sid: 'ses_1' })).rejects.toMatchObject({ code: 'sign_in_refused' })
})

test('refuses an issuer without https, and one that calls itself otherwise', async () => {
  expect(() => createOpenId({ issuer: 'http://id.example.com', clientId })).toThrow(/https/)
  const other = createOpenId({ issuer: 'https://id.example.net', clientId, fetch: answer })
  await expect(other.metadata()).rejects.toMatchObject({ code: 'misconfigured' })
})
