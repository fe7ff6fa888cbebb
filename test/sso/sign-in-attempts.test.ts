// Attempts to sign in, as administrators find and read them: the reference that a page shows leads to the reason.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OidcConnection, SamlConnection } from '#connections/sign-in/connections.ts'
import { createScriptedOp, type ScriptedOp } from '#sandbox/oidc-idp/scripted-op.ts'
import { certificateText } from '#sandbox/saml-idp/keys.ts'
import { type AccessStage, type Answer, type Client, startStage } from '../support/access.ts'
import { arriveBySaml, type Claims } from '../support/arrivals.ts'
import {
  createOidcConnection,
  createSamlConnection,
  createTestBrowser,
  testKey,
  verifyDomain,
} from '../support/sign-in.ts'

let stage: AccessStage
let op: ScriptedOp
beforeAll(async () => {
  stage = await startStage()
  op = await createScriptedOp({ clientId: 'rolecall', clientSecret: 'a secret' })
})
afterAll(async () => {
  await op.close()
  await stage.close()
})

type Organization = { client: Client; domain: string; organization: Parameters<typeof arriveBySaml>[1] }

let organizations = 0

async function createOrganization(): Promise<Organization> {
  organizations += 1
  const client = await stage.createClient()
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  const domain = `attempts-${organizations}.example.com`
  await verifyDomain(organization, domain)
  return { client, domain, organization }
}

const arrive = ({ organization }: Organization, connection: SamlConnection, claims: Claims) =>
  arriveBySaml(stage.app, organization, connection, claims)

/** Ada and Bo come in by one connection, Ada also by another one, and somebody is refused: four attempts, in this order. */
async function withAttempts() {
  const it = await createOrganization()
  const first = await createSamlConnection(it.organization)
  const second = await createSamlConnection(it.organization, { idpEntityId: 'https://second.example.net' })
  const [ada, bo] = [`ada@${it.domain}`, `bo@${it.domain}`]
  const arrivals = [
    await arrive(it, first, { nameId: ada }),
    await arrive(it, first, { nameId: bo }),
    await arrive(it, second, { nameId: ada }),
    await arrive(it, second, { nameId: 'eve@elsewhere.example.com' }),
  ]
  const ids = arrivals.map(({ attempt }) => attempt.id)
  const [byAda, byBo] = arrivals.map(({ attempt }) => attempt.userId ?? '')
  return { ...it, first, second, arrivals, ids, ada: byAda, bo: byBo }
}

const idsOf = ({ body }: Answer): string[] => body.items.map(({ id }: { id: string }) => id)

describe('the list', () => {
  test('has the newest first, and can be narrowed to a person, a connection or a reference', async () => {
    const { client, ids, ada, first, second, arrivals } = await withAttempts()
    const [one = '', two = '', three = '', four = ''] = ids
    const found = async (query: string): Promise<string[]> => idsOf(await client.get(`sign-in-attempts${query}`))
    expect(await found('')).toEqual([four, three, two, one])
    expect(await found(`?userId=${ada}`)).toEqual([three, one])
    expect(await found(`?connectionId=${first.id}`)).toEqual([two, one])
    expect(await found(`?userId=${ada}&connectionId=${second.id}`)).toEqual([three])
    expect(await found(`?reference=${arrivals[1]?.attempt.reference}`)).toEqual([two])
    expect(await found('?reference=22222-22222')).toEqual([])
  })

  test('goes on by cursor without leaving out or repeating anything, filters included', async () => {
    const { client, ids, ada } = await withAttempts()
    const walk = async (query: string): Promise<string[]> => {
      const seen: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const answer = await client.get(`sign-in-attempts?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`)
        expect(answer.status).toBe(200)
        seen.push(...idsOf(answer))
        cursor = answer.body.nextCursor as string | null
      }
      return seen
    }
    const newest = ids.toReversed()
    expect(await walk('limit=1')).toEqual(newest)
    expect(await walk('limit=3')).toEqual(newest)
    expect(await walk('limit=4')).toEqual(newest)
    expect(await walk(`limit=1&userId=${ada}`)).toEqual([ids[2], ids[0]])
  })

  test.each(['limit=0', 'limit=201', 'cursor=nonsense', 'outcome=refused'])('%s is refused', async (query) => {
    const client = await stage.createClient()
    expect((await client.get(`sign-in-attempts?${query}`)).status).toBe(400)
  })

  test('wants a key', async () => {
    expect((await stage.request('/api/v1/sign-in-attempts')).status).toBe(401)
  })
})

test('the reference on the page of a refused person leads to the reason, also when it is typed as heard', async () => {
  const it = await createOrganization()
  const connection = await createSamlConnection(it.organization)
  const { page, status } = await arrive(it, connection, { nameId: 'eve@elsewhere.example.com' })
  const reference = /[2-9A-Z]{5}-[2-9A-Z]{5}/.exec(page)?.[0] ?? ''
  expect([status, page.includes('elsewhere'), page.includes('jit_domain')]).toEqual([403, false, false])
  for (const typed of [reference, reference.toLowerCase(), ` ${reference} `]) {
    const { body } = await it.client.get(`sign-in-attempts?reference=${encodeURIComponent(typed)}`)
    expect(body.items).toHaveLength(1)
    expect(body.items[0]).toMatchObject({
      ...{ reference, outcome: 'refused', reason: 'jit_domain', connectionId: connection.id, method: 'saml' },
      userId: null,
    })
    const failed = body.items[0].trace.steps.filter(({ result }: { result: string }) => result === 'failed')
    expect(failed).toEqual([
      { check: 'jit_domain', result: 'failed', detail: expect.stringContaining('elsewhere.example.com') },
    ])
  }
  const { body: audit } = await it.client.get(`audit-events?action=sign_in.refuse&targetId=${connection.id}`)
  expect(audit.items[0].detail).toMatchObject({ reference, reason: 'jit_domain' })
})

test('one is read by its id; that of another organization is not found, by whatever it is asked for', async () => {
  const { client, ids, ada, first, arrivals } = await withAttempts()
  const [id = ''] = ids
  const read = await client.get(`sign-in-attempts/${id}`)
  expect(read).toMatchObject({
    status: 200,
    body: { id, userId: ada, connectionId: first.id, outcome: 'signed_in', reason: null, method: 'saml' },
  })
  expect(read.body.occurredAt).toMatch(/^\d{4}-.*Z$/)
  expect((await client.get('sign-in-attempts/att_unknown')).status).toBe(404)
  const stranger = await stage.createClient()
  expect((await stranger.get(`sign-in-attempts/${id}`)).status).toBe(404)
  const reference = arrivals[0]?.attempt.reference
  for (const query of ['', `?userId=${ada}`, `?connectionId=${first.id}`, `?reference=${reference}`]) {
    expect((await stranger.get(`sign-in-attempts${query}`)).body).toEqual({ items: [], nextCursor: null })
  }
})

describe('the trace', () => {
  test('of SAML has the decoded attributes and every check, and no signature, certificate, key or cookie', async () => {
    const it = await createOrganization()
    const connection = await createSamlConnection(it.organization)
    const email = `grace@${it.domain}`
    const attributes = { email: [email], firstName: ['Grace'], groups: ['Editors', 'Müller & Söhne <1>'] }
    const { attempt, browser } = await arrive(it, connection, { nameId: email, attributes })
    const { body } = await it.client.get(`sign-in-attempts/${attempt.id}`)
    expect(body.trace.received).toMatchObject({
      nameId: email,
      issuer: connection.settings.idpEntityId,
      attributes: expect.arrayContaining([{ name: 'groups', values: attributes.groups }]),
    })
    expect(body.trace.mapped).toMatchObject({
      profile: { email, firstName: 'Grace', groups: attributes.groups },
      userId: body.userId,
      how: 'created',
    })
    const checks = body.trace.steps.map(({ check }: { check: string }) => check)
    for (const check of ['conditions', 'subject_confirmation', 'replay', 'request', 'verified_domain', 'session'])
      expect(checks).toContain(check)
    const text = JSON.stringify(body)
    expect(text).not.toContain(certificateText(testKey().certificate).slice(0, 60))
    expect(text).not.toContain(connection.settings.spCertificate.slice(0, 60))
    expect(text).not.toMatch(/SignatureValue|X509|DigestValue|PRIVATE KEY|<saml/)
    expectNoCookies(text, browser.cookies)
  })

  test('cuts texts at 500 characters', async () => {
    const it = await createOrganization()
    const connection = await createSamlConnection(it.organization)
    const attributes = { email: [`long@${it.domain}`], firstName: ['x'.repeat(600)] }
    const { attempt } = await arrive(it, connection, { nameId: 'long', attributes })
    expect(attempt.trace.received).toMatchObject({
      attributes: expect.arrayContaining([{ name: 'firstName', values: ['x'.repeat(500)] }]),
    })
  })

  test('of OpenID Connect has the claims, and no token, code, nonce or secret', async () => {
    const it = await createOrganization()
    const email = `grace@${it.domain}`
    const connection: OidcConnection = await createOidcConnection(it.organization, {
      ...{ issuer: op.issuer, clientId: 'rolecall', clientSecret: 'a secret' },
    })
    const secrets: string[] = []
    op.script.claims = { sub: 'grace', email, email_verified: true, given_name: 'Grace' }
    op.script.userinfo = { name: 'Grace Brook' }
    op.script.token = (body, { parameters }) => {
      secrets.push(String(body['id_token']), String(body['access_token']))
      secrets.push(parameters['code'] ?? '', parameters['code_verifier'] ?? '')
      return body
    }
    const browser = createTestBrowser(stage.request, stage.app.urls.origin)
    const start = await browser.get(`/sign-in/${connection.id}`)
    const cookies = new Map(browser.cookies)
    const authorization = new URL(start.headers.get('location') ?? '')
    for (const name of ['nonce', 'state']) secrets.push(authorization.searchParams.get(name) ?? '')
    const answer = await browser.get(await op.signIn(authorization.href))
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account'])
    const { body: list } = await it.client.get(`sign-in-attempts?connectionId=${connection.id}`)
    const [attempt] = list.items
    expect(attempt).toMatchObject({
      ...{ method: 'oidc', outcome: 'signed_in' },
      trace: {
        received: {
          idToken: { sub: 'grace', email, iss: op.issuer, aud: 'rolecall' },
          userinfo: { name: 'Grace Brook' },
        },
        mapped: { profile: { email, firstName: 'Grace', displayName: 'Grace Brook' } },
      },
    })
    const text = JSON.stringify(attempt)
    expect(secrets).toHaveLength(6)
    for (const secret of [...secrets, 'a secret']) {
      expect(secret).not.toBe('')
      expect(text).not.toContain(secret)
    }
    expectNoCookies(text, new Map([...cookies, ...browser.cookies]))
  })
})

function expectNoCookies(text: string, cookies: Map<string, string>): void {
  expect(cookies.size).toBeGreaterThan(0)
  for (const [name, value] of cookies) {
    expect(text).not.toContain(name)
    expect(text).not.toContain(value)
  }
}

test('what a provider says is cut between characters, so that nobody is kept out by where the trace ends', async () => {
  const it = await createOrganization()
  const connection = await createSamlConnection(it.organization)
  const title = `${'a'.repeat(499)}😀 and more`
  const claims = { nameId: `ada@${it.domain}`, attributes: { email: [`ada@${it.domain}`], title: [title] } }
  const { attempt } = await arrive(it, connection, claims)
  expect(attempt.outcome).toBe('signed_in')
  expect(JSON.stringify(attempt.trace)).toContain(`${'a'.repeat(499)}\uFFFD`)
})
