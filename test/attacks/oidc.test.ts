// OpenID Connect rows of docs/attacks.md: the provider (or somebody in its place) answers what it should not.

import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect } from 'vitest'
import { listAttempts } from '#access/sign-in/attempts.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { addDomain } from '#connections/domains/change-domains.ts'
import type { OidcConnection } from '#connections/sign-in/connections.ts'
import { createConnection } from '#connections/sign-in/create-connection.ts'
import { AppError } from '#platform/errors.ts'
import { createSigningJwk, type SigningJwk } from '#sandbox/oidc-idp/keys.ts'
import { createScriptedOp, type ScriptedOp } from '#sandbox/oidc-idp/scripted-op.ts'
import { type Claims, signJwt, tamperJwt } from '#sandbox/oidc-idp/tokens.ts'
import type { TestApp } from '../support/app.ts'
import { createOidcConnection, createTestBrowser, type TestBrowser } from '../support/sign-in.ts'
import { bringsSession, expectLedOn, expectRefused, row, type Stage, startStage } from './stage.ts'

let stage: Stage
let op: ScriptedOp
let other: ScriptedOp
let connection: OidcConnection
let attackerKey: SigningJwk

const alice = { sub: 'alice', email: 'alice@a.test', email_verified: true, name: 'Alice' }

beforeAll(async () => {
  stage = await startStage()
  op = await createScriptedOp({ clientId: 'rolecall', clientSecret: 'secret' })
  other = await createScriptedOp({ clientId: 'rolecall', clientSecret: 'secret' })
  connection = await createOidcConnection(stage.a.organization, { issuer: op.issuer, clientId: 'rolecall', jit: 'off' })
  attackerKey = await createSigningJwk()
  reset()
})
afterAll(async () => {
  await Promise.all([op.close(), other.close()])
  await stage.close()
})

function reset(): void {
  op.script = { claims: { ...alice }, now: () => new Date() }
}

type Begun = { node: TestApp; browser: TestBrowser; authorization: URL; callback: string }

/** A browser that has been at the provider and holds its answer. */
async function begin(node: TestApp = stage.nodes[0]): Promise<Begun> {
  const browser = createTestBrowser(node.request, node.urls.origin)
  const start = await browser.get(`/sign-in/${connection.id}`)
  const authorization = new URL(start.headers.get('location') ?? 'missing:')
  return { node, browser, authorization, callback: await op.signIn(authorization.href) }
}

async function control(): Promise<void> {
  reset()
  const { browser, callback } = await begin()
  const answer = await browser.get(callback)
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account'])
  expect((await browser.session())?.user.userName).toBe('alice@a.test')
}

/** A row of variants that each change what the provider says, between two controls, on both nodes. */
function oidcRow(id: string, title: string, variants: Record<string, () => void>, reason?: RegExp): void {
  row(id, title, async (attempt) => {
    await control()
    for (const node of stage.nodes) {
      for (const change of Object.values(variants)) {
        await attempt(async () => {
          reset()
          change()
          const { browser, callback } = await begin(node)
          await expectRefused(stage, () => browser.get(callback), reason === undefined ? {} : { reason })
        })
      }
    }
    await control()
  })
}

const resigned =
  (
    change: (claims: Claims) => Claims,
    how: Omit<Partial<Parameters<typeof signJwt>[1]>, 'key'> & { key?: SigningJwk } = {},
  ) =>
  () => {
    op.script.idToken = (claims) => signJwt(change(claims), { key: keyOf(), ...how })
  }

const keyOf = (): SigningJwk => op.keys[0] as SigningJwk
const unchanged = (claims: Claims): Claims => claims
const without = (name: string) => (claims: Claims) =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))
const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset

row('O-001', 'state missing, invented, or of another browser: the provider is not even asked', async (attempt) => {
  await control()
  for (const node of stage.nodes) {
    for (const state of [null, 'random', 'other']) {
      await attempt(async () => {
        const { browser, callback } = await begin(node)
        const theirs = await begin(node)
        const url = new URL(callback)
        if (state === null) url.searchParams.delete('state')
        else
          url.searchParams.set(
            'state',
            state === 'other' ? (theirs.authorization.searchParams.get('state') ?? '') : 'random',
          )
        const asked = op.tokenRequests.length
        await expectRefused(stage, () => browser.get(url.href))
        expect(op.tokenRequests).toHaveLength(asked)
      })
    }
  }
})

oidcRow('O-002', 'nonce missing or wrong', {
  missing: resigned(without('nonce')),
  other: resigned((claims) => ({ ...claims, nonce: 'other' })),
})

row('O-003', "a victim's code in the attacker's callback", async (attempt) => {
  for (const node of stage.nodes) {
    await attempt(async () => {
      reset()
      const [victim, attacker] = [await begin(node), await begin(node)]
      const url = new URL(attacker.callback)
      url.searchParams.set('code', new URL(victim.callback).searchParams.get('code') ?? '')
      await expectRefused(stage, () => attacker.browser.get(url.href))
    })
  }
  await control()
})

row('O-004', 'PKCE is always S256, whatever the provider says that it can', async (attempt) => {
  const challenges = new Set<string>()
  for (const offered of [undefined, ['plain']]) {
    for (let index = 0; index < 25; index += 1) {
      await attempt(async () => {
        reset()
        op.script.discovery = ({ code_challenge_methods_supported: _, ...document }) => ({
          ...document,
          ...(offered === undefined ? {} : { code_challenge_methods_supported: offered }),
        })
        const { authorization } = await begin()
        expect(authorization.searchParams.get('code_challenge_method')).toBe('S256')
        expect(authorization.searchParams.get('response_type')).toBe('code')
        challenges.add(authorization.searchParams.get('code_challenge') ?? '')
      })
    }
  }
  expect(challenges.size).toBe(50)
})

oidcRow('O-005', 'another subject in the payload, the signature kept', {
  sub: () => {
    op.script.idToken = async (claims) => tamperJwt(await signJwt(claims, { key: keyOf() }), { sub: 'admin' })
  },
})

oidcRow('O-006', 'signed with another key under the same key id', {
  'same kid': () => {
    op.script.idToken = (claims) => signJwt(claims, { key: attackerKey, header: { kid: keyOf().kid } })
  },
  'unknown kid': () => {
    op.script.idToken = (claims) => signJwt(claims, { key: attackerKey })
  },
})

oidcRow(
  'O-008',
  'alg none',
  Object.fromEntries(['none', 'None', 'NONE'].map((alg) => [alg, resigned(unchanged, { header: { alg } })])),
)

oidcRow('O-009', 'an HMAC in place of a signature', {
  'with the client secret': resigned(unchanged, { header: { alg: 'HS256' }, secret: 'secret' }),
  'with the public key': () => {
    op.script.idToken = (claims) =>
      signJwt(claims, { key: keyOf(), header: { alg: 'HS256' }, secret: JSON.stringify(keyOf().publicJwk) })
  },
})

oidcRow('O-012', 'another issuer in the token', {
  'of the other provider': resigned((claims) => ({ ...claims, iss: other.issuer })),
  'with a slash': resigned((claims) => ({ ...claims, iss: `${op.issuer}/` })),
})

oidcRow('O-013', 'another issuer in the callback (RFC 9207)', {
  'of the other provider': () => {
    op.script.callback = (parameters) => ({ ...parameters, iss: other.issuer })
  },
  'missing though promised': () => {
    op.script.callback = (parameters) => ({ ...parameters, iss: undefined })
    op.script.discovery = (document) => ({ ...document, authorization_response_iss_parameter_supported: true })
  },
})

oidcRow('O-015', 'another audience', {
  'other client': resigned((claims) => ({ ...claims, aud: 'other' })),
  'ours among others, without azp': resigned((claims) => ({ ...claims, aud: ['rolecall', 'other'] })),
  'ours among others, azp of the other': resigned((claims) => ({
    ...claims,
    aud: ['rolecall', 'other'],
    azp: 'other',
  })),
  'azp of another client': resigned((claims) => ({ ...claims, azp: 'other' })),
})

oidcRow('O-017', 'out of time', {
  'run out': resigned((claims) => ({ ...claims, exp: seconds(-62) })),
  'not yet': resigned((claims) => ({ ...claims, nbf: seconds(120) })),
  'no end': resigned(without('exp')),
  'issued in the future': resigned((claims) => ({ ...claims, iat: seconds(120) })),
  'issued long ago': resigned((claims) => ({ ...claims, iat: seconds(-3_600) })),
  'no issue time': resigned(without('iat')),
})

oidcRow('O-021', 'userinfo of another subject', {
  other: () => {
    op.script.answerUserinfo = (body) => ({ ...body, sub: 'admin' })
  },
})

row('O-022', "an address of A in a token of B's provider leads to nobody of A", async (attempt) => {
  const ofB = await createOidcConnection(stage.b.organization, {
    issuer: other.issuer,
    clientId: 'rolecall',
    jit: 'verified_domains',
  })
  for (const verified of [undefined, true]) {
    await attempt(async () => {
      other.script = {
        claims: { sub: 'x', email: 'admin@a.test', ...(verified === undefined ? {} : { email_verified: verified }) },
        now: () => new Date(),
      }
      const browser = createTestBrowser(stage.nodes[0].request, stage.nodes[0].urls.origin)
      const start = await browser.get(`/sign-in/${ofB.id}`)
      const callback = await other.signIn(start.headers.get('location') ?? '')
      await expectRefused(stage, () => browser.get(callback), { reason: /jit_domain|link_needs_confirmation/ })
    })
  }
  await control()
})

row('O-024', 'a domain that is claimed without proof routes and links nobody', async (attempt) => {
  await addDomain(stage.b.organization.ctx, { name: 'a.test' })
  const ofB = await createOidcConnection(stage.b.organization, {
    issuer: other.issuer,
    clientId: 'rolecall',
    jit: 'verified_domains',
  })
  await attempt(async () => {
    other.script = { claims: { sub: 'y', email: 'admin@a.test', email_verified: true }, now: () => new Date() }
    const browser = createTestBrowser(stage.nodes[1].request, stage.nodes[1].urls.origin)
    const start = await browser.get(`/sign-in/${ofB.id}`)
    const callback = await other.signIn(start.headers.get('location') ?? '')
    await expectRefused(stage, () => browser.get(callback), { reason: /jit_domain|link_needs_confirmation/ })
  })
  await control()
})

const internal = [
  'http://169.254.169.254',
  'https://169.254.169.254',
  'https://10.0.0.1',
  'https://[::ffff:10.0.0.1]',
  'https://0.0.0.0',
  'https://2130706433.example',
  'https://100.64.0.1',
  'https://192.168.1.1',
  'https://[fe80::1]',
  'https://[fc00::1]',
  'file:///etc/passwd',
  'gopher://example.com',
  'http://example.com',
  'https://user:password@example.com',
  'https://internal',
]
const loopback = [
  'http://127.0.0.1:1',
  'https://127.0.0.1',
  'https://[::1]',
  'https://localhost',
  'https://localhost.',
  'https://2130706433',
  'https://0x7f.1',
  'https://a.localhost',
]

row('O-026', 'an issuer inside of the network is refused when saved', async (attempt) => {
  const { startTestApp } = await import('../support/app.ts')
  const strict = await startTestApp({ isLoopbackAllowed: false })
  const organization = await strict.createOrganization()
  for (const issuer of [...internal, ...loopback]) {
    await attempt(async () => {
      const saved = createConnection(
        organization.ctx,
        { type: 'oidc', issuer, clientId: 'a', clientSecret: 'b' },
        requireOrdinaryRole,
      )
      // A name that only DNS knows is judged when it is used.
      if (issuer.endsWith('.example')) return void (await saved)
      await expect(saved).rejects.toSatisfy((error) => error instanceof AppError && error.reason === 'address')
    })
    await attempt(async () => {
      await expect(strict.services.outgoing.fetch(issuer)).rejects.toBeInstanceOf(AppError)
    })
  }
  await createConnection(
    organization.ctx,
    {
      type: 'oidc',
      issuer: 'https://login.example.com',
      clientId: 'a',
      clientSecret: 'b',
    },
    requireOrdinaryRole,
  )
  await strict.close()
})

row('O-029', 'a discovery document of another issuer', async (attempt) => {
  // A connection of its own, since the document of the other one is known by now.
  const unseen = await createScriptedOp({ clientId: 'rolecall', clientSecret: 'secret' })
  const fresh = await createOidcConnection(stage.a.organization, { issuer: unseen.issuer, clientId: 'rolecall' })
  for (const node of stage.nodes) {
    await attempt(async () => {
      unseen.script.discovery = (document) => ({ ...document, issuer: other.issuer })
      const browser = createTestBrowser(node.request, node.urls.origin)
      await expectRefused(stage, () => browser.get(`/sign-in/${fresh.id}`), { reason: 'discovery' })
    })
  }
  delete unseen.script.discovery
  const browser = createTestBrowser(stage.nodes[0].request, stage.nodes[0].urls.origin)
  expect((await browser.get(`/sign-in/${fresh.id}`)).status).toBe(303)
  await unseen.close()
})

row('O-030', 'changed keys: the new one works after one look, the old one no more', async (attempt) => {
  await control()
  const old = keyOf()
  op.keys = [await createSigningJwk()]
  for (const node of stage.nodes) node.clock.advance(61_000)
  const looks = op.jwksRequests
  op.script.now = () => stage.nodes[0].clock.now()
  const { browser, callback } = await begin()
  expect((await browser.get(callback)).status).toBe(303)
  expect(op.jwksRequests - looks).toBe(1)
  await attempt(async () => {
    op.script.idToken = (claims) => signJwt(claims, { key: old })
    const late = await begin()
    await expectRefused(stage, () => late.browser.get(late.callback))
  })
})

row('O-032', 'return_to leads to pages of ours only', async (attempt) => {
  for (const target of [
    'https://evil',
    '//evil',
    '/\\evil',
    '/%09/evil',
    'https:evil',
    'data:,x',
    '@evil',
    'ours.evil.test',
  ]) {
    await attempt(async () => {
      reset()
      const browser = createTestBrowser(stage.nodes[0].request, stage.nodes[0].urls.origin)
      const start = await browser.get(`/sign-in/${connection.id}?return_to=${encodeURIComponent(target)}`)
      const answer = await browser.get(await op.signIn(start.headers.get('location') ?? ''))
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account'])
    })
  }
})

row('O-033', "the attacker's callback in the victim's browser", async (attempt) => {
  for (const node of stage.nodes) {
    await attempt(async () => {
      reset()
      const { callback } = await begin(node)
      const victim = createTestBrowser(node.request, node.urls.origin)
      await expectRefused(stage, () => victim.get(callback), { reason: 'state' })
    })
  }
})

row('O-034', 'doubled and contradicting parameters', async (attempt) => {
  await control()
  const pollute: ((url: string) => string)[] = [
    (url) => `${url}&code=other`,
    (url) => `${url}&state=other`,
    (url) => `${url}&error=access_denied`,
    (url) => url.replace(/code=[^&]*/, 'x=y'),
  ]
  for (const node of stage.nodes) {
    for (const change of pollute) {
      await attempt(async () => {
        reset()
        const { browser, callback } = await begin(node)
        await expectRefused(stage, () => browser.get(change(callback)))
      })
    }
  }
  await attempt(async () => {
    const { node, callback } = await begin()
    const posted = await node.request(new URL(callback).pathname, {
      method: 'POST',
      body: new URL(callback).search.slice(1),
    })
    expect(posted.status).toBe(404)
  })
})

row('O-035', 'one callback twice, and 20 times at once', async (attempt) => {
  for (const node of stage.nodes) {
    await attempt(async () => {
      reset()
      const { browser, callback } = await begin(node)
      expect((await browser.get(callback)).status).toBe(303)
      await expectLedOn(stage, () => browser.get(callback))
      await node.owner`update sessions set ended_at = now() where ended_at is null`
      await expectRefused(stage, () => browser.get(callback), { reason: 'replay' })
    })
  }
  const { browser, callback } = await begin()
  const asked = op.tokenRequests.length
  const onOther = createTestBrowser(stage.nodes[1].request, stage.nodes[1].urls.origin)
  for (const [name, value] of browser.cookies) onOther.cookies.set(name, value)
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? browser : onOther).get(callback)),
  )
  for (let index = 1; index < 20; index += 1) {
    await attempt(async () => expect(answers.filter(bringsSession)).toHaveLength(1))
  }
  expect(op.tokenRequests.length - asked).toBe(1)
})

row('O-036', 'back-channel logout tokens that are not valid end nothing', async (attempt) => {
  reset()
  op.script.claims = { ...alice, sid: 'provider-session-1' }
  const { browser, callback, node } = await begin()
  expect((await browser.get(callback)).status).toBe(303)
  const send = (token: string): Promise<Response> =>
    node.request(`/oidc/${connection.id}/backchannel-logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: token }).toString(),
    })
  const valid = (): Claims => ({
    ...{ iss: op.issuer, aud: 'rolecall', iat: seconds(0), exp: seconds(120), jti: crypto.randomUUID(), sub: 'alice' },
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  })
  const hostile: [string, () => Promise<string>][] = [
    ['no events', () => op.signJwt(without('events')(valid()))],
    ['another event', () => op.signJwt({ ...valid(), events: { other: {} } })],
    [
      'an event that is no object',
      () => op.signJwt({ ...valid(), events: { 'http://schemas.openid.net/event/backchannel-logout': true } }),
    ],
    ['nonce', () => op.signJwt({ ...valid(), nonce: 'x' })],
    ['another audience', () => op.signJwt({ ...valid(), aud: 'other' })],
    ['another issuer', () => op.signJwt({ ...valid(), iss: other.issuer })],
    ['alg none', () => op.signJwt(valid(), { header: { alg: 'none' } })],
    ['HMAC', () => op.signJwt(valid(), { header: { alg: 'HS256' }, secret: 'secret' })],
    ['run out', () => op.signJwt({ ...valid(), exp: seconds(-120), iat: seconds(-240) })],
    ['issued long ago', () => op.signJwt({ ...valid(), iat: seconds(-3_600) })],
    ['another key', () => signJwt(valid(), { key: attackerKey })],
    ['another key, same id', () => signJwt(valid(), { key: attackerKey, header: { kid: keyOf().kid } })],
    ['nobody', () => op.signJwt(without('sub')(valid()))],
    ['no jti', () => op.signJwt(without('jti')(valid()))],
    ['no token', async () => ''],
  ]
  for (const [, make] of hostile) {
    await attempt(async () => {
      expect((await send(await make())).status).toBe(400)
      expect(await browser.session()).toBeDefined()
    })
  }
  const token = await op.signJwt(valid())
  const done = await send(token)
  expect([done.status, done.headers.get('cache-control')]).toEqual([200, 'no-store'])
  expect(await browser.session()).toBeUndefined()
  await attempt(async () => {
    const again = await begin()
    expect((await again.browser.get(again.callback)).status).toBe(303)
    expect((await send(token)).status).toBe(400)
    expect(await again.browser.session()).toBeDefined()
  })
  const bySession = await begin()
  expect((await bySession.browser.get(bySession.callback)).status).toBe(303)
  const { sub: _, ...named } = valid()
  expect((await send(await op.signJwt({ ...named, sid: 'provider-session-1' }))).status).toBe(200)
  expect(await bySession.browser.session()).toBeUndefined()
})

row('O-039', 'secrets and tokens are in no log, trace, audit row or answer', async (attempt) => {
  reset()
  const tokens: string[] = []
  op.script.token = (body) => {
    tokens.push(String(body['id_token']), String(body['access_token']))
    return body
  }
  const codes: string[] = []
  for (let index = 0; index < 20; index += 1) {
    const { browser, callback } = await begin()
    codes.push(new URL(callback).searchParams.get('code') ?? '')
    expect((await browser.get(callback)).status).toBe(303)
  }
  const [kept] = await stage.nodes[0]
    .owner`select (select coalesce(string_agg(a::text, ' '), '') from sign_in_attempts a)
    || (select coalesce(string_agg(e::text, ' '), '') from audit_events e)
    || (select coalesce(string_agg(s::text, ' '), '') from sessions s)
    || (select coalesce(string_agg(r::text, ' '), '') from sign_in_requests r)
    || (select coalesce(string_agg(c::text, ' '), '') from connections c) as text`
  const key = await stage.nodes[0].createApiKey(stage.a.organization)
  const api = await (
    await stage.nodes[0].request('/api/v1/connections', { headers: { authorization: `Bearer ${key}` } })
  ).text()
  const attempts = JSON.stringify(await listAttempts(stage.a.organization.ctx, { limit: 200 }))
  const everything = [String(kept?.['text']), api, attempts, ...stage.nodes.flatMap(({ log }) => log.lines)].join('\n')
  expect(everything).toContain(connection.id)
  for (const secret of [...tokens, ...codes.map((code) => code), createHash('sha256').update('unused').digest('hex')]) {
    await attempt(async () => expect(everything).not.toContain(secret))
  }
  await attempt(async () => expect(everything).not.toMatch(/"clientSecret":"secret"|client_secret=secret/))
})
