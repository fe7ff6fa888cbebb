// The modules of the OpenID Foundation's plan for a basic provider (`oidcc-basic-certification-test-plan`), each under its name
// and in the plan's order, re-enacted with a library that is none of ours; with PKCE, and by an application that knows none.
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { authorizationCodeGrant, fetchUserInfo, refreshTokenGrant } from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { updateApplication } from '#access/applications/update-application.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson } from '../support/people.ts'
import { callback, createRelyingParty, type Flow } from '../support/relying-party.ts'
import { signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>

beforeAll(async () => {
  app = await startListeningApp()
})

afterAll(() => app.close())

const owner = (parts: TemplateStringsArray, ...values: string[]) => app.owner(parts, ...values)

const invalidGrant = expect.objectContaining({ error: 'invalid_grant' })

type Checks = { maxAge?: number }

async function stage(usesPkce: boolean) {
  const organization = await app.createOrganization()
  const userId = await createPerson(organization, 'amara@example.com', 'Amara Okafor')
  const session = await signIn(organization, userId)
  const party = await createRelyingParty(app, organization)
  const { clientId, config } = party
  if (!usesPkce) await updateApplication(organization.ctx, { applicationId: clientId, isPkceRequired: false })
  const begin = async (parameters: Record<string, string> = {}): Promise<Flow> => {
    const flow = await party.begin(parameters)
    if (!usesPkce) for (const name of ['code_challenge', 'code_challenge_method']) flow.url.searchParams.delete(name)
    return flow
  }
  const finish = (flow: Flow, left: URL | undefined, checks: Checks = {}) => {
    const sent = flow.url.searchParams
    return authorizationCodeGrant(config, left ?? new URL(callback), {
      ...{ expectedState: flow.state, ...checks },
      ...(sent.has('nonce') ? { expectedNonce: flow.nonce } : {}),
      ...(sent.has('code_challenge') ? { pkceCodeVerifier: flow.verifier } : {}),
    })
  }
  /** Where the browser that is signed in is sent. */
  const come = async (parameters?: Record<string, string>, cookie: string | undefined = session.cookie) => {
    const flow = await begin(parameters)
    return { flow, ...(await party.visit(flow.url, cookie)) }
  }
  const enter = async (parameters?: Record<string, string>, checks?: Checks) => {
    const { flow, left } = await come(parameters)
    return finish(flow, left, checks)
  }
  const userInfo = (accessToken: string) => fetchUserInfo(config, accessToken, userId)
  return { organization, userId, session, party, begin, finish, come, enter, userInfo }
}

type Stage = Awaited<ReturnType<typeof stage>>

const postUserInfo = (headers: Record<string, string>, body: Record<string, string>) =>
  fetch(`${app.origin}/oauth2/userinfo`, { method: 'POST', headers, body: new URLSearchParams(body) })

/** Whatever this asks for besides: the person comes in. */
const isNoHindrance =
  (parameters: Record<string, string>) =>
  async ({ enter, userId }: Stage): Promise<void> =>
    expect((await enter(parameters)).claims()?.sub).toBe(userId)

/** The claims that a scope means (OpenID Connect Core 5.4), of those that we have. */
const scopeGives =
  (scope: string, given: readonly string[]) =>
  async ({ enter, userInfo }: Stage): Promise<void> => {
    const told = await userInfo((await enter({ scope })).access_token)
    const all = ['name', 'preferred_username', 'email', 'email_verified', 'address', 'phone_number']
    expect(all.filter((name) => told[name] !== undefined)).toEqual(given)
  }

/** Signed in anew, the same person again, with a later proof. */
async function asksAgain({ organization, userId, session, party, begin, finish }: Stage, request: object) {
  await owner`update sessions set authenticated_at = now() - interval '1 minute' where id = ${session.sessionId}`
  const first = await begin()
  const before = (await finish(first, (await party.visit(first.url, session.cookie)).left)).claims()
  const flow = await begin(request as Record<string, string>)
  const { at } = await party.visit(flow.url, session.cookie)
  expect(at.pathname).toBe('/login')
  const fresh = await signIn(organization, userId)
  const { left } = await party.visit(at.searchParams.get('return_to') ?? '', fresh.cookie)
  const claims = (await finish(flow, left)).claims()
  expect(claims?.sub).toBe(before?.sub)
  return claims
}

/** What we do not offer is refused by name, and no code comes back. */
const isUnsupported =
  (parameters: Record<string, string>, error: string) =>
  async ({ come }: Stage): Promise<void> => {
    const { left } = await come(parameters)
    expect(left?.searchParams.get('error')).toBe(error)
    expect(left?.searchParams.get('code')).toBeNull()
  }

const unsigned = (claims: object): string =>
  [{ alg: 'none' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
    .concat('.')

const modules: readonly [name: string, run: (stage: Stage) => Promise<void>][] = [
  [
    'oidcc-server',
    async ({ enter, party, userInfo, userId, session }) => {
      const tokens = await enter()
      expect(tokens.claims()).toMatchObject({
        sub: userId,
        aud: party.clientId,
        iss: app.origin,
        sid: session.sessionId,
      })
      expect((await userInfo(tokens.access_token)).sub).toBe(userId)
    },
  ],
  [
    'oidcc-response-type-missing',
    async ({ begin, party, session }) => {
      const { url } = await begin()
      url.searchParams.delete('response_type')
      const { left, response } = await party.visit(url, session.cookie)
      const told = left === undefined ? response.status : left.searchParams.get('error')
      expect([400, 'invalid_request']).toContain(told)
      expect(left?.searchParams.get('code') ?? null).toBeNull()
    },
  ],
  [
    'oidcc-idtoken-signature',
    async ({ enter }) => {
      const { alg, kid } = decodeProtectedHeader((await enter()).id_token ?? '')
      const { keys } = (await (await fetch(`${app.origin}/oauth2/jwks`)).json()) as { keys: { kid: string }[] }
      expect(alg).toBe('RS256')
      expect(keys.map((key) => key.kid)).toContain(kid)
    },
  ],
  [
    // Not tested by the plan either where discovery does not offer it.
    'oidcc-idtoken-unsigned',
    async () => {
      const metadata = (await (await fetch(`${app.origin}/.well-known/openid-configuration`)).json()) as object
      expect(metadata).toHaveProperty('id_token_signing_alg_values_supported', expect.not.arrayContaining(['none']))
    },
  ],
  [
    'oidcc-userinfo-get',
    async ({ enter, userId }) => {
      const { access_token: token } = await enter()
      const headers = { authorization: `Bearer ${token}` }
      const answer = await fetch(`${app.origin}/oauth2/userinfo`, { headers })
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
      expect(await answer.json()).toMatchObject({ sub: userId, email: 'amara@example.com' })
    },
  ],
  [
    'oidcc-userinfo-post-header',
    async ({ enter, userId }) => {
      const answer = await postUserInfo({ authorization: `Bearer ${(await enter()).access_token}` }, {})
      expect(await answer.json()).toMatchObject({ sub: userId })
    },
  ],
  [
    'oidcc-userinfo-post-body',
    async ({ enter, userId }) => {
      const answer = await postUserInfo({}, { access_token: (await enter()).access_token })
      expect(await answer.json()).toMatchObject({ sub: userId })
    },
  ],
  [
    'oidcc-ensure-request-without-nonce-succeeds-for-code-flow',
    async ({ begin, party, finish, session }) => {
      const flow = await begin()
      flow.url.searchParams.delete('nonce')
      const { left } = await party.visit(flow.url, session.cookie)
      expect((await finish(flow, left)).claims()).not.toHaveProperty('nonce')
    },
  ],
  ['oidcc-scope-profile', scopeGives('openid profile', ['name', 'preferred_username'])],
  ['oidcc-scope-email', scopeGives('openid email', ['email', 'email_verified'])],
  ['oidcc-scope-address', scopeGives('openid address', [])],
  ['oidcc-scope-phone', scopeGives('openid phone', [])],
  [
    'oidcc-scope-all',
    scopeGives('openid profile email address phone', ['name', 'preferred_username', 'email', 'email_verified']),
  ],
  [
    'oidcc-alternate-happy-flow',
    async ({ begin, party, finish, session, userId }) => {
      const flow = await begin({ scope: 'email profile openid' })
      const url = new URL(flow.url)
      url.search = new URLSearchParams([...flow.url.searchParams].toReversed()).toString()
      const { left } = await party.visit(url, session.cookie)
      expect((await finish(flow, left)).claims()?.sub).toBe(userId)
    },
  ],
  ['oidcc-display-page', isNoHindrance({ display: 'page' })],
  ['oidcc-display-popup', isNoHindrance({ display: 'popup' })],
  [
    'oidcc-prompt-login',
    async (it) => {
      const claims = await asksAgain(it, { prompt: 'login' })
      expect(Date.now() / 1000 - (claims?.auth_time ?? Date.now() / 1000)).toBeLessThan(30)
    },
  ],
  [
    'oidcc-prompt-none-not-logged-in',
    async ({ begin, party }) => {
      const { left } = await party.visit((await begin({ prompt: 'none' })).url)
      expect(left?.searchParams.get('error')).toBe('login_required')
    },
  ],
  ['oidcc-prompt-none-logged-in', isNoHindrance({ prompt: 'none' })],
  [
    'oidcc-max-age-1',
    async (it) => {
      const claims = await asksAgain(it, { max_age: '1' })
      expect(Date.now() / 1000 - (claims?.auth_time ?? 0)).toBeLessThan(30)
    },
  ],
  [
    'oidcc-max-age-10000',
    async ({ enter }) => {
      const [first, second] = [await enter(), await enter({ max_age: '10000' }, { maxAge: 10_000 })]
      expect(second.claims()?.auth_time).toEqual(expect.any(Number))
      expect(second.claims()?.sub).toBe(first.claims()?.sub)
    },
  ],
  ['oidcc-ensure-request-with-unknown-parameter-succeeds', isNoHindrance({ extra: 'foobar' })],
  [
    'oidcc-id-token-hint',
    async ({ enter, userId }) => {
      const { id_token: hint = '' } = await enter()
      expect((await enter({ prompt: 'none', id_token_hint: hint })).claims()?.sub).toBe(userId)
    },
  ],
  ['oidcc-login-hint', isNoHindrance({ login_hint: 'amara@example.com' })],
  ['oidcc-ui-locales', isNoHindrance({ ui_locales: 'se' })],
  ['oidcc-claims-locales', isNoHindrance({ claims_locales: 'se' })],
  ['oidcc-ensure-request-with-acr-values-succeeds', isNoHindrance({ acr_values: '1 2' })],
  [
    'oidcc-codereuse',
    async ({ come, finish }) => {
      const { flow, left } = await come()
      await finish(flow, left)
      await expect(finish(flow, left)).rejects.toEqual(invalidGrant)
    },
  ],
  [
    // As after 30 seconds, and after the minute that a code lives.
    'oidcc-codereuse-30seconds',
    async ({ come, finish, userInfo }) => {
      const { flow, left } = await come()
      const { access_token: token } = await finish(flow, left)
      await owner`update provider_artifacts set expires_at = expires_at - interval '30 seconds' where model = 'AuthorizationCode'`
      await expect(finish(flow, left)).rejects.toEqual(invalidGrant)
      await expect(userInfo(token)).rejects.toThrow()
    },
  ],
  [
    'oidcc-ensure-registered-redirect-uri',
    async ({ come }) => {
      const { left, response } = await come({ redirect_uri: `${callback}/not-registered` })
      expect(left).toBeUndefined()
      expect(response.status).toBe(400)
    },
  ],
  [
    'oidcc-ensure-post-request-succeeds',
    async ({ begin, party, finish, session, userId }) => {
      const flow = await begin()
      const answer = await fetch(`${app.origin}/oauth2/authorize`, {
        ...{ method: 'POST', redirect: 'manual', body: flow.url.searchParams },
        headers: { origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' },
      })
      const { left } = await party.visit(answer.headers.get('location') ?? '', session.cookie)
      expect((await finish(flow, left)).claims()?.sub).toBe(userId)
    },
  ],
  [
    'oidcc-server-client-secret-post',
    async ({ come, party, userId }) => {
      const { flow, left } = await come()
      const { clientId, clientSecret } = party
      const body = {
        ...{ grant_type: 'authorization_code', code: left?.searchParams.get('code') ?? '', redirect_uri: callback },
        ...{ client_id: clientId, client_secret: clientSecret },
        ...(flow.url.searchParams.has('code_challenge') ? { code_verifier: flow.verifier } : {}),
      }
      const answer = await fetch(`${app.origin}/oauth2/token`, { method: 'POST', body: new URLSearchParams(body) })
      const { id_token: token } = (await answer.json()) as { id_token: string }
      expect(decodeJwt(token).sub).toBe(userId)
    },
  ],
  [
    'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported',
    isUnsupported({ request_uri: 'https://app.example.com/request.jwt' }, 'request_uri_not_supported'),
  ],
  [
    'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported',
    isUnsupported({ request: unsigned({ scope: 'openid' }) }, 'request_not_supported'),
  ],
  [
    'oidcc-claims-essential',
    async ({ enter, userInfo }) => {
      const claims = JSON.stringify({ userinfo: { name: { essential: true } } })
      expect((await userInfo((await enter({ claims })).access_token))['name']).toBe('Amara Okafor')
    },
  ],
  [
    'oidcc-ensure-request-object-with-redirect-uri',
    isUnsupported({ request: unsigned({ redirect_uri: callback }) }, 'request_not_supported'),
  ],
  [
    'oidcc-refresh-token',
    async ({ enter, organization, party, userInfo, userId }) => {
      const first = await enter()
      const second = await refreshTokenGrant(party.config, first.refresh_token ?? '')
      expect(second.claims()?.sub).toBe(userId)
      expect((await userInfo(second.access_token)).sub).toBe(userId)
      const stranger = await createRelyingParty(app, organization)
      await expect(refreshTokenGrant(stranger.config, second.refresh_token ?? '')).rejects.toEqual(invalidGrant)
    },
  ],
  [
    'oidcc-ensure-request-with-valid-pkce-succeeds',
    async ({ party, session, userId }) => expect((await party.signIn(session.cookie)).claims()?.sub).toBe(userId),
  ],
]

describe.each([
  ['with PKCE', true],
  ['without PKCE', false],
])('%s', (_, usesPkce) => {
  test.each(modules)('%s', async (__, run) => run(await stage(usesPkce)))
})
