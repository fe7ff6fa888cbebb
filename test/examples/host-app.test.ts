// The example host application with a real browser: signed in by Rolecall, decided by Rolecall, out when Rolecall says so.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApplication } from '#access/applications/create-application.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { startWorker, type Worker } from '#jobs/worker.ts'
import { createLog } from '#platform/log.ts'
import { createHostApp } from '../../examples/host-app/host-app.ts'
import { provisionLocalUser } from '../support/accounts.ts'
import type { TestOrganization } from '../support/app.ts'
import { launchBrowser, openPage } from '../support/browser.ts'
import { type Listening, listen, startListeningApp } from '../support/listening.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { cookieSecret } from '../support/product.ts'
import { type SignedIn, signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let organization: TestOrganization
let host: Listening
let browser: Browser
let worker: Worker

beforeAll(async () => {
  app = await startListeningApp()
  organization = await app.createOrganization('northwind')
  const apiKey = await app.createApiKey(organization)
  host = await listen(async (origin) => {
    const { application, clientSecret } = await createApplication(organization.ctx, {
      name: 'Newsroom',
      redirectUris: [`${origin}/callback`],
      postLogoutRedirectUris: [`${origin}/`],
      backchannelLogoutUri: `${origin}/backchannel-logout`,
    })
    return createHostApp({
      issuer: app.origin,
      clientId: application.id,
      clientSecret: clientSecret ?? '',
      apiKey,
      origin,
      cookieSecret,
    })
  })
  worker = startWorker(app.services, createLog('silent'), { tickMillis: 50 })
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
  await worker.stop()
  await host.close()
  await app.close()
})

async function open(session: SignedIn): Promise<Page> {
  const page = await openPage(browser)
  const cookie = { name: '__Host-rolecall_session', value: session.token, secure: true, httpOnly: true, path: '/' }
  await page.context().addCookies([{ ...cookie, domain: 'localhost', sameSite: 'Lax' }])
  await page.goto(host.origin)
  await page.getByText('Sign in').click()
  await page.waitForURL(`${host.origin}/`)
  return page
}

test('signs in, shows roles for each brand with decisions, and is told of a deactivation', async () => {
  const userId = await createPerson(organization, 'amara@example.com', 'Amara Okafor')
  const [harbor, tide] = [
    await createBrand(organization.ctx, { slug: 'harbor-lane', name: 'Harbor Lane' }),
    await createBrand(organization.ctx, { slug: 'tidewater', name: 'Tidewater' }),
  ]
  await giveRole(organization, { userId, role: 'viewer' })
  await giveRole(organization, { userId, role: 'editor', brandId: harbor.id })
  await giveRole(organization, { userId, role: 'viewer', brandId: tide.id })
  const page = await open(await signIn(organization, userId))
  const text = (await page.textContent('body')) ?? ''
  expect(text).toContain('Hello Amara Okafor')
  expect(text).toContain('Roles: viewer')
  expect(text).toContain('harbor-lane: editor (may publish)')
  expect(text).toContain('tidewater: viewer (may not publish)')

  await deactivateUser(organization.ctx, { userId })
  await expect
    .poll(async () => {
      await page.reload()
      return page.textContent('body')
    })
    .toContain('Sign in')
  await page.context().close()
})

test('sends whoever is not signed in to the sign-in page, and has them back afterwards', async () => {
  const { userName, password } = await provisionLocalUser(organization, 'chidi@example.com')
  const page = await openPage(browser)
  await page.goto(`${host.origin}/sign-in`)
  expect(new URL(page.url()).pathname).toBe('/login')
  await page.getByLabel('E-mail').fill(userName)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL(`${host.origin}/`)
  expect(await page.textContent('body')).toContain('Hello chidi@example.com')
  // W-001
  const [cookie] = (await page.context().cookies()).filter(({ name }) => name === '__Host-rolecall_session')
  expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Lax', path: '/', domain: 'localhost' })
  await page.context().close()
})

test('signs out by way of Rolecall, and comes back', async () => {
  const session = await signIn(organization, await createPerson(organization, 'bo@example.com'))
  const page = await open(session)
  await page.getByText('Sign out').click()
  await page.getByRole('heading', { name: 'Sign out?' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(`${host.origin}/`)
  expect(await page.textContent('body')).toContain('Sign in')
  expect((await fetch(`${app.origin}/session`, { headers: { Cookie: session.cookie } })).status).toBe(401)
  await page.context().close()
})

test('refuses logout tokens that are not Rolecall’s', async () => {
  const answer = await fetch(`${host.origin}/backchannel-logout`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: 'e30.e30.' }),
  })
  expect(answer.status).toBe(400)
})
