// What is compared, bounded or counted at the doors of sign-in: to the letter, within limits, and not one by one.

import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { updateSignInPolicy } from '#access/sign-in/policy/sign-in-policy.ts'
import { createConnection } from '#connections/sign-in/create-connection.ts'
import { refreshMetadata } from '#connections/sign-in/refresh-metadata.ts'
import { createScriptedOp } from '#sandbox/oidc-idp/scripted-op.ts'
import { encodePost } from '#sandbox/saml-idp/bindings.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { arriveBySaml, expectRefusedFor } from '../support/arrivals.ts'
import { arriveByOidc } from '../support/oidc-arrivals.ts'
import { it, type Organization, op, stage, useProviderStage } from '../support/provider-stage.ts'
import { createOidcConnection, createSamlConnection, createTestBrowser, testKey } from '../support/sign-in.ts'

useProviderStage()

const around: [string, (text: string) => string][] = [
  ['a blank behind', (text) => `${text} `],
  ['a blank before', (text) => ` ${text}`],
  ['a no-break space', (text) => `${text}\u00a0`],
  ['a line feed', (text) => `${text}\n`],
  ['another case', (text) => text.toUpperCase()],
]

describe('names are compared to the letter', () => {
  test('SAML: audience, issuer, recipient, destination and NameID', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization)
    const { acsUrl, entityId } = it.app.urls.connection(connection.id)
    const issuer = connection.settings.idpEntityId
    const arrive = (change: object) =>
      arriveBySaml(it.app, organization, connection, {
        ...{ nameId: 'ada', attributes: { email: ['ada@example.com'] }, change },
      })
    for (const [name, alter] of around) {
      const cases: [string, object][] = [
        ['audience', { audience: alter(entityId) }],
        ['issuer', { assertion: { issuer: alter(issuer) } }],
        ['issuer', { response: { issuer: alter(issuer) } }],
        ['recipient', { assertion: { confirmations: [{ recipient: alter(acsUrl) }] } }],
        ['destination', { destination: alter(acsUrl) }],
        ...(name === 'another case' ? [] : ([['name_id', { nameId: { value: alter('ada') } }]] as [string, object][])),
      ]
      for (const [reason, change] of cases) {
        const arrival = await arrive(change)
        expect([name, JSON.stringify(change), arrival.attempt.outcome]).toEqual([
          name,
          JSON.stringify(change),
          'refused',
        ])
        expect(arrival.attempt.reason, `${name} ${JSON.stringify(change)}`).toBe(reason)
      }
    }
    expect((await arrive({})).attempt.outcome).toBe('signed_in')
    const transient = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
    expect((await arrive({ nameId: { value: 'ada', format: transient } })).attempt.reason).toBe('name_id')
  })

  test('OpenID Connect: issuer and audience', async () => {
    const { organization } = await stage()
    const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
    const arrive = (claims: Record<string, unknown>) =>
      arriveByOidc({ app: it.app, organization }, op, connection, {
        claims: { sub: 'ada', email: 'ada@example.com', ...claims },
      })
    for (const [name, alter] of around) {
      for (const claims of [{ iss: alter(op.issuer) }, { aud: alter('rolecall') }, { aud: [alter('rolecall')] }])
        expect([name, claims, (await arrive(claims)).attempt.outcome]).toEqual([name, claims, 'refused'])
    }
    expect((await arrive({})).attempt.outcome).toBe('signed_in')
  })
})

describe('ID tokens', () => {
  test('are good for a day at most, name nobody by more than 255 characters, and fit their code', async () => {
    const { organization } = await stage()
    const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
    const now = () => Math.floor(Date.now() / 1000)
    const arrive = (script: object) => {
      const claims = { sub: 'ada', email: 'ada@example.com', ...(script as { claims?: object }).claims }
      return arriveByOidc({ app: it.app, organization }, op, connection, { ...script, claims })
    }
    await expectRefusedFor(await arrive({ claims: { exp: now() + 5 * 365 * 86_400 } }), 'lifetime')
    await expectRefusedFor(await arrive({ claims: { exp: now() + 90_000 } }), 'lifetime')
    await expectRefusedFor(await arrive({ claims: { sub: 'x'.repeat(256) } }), 'subject')
    await expectRefusedFor(await arrive({ claims: { c_hash: 'wrong' } }), 'c_hash')
    await expectRefusedFor(await arrive({ claims: { at_hash: 'wrong' } }), 'at_hash')
    expect((await arrive({ claims: { exp: now() + 80_000 } })).attempt.outcome).toBe('signed_in')
    expect((await arrive({ claims: { sub: 'x'.repeat(255) } })).attempt.outcome).toBe('signed_in')
    const half = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
    op.script = { claims: { sub: 'ada', email: 'ada@example.com' }, now: () => new Date() }
    const browser = createTestBrowser(it.app.request, it.app.urls.origin)
    const start = await browser.get(`/sign-in/${connection.id}`)
    const callback = await op.signIn(start.headers.get('location') ?? '')
    op.script.claims = { ...op.script.claims, c_hash: half(new URL(callback).searchParams.get('code') ?? '') }
    expect((await browser.get(callback)).status).toBe(303)
  })
})

describe('keys of providers', () => {
  test('of more than 256 KB, or that take more than three seconds, are not read', { timeout: 30_000 }, async () => {
    const { organization } = await stage()
    const claims = { sub: 'ada', email: 'ada@example.com' }
    const large = await createScriptedOp({ clientId: 'rolecall', clientSecret: 'secret' })
    const connection = await createOidcConnection(organization, { issuer: large.issuer, clientId: 'rolecall' })
    const jwks = (bytes: number) => (truthful: { keys: unknown[] }) => ({ ...truthful, padding: 'x'.repeat(bytes) })
    const arrive = (script: object) =>
      arriveByOidc({ app: it.app, organization }, large, connection, { claims, ...script })
    const tooLarge = await arrive({ jwks: jwks(900_000) })
    expect([tooLarge.attempt.outcome, JSON.stringify(tooLarge.attempt.trace.steps)]).toEqual([
      'refused',
      expect.stringContaining('larger than 262144 bytes'),
    ])
    expect((await arrive({ jwks: jwks(200_000) })).attempt.outcome).toBe('signed_in')
    await large.close()
    const slow = createServer((_, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' })
      const timer = setInterval(() => answer.write(' '), 200)
      answer.on('close', () => clearInterval(timer))
    })
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
    const uri = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/jwks`
    const dripping = await createScriptedOp({ clientId: 'rolecall', clientSecret: 'secret' })
    const other = await createOidcConnection(organization, { issuer: dripping.issuer, clientId: 'rolecall' })
    const discovery = (document: object) => ({ ...document, jwks_uri: uri })
    const startedAt = performance.now()
    const arrival = await arriveByOidc({ app: it.app, organization }, dripping, other, { claims, discovery })
    expect([arrival.attempt.outcome, JSON.stringify(arrival.attempt.trace.steps)]).toEqual([
      'refused',
      expect.stringContaining('did not answer in time'),
    ])
    expect(performance.now() - startedAt).toBeLessThan(4_500)
    slow.closeAllConnections()
    slow.close()
    await dripping.close()
  })

  test('are looked for once a minute, whatever key ids tokens invent, at once or after each other', async () => {
    const { organization } = await stage()
    const own = await createScriptedOp({ clientId: 'rolecall', clientSecret: 'secret' })
    const connection = await createOidcConnection(organization, { issuer: own.issuer, clientId: 'rolecall' })
    const claims = { sub: 'ada', email: 'ada@example.com' }
    expect((await arriveByOidc({ app: it.app, organization }, own, connection, { claims })).status).toBe(303)
    const before = own.jwksRequests
    const send = async (index: number) => {
      const token = await own.logoutToken({ sub: 'ada', header: { kid: `invented-${index}` } })
      const body = new URLSearchParams({ logout_token: token }).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      return it.app.request(`/oidc/${connection.id}/backchannel-logout`, { method: 'POST', headers, body })
    }
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => send(index)))
    for (let index = 20; index < 30; index += 1) answers.push(await send(index))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]))
    expect(own.jwksRequests - before).toBe(1)
    for (let index = 0; index < 5; index += 1) {
      const script = { claims, signature: { header: { kid: `invented-${index}` } } }
      const arrival = await arriveByOidc({ app: it.app, organization }, own, connection, script)
      expect(arrival.attempt.outcome).toBe('refused')
    }
    expect(own.jwksRequests - before).toBe(2)
    await own.close()
  })
})

describe('X-20: what anybody can send', () => {
  const rowsOf = async ({ id }: Organization) => {
    const [row] = await it.app.owner`select
      (select count(*)::int from sign_in_attempts where organization_id = ${id}) as attempts,
      (select coalesce(sum(count), 0)::int from sign_in_attempts where organization_id = ${id} and count is not null) as counted,
      (select count(*)::int from audit_events where organization_id = ${id} and action = 'sign_in.refuse') as audits`
    return row as { attempts: number; counted: number; audits: number }
  }

  test('is counted by connection, reason and hour', { timeout: 60_000 }, async () => {
    const { organization, client } = await stage()
    const saml = await createSamlConnection(organization)
    const oidc = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
    const send = (path: string, fields?: Record<string, string>) =>
      it.app.request(path, {
        headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
        ...(fields === undefined ? {} : { method: 'POST', body: new URLSearchParams(fields).toString() }),
      })
    const garbage = (index: number) => encodePost(`<a n="${index}"/>`)
    const kinds: ((index: number) => Promise<Response>)[] = [
      (index) => send(`/oidc/${oidc.id}/callback?state=s${index}&code=c${index}`),
      (index) => send(`/saml/${saml.id}/acs`, { SAMLResponse: garbage(index) }),
      (index) => send(`/saml/${saml.id}/slo`, { SAMLRequest: garbage(index) }),
      (index) => send(`/sign-in/${saml.id}?test=invented-${index}`),
    ]
    for (let batch = 0; batch < 5; batch += 1) {
      const answers = await Promise.all(
        kinds.flatMap((kind) => Array.from({ length: 10 }, (_, at) => kind(batch * 10 + at))),
      )
      for (const answer of answers) expect(answer.status).toBe(403)
    }
    const rows = await rowsOf(organization)
    // The clock may pass the hour in between.
    expect(rows.attempts).toBeLessThanOrEqual(8)
    expect(rows.audits).toBeLessThanOrEqual(16)
    const items = (await client.get('sign-in-attempts')).body.items as {
      count: number
      reason: string
      reference: string
    }[]
    expect(items.reduce((sum, { count }) => sum + count, 0)).toBe(200)
    const page = await (await send(`/oidc/${oidc.id}/callback?state=s&code=c`)).text()
    const state = (await client.get('sign-in-attempts')).body.items.filter(
      ({ reason }: { reason: string }) => reason === 'state',
    )
    expect(state.some(({ reference }: { reference: string }) => page.includes(reference))).toBe(true)
    const { body: audit } = await client.get('audit-events?action=sign_in.refuse')
    expect(audit.items.map(({ detail }: { detail: { count: number } }) => detail.count)).toContain(10)
  })

  test('what a browser has begun is kept one by one, as ever', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization, { jit: 'off' })
    for (const nameId of ['one', 'two', 'three'])
      await expectRefusedFor(await arriveBySaml(it.app, organization, connection, { nameId }), 'unknown_user')
    expect(await rowsOf(organization)).toEqual({ attempts: 3, counted: 0, audits: 3 })
  })
})

test('a refresh that brings nothing new changes nothing and leaves no audit row', async () => {
  const { organization, client } = await stage()
  const metadata = buildMetadata({
    entityId: 'https://idp.example.net/metadata',
    certificates: [testKey().certificate],
    sso: { redirect: 'https://idp.example.net/sso', post: 'https://idp.example.net/sso' },
    slo: { redirect: 'https://idp.example.net/slo' },
  })
  it.app.elsewhere.set('https://idp.example.net', async () => new Response(metadata))
  const { id } = await createConnection(
    organization.ctx,
    {
      ...{ type: 'saml', metadataUrl: 'https://idp.example.net/metadata' },
    },
    requireOrdinaryRole,
  )
  for (let round = 0; round < 3; round += 1)
    expect(await refreshMetadata(organization.ctx, id)).toEqual({ changed: [], waiting: 0 })
  expect(await client.auditOf(id)).toEqual(['connection.create'])
})

test('a neutral sign-in page answers alike for an organization and for none', async () => {
  const { organization } = await stage()
  const connection = await createSamlConnection(organization, { name: 'Northwind’s provider' })
  const browser = createTestBrowser(it.app.request, it.app.urls.origin)
  const shown = async (slug: string) => {
    const pages = [
      await browser.get(`/login?organization=${slug}`),
      await browser.get(`/login/password?organization=${slug}`),
      await browser.post('/login', { organization: slug, email: 'ada', return_to: '/account' }),
    ]
    const texts = await Promise.all(pages.map((page) => page.text()))
    return texts.map((text) => text.replaceAll(slug, '#').replace(/nonce-?="?[\w+/=-]+/g, ''))
  }
  expect((await shown(organization.slug)).join()).toContain(connection.id)
  await updateSignInPolicy(organization.ctx, { signInPage: 'neutral' })
  expect(await shown(organization.slug)).toEqual(await shown('no-such-organization'))
  const command = await it.rolecall('organization', 'sign-in-policy', '--organization', organization.slug, '--json')
  expect(command.json.signInPage).toBe('neutral')
})

// Last, since it sets the clock forward.
describe('what is known of a provider', () => {
  test('its keys are fetched anew after five minutes', async () => {
    const { organization } = await stage()
    const own = await createScriptedOp({ clientId: 'rolecall', clientSecret: 'secret' })
    const connection = await createOidcConnection(organization, { issuer: own.issuer, clientId: 'rolecall' })
    const arrive = () =>
      arriveByOidc({ app: it.app, organization }, own, connection, {
        ...{ claims: { sub: 'ada', email: 'ada@example.com' }, now: () => it.app.clock.now() },
      })
    const looks: number[] = []
    for (const seconds of [0, 240, 61]) {
      it.app.clock.advance(seconds * 1_000)
      expect((await arrive()).attempt.outcome).toBe('signed_in')
      looks.push(own.jwksRequests)
    }
    expect(looks).toEqual([1, 1, 2])
    await own.close()
  })

  test('its discovery document serves for a day while the provider is down, and no longer', async () => {
    const { organization } = await stage()
    const own = await createScriptedOp({ clientId: 'rolecall', clientSecret: 'secret' })
    const connection = await createOidcConnection(organization, { issuer: own.issuer, clientId: 'rolecall' })
    const begin = async () =>
      (await createTestBrowser(it.app.request, it.app.urls.origin).get(`/sign-in/${connection.id}`)).status
    expect(await begin()).toBe(303)
    await own.close()
    it.app.clock.advance(23 * 3_600_000)
    expect(await begin()).toBe(303)
    it.app.clock.advance(2 * 3_600_000)
    expect(await begin()).toBe(403)
  })
})
