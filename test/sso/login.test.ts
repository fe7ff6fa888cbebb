// The way in: home realm discovery, the chooser, and what is carried along.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { browserAt, provisionLocalUser, tryPassword } from '../support/accounts.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { createSamlConnection, type TestBrowser, verifyDomain } from '../support/sign-in.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ trustedProxies: 1 })
})
afterAll(() => app.close())

let domains = 0
async function withDomain(): Promise<{ organization: TestOrganization; domain: string }> {
  domains += 1
  const organization = await app.createOrganization()
  const domain = `company${domains}.example.com`
  await verifyDomain(organization, domain)
  return { organization, domain }
}

const enter = (browser: TestBrowser, email: string, more: Record<string, string> = {}): Promise<Response> =>
  browser.post('/login', { email, ...more })

const enforce = ({ ctx }: TestOrganization, connectionId: string) =>
  setConnectionStatus(ctx, { connectionId, status: 'enforced', isForced: true })

const headingOf = (html: string): string => /<h1>([^<]*)<\/h1>/.exec(html)?.[1] ?? ''

describe('an address leads', () => {
  test('to the one provider that its domain enforces, at once', async () => {
    const { organization, domain } = await withDomain()
    const { id } = await createSamlConnection(organization)
    await enforce(organization, id)
    const answer = await enter(browserAt(app), `someone@${domain}`, { return_to: '/account/sessions' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('refresh')).toBe(`0;url=/sign-in/${id}?return_to=%2Faccount%2Fsessions`)
    expect(await answer.text()).toContain(`href="/sign-in/${id}?return_to=%2Faccount%2Fsessions"`)
  })

  test('to the one provider there is, where passwords are off', async () => {
    const { organization, domain } = await withDomain()
    const { id } = await createSamlConnection(organization)
    await app.owner`update organizations set password_sign_in = 'off' where id = ${organization.id}`
    const answer = await enter(browserAt(app), `someone@${domain}`)
    expect(answer.headers.get('refresh')).toBe(`0;url=/sign-in/${id}?return_to=%2Faccount`)
  })

  test('to a choice between an optional provider and the password', async () => {
    const { organization, domain } = await withDomain()
    const { id } = await createSamlConnection(organization, { name: 'Example Okta' })
    const browser = browserAt(app)
    const answer = await enter(browser, `someone@${domain}`)
    const html = await answer.text()
    expect([answer.status, headingOf(html)]).toEqual([200, 'How do you want to sign in?'])
    expect(html).toContain('Continue with Example Okta')
    expect(html).toContain(`/sign-in/${id}?`)
    const password = await (await enter(browser, `someone@${domain}`, { with: 'password' })).text()
    expect(headingOf(password)).toBe('Enter your password')
    expect(password).toContain(`value="someone@${domain}"`)
  })

  test('to a choice between providers, without the password where one is enforced', async () => {
    const { organization, domain } = await withDomain()
    const [first, second] = [await createSamlConnection(organization), await createSamlConnection(organization)]
    await enforce(organization, first.id)
    const html = await (await enter(browserAt(app), `someone@${domain}`)).text()
    expect(html).toContain(first.id)
    expect(html).toContain(second.id)
    expect(html).not.toContain('Use a password')
    const insisted = await (await enter(browserAt(app), `someone@${domain}`, { with: 'password' })).text()
    expect(headingOf(insisted)).toBe('How do you want to sign in?')
  })

  test('to the password, where nobody has proven the domain, or a connection is a draft', async () => {
    const { organization, domain } = await withDomain()
    const { id } = await createSamlConnection(organization)
    await setConnectionStatus(organization.ctx, { connectionId: id, status: 'draft' })
    for (const email of ['someone@nobody.example.net', `someone@${domain}`, 'a-user-name']) {
      expect(headingOf(await (await enter(browserAt(app), email)).text())).toBe('Enter your password')
    }
  })

  test('nowhere without an address', async () => {
    const answer = await enter(browserAt(app), '  ')
    expect(answer.status).toBe(422)
    expect(await answer.text()).toContain('Enter your e-mail address')
  })
})

describe('an application that names its organization', () => {
  test('has its ways offered on the first page', async () => {
    const { organization } = await withDomain()
    const { id } = await createSamlConnection(organization, { name: 'Example Entra' })
    const html = await (
      await browserAt(app).get(`/login?organization=${organization.slug}&return_to=/oauth2/interaction/abc`)
    ).text()
    expect(html).toContain(organization.slug)
    expect(html).toContain('Continue with Example Entra')
    expect(html).toContain(`/sign-in/${id}?return_to=%2Foauth2%2Finteraction%2Fabc`)
    expect(html).toContain('name="email"')
  })

  test('limits the password to its own people', async () => {
    const [first, second] = [await app.createOrganization(), await app.createOrganization()]
    const { userName, password } = await provisionLocalUser(first, 'guest@elsewhere.example.com')
    const elsewhere = await tryPassword(browserAt(app), userName, password, { organization: second.slug })
    expect(elsewhere.status).toBe(403)
    const here = await tryPassword(browserAt(app), userName, password, { organization: first.slug })
    expect(here.status).toBe(303)
  })

  test.each(['no-such-organization', '../x', 'A', "'"])('is ignored where there is none: %s', async (slug) => {
    const answer = await browserAt(app).get(`/login?organization=${encodeURIComponent(slug)}`)
    expect(answer.status).toBe(200)
    expect(headingOf(await answer.text())).toBe('Sign in')
  })
})

describe('where to go on', () => {
  test('is kept to our own pages', async () => {
    const organization = await app.createOrganization()
    const { userName, password } = await provisionLocalUser(organization, 'amara@return.example.com')
    const end = async (returnTo: string): Promise<string | null> =>
      (await tryPassword(browserAt(app), userName, password, { return_to: returnTo })).headers.get('location')
    expect(await end('/account/sessions')).toBe('/account/sessions')
    for (const evil of [
      'https://evil.example.net/',
      '//evil.example.net',
      '/\\evil.example.net',
      'javascript:alert(1)',
    ])
      expect(await end(evil)).toBe('/account')
  })

  test('leaves to an application by a page of its own, which no form-action holds back', async () => {
    const organization = await app.createOrganization()
    const { userName, password } = await provisionLocalUser(organization, 'amara@leaving.example.com')
    const answer = await tryPassword(browserAt(app), userName, password, { return_to: '/oauth2/interaction/abc' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('refresh')).toBe('0;url=/oauth2/interaction/abc')
    expect(answer.headers.getSetCookie().some((line) => line.startsWith('__Host-rolecall_session='))).toBe(true)
  })
})

describe('W-014', () => {
  test('the domain may be known of, the person never', async () => {
    const { organization, domain } = await withDomain()
    await createSamlConnection(organization)
    await provisionLocalUser(organization, `known@${domain}`)
    const unknownDomain = await provisionLocalUser(organization, 'known@unclaimed.example.net')
    const pageFor = async (email: string): Promise<string> =>
      (await (await enter(browserAt(app), email)).text()).replaceAll(email, '[email]').replaceAll(/nonce="[^"]*"/g, '')
    expect(await pageFor(`known@${domain}`)).toBe(await pageFor(`unknown@${domain}`))
    expect(await pageFor(unknownDomain.userName)).toBe(await pageFor('unknown@unclaimed.example.net'))
    expect(await pageFor(`known@${domain}`)).not.toBe(await pageFor(unknownDomain.userName))
  })

  test('asking is throttled by address', async () => {
    const browser = browserAt(app)
    const statuses: number[] = []
    for (let tried = 0; tried < 125; tried += 1) statuses.push((await enter(browser, `p${tried}@example.net`)).status)
    expect(statuses.slice(0, 120).every((status) => status === 200)).toBe(true)
    expect(statuses.slice(120).every((status) => status === 429)).toBe(true)
    expect((await enter(browserAt(app), 'p@example.net')).status).toBe(200)
  })
})

test('questions to passkeys and their answers are throttled by address', async () => {
  const browser = browserAt(app)
  const statuses = async (path: string, fields: Record<string, string>, count: number): Promise<number[]> => {
    const found: number[] = []
    for (let tried = 0; tried < count; tried += 1) found.push((await browser.post(path, fields)).status)
    return found
  }
  const questions = await statuses('/login/passkey/question', {}, 122)
  expect([questions.slice(0, 120).every((status) => status === 200), questions.slice(120)]).toEqual([true, [429, 429]])
  const answers = await statuses('/login/passkey', { credential: '{}' }, 62)
  expect([answers.slice(0, 60).every((status) => status === 403), answers.slice(60)]).toEqual([true, [429, 429]])
})

test('forms of other sites are not taken', async () => {
  for (const path of [
    '/login',
    '/login/password',
    '/login/passkey',
    '/login/forgot',
    '/login/continue',
    '/emergency',
  ]) {
    expect((await browserAt(app).postAcrossSites(path, { email: 'a@example.com' })).status, path).toBe(403)
  }
})
