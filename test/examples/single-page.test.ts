// The single-page example in a real browser: a public client, whose tokens stay in the page.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApplication } from '#access/applications/create-application.ts'
import { createSinglePageApp } from '../../examples/single-page/single-page.ts'
import { provisionLocalUser } from '../support/accounts.ts'
import type { TestOrganization } from '../support/app.ts'
import { collectPageErrors, launchBrowser, openPage, pageFaults } from '../support/browser.ts'
import { type Listening, listen, startListeningApp } from '../support/listening.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let organization: TestOrganization
let host: Listening
let browser: Browser

beforeAll(async () => {
  app = await startListeningApp()
  organization = await app.createOrganization('northwind')
  host = await listen(async (origin) => {
    const { application } = await createApplication(organization.ctx, {
      ...{ name: 'Newsroom', kind: 'public', redirectUris: [`${origin}/`], postLogoutRedirectUris: [`${origin}/`] },
      browserOrigins: [origin],
    })
    return createSinglePageApp({ issuer: app.origin, clientId: application.id })
  })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await host.close()
  await app.close()
})

test('signs somebody in and out, and keeps its tokens in the page alone', async () => {
  const { userName, password } = await provisionLocalUser(organization, 'chidi@example.com')
  const page = await openPage(browser)
  const errors = collectPageErrors(page)
  await page.goto(host.origin)
  expect(await pageFaults(page)).toEqual([])
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail').fill(userName)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  // On loopback it could be any program of the device: the person is asked.
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Hello chidi@example.com' }).waitFor()
  expect(page.url()).toBe(`${host.origin}/`)
  expect(await page.evaluate('[sessionStorage.length, localStorage.length]')).toEqual([0, 0])
  expect(errors).toEqual([])

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign out?' }).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(`${host.origin}/`)
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  await page.context().close()
})

test('an answer that nobody asked for is refused', async () => {
  const page = await openPage(browser)
  await page.goto(`${host.origin}/?code=stolen&state=&iss=${encodeURIComponent(app.origin)}`)
  await page.getByRole('heading', { name: 'This sign-in was not begun here' }).waitFor()
  expect(page.url()).toBe(`${host.origin}/`)
  await page.context().close()
})
