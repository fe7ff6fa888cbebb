// Applications that keep no secret, as oauth4webapi uses them, and machines: what each may do, and what it may not.
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CreateApplicationInput } from '#access/applications/create-application.ts'
import { createApplication } from '#access/applications/create-application.ts'
import { deleteApplication } from '#access/applications/delete-application.ts'
import { rotateApplicationSecret } from '#access/applications/rotate-application-secret.ts'
import { updateApplication } from '#access/applications/update-application.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { rightsOfKey } from '#access/grants/managers/key-scope.ts'
import { setOrganizationStatus } from '../support/access.ts'
import type { TestOrganization } from '../support/app.ts'
import { beyondCeiling, within } from '../support/ceilings.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson } from '../support/people.ts'
import { signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let server: oauth.AuthorizationServer

const insecure = { [oauth.allowInsecureRequests]: true }

beforeAll(async () => {
  app = await startListeningApp()
  const issuer = new URL(app.origin)
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
})

afterAll(() => app.close())

const page = 'https://spa.example.com'
const callback = `${page}/callback`

const owner = (parts: TemplateStringsArray, ...values: string[]) => app.owner(parts, ...values)

async function publicStage(fields: Partial<CreateApplicationInput> = {}) {
  const organization = await app.createOrganization()
  const userId = await createPerson(organization)
  const { cookie, sessionId } = await signIn(organization, userId)
  const { application, clientSecret } = await createApplication(organization.ctx, {
    ...{ kind: 'public', name: 'Reader', redirectUris: [callback], browserOrigins: [page] },
    ...fields,
  })
  const client: oauth.Client = { client_id: application.id }
  return { organization, userId, cookie, sessionId, client, clientSecret, ...flows(client, cookie) }
}

function flows(client: oauth.Client, cookie: string) {
  const begin = async (parameters: Record<string, string> = {}, as = cookie) => {
    const verifier = oauth.generateRandomCodeVerifier()
    const url = new URL(server.authorization_endpoint ?? '')
    url.search = new URLSearchParams({
      ...{ client_id: client.client_id, redirect_uri: callback, response_type: 'code', scope: 'openid', state: 's' },
      ...{ code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
      ...parameters,
    }).toString()
    return { verifier, at: await go(url, as) }
  }
  const exchange = async ({ verifier, at }: { verifier: string; at: URL }, redirectUri = callback, init = insecure) => {
    const answer = oauth.validateAuthResponse(server, client, at, 's')
    const [none, parameters] = [oauth.None(), [redirectUri, verifier] as const]
    return oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(server, client, none, answer, ...parameters, init),
    )
  }
  const refresh = async (token: string) =>
    oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, oauth.None(), token, insecure),
    )
  return { begin, exchange, refresh }
}

/** As far as redirects lead by themselves. */
async function go(from: URL | string, cookie: string): Promise<URL> {
  const at = new URL(from, app.origin)
  const response = await fetch(at, { redirect: 'manual', headers: { Cookie: cookie } })
  const location = response.headers.get('location')
  if (location === null) return at
  const next = new URL(location, at)
  return next.origin === app.origin ? go(next, cookie) : next
}

const userInfo = (token: string, headers: Record<string, string> = {}) =>
  fetch(`${app.origin}/oauth2/userinfo`, { headers: { Authorization: `Bearer ${token}`, ...headers } })

describe('a public application', () => {
  test('has no secret, and gets tokens by PKCE alone', async () => {
    const { begin, exchange, clientSecret, userId, organization, client } = await publicStage()
    expect(clientSecret).toBeNull()
    const { access_token: token, id_token: idToken } = await exchange(await begin())
    expect(idToken).toBeDefined()
    expect(await (await userInfo(token)).json()).toMatchObject({ sub: userId })
    const wrong = { ...(await begin()), verifier: oauth.generateRandomCodeVerifier() }
    await expect(exchange(wrong)).rejects.toMatchObject({ error: 'invalid_grant' })
    const without = await begin({ code_challenge: '', code_challenge_method: '' })
    expect(without.at.searchParams.get('error')).toBe('invalid_request')
    await expect(
      updateApplication(organization.ctx, { applicationId: client.client_id, isPkceRequired: false }),
    ).rejects.toMatchObject({ code: 'invalid' })
    await expect(rotateApplicationSecret(organization.ctx, client.client_id)).rejects.toMatchObject({ code: 'invalid' })
  })

  test('gets another refresh token each time; an old one that comes again ends all of the grant', async () => {
    const { begin, exchange, refresh } = await publicStage()
    const first = await exchange(await begin())
    const second = await refresh(first.refresh_token ?? '')
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect((await userInfo(second.access_token)).status).toBe(200)
    await expect(refresh(first.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' })
    await expect(refresh(second.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' })
    expect((await userInfo(second.access_token)).status).toBe(401)
  })

  test('cannot be used with a secret, nor one with a secret without it', async () => {
    const { begin, organization, client, cookie } = await publicStage()
    const { at, verifier } = await begin()
    const ask = (id: string, headers: Record<string, string>, more: Record<string, string> = {}) =>
      fetch(`${app.origin}/oauth2/token`, {
        method: 'POST',
        headers,
        body: new URLSearchParams({
          ...{ grant_type: 'authorization_code', code: at.searchParams.get('code') ?? '', redirect_uri: callback },
          ...{ code_verifier: verifier, client_id: id },
          ...more,
        }),
      })
    expect((await ask(client.client_id, {}, { client_secret: 'null' })).status).toBe(401)
    const { application } = await createApplication(organization.ctx, { name: 'Desk', redirectUris: [callback] })
    const confidential = flows({ client_id: application.id }, cookie)
    await expect(confidential.exchange(await confidential.begin())).rejects.toMatchObject({ error: 'invalid_client' })
    expect((await ask(client.client_id, {})).status).toBe(200)
  })
})

describe('pages of other origins', () => {
  const allowed = (response: Response) => response.headers.get('access-control-allow-origin')
  const preflight = (path: string, origin: string, method = 'POST') =>
    fetch(`${app.origin}${path}`, {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': 'dpop' },
    })
  const paths = ['/oauth2/token', '/oauth2/userinfo', '/oauth2/jwks', '/.well-known/openid-configuration']

  test('read answers where a public application has registered them, and nobody else does', async () => {
    const own = 'https://own.example.com'
    const { organization, client } = await publicStage({ browserOrigins: [own] })
    for (const path of paths) {
      expect(allowed(await preflight(path, own))).toBe(own)
      expect(allowed(await preflight(path, 'https://evil.example.com'))).toBeNull()
    }
    for (const path of paths.slice(2)) {
      const read = (origin: string) => fetch(`${app.origin}${path}`, { headers: { Origin: origin } })
      expect([allowed(await read(own)), allowed(await read('https://evil.example.com'))]).toEqual([own, null])
    }
    await updateApplication(organization.ctx, { applicationId: client.client_id, status: 'disabled' })
    expect(allowed(await preflight('/oauth2/token', own))).toBeNull()
    await updateApplication(organization.ctx, { applicationId: client.client_id, status: 'active' })
    expect(allowed(await preflight('/oauth2/token', own))).toBe(own)
    await setOrganizationStatus(organization.ctx, 'suspended')
    expect(allowed(await preflight('/oauth2/token', own))).toBeNull()
  })

  test('exchange the codes of their own application, and of no other', async () => {
    const { begin, exchange, organization } = await publicStage()
    const other = 'https://other.example.com'
    await createApplication(organization.ctx, {
      ...{ kind: 'public', name: 'Other', redirectUris: [callback], browserOrigins: [other] },
    })
    const from = (origin: string) => ({ ...insecure, headers: { Origin: origin } })
    await expect(exchange(await begin(), callback, from(other))).rejects.toMatchObject({ error: 'invalid_request' })
    const { access_token: token } = await exchange(await begin(), callback, from(page))
    expect(allowed(await userInfo(token, { Origin: page }))).toBe(page)
    const foreign = await userInfo(token, { Origin: other })
    expect([foreign.status, allowed(foreign)]).toEqual([400, null])
  })
})

describe('a program on a device', () => {
  const scheme = 'com.example.reader:/callback'
  const device = () => publicStage({ redirectUris: [scheme, 'http://127.0.0.1/callback'], browserOrigins: [] })
  const confirm = (at: URL, cookie: string, origin = app.origin) =>
    fetch(at, {
      ...{ method: 'POST', redirect: 'manual' },
      headers: { Cookie: cookie, Origin: origin, 'Content-Type': 'application/x-www-form-urlencoded' },
    })

  test.each([scheme, 'http://127.0.0.1:51004/callback'])(
    'gets a code at %s once the person has confirmed it',
    async (uri) => {
      const { begin, exchange, cookie, userId } = await device()
      const { at, verifier } = await begin({ redirect_uri: uri })
      expect(at.pathname).toMatch(/^\/oauth2\/interaction\/[\w-]+\/confirm$/)
      const shown = await (await fetch(at, { headers: { Cookie: cookie } })).text()
      expect(shown).toContain('Continue to Reader?')
      expect(shown).toContain('error=access_denied')
      const confirmed = await confirm(at, cookie)
      expect(confirmed.status).toBe(303)
      const left = await go(confirmed.headers.get('location') ?? '', cookie)
      expect(left.href.startsWith(uri)).toBe(true)
      const tokens = await exchange({ verifier, at: left }, uri)
      expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe(userId)
    },
  )

  test('gets none from a page of elsewhere, without a session, silently, or by somebody else’s confirmation', async () => {
    const { begin, cookie, organization } = await device()
    const { at } = await begin({ redirect_uri: scheme })
    expect((await confirm(at, cookie, 'https://evil.example.com')).status).toBe(403)
    const signedOut = await confirm(at, '')
    expect(signedOut.headers.get('location')).toMatch(/^\/login/)
    const silent = await begin({ redirect_uri: scheme, prompt: 'none' })
    expect(silent.at.searchParams.get('error')).toBe('interaction_required')
    const stranger = await signIn(organization, await createPerson(organization, 'eve@example.com'))
    const confirmed = await confirm(at, stranger.cookie)
    // The victim follows the link that somebody else has confirmed, and is asked themselves.
    const asked = await go(confirmed.headers.get('location') ?? '', cookie)
    expect(asked.pathname).toMatch(/confirm$/)
  })

  test('signs in again where it asks for that, and once', async () => {
    const { begin, cookie, organization, userId } = await device()
    const { at } = await begin({ redirect_uri: scheme, prompt: 'login' })
    expect(at.pathname).toBe('/login')
    await new Promise((resolve) => setTimeout(resolve, 5))
    const fresh = await signIn(organization, userId)
    const back = at.searchParams.get('return_to') ?? ''
    const asked = await go(back, fresh.cookie)
    expect(asked.pathname).toMatch(/confirm$/)
    const confirmed = await confirm(asked, fresh.cookie)
    const left = await go(confirmed.headers.get('location') ?? '', fresh.cookie)
    expect(left.searchParams.get('code')).not.toBeNull()
    expect(cookie).not.toBe(fresh.cookie)
  })

  test.each([
    ['another path', 'http://127.0.0.1:51004/elsewhere'],
    ['another host', 'http://127.0.0.2:51004/callback'],
    ['another scheme', 'com.example.evil:/callback'],
    ['a port where the address is no loopback', 'https://spa.example.com:8443/callback'],
  ])('gets nothing at %s', async (_, uri) => {
    const { begin } = await device()
    expect((await begin({ redirect_uri: uri })).at.searchParams.get('redirect_uri')).toBe(uri)
  })

  test('is no application with a server: the port of that one counts', async () => {
    const { organization, cookie } = await publicStage()
    const uri = 'http://127.0.0.1:3000/callback'
    const { application } = await createApplication(organization.ctx, { name: 'Desk', redirectUris: [uri] })
    const { begin } = flows({ client_id: application.id }, cookie)
    expect((await begin({ redirect_uri: uri })).at.searchParams.get('code')).not.toBeNull()
    const elsewhere = await begin({ redirect_uri: 'http://127.0.0.1:3001/callback' })
    expect(elsewhere.at.searchParams.get('code')).toBeNull()
  })
})

describe('a machine', () => {
  type Rights = CreateApplicationInput['rights']

  async function machineStage(rights?: Rights, organization?: TestOrganization) {
    const of = organization ?? (await app.createOrganization())
    const { application, clientSecret } = await createApplication(of.ctx, { kind: 'machine', name: 'Sync', rights })
    const client: oauth.Client = { client_id: application.id }
    const token = async (secret = clientSecret ?? '', parameters: Record<string, string> = {}) =>
      oauth.processClientCredentialsResponse(
        server,
        client,
        await oauth.clientCredentialsGrantRequest(
          ...[server, client, oauth.ClientSecretBasic(secret), new URLSearchParams(parameters), insecure],
        ),
      )
    return { organization: of, id: application.id, client, token, clientSecret: clientSecret ?? '' }
  }

  const call = (token: string, path: string, body?: object) =>
    fetch(`${app.origin}${path}`, {
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })

  const question = (userId: string, name = 'users.manage') => ({
    subject: { type: 'user', id: userId },
    action: { name },
    resource: { type: 'organization', id: 'any' },
  })

  test('asks for decisions by its own token, and nothing else unless it was given more', async () => {
    const { organization, token, client } = await machineStage()
    const userId = await createPerson(organization)
    const answer = await token()
    expect([answer.expires_in, answer.refresh_token]).toEqual([600, undefined])
    const decided = await call(answer.access_token, '/access/v1/evaluation', question(userId))
    expect([decided.status, await decided.json()]).toMatchObject([200, { decision: false }])
    expect((await call(answer.access_token, '/api/v1/users')).status).toBe(403)
    for (const path of ['/oauth2/userinfo', '/scim/v2/x/Me'])
      expect((await call(answer.access_token, path)).status).toBe(401)
    const [row] =
      await owner`select payload::text from provider_artifacts where payload ->> 'clientId' = ${client.client_id}`
    expect(row?.['payload']).not.toContain(answer.access_token)
  })

  test('calls the management API within its permissions and brands, under its own name in the audit trail', async () => {
    const organization = await app.createOrganization()
    const brand = await createBrand(organization.ctx, { slug: 'aurora', name: 'Aurora' })
    const { token, id } = await machineStage({ access: 'permissions', permissions: ['brands.*'] }, organization)
    const { access_token: held } = await token()
    const made = await call(held, '/api/v1/brands', { slug: 'borealis', name: 'Borealis' })
    expect(made.status).toBe(201)
    expect((await call(held, '/api/v1/api-keys')).status).toBe(403)
    const [row] = await owner`select actor_type, actor_id from audit_events
      where organization_id = ${organization.id} and action = 'brand.create' order by id desc limit 1`
    expect(row).toEqual({ actor_type: 'application', actor_id: id })
    const narrow = await machineStage({ brandIds: [brand.id] }, organization)
    const asks = (await narrow.token()).access_token
    const userId = await createPerson(organization)
    const where = (brandId: string) => ({ ...question(userId), resource: { type: 'brand', id: brandId } })
    expect((await call(asks, '/access/v1/evaluation', where(brand.id))).status).toBe(200)
    const other = ((await made.json()) as { id: string }).id
    expect((await call(asks, '/access/v1/evaluation', where(other))).status).toBe(403)
  })

  test('gives nobody more than it holds', async () => {
    const { organization, token } = await machineStage({ access: 'permissions', permissions: ['users.*', 'roles.*'] })
    const userId = await createPerson(organization)
    const held = (await token()).access_token
    const [{ id: roleId } = { id: '' }] = await owner`select id from roles
      where organization_id = ${organization.id} and key = 'administrator'`
    const given = await call(held, '/api/v1/assignments', { userId, roleId, reason: 'Because' })
    expect([given.status, await given.json()]).toMatchObject([403, { reason: 'ceiling' }])
  })

  test('is bound by what it may at the moment, and is refused once it is off', async () => {
    const { organization, token, id, clientSecret } = await machineStage({
      ...{ access: 'permissions', permissions: ['users.manage'] },
    })
    const held = (await token()).access_token
    const status = async () => (await call(held, '/api/v1/users')).status
    const change = (fields: object) => updateApplication(organization.ctx, { applicationId: id, ...fields })
    expect(await status()).toBe(200)
    await change({ rights: { access: 'decisions' } })
    expect(await status()).toBe(403)
    await change({ rights: { access: 'permissions', permissions: ['users.manage'], addressRanges: ['192.0.2.0/24'] } })
    expect(await status()).toBe(403)
    await change({ rights: { access: 'permissions', permissions: ['users.manage'] } })
    expect(await status()).toBe(200)
    const secret = await rotateApplicationSecret(organization.ctx, id)
    expect(await status()).toBe(401)
    await expect(token(clientSecret)).rejects.toMatchObject({ status: 401 })
    const next = (await token(secret)).access_token
    await change({ status: 'disabled' })
    expect((await call(next, '/api/v1/users')).status).toBe(401)
    await expect(token(secret)).rejects.toMatchObject({ status: 401 })
    await change({ status: 'active' })
    const last = (await token(secret)).access_token
    await deleteApplication(organization.ctx, id)
    expect((await call(last, '/api/v1/users')).status).toBe(401)
  })

  test('ends with its organization', async () => {
    const { organization, token } = await machineStage({ access: 'everything' })
    const held = (await token()).access_token
    expect((await call(held, '/api/v1/users')).status).toBe(200)
    await setOrganizationStatus(organization.ctx, 'suspended')
    expect((await call(held, '/api/v1/users')).status).toBe(401)
  })

  test('signs nobody in, and gets nothing that is about people', async () => {
    const { token, client, organization } = await machineStage()
    for (const scope of ['openid', 'profile', 'offline_access', 'scim.me'])
      await expect(token(undefined, { scope })).rejects.toMatchObject({ error: 'invalid_scope' })
    const { cookie } = await signIn(organization, await createPerson(organization))
    const { at } = await flows(client, cookie).begin()
    expect(at.origin).toBe(app.origin)
    const desk = await createApplication(organization.ctx, { name: 'Desk', redirectUris: [callback] })
    const refused = await oauth.clientCredentialsGrantRequest(
      server,
      { client_id: desk.application.id },
      oauth.ClientSecretBasic(desk.clientSecret ?? ''),
      {},
      insecure,
    )
    expect(await refused.json()).toMatchObject({
      error_description: 'requested grant type is not allowed for this client',
    })
  })

  test('X-06: is given nothing by somebody who does not hold it, nor taken over by them', async () => {
    const { organization, id } = await machineStage({ access: 'permissions', permissions: ['users.*'] })
    const allows = ['settings.*', 'access.view']
    const limited = within(organization.ctx, { allows, denies: [] })
    const make = (ctx: typeof limited, rights: Rights) =>
      createApplication(ctx, { kind: 'machine', name: 'Mine', rights })
    await expect(make(limited, { access: 'everything' })).rejects.toMatchObject(beyondCeiling)
    await expect(make(limited, { access: 'permissions', permissions: ['users.*'] })).rejects.toMatchObject(
      beyondCeiling,
    )
    await expect(rotateApplicationSecret(limited, id)).rejects.toMatchObject(beyondCeiling)
    await expect(deleteApplication(limited, id)).rejects.toMatchObject(beyondCeiling)
    await expect(
      updateApplication(limited, { applicationId: id, rights: { access: 'decisions' } }),
    ).rejects.toMatchObject(beyondCeiling)
    expect((await make(limited, { access: 'permissions', permissions: ['settings.view'] })).clientSecret).not.toBeNull()
    // What is bound to a task or to a network makes nothing that is not.
    const scope = { access: 'permissions' as const, permissions: ['settings.*'], brandIds: null, addressRanges: null }
    for (const type of ['api_key', 'application'] as const) {
      const program = { ...organization.ctx, actor: { type, id: 'key_x' }, ...rightsOfKey(scope) }
      await expect(make(program, { access: 'permissions', permissions: ['settings.view'] })).rejects.toMatchObject(
        beyondCeiling,
      )
    }
  })
})
