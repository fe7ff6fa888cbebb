// J6: emergency access. Prepared in the console, proven by a drill, used from the sealed envelope, limited to repairing, and told
// to every administrator.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeOf, outbox } from '../support/accounts.ts'
import type { TestApp } from '../support/app.ts'
import { axeViolations, collectPageErrors, launchBrowser, openPage } from '../support/browser.ts'
import { type ConsoleStage, openConsole } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'

let app: TestApp & { origin: string }
let browser: Browser
let stage: ConsoleStage

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
  stage = await openConsole(app, browser)
})

afterAll(async () => {
  await browser?.close()
  await app?.close()
})

type Envelope = { userName: string; password: string; secret: string }

async function makeAccount(page: Page, name: string): Promise<Envelope> {
  await page.goto(`${app.origin}/console/emergency`)
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Make it' }).click()
  await page.getByRole('heading', { name: 'Print this page and seal it' }).waitFor()
  const value = (label: string) => page.getByLabel(label, { exact: true }).inputValue()
  return {
    userName: await value('User name'),
    password: await value('Password'),
    secret: await value('Secret for an authenticator'),
  }
}

/** Somebody breaks the seal, in a browser of their own. */
async function openEnvelope({ userName, password, secret }: Envelope, reason: string, isDrill = false): Promise<Page> {
  const page = await openPage(browser)
  await page.goto(`${app.origin}/emergency`)
  await page.getByLabel('User name').fill(userName)
  await page.getByLabel('Password').fill(password)
  await page.getByLabel('Code').fill(codeOf(app, secret))
  await page.getByLabel('Reason').fill(reason)
  if (isDrill) await page.getByLabel('Only a drill').check()
  await page.getByRole('button', { name: 'Sign in' }).click()
  if (isDrill) await page.getByRole('heading', { name: 'It works' }).waitFor()
  else await page.waitForURL(`${app.origin}/account`)
  return page
}

test('J6: two accounts, a drill with each, an emergency, and the report about it', { timeout: 60_000 }, async () => {
  const { page, organization, administrator } = stage
  const errors = collectPageErrors(page)
  await page.goto(`${app.origin}/console`)
  await page.getByText('Fewer than two ways in without the identity provider').waitFor()
  const envelopes = [await makeAccount(page, 'Safe, head office'), await makeAccount(page, 'Safe, studio')]
  expect(await axeViolations(page)).toEqual([])
  await page.goto(`${app.origin}/console/emergency`)
  await page.getByText('0 of 2 proven').waitFor()
  for (const envelope of envelopes) {
    const drill = await openEnvelope(envelope, 'A drill', true)
    expect(await axeViolations(drill)).toEqual([])
    await drill.context().close()
  }

  await page.goto(`${app.origin}/console/emergency`)
  expect(await page.getByText('of 2 proven').count()).toBe(0)
  expect(await page.getByText('Proven', { exact: true }).count()).toBe(2)
  await page.goto(`${app.origin}/console`)
  expect(await page.getByText('Fewer than two ways in').count()).toBe(0)

  app.clock.advance(60_000)
  const repairing = await openEnvelope(envelopes[0] as Envelope, 'The provider is down')
  await repairing.goto(`${app.origin}/console`)
  await repairing.getByText('Emergency access. All administrators were alarmed').waitFor()
  expect(await axeViolations(repairing)).toEqual([])
  const sections = await repairing.getByRole('navigation', { name: 'Sections', exact: true }).textContent()
  expect(sections).toContain('Connections')
  await repairing.goto(`${app.origin}/console/roles`)
  expect(await repairing.getByRole('link', { name: 'New role' }).count()).toBe(0)
  await repairing.goto(`${app.origin}/console/roles/new`)
  const post = await repairing.evaluate(
    `fetch('/console/roles/packs', { method: 'POST', body: new URLSearchParams({ pack: 'owner5',
      made_for: document.querySelector('[name=made_for]').value }) }).then((r) => r.status)`,
  )
  expect(post).toBe(403)

  const [session] = await app.owner`select extract(epoch from expires_at - created_at)::int as seconds from sessions
    where method = 'emergency' and ended_at is null order by created_at desc limit 1`
  expect(session?.['seconds']).toBeLessThanOrEqual(3_600)
  const told = await outbox(organization, 'ada.okafor@example.com')
  expect(told.filter(({ kind }) => kind === 'emergency_use')).toHaveLength(3)
  expect(told.at(-1)?.text).toContain('The provider is down')

  // Afterwards: what was done is read, the envelope is void, and the report is signed.
  await page.goto(`${app.origin}/console`)
  await page.getByRole('link', { name: '1 emergency use has no report' }).click()
  await page.getByText('Opened: seal it anew').waitFor()
  await page.getByRole('table', { name: 'Uses of emergency accounts' }).getByRole('link').click()
  await page.getByRole('heading', { name: 'Emergency use of Safe, head office' }).waitFor()
  expect(await page.getByRole('table', { name: 'What was done' }).textContent()).toContain('Emergency access used')
  expect(await axeViolations(page)).toEqual([])
  await page.getByLabel('What happened').fill('The provider was down for an hour.')
  await page.getByRole('button', { name: 'Sign', exact: true }).click()
  await page.getByText('The envelope is still open').first().waitFor()
  expect(await page.getByLabel('What happened').inputValue()).toBe('The provider was down for an hour.')
  await page.getByRole('link', { name: 'Seal the account anew' }).click()
  await page.getByRole('button', { name: 'Seal it anew' }).click()
  await page.getByRole('heading', { name: 'Print this page and seal it' }).waitFor()
  await repairing.goto(`${app.origin}/console`)
  await repairing.waitForURL(/\/login/)
  await page.goto(`${app.origin}/console/emergency`)
  await page.getByRole('table', { name: 'Uses of emergency accounts' }).getByRole('link').click()
  await page.getByLabel('What happened').fill('The provider was down for an hour.')
  await page.getByRole('button', { name: 'Sign', exact: true }).click()
  await page.getByText('Signed by Ada Okafor').waitFor()
  await page.goto(`${app.origin}/console`)
  expect(await page.getByText('has no report').count()).toBe(0)

  const audited = await app.owner`select actor_id from audit_events where action like 'emergency.%'
    and organization_id = ${organization.id}`
  expect(audited.length).toBeGreaterThanOrEqual(5)
  expect(administrator.userId).toBeTruthy()
  // The browser notes the form that was refused.
  expect(errors.filter((error) => !error.includes('400'))).toEqual([])
})
