// Access tokens for resources (RFC 8707): JWTs as a gateway reads them (RFC 9068), opaque ones as it asks for them (RFC 7662), what they
// say, for whom they are, and how long they are good after somebody was deactivated.
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { fetchUserInfo, refreshTokenGrant } from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApplication } from '#access/applications/create-application.ts'
import { updateApplication } from '#access/applications/update-application.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { endSession } from '#access/sign-in/sessions/end-sessions.ts'
import type { TestOrganization } from '../support/app.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { createRelyingParty } from '../support/relying-party.ts'
import { signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>

beforeAll(async () => {
  app = await startListeningApp()
})

afterAll(() => app.close())

const api = 'https://api.example.com/v1'
const other = 'https://other.example.com'

const basic = (id: string, secret: string) => ({
  Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})

const post = async (path: string, headers: Record<string, string>, body: Record<string, string>) => {
  const response = await fetch(`${app.origin}${path}`, { method: 'POST', headers, body: new URLSearchParams(body) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** An API that reads JWTs by itself. */
const gateway = (token: string, options: object = {}) =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${app.origin}/oauth2/jwks`)), {
    ...{ issuer: app.origin, audience: api, typ: 'at+jwt', algorithms: ['RS256'] },
    ...options,
  })

async function server(organization: TestOrganization, servedResources = [api]) {
  const made = await createApplication(organization.ctx, { kind: 'machine', name: 'Gateway', servedResources })
  const headers = basic(made.application.id, made.clientSecret ?? '')
  return { look: async (token: string) => (await post('/oauth2/introspect', headers, { token })).body }
}

async function stage(format: 'jwt' | 'opaque', lifetimeSeconds = 300) {
  const organization = await app.createOrganization()
  const brand = await createBrand(organization.ctx, { slug: 'aurora', name: 'Aurora' })
  const userId = await createPerson(organization)
  await giveRole(organization, { userId, role: 'editor', brandId: brand.id })
  const session = await signIn(organization, userId)
  const party = await createRelyingParty(app, organization)
  const change = (fields: object) => updateApplication(organization.ctx, { applicationId: party.clientId, ...fields })
  await change({ resources: [{ uri: api, format, lifetimeSeconds }] })
  const scope = 'openid offline_access roles brands permissions'
  const tokens = () => party.signIn(session.cookie, { resource: api, scope })
  return { organization, brand, userId, session, party, change, tokens }
}

describe('a JWT', () => {
  test('says what a gateway needs, signed for that resource', async () => {
    const { tokens, userId, organization, brand, session, party } = await stage('jwt', 120)
    const { access_token: token, expires_in: seconds } = await tokens()
    expect(seconds).toBe(120)
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' })
    const { payload } = await gateway(token)
    expect(payload).toMatchObject({
      ...{ sub: userId, client_id: party.clientId, aud: api, sid: session.sessionId, roles: [] },
      organization: { id: organization.id },
      brands: [
        { id: brand.id, slug: 'aurora', roles: ['editor'], permissions: expect.arrayContaining(['content.edit']) },
      ],
    })
    expect([payload['scope'], payload['permissions'], (payload.exp ?? 0) - (payload.iat ?? 0)]).toEqual([
      ...['roles brands permissions', [], 120],
    ])
    for (const options of [{ audience: other }, { issuer: 'https://id.example.net' }, { typ: 'JWT' }])
      await expect(gateway(token, options)).rejects.toThrow()
  })

  test('says no more than it was asked for', async () => {
    const { party, session } = await stage('jwt')
    const { access_token: token } = await party.signIn(session.cookie, { resource: api, scope: 'openid roles' })
    const { payload } = await gateway(token)
    expect(payload).toMatchObject({ roles: [], organization: { id: expect.any(String) } })
    for (const name of ['brands', 'permissions', 'email', 'name']) expect(payload).not.toHaveProperty(name)
  })

  test('opens nothing of ours', async () => {
    const { tokens, party, userId } = await stage('jwt')
    const { access_token: token } = await tokens()
    await expect(fetchUserInfo(party.config, token, userId)).rejects.toThrow()
    const headers = { Authorization: `Bearer ${token}` }
    for (const path of ['/api/v1/users', '/scim/v2/dir_x/Me'])
      expect((await fetch(`${app.origin}${path}`, { headers })).status).toBe(401)
  })
})

describe('an opaque token', () => {
  test('says what holds at the moment, to whoever serves the resource', async () => {
    const { tokens, organization, userId, brand, session, party } = await stage('opaque')
    const { access_token: token } = await tokens()
    const { look } = await server(organization)
    expect(await look(token)).toMatchObject({
      ...{ active: true, sub: userId, client_id: party.clientId, aud: api, sid: session.sessionId },
      brands: [{ id: brand.id, roles: ['editor'] }],
    })
    await giveRole(organization, { userId, role: 'viewer' })
    expect((await look(token))['roles']).toEqual(['viewer'])
    const headers = { Authorization: `Bearer ${token}` }
    expect((await fetch(`${app.origin}/scim/v2/dir_x/Me`, { headers })).status).toBe(401)
  })

  test('is worth nothing to who serves something else, is of another organization, or takes it for a machine’s', async () => {
    const { tokens, organization, party } = await stage('opaque')
    const { access_token: token } = await tokens()
    expect((await (await server(organization)).look(token))['active']).toBe(true)
    expect(await (await server(organization, [other])).look(token)).toEqual({ active: false })
    expect(await (await server(await app.createOrganization())).look(token)).toEqual({ active: false })
    const own = await post('/oauth2/introspect', basic(party.clientId, party.clientSecret), { token })
    expect(own.body['active']).toBe(true)
  })
})

describe('who was deactivated', () => {
  test.each([
    ['deactivation', ({ organization, userId }) => deactivateUser(organization.ctx, { userId })],
    [
      'the end of the session',
      ({ organization, session }) => endSession(organization.ctx, { sessionId: session.sessionId, reason: 'revoked' }),
    ],
  ] satisfies [string, (it: Awaited<ReturnType<typeof stage>>) => Promise<unknown>][])(
    'is refused with an opaque token at once, and with a JWT when it runs out: %s',
    async (_, end) => {
      const opaque = await stage('opaque')
      const { look } = await server(opaque.organization)
      const { access_token: token, refresh_token: refresh } = await opaque.tokens()
      expect((await look(token))['active']).toBe(true)
      await end(opaque)
      const before = performance.now()
      expect(await look(token)).toEqual({ active: false })
      expect(performance.now() - before).toBeLessThan(1_000)
      await expect(refreshTokenGrant(opaque.party.config, refresh ?? '')).rejects.toThrow()

      const signed = await stage('jwt', 60)
      const { access_token: jwt } = await signed.tokens()
      await end(signed)
      const { payload } = await gateway(jwt)
      expect((payload.exp ?? 0) - Date.now() / 1000).toBeLessThanOrEqual(60)
      const afterwards = new Date(((payload.exp ?? 0) + 1) * 1000)
      await expect(gateway(jwt, { currentDate: afterwards })).rejects.toThrow('exp')
    },
  )
})

describe('a resource', () => {
  test('is registered with the application that asks', async () => {
    const { party, session } = await stage('jwt')
    const flow = await party.begin({ resource: other })
    const { left } = await party.visit(flow.url, session.cookie)
    expect(left?.searchParams.get('error')).toBe('invalid_target')
  })

  test('is one that a machine may ask for, whose token does not open the management API', async () => {
    const organization = await app.createOrganization()
    const rights = { access: 'permissions' as const, permissions: ['users.manage'] }
    const resources = [
      { uri: api, format: 'jwt' as const },
      { uri: other, format: 'opaque' as const },
    ]
    const made = await createApplication(organization.ctx, { kind: 'machine', name: 'Sync', rights, resources })
    const headers = basic(made.application.id, made.clientSecret ?? '')
    const ask = async (resource?: string) =>
      (
        await post('/oauth2/token', headers, {
          ...{ grant_type: 'client_credentials', scope: 'permissions' },
          ...(resource === undefined ? {} : { resource }),
        })
      ).body['access_token'] as string
    const { payload } = await gateway(await ask(api))
    expect(payload).toMatchObject({ sub: made.application.id, permissions: ['users.manage'] })
    const users = async (token: string) =>
      (await fetch(`${app.origin}/api/v1/users`, { headers: { Authorization: `Bearer ${token}` } })).status
    expect([await users(await ask()), await users(await ask(other))]).toEqual([200, 401])
  })

  test.each([
    ['that is Rolecall itself', () => ({ uri: `${app.origin}/api`, format: 'opaque' })],
    ['with a longer life', () => ({ uri: api, format: 'jwt', lifetimeSeconds: 601 })],
    ['without encryption', () => ({ uri: 'http://api.example.com', format: 'jwt' })],
    ['with a fragment', () => ({ uri: `${api}#x`, format: 'jwt' })],
  ])('is none %s', async (_, resource) => {
    const { change } = await stage('jwt')
    await expect(change({ resources: [resource()] })).rejects.toMatchObject({ code: 'invalid' })
  })
})
