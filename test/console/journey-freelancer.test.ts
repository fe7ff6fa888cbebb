// J7: a manager of a brand adds a freelancer until a date: invited, seen before it is sent, accepted, ended to the day, and taken
// over by the company's directory later on.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRole } from '#access/grants/roles/create-role.ts'
import { updateSettings } from '#access/organizations/settings.ts'
import { addDomain } from '#connections/domains/change-domains.ts'
import { goodPassword, linkIn, outbox } from '../support/accounts.ts'
import type { TestApp, TestOrganization } from '../support/app.ts'
import { axeViolations, collectPageErrors, launchBrowser, openPage } from '../support/browser.ts'
import { type ConsolePerson, createManager, createTestBrand, openAs } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { scimClient } from '../support/scim.ts'

let app: TestApp & { origin: string }
let browser: Browser
let organization: TestOrganization
let manager: ConsolePerson
let brandId: string

const address = 'free.lancer@gmail.com'

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
  organization = await app.createOrganization()
  await createManager(organization)
  brandId = await createTestBrand(organization, 'aurora', 'Aurora')
  await createTestBrand(organization, 'borealis', 'Borealis')
  const lead = ['content.view', 'content.comment', 'workflow.*', 'assets.view', 'campaigns.view', 'brands.view']
  await createRole(organization.ctx, {
    ...{ key: 'brand-lead', name: 'Brand lead', purpose: 'Looks after a brand', rank: 60 },
    allows: [...lead, 'analytics.view', 'users.read', 'users.invite', 'roles.assign'],
  })
  manager = await createManager(organization, { name: 'Bran Dee', role: 'brand-lead', brandId })
  await updateSettings(organization.ctx, { guestMaxDays: 730 })
})

afterAll(async () => {
  await browser?.close()
  await app?.close()
})

const oneYearOn = (): string => `${new Date().getUTCFullYear() + 1}-06-30`

async function invite(page: Page): Promise<void> {
  await page.goto(`${app.origin}/console`)
  await page.waitForURL(/\/console\/brands/)
  if (!/brands\/brd_/.test(page.url())) await page.getByRole('link', { name: 'Aurora' }).first().click()
  expect(await page.getByRole('main').textContent()).not.toContain('Borealis')
  await page.getByRole('link', { name: 'Invite here' }).click()
  await page.getByLabel('E-mail address').fill(address)
  await page.getByLabel(/^First name/).fill('Free')
  await page.getByLabel(/^Last name/).fill('Lancer')
  const roles = page.getByRole('combobox', { name: /Aurora/ })
  const offered = await roles.getByRole('option').allTextContents()
  // Up to their own rights, and no further.
  expect(offered.join('|')).toContain('Viewer')
  expect(offered.join('|')).not.toContain('Administrator')
  expect(offered.join('|')).not.toContain('Editor')
  await roles.selectOption({ label: offered.find((label) => label.startsWith('Viewer')) ?? '' })
  await page.getByLabel(/^Until/).fill(oneYearOn())
  await page.getByLabel(/words of your own/).fill('Welcome <b>aboard</b>!')
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Review' }).click()
  await page.getByRole('heading', { name: 'Invite Free Lancer' }).waitFor()
  const review = (await page.getByRole('main').textContent()) ?? ''
  expect(review).toContain('Aurora')
  expect(review).toContain('Viewer')
  expect(review).toMatch(/personal/i)
  expect(await outbox(organization, address)).toEqual([])
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Send the invitation' }).click()
  await page.getByText('The invitation is made').waitFor()
}

test('J7.1: somebody from outside needs a date, and what was typed stays', async () => {
  const page = await openAs(browser, app, manager)
  await page.goto(`${app.origin}/console/invitations/new?brand=${brandId}`)
  await page.getByText('People from outside need a date, 730 days ahead at most').waitFor()
  await page.getByLabel('E-mail address').fill(address)
  await page.getByRole('button', { name: 'Review' }).click()
  await page
    .getByText(/choose a date until/)
    .first()
    .waitFor()
  expect(await page.getByLabel('E-mail address').inputValue()).toBe(address)
  expect(await axeViolations(page)).toEqual([])
})

test('J7: from the brand’s page to the last day, and on to the company’s directory', { timeout: 90_000 }, async () => {
  const page = await openAs(browser, app, manager)
  const errors = collectPageErrors(page)
  await invite(page)
  expect(errors).toEqual([])

  const [mail] = await outbox(organization, address)
  expect(mail?.text).toContain('> Welcome <b>aboard</b>!')
  expect(mail?.html).not.toContain('<b>aboard')
  const freelancer = await openPage(browser)
  await freelancer.goto(`${app.origin}${await linkIn(organization, address)}`)
  await freelancer.getByLabel('New password', { exact: true }).fill(goodPassword)
  await freelancer.getByLabel('New password, again').fill(goodPassword)
  await freelancer
    .getByRole('button', { name: /accept|join|password/i })
    .first()
    .click()
  await freelancer.waitForURL(`${app.origin}/account`)
  const access = (await freelancer.getByRole('main').textContent()) ?? ''
  expect(access).toContain('Aurora')
  expect(access).toContain(`30 Jun ${new Date().getUTCFullYear() + 1}`)

  const [row] = await app.owner`select u.id, a.sponsor, a.expires_at from users u
    join assignments a on a.organization_id = u.organization_id and a.user_id = u.id where u.user_name = ${address}`
  const userId = String(row?.['id'])
  expect(row?.['sponsor']).toBeTruthy()
  await page.goto(`${app.origin}/console/brands/${brandId}`)
  await page.getByRole('main').getByText('Free Lancer').first().waitFor()

  // The minute comes.
  await app.owner`update assignments set expires_at = now() - interval '1 second' where user_id = ${userId}`
  await freelancer.reload()
  await freelancer.getByText('You have no roles yet').waitFor()
  await page.reload()
  expect(await page.getByRole('main').getByText('Free Lancer').count()).toBe(0)
  expect(await app.owner`select id from users where user_name = ${address}`).toHaveLength(1)
})

test('J7.7: an invited freelancer who comes by SCIM is the same person', async () => {
  const page = await openAs(browser, app, manager)
  const invited = 'later@company.example.com'
  await addDomain(organization.ctx, { name: 'company.example.com', isVerified: true })
  await page.goto(`${app.origin}/console/invitations/new?brand=${brandId}`)
  await page.getByLabel('E-mail address').fill(invited)
  await page.getByLabel(/^Until/).fill(oneYearOn())
  await page.getByRole('button', { name: 'Review' }).click()
  await page.getByRole('button', { name: 'Send the invitation' }).click()
  await page.getByText('The invitation is made').waitFor()
  const [before] = await app.owner`select id from users where user_name = ${invited}`
  const scim = scimClient((path, init) => app.request(path, init), await app.createDirectory(organization))
  const userId = await scim.user(invited, { emails: [{ value: invited, primary: true }] })
  expect(userId).toBe(before?.['id'])
  expect(await app.owner`select status from users where id = ${userId}`).toMatchObject([{ status: 'active' }])
  expect(await app.owner`select status from invitations where user_id = ${userId}`).toMatchObject([
    { status: 'accepted' },
  ])
})
