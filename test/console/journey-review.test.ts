// J5: the quarterly access review, from the campaign to the sealed evidence, by whoever schedules it, the manager of a brand who
// answers, and the identity provider that has to follow.
import { createHash } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getEffectiveAccess } from '#access/decisions/effective-access.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { runReviews } from '#access/reviews/run-reviews.ts'
import { listAuditEvents } from '#audit/list-events.ts'
import { change } from '../support/access.ts'
import { outbox } from '../support/accounts.ts'
import type { TestApp, TestOrganization } from '../support/app.ts'
import { axeViolations, collectPageErrors, launchBrowser } from '../support/browser.ts'
import { type ConsolePerson, consoleClient, createManager, createTestBrand, openAs } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { type ScimClient, scimClient } from '../support/scim.ts'

let app: TestApp & { origin: string }
let browser: Browser
let organization: TestOrganization
let ada: ConsolePerson
let mia: ConsolePerson
let scim: ScimClient
let writers: string
const ids: Record<string, string> = {}

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
  organization = await app.createOrganization()
  ada = await createManager(organization)
  const brandId = await createTestBrand(organization, 'aurora', 'Aurora')
  mia = await createManager(organization, { name: 'Mia Brand', brandId })
  for (const name of ['Ben', 'Cy']) {
    ids[name] = await createPerson(organization, `${name.toLowerCase()}@example.com`, name)
    await giveRole(organization, { userId: ids[name], role: 'viewer', brandId })
  }
  scim = scimClient((path, init) => app.request(path, init), await app.createDirectory(organization))
  ids['Dora'] = await scim.user('dora@example.com', { displayName: 'Dora' })
  writers = await scim.group('Writers', [ids['Dora']])
  const roleId = (await listRoles(organization.ctx)).find(({ key }) => key === 'editor')?.id ?? ''
  await change(organization.ctx, { kind: 'create_mappings', mappings: [{ groupId: writers, roleId, brandId }] })
})

afterAll(async () => {
  await browser?.close()
  await app?.close()
})

const run = () => runReviews({ ...organization.ctx, actor: { type: 'system', id: 'worker' } })
const held = async (name: string): Promise<string[]> =>
  (await getEffectiveAccess(organization.ctx, ids[name] ?? '')).assignments.map(({ role }) => role.key)

async function schedule(page: Page): Promise<string> {
  await page.goto(`${app.origin}/console/reviews`)
  await page.getByRole('link', { name: 'New review' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Autumn')
  await page.getByLabel('Brand', { exact: true }).selectOption({ label: 'Aurora' })
  await page.getByLabel('It is removed').check()
  await page.getByLabel('Repeat').selectOption({ label: 'Every quarter' })
  await page.getByRole('button', { name: 'See what it is about' }).click()
  const main = page.getByRole('main')
  await main.getByRole('heading', { name: 'Schedule Autumn' }).waitFor()
  // Mia answers for three; for herself, the one who schedules it does.
  expect(await main.textContent()).toMatch(/Lines4/)
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Schedule the review' }).click()
  await main.getByRole('heading', { name: 'Autumn' }).waitFor()
  return page.url().split('/').at(-1)?.split('?')[0] ?? ''
}

/** By keyboard alone, as somebody with many lines would. */
async function answer(page: Page, reviewId: string): Promise<void> {
  await page.goto(`${app.origin}/account`)
  await page.getByRole('link', { name: 'Review access' }).click()
  await page.getByRole('link', { name: 'Autumn' }).click()
  const main = page.getByRole('main')
  const shown = (await main.textContent()) ?? ''
  for (const words of ['Ben', 'Cy', 'Dora', 'directly: Works here', 'group Writers (Directory)', 'others'])
    expect(shown).toContain(words)
  expect(shown).not.toContain('mia.brand@example.com')
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Remove Dora: Editor in Aurora' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('2 lines wait').waitFor()
  await page.getByRole('checkbox', { name: 'Choose Ben: Viewer in Aurora' }).focus()
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Keep the chosen' }).press('Enter')
  await page.getByText('1 line waits').waitFor()
  await page.getByRole('link', { name: 'More about Cy: Viewer in Aurora' }).click()
  await page.getByLabel('Set an end date').check()
  await page.getByLabel(/^Until/).fill(`${new Date().getUTCFullYear() + 1}-06-30`)
  await page.getByLabel(/^Why/).fill('Until the summer')
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Save the answer' }).click()
  await page.getByText('Everything is answered').waitFor()
  expect(page.url()).toContain(reviewId)
}

test('J5: scheduled, answered by the brand’s manager, followed by the provider, and sealed', {
  timeout: 90_000,
}, async () => {
  const page = await openAs(browser, app, ada)
  const errors = collectPageErrors(page)
  const reviewId = await schedule(page)
  await run()
  expect((await outbox(organization, 'mia.brand@example.com')).at(-1)?.text).toContain('3 lines wait for your answer')

  const reviewer = await openAs(browser, app, mia)
  await answer(reviewer, reviewId)
  // Nothing has happened yet: what was answered can be undone for a day.
  await run()
  expect([await held('Dora'), await held('Ben'), await held('Cy')]).toEqual([['editor'], ['viewer'], ['viewer']])

  await page.goto(`${app.origin}/console/reviews/${reviewId}`)
  expect(await page.getByRole('main').textContent()).toContain('3 of 4')
  await page.getByRole('link', { name: 'Close…' }).click()
  // Nobody looked at Mia herself.
  await page.getByText('1 line without an answer').waitFor()
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('button', { name: 'Close the review' }).click()
  await page.getByText('Closing', { exact: true }).first().waitFor()
  await app.owner`update access_review_lines set effective_at = now() where review_id = ${reviewId} and effective_at is not null`
  await run()
  expect([await held('Dora'), await held('Ben'), await held('Cy')]).toEqual([[], ['viewer'], ['viewer']])

  // The group still gives it: held back here, and a task for whoever has the provider.
  await page.goto(`${app.origin}/console/reviews/tasks`)
  await page.getByText('Take Dora (dora@example.com) out of the group Writers at Directory').waitFor()
  expect(await axeViolations(page)).toEqual([])
  await scim.patch(`/Groups/${writers}`, { op: 'remove', path: `members[value eq "${ids['Dora']}"]` })
  await run()
  await page.reload()
  await page.getByText('There is nothing to do').waitFor()

  await page.goto(`${app.origin}/console/reviews/${reviewId}/evidence`)
  await page.getByRole('link', { name: 'Check the seal' }).click()
  await page.getByText('As it was sealed').waitFor()
  const proof = (await page.getByRole('main').textContent()) ?? ''
  for (const words of ['Until the summer', 'Mia Brand', 'Nobody answered', 'Held back here', 'Given an end date'])
    expect(proof).toContain(words)
  expect(await axeViolations(page)).toEqual([])
  const csv = await consoleClient(app, ada).get(`/console/reviews/${reviewId}/evidence.csv`)
  const [sealed] = await listAuditEvents(organization.ctx, { filter: { action: 'access_review.close' }, limit: 1 })
  expect(sealed?.detail['csvSha256']).toBe(createHash('sha256').update(csv.text).digest('hex'))
  // The next quarter is scheduled already.
  await page.goto(`${app.origin}/console/reviews?status=scheduled`)
  await page.getByRole('link', { name: 'Autumn' }).waitFor()
  expect(errors).toEqual([])
})
