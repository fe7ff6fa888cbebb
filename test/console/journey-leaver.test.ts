// J4: somebody leaves who owns things of a host application, vouches for a freelancer, leads a team and reviews access: once with a
// successor named in the same step, and once by the company's directory, and handed over afterwards.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { issueApiKey } from '#access/organizations/api-keys/api-keys.ts'
import { scheduleReview } from '#access/reviews/schedule-review.ts'
import { change } from '../support/access.ts'
import type { TestApp, TestOrganization } from '../support/app.ts'
import { axeViolations, collectPageErrors, launchBrowser } from '../support/browser.ts'
import { type ConsolePerson, createManager, createTestBrand, openAs } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { type ScimClient, scimClient } from '../support/scim.ts'

let app: TestApp & { origin: string }
let browser: Browser
let organization: TestOrganization
let administrator: ConsolePerson
let scim: ScimClient
let key: string
let lena: string
let brandId: string

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
  organization = await app.createOrganization()
  administrator = await createManager(organization)
  brandId = await createTestBrand(organization, 'aurora', 'Aurora')
  scim = scimClient((path, init) => app.request(path, init), await app.createDirectory(organization))
  const issued = await issueApiKey(organization.ctx, {
    ...{ name: 'Studio', access: 'permissions', permissions: ['teams.manage'] },
  })
  key = issued.key
  lena = await createPerson(organization, 'lena.lead@example.com', 'Lena Lead')
  await createPerson(organization, 'noor.next@example.com', 'Noor Next')
  const free = await createPerson(organization, 'free@example.com', 'Free Lancer')
  await giveRole(organization, { userId: free, role: 'editor', brandId })
  await app.owner`update assignments set sponsor = 'lena.lead@example.com' where user_id = ${free}`
  await change(organization.ctx, { kind: 'create_team', name: 'Desk', leaderId: lena })
  await scheduleReview(organization.ctx, { name: 'Autumn', fallbackId: lena })
})

afterAll(async () => {
  await browser?.close()
  await app?.close()
})

/** As the host application does it. */
async function studio(method: string, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const answer = await app.request(`/api/v1/${path}`, init)
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every kind are asserted on
  return { status: answer.status, body: (await answer.json()) as any }
}

const campaign = (id: string, name: string, user: string) => ({
  ...{ type: 'campaign', id, name, user, brandId, url: `https://studio.example.com/campaigns/${id}` },
})

const mainText = async (page: Page): Promise<string> => (await page.getByRole('main').textContent()) ?? ''

test('000-31: an administrator names a successor, types the name, and everything is theirs', {
  timeout: 90_000,
}, async () => {
  await studio('PUT', 'ownerships', {
    ownerships: [
      campaign('7', 'Spring launch', 'lena.lead@example.com'),
      campaign('8', 'Summer', 'lena.lead@example.com'),
    ],
  })
  const { nextCursor } = (await studio('GET', 'ownerships/changes')).body
  const page = await openAs(browser, app, administrator)
  const errors = collectPageErrors(page)
  await page.goto(`${app.origin}/console/users/${lena}`)
  await page.getByRole('link', { name: 'Deactivate' }).click()
  const shown = await mainText(page)
  for (const words of ['Spring launch', 'Summer', 'Free Lancer', 'Desk', 'Autumn']) expect(shown).toContain(words)
  expect(await axeViolations(page)).toEqual([])

  await page.getByLabel('Who takes it over').fill('nobody@example.com')
  await page.getByLabel(/^Type .* to confirm/).fill('lena.lead@example.com')
  await page.getByRole('button', { name: 'Deactivate' }).click()
  await page.getByText('nobody who is active here is called so').waitFor()
  expect(await axeViolations(page)).toEqual([])
  await page.getByLabel('Who takes it over').fill('noor.next@example.com')
  await page.getByLabel(/^Type .* to confirm/).fill('lena.lead@example.com')
  await page.getByRole('button', { name: 'Deactivate' }).click()
  await page.getByText('everything that was open is closed').waitFor()
  expect(await mainText(page)).not.toContain('Left behind')

  const changes = (await studio('GET', `ownerships/changes?cursor=${nextCursor}`)).body.items
  expect(changes.map((each: { id: string; to: { userName: string } }) => [each.id, each.to.userName])).toEqual([
    ['7', 'noor.next@example.com'],
    ['8', 'noor.next@example.com'],
  ])
  const [left] = await app.owner`select count(*)::int as count from work_of_people where user_id = ${lena}`
  expect(left?.['count']).toBe(0)

  await page.getByRole('link', { name: 'Reactivate' }).click()
  expect(await mainText(page)).toContain('Went to others')
  expect(await axeViolations(page)).toEqual([])
  await page.getByLabel('They undo it').check()
  await page.getByRole('button', { name: 'Reactivate' }).click()
  await page.getByText('Reactivated').waitFor()
  const [again] = await app.owner`select count(*)::int as count from work_of_people where user_id = ${lena}`
  expect(again?.['count']).toBe(7)
  // The form that came back with a fault answers with 400, which the browser tells.
  expect(errors.filter((error) => !error.includes('status of 400'))).toEqual([])
})

test('J7: by SCIM they are out at once, and their work is handed over from the overview', {
  timeout: 90_000,
}, async () => {
  const dora = await scim.user('dora@example.com', { displayName: 'Dora Gone' })
  await studio('PUT', 'ownerships', {
    ownerships: [campaign('9', 'Autumn launch', dora), campaign('10', 'Winter', dora)],
  })
  await scim.patch(`/Users/${dora}`, { op: 'replace', path: 'active', value: false })
  const page = await openAs(browser, app, administrator)
  await page.goto(`${app.origin}/console`)
  await page.getByRole('link', { name: '1 person has left work behind' }).click()
  await page.getByRole('heading', { name: 'Left behind' }).waitFor()
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('link', { name: 'Dora Gone' }).click()
  expect(await axeViolations(page)).toEqual([])
  await page.getByLabel('Winter').uncheck()
  await page.getByLabel('Who takes it over').fill('noor.next@example.com')
  await page.getByRole('button', { name: 'Hand it over' }).click()
  await page.getByText('Handed over', { exact: true }).waitFor()
  const text = await mainText(page)
  expect(text).toContain('Winter')
  expect(text).toContain('now Noor Next’s')
  const { items } = (await studio('GET', 'ownerships?type=campaign')).body
  const owners = items.map((each: { id: string; user: { userName: string } }) => [each.id, each.user.userName])
  expect(owners).toContainEqual(['9', 'noor.next@example.com'])
  expect(owners).toContainEqual(['10', 'dora@example.com'])
  await page.goto(`${app.origin}/console/users/${dora}`)
  await page.getByRole('link', { name: 'Hand it over' }).waitFor()
})
