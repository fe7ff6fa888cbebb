// What browsers do beside the straight way: two tabs, going back, forms that come too late, starts by somebody else.
import { describe, expect, test } from 'vitest'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import { buildResponse, type ResponseOptions } from '#sandbox/saml-idp/response.ts'
import { sealResponse } from '#sandbox/saml-idp/sign.ts'
import { it, type Organization, op, stage, useProviderStage } from '../support/provider-stage.ts'
import {
  createOidcConnection,
  createSamlConnection,
  createTestBrowser,
  postResponse,
  startSaml,
  type TestBrowser,
  testKey,
} from '../support/sign-in.ts'

useProviderStage()

const newBrowser = (): TestBrowser => createTestBrowser(it.app.request, it.app.urls.origin)

function responseFor(
  connection: SamlConnection,
  requestId: string | null,
  change: Partial<ResponseOptions> = {},
): string {
  const { acsUrl, entityId } = it.app.urls.connection(connection.id)
  const xml = buildResponse({
    ...{ issuer: connection.settings.idpEntityId, acsUrl, audience: entityId, inResponseTo: requestId },
    nameId: { value: 'ada' },
    attributes: [{ name: 'email', values: ['ada@example.com'] }],
    ...change,
  })
  return sealResponse(xml, { key: testKey(), sign: { response: true, assertion: true } })
}

const liveSessions = async ({ id }: Organization): Promise<number> =>
  (await it.app.owner`select 1 from sessions where organization_id = ${id} and ended_at is null`).length

const landing = (answer: Response) => [answer.status, answer.headers.get('location')]

describe('two tabs', () => {
  test('leave one session, SAML', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization)
    const browser = newBrowser()
    const [one, two] = [await startSaml(browser, connection.id), await startSaml(browser, connection.id)]
    for (const { requestId } of [one, two])
      expect((await postResponse(browser, connection.id, responseFor(connection, requestId))).status).toBe(303)
    expect(await liveSessions(organization)).toBe(1)
    expect(await browser.session()).toBeDefined()
    const other = newBrowser()
    const { requestId } = await startSaml(other, connection.id)
    await postResponse(other, connection.id, responseFor(connection, requestId))
    expect([await liveSessions(organization), await browser.session(), await other.session()]).toEqual([
      ...[2, expect.anything(), expect.anything()],
    ])
  })

  test('leave one session, OpenID Connect', async () => {
    const { organization } = await stage()
    const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
    op.script = { claims: { sub: 'ada', email: 'ada@example.com' }, now: () => new Date() }
    const browser = newBrowser()
    const begin = async () => (await browser.get(`/sign-in/${connection.id}`)).headers.get('location') ?? ''
    for (const url of [await begin(), await begin()]) expect((await browser.get(await op.signIn(url))).status).toBe(303)
    expect(await liveSessions(organization)).toBe(1)
    expect(await browser.session()).toBeDefined()
  })
})

describe('the same answer again', () => {
  test('leads on in the browser that is signed in by it, and opens no second session', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization)
    const browser = newBrowser()
    const { requestId } = await startSaml(browser, connection.id, '?return_to=/account/sessions')
    const xml = responseFor(connection, requestId)
    expect(landing(await postResponse(browser, connection.id, xml))).toEqual([303, '/account/sessions'])
    expect(landing(await postResponse(browser, connection.id, xml))).toEqual([303, '/account/sessions'])
    expect([await liveSessions(organization), await browser.session()]).toEqual([1, expect.anything()])
    expect((await postResponse(newBrowser(), connection.id, xml)).status).toBe(403)
    await it.app.owner`update sessions set ended_at = now() where organization_id = ${organization.id}`
    expect((await postResponse(browser, connection.id, xml)).status).toBe(403)
    expect(await liveSessions(organization)).toBe(0)
  })

  test('leads on in OpenID Connect too', async () => {
    const { organization } = await stage()
    const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
    op.script = { claims: { sub: 'ada', email: 'ada@example.com' }, now: () => new Date() }
    const browser = newBrowser()
    const start = await browser.get(`/sign-in/${connection.id}?return_to=/account/sessions`)
    const callback = await op.signIn(start.headers.get('location') ?? '')
    for (const _ of [1, 2]) expect(landing(await browser.get(callback))).toEqual([303, '/account/sessions'])
    expect(await liveSessions(organization)).toBe(1)
    expect((await newBrowser().get(callback)).status).toBe(403)
  })

  test('leads on where the provider began', async () => {
    const { organization } = await stage()
    const connection = await createSamlConnection(organization, { isIdpInitiatedAllowed: true })
    const browser = newBrowser()
    const xml = responseFor(connection, null)
    const arrive = async (relayState?: string) => {
      const kept = await postResponse(browser, connection.id, xml, relayState)
      return landing(await browser.get(kept.headers.get('location') ?? ''))
    }
    expect(await arrive('/account/sessions')).toEqual([303, '/account/sessions'])
    expect(await arrive('/account/sessions')).toEqual([303, '/account/sessions'])
    expect(await liveSessions(organization)).toBe(1)
  })
})

test('RelayState may hold a full address of ours, and none of anybody else', async () => {
  const { organization } = await stage()
  const connection = await createSamlConnection(organization, { isIdpInitiatedAllowed: true })
  const { origin } = it.app.urls
  for (const [relayState, path] of [
    [`${origin}/account/sessions`, '/account/sessions'],
    [`${origin}//evil.example.net/account`, '/account'],
    [`${origin}.evil.example.net/account/sessions`, '/account'],
    ['https://evil.example.net/account/sessions', '/account'],
  ] as const) {
    const browser = newBrowser()
    const kept = await postResponse(browser, connection.id, responseFor(connection, null), relayState)
    expect([relayState, ...landing(await browser.get(kept.headers.get('location') ?? ''))]).toEqual([
      relayState,
      303,
      path,
    ])
  }
})

test('a form that the browser posts to the provider may be sent on to any host', async () => {
  const { organization } = await stage()
  const metadataXml = buildMetadata({
    entityId: 'https://idp.example.net/metadata',
    certificates: [testKey().certificate],
    sso: { post: 'https://portal.example.net/sso' },
  })
  const connection = await createSamlConnection(organization, { metadataXml })
  const page = await newBrowser().get(`/sign-in/${connection.id}`)
  expect(await page.text()).toContain('action="https://portal.example.net/sso"')
  expect(page.headers.get('content-security-policy')).not.toContain('form-action')
  const login = await newBrowser().get('/login')
  expect(login.headers.get('content-security-policy')).toContain("form-action 'self';")
})

describe('a form whose session has ended', () => {
  const send = (path: string, headers: Record<string, string> = {}) =>
    it.app.request(path, {
      method: 'POST',
      headers: {
        ...{ accept: 'text/html', origin: it.app.urls.origin, 'sec-fetch-site': 'same-origin' },
        ...{ 'content-type': 'application/x-www-form-urlencoded', ...headers },
      },
      body: 'name=x&note=long+text',
    })

  test('comes back to its page, and the person is told what was not saved', async () => {
    const referer = `${it.app.urls.origin}/console/mappings/new?group=grp_1`
    const answer = await send('/console/mappings', { referer })
    const location = answer.headers.get('location') ?? ''
    expect([answer.status, new URL(location, it.app.urls.origin).searchParams.get('return_to')]).toEqual([
      ...[303, '/console/mappings/new?group=grp_1'],
    ])
    const page = await (await newBrowser().get(location)).text()
    expect(page).toContain('What you sent was not saved')
    expect(page).toContain('value="/console/mappings/new?group=grp_1"')
  })

  test('without a word of the browser about its page, or with that of another site, it is the place of the form', async () => {
    for (const headers of [{}, { referer: 'https://evil.example.net/console/users' }, { referer: 'nonsense' }])
      expect((await send('/console/mappings', headers)).headers.get('location')).toBe(
        '/login?return_to=%2Fconsole%2Fmappings&unsaved=1',
      )
    expect((await send('/account/request')).headers.get('location')).toBe('/login?return_to=%2Faccount&unsaved=1')
  })
})

describe('a start by somebody else', () => {
  const idp = 'https://idp.example.net'

  test('of GET and POST: the hint goes on, the target is where it ends if it is ours, another issuer is refused', async () => {
    const { organization } = await stage()
    const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
    op.script = { claims: { sub: 'ada', email: 'ada@example.com' }, now: () => new Date() }
    const path = `/sign-in/${connection.id}`
    const begin = (fields: Record<string, string>, how: 'GET' | 'POST', browser = newBrowser()) =>
      how === 'GET' ? browser.get(`${path}?${new URLSearchParams(fields)}`) : browser.postAcrossSites(path, fields)
    const { origin } = it.app.urls
    for (const how of ['GET', 'POST'] as const) {
      for (const [target, end] of [
        [`${origin}/account/sessions`, '/account/sessions'],
        ['/account/sessions', '/account/sessions'],
        [`${idp}/account/sessions`, '/account'],
      ] as const) {
        const browser = newBrowser()
        const fields = { iss: op.issuer, login_hint: 'u@example.com', target_link_uri: target }
        const start = await begin(fields, how, browser)
        const url = new URL(start.headers.get('location') ?? 'missing:')
        expect([start.status, url.searchParams.get('login_hint')]).toEqual([303, 'u@example.com'])
        expect(landing(await browser.get(await op.signIn(url.href)))).toEqual([303, end])
      }
      expect((await begin({ iss: `${op.issuer}/`, login_hint: 'x' }, how)).status).toBe(403)
      expect((await begin({ iss: 'https://evil.example.net' }, how)).status).toBe(403)
    }
    const linked = await newBrowser().postAcrossSites(path, { link: '1', test: 'x', invitation: 'y' })
    expect(new URL(linked.headers.get('location') ?? 'missing:').searchParams.get('login_hint')).toBeNull()
  })

  test('login_hint fills the field at /login, and goes on to the provider', async () => {
    const { organization } = await stage()
    const connection = await createOidcConnection(organization, { issuer: op.issuer, clientId: 'rolecall' })
    const slug = organization.slug
    const page = await (await newBrowser().get('/login?login_hint=u%40example.com')).text()
    expect(page).toMatch(/name="email"[^>]*value="u@example.com"|value="u@example.com"[^>]*name="email"/)
    const named = await (await newBrowser().get(`/login?organization=${slug}&login_hint=u%40example.com`)).text()
    expect(named).toContain(`/sign-in/${connection.id}?return_to=%2Faccount&amp;login_hint=u%40example.com`)
    const typed = (fields: object) =>
      newBrowser().post('/login', { email: 'v@example.com', organization: slug, ...fields })
    expect(await (await typed({ login_hint: 'u@example.com' })).text()).toContain('login_hint=v%40example.com')
    expect(await (await typed({})).text()).not.toContain('login_hint')
    const evil = await (await newBrowser().get('/login?login_hint=%22%3E%3Cscript%3E')).text()
    expect(evil).not.toContain('"><script>')
  })
})
