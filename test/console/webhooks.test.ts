// The pages of webhooks: one is added, tried, seen failing and repaired, all of it in a browser; and who may only look.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWebhook } from '#access/events/webhooks/write-webhook.ts'
import { createRole } from '#access/grants/roles/create-role.ts'
import { type EventFollower, followEvents } from '#jobs/events.ts'
import { createLog } from '#platform/log.ts'
import type { TestApp, TestOrganization } from '../support/app.ts'
import { launchBrowser, pageFaults } from '../support/browser.ts'
import { type ConsolePerson, createManager, openAs } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson } from '../support/people.ts'
import { receiveWebhooks, type WebhookReceiver } from '../support/webhook-receiver.ts'

let app: TestApp & { origin: string }
let browser: Browser
let organization: TestOrganization
let administrator: ConsolePerson
let to: WebhookReceiver
let follower: EventFollower
let status = 200

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
  organization = await app.createOrganization()
  administrator = await createManager(organization)
  to = await receiveWebhooks(() => ({ status, body: `answered ${status}` }))
  follower = followEvents(app.services, createLog('error', { destination: { write: () => {} } }), { tickMillis: 20 })
})
afterAll(async () => {
  await follower?.stop()
  await browser?.close()
  await to?.close()
  await app?.close()
})

const home = () => `${app.origin}/console/settings/webhooks`
const says = async (page: Page): Promise<string> =>
  ((await page.locator('main').textContent()) ?? '').replace(/\s+/g, ' ')

async function saysNow(page: Page): Promise<string> {
  await page.reload()
  return says(page)
}

describe('webhooks in the console', () => {
  test('one is added, its secret shown once, tried, and each message shown with its answer', async () => {
    const page = await openAs(browser, app, administrator)
    await page.goto(home())
    expect(await pageFaults(page)).toEqual([])
    await page.getByLabel('Address').fill(to.url)
    await page.getByLabel(/What it is for/).fill('Newsroom')
    await page.getByLabel('Those chosen below').check()
    await page.getByText('Choose events').click()
    await page.getByLabel('user.created', { exact: true }).check()
    await page.getByRole('button', { name: 'Add the webhook' }).click()
    expect(await page.getByLabel('Secret', { exact: true }).inputValue()).toMatch(/^whsec_/)
    expect(await pageFaults(page)).toEqual([])
    await page.goto(home())
    await page.getByRole('link', { name: new URL(to.url).host }).click()
    expect(await page.content()).not.toContain('whsec_')
    await page.getByRole('button', { name: 'Send a test' }).click()
    expect(await says(page)).toMatch(/It was taken: 200 .*webhook-signature: v1,.*"type": "webhook.test".*answered 200/)
    expect(await pageFaults(page)).toEqual([])
    await page.close()
  })

  test('one that fails says so, is repaired, and its event left out or sent again', async () => {
    const page = await openAs(browser, app, administrator)
    status = 500
    await createPerson(organization, 'amy@example.com', 'Amy')
    await expect.poll(() => to.received.filter(({ event }) => event.type === 'user.created').length).toBe(1)
    await page.goto(home())
    await expect.poll(() => saysNow(page)).toContain('failing')
    await page.getByRole('link', { name: new URL(to.url).host }).click()
    expect(await says(page)).toContain('The same event was not taken; attempts so far: 1')
    expect(await pageFaults(page)).toEqual([])
    status = 200
    await page.getByRole('button', { name: 'Try again now' }).click()
    await expect.poll(() => saysNow(page)).not.toContain('The same event was not taken')
    await page.getByRole('link', { name: 'Only what was not taken' }).click()
    await page.locator('table a').first().click()
    expect(await says(page)).toMatch(/It answered 500.*answered 500/)
    const before = to.taken.length
    await page.getByRole('button', { name: 'Send it again' }).click()
    await to.until(before + 1)
    expect(to.taken.at(-1)?.event.id).toBe(to.taken.at(-2)?.event.id)
    await page.close()
  })

  test('a wrong address is refused at its field; paused and resumed; deleted by its name', async () => {
    const page = await openAs(browser, app, administrator)
    await page.goto(home())
    await page.getByLabel('Address').fill('https://10.0.0.1/')
    await page.getByRole('button', { name: 'Add the webhook' }).click()
    expect(await page.locator('#url-error').textContent()).toContain('not a public one')
    await page.goto(home())
    await page.getByRole('link', { name: new URL(to.url).host }).click()
    await page.getByRole('button', { name: 'Pause' }).click()
    expect(await says(page)).toContain('It is paused, and nothing is sent')
    await page.getByRole('button', { name: 'Resume from now on' }).click()
    expect(await says(page)).not.toContain('It is paused')
    await page.getByRole('link', { name: 'Delete', exact: true }).click()
    expect(await pageFaults(page)).toEqual([])
    await page.getByLabel(/Type .* to confirm/).fill(new URL(to.url).host)
    await page.getByRole('button', { name: 'Delete the webhook' }).click()
    expect(await says(page)).toContain('No webhook')
    await page.close()
  })

  test('whoever may only look sees them and no button', async () => {
    const { id } = await createWebhook(organization.ctx, { url: to.url, types: ['user.created'] })
    const fields = { key: 'looker', name: 'Looker', purpose: 'Looks', rank: 20 }
    await createRole(organization.ctx, { ...fields, allows: ['settings.view'], denies: [] })
    const page = await openAs(browser, app, await createManager(organization, { name: 'Lou Looker', role: 'looker' }))
    await page.goto(`${home()}/${id}`)
    expect(await says(page)).toContain('Health')
    for (const name of ['Send a test', 'Pause', 'Save', 'Send again'])
      expect(await page.getByRole('button', { name }).count()).toBe(0)
    await page.close()
  })
})
