// From the refusal of an old session to a fresh proof and back to what was typed: by password, by the provider, from an envelope,
// and by the keyboard alone.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEmergencyAccount } from '#access/accounts/emergency/emergency.ts'
import { listApiKeys } from '#access/organizations/api-keys/api-keys.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { codeOf, goodPassword, provisionLocalUser } from '../support/accounts.ts'
import type { TestApp, TestOrganization } from '../support/app.ts'
import { arriveBySaml, person } from '../support/arrivals.ts'
import { axeViolations, launchBrowser } from '../support/browser.ts'
import { openAs } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { giveRole } from '../support/people.ts'
import { type SignedIn, signIn } from '../support/sessions.ts'
import { createSamlConnection, createTestBrowser, type TestBrowser, verifyDomain } from '../support/sign-in.ts'

let app: TestApp & { origin: string }
let chromium: Browser
beforeAll(async () => {
  app = await startListeningApp()
  chromium = await launchBrowser()
})
afterAll(async () => {
  await chromium?.close()
  await app?.close()
})

const hourAgo = (): string => new Date(app.clock.now().getTime() - 3_600_000).toISOString()
const key = { name: 'From an old session & <typed>', access: 'everything' }

async function administrator(name = 'ada@example.com') {
  const organization = await app.createOrganization()
  const local = await provisionLocalUser(organization, name)
  await giveRole(organization, { userId: local.id, role: 'administrator' })
  return { organization, userId: local.id, old: await signIn(organization, local.id, { authenticatedAt: hourAgo() }) }
}

function browserWith({ token }: SignedIn): TestBrowser {
  const browser = createTestBrowser(app.request, app.urls.origin)
  browser.cookies.set('__Host-rolecall_session', token)
  return browser
}

const locationOf = (answer: Response): string => answer.headers.get('location') ?? ''
const returnOf = (location: string): string => new URL(location, app.origin).searchParams.get('return_to') ?? ''
const keysOf = async ({ ctx }: TestOrganization): Promise<string[]> => (await listApiKeys(ctx)).map(({ name }) => name)
const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

const fieldsIn = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      unescaped(value),
    ]),
  )

describe('X-17: what was typed', () => {
  test('is kept sealed, shown to its person after the proof, and sent by them', async () => {
    const { organization, old } = await administrator()
    const browser = browserWith(old)
    const refused = locationOf(await browser.post('/console/settings/api-keys', key))
    const again = returnOf(refused)
    expect(again).toMatch(/^\/console\/again\/[\w-]{43}$/)
    const [row] =
      await app.owner`select secret_sealed, state_hash from sign_in_requests where organization_id = ${organization.id}`
    expect([row?.['secret_sealed'].includes('typed'), again.includes(row?.['state_hash'])]).toEqual([false, false])
    // Not before the proof.
    expect(locationOf(await browser.get(again))).toBe(`/login/step-up?return_to=${encodeURIComponent(again)}`)
    expect((await browser.post('/login/step-up', { return_to: again, password: 'wrong' })).status).toBe(403)
    const proven = await browser.post('/login/step-up', { return_to: again, password: goodPassword })
    expect([proven.status, locationOf(proven)]).toEqual([303, again])
    const page = await (await browser.get(again)).text()
    expect(page).toContain('Nothing was saved yet')
    expect(fieldsIn(page)).toEqual({ ...key, made_for: expect.stringMatching(/^org_.*\.usr_/) })
    expect(await keysOf(organization)).toEqual([])
    const done = await browser.post('/console/settings/api-keys', fieldsIn(page))
    expect([done.status, await keysOf(organization)]).toEqual([200, [key.name]])
  })

  test('is nobody else’s, and runs out', async () => {
    const { organization, old } = await administrator()
    const again = returnOf(locationOf(await browserWith(old).post('/console/settings/api-keys', key)))
    const other = await provisionLocalUser(organization, 'bo@example.com')
    await giveRole(organization, { userId: other.id, role: 'administrator' })
    const theirs = browserWith(await signIn(organization, other.id))
    expect(locationOf(await theirs.get(again))).toBe('/console/again')
    const own = browserWith(old)
    await own.post('/login/step-up', { return_to: again, password: goodPassword })
    await app.owner`update sign_in_requests set expires_at = now() where organization_id = ${organization.id}`
    expect(locationOf(await own.get(again))).toBe('/console/again')
    expect(await (await own.get('/console/again')).text()).toContain('Nothing was saved')
  })

  test('a part of a page is not answered with another page', async () => {
    const { old } = await administrator()
    const answer = await app.request('/console/settings/domains', {
      method: 'POST',
      headers: {
        cookie: old.cookie,
        origin: app.urls.origin,
        'sec-fetch-site': 'same-origin',
        'hx-request': 'true',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'name=a.example.com',
    })
    expect([answer.status, answer.headers.get('hx-redirect')]).toEqual([204, expect.stringContaining('/login/step-up')])
  })
})

describe('X-17: people without a password here', () => {
  const stageSaml = async () => {
    const organization = await app.createOrganization()
    await verifyDomain(organization, 'example.com')
    const connection = (await createSamlConnection(organization, { jit: 'off' })) as SamlConnection
    const userId = await person(organization, 'ada@example.com')
    const arrive = (browser: TestBrowser, query = '', authnInstant?: Date) =>
      arriveBySaml(
        app,
        organization,
        connection,
        { nameId: 'ada@example.com', change: authnInstant === undefined ? {} : { times: { authnInstant } } },
        { browser, query },
      )
    const browser = createTestBrowser(app.request, app.urls.origin)
    await arrive(browser)
    await giveRole(organization, { userId, role: 'administrator' })
    await app.owner`update sessions set authenticated_at = now() - interval '12 hours' where user_id = ${userId}`
    return { organization, connection, browser, arrive }
  }

  test('prove it at their provider, and come back to what they typed', async () => {
    const { organization, connection, browser, arrive } = await stageSaml()
    const refused = locationOf(await browser.post('/console/settings/api-keys', key))
    const page = unescaped(await (await browser.get(refused)).text())
    const query = /href="\/sign-in\/[^"?]+(\?[^"]*prompt=login[^"]*)"/.exec(page)?.[1] ?? ''
    expect([page.includes('name="password"'), page.includes(connection.id)]).toEqual([false, true])
    // From a session of the provider's own it proves nothing.
    expect((await arrive(browser, query, new Date(Date.now() - 7_200_000))).status).toBe(403)
    expect((await arrive(browser, query)).status).toBe(303)
    const again = await browser.get(returnOf(refused))
    const done = await browser.post('/console/settings/api-keys', fieldsIn(await again.text()))
    expect([done.status, await keysOf(organization)]).toEqual([200, [key.name]])
  })

  test('a password that opens no session proves nothing', async () => {
    const { organization, userId, old } = await administrator()
    const { id: connectionId } = await createSamlConnection(organization)
    await setConnectionStatus(organization.ctx, { connectionId, status: 'enforced', isForced: true })
    const session = await signIn(organization, userId, { method: 'saml', connectionId, authenticatedAt: hourAgo() })
    const browser = browserWith(session)
    expect((await browser.post('/login/step-up', { return_to: '/console', password: goodPassword })).status).toBe(403)
    expect(await (await browser.get('/login/step-up?return_to=/console')).text()).not.toContain('name="password"')
    expect(await browserWith(old).session()).toBeUndefined()
  })
})

test('X-17: from an envelope, the sign-in is the proof for ten minutes, and it may be given again', async () => {
  const { organization } = await administrator()
  const { userId, userName, password, totpSecret, recoveryCodes } = await createEmergencyAccount(organization.ctx, {
    name: 'Safe',
  })
  const browser = createTestBrowser(app.request, app.urls.origin)
  await browser.post('/emergency', { userName, password, code: codeOf(app, totpSecret), reason: 'Repair' })
  const fields = { name: 'a.example.com' }
  expect(locationOf(await browser.post('/console/settings/domains', fields))).toContain('done=created')
  await app.owner`update sessions set authenticated_at = now() - interval '11 minutes' where user_id = ${userId}`
  const refused = locationOf(await browser.post('/console/settings/domains', { name: 'b.example.com' }))
  expect(refused).toContain('/login/step-up')
  const proof = { return_to: returnOf(refused), password, code: recoveryCodes[0] ?? '' }
  expect(locationOf(await browser.post('/login/step-up', proof))).toBe(returnOf(refused))
  expect(locationOf(await browser.post('/console/settings/domains', { name: 'b.example.com' }))).toContain(
    'done=created',
  )
})

test('X-17: by the keyboard, in a browser', { timeout: 60_000 }, async () => {
  const { organization, userId, old } = await administrator()
  const page = await openAs(chromium, app, { userId, session: old })
  await page.goto(`${app.origin}/console/settings/domains`)
  await page.locator('input[name="name"]').focus()
  await page.keyboard.type('proven.example.com')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor()
  expect(await axeViolations(page)).toEqual([])
  // The field has the focus.
  await page.keyboard.type(goodPassword)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Carry out your change?' }).waitFor()
  // So that nobody sends what somebody else has left in their browser.
  expect(await page.textContent('dl')).toContain('proven.example.com')
  expect(await page.textContent('dl')).toContain('Settings › Domains')
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Carry it out' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(`${app.origin}/console/settings/domains?done=created`)
  const [row] = await app.owner`select name from domains where organization_id = ${organization.id}`
  expect(row?.['name']).toBe('proven.example.com')
})
