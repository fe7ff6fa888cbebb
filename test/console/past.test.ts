// The slider of the history, in a browser: by keyboard, and as a form without script.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../support/app.ts'
import { axeViolations, launchBrowser } from '../support/browser.ts'
import { openConsole } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson, giveRole } from '../support/people.ts'

let app: TestApp & { origin: string }
let browser: Browser

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await app?.close()
})

test('what somebody held is found along the history', async () => {
  const { organization, page } = await openConsole(app, browser)
  const userId = await createPerson(organization, 'ann@example.com', 'Ann')
  await new Promise((resolve) => setTimeout(resolve, 2_100))
  await giveRole(organization, { userId, role: 'editor' })
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  await page.goto(`${app.origin}/console/users/${userId}/past`)
  const then = page.locator('section', { hasText: 'What they held then' })
  expect(await then.textContent()).toContain('Editor')
  expect(await axeViolations(page)).toEqual([])

  const slider = page.getByLabel('Along the history')
  const before = await page.locator('output').textContent()
  await slider.focus()
  await Promise.all([page.waitForURL(/at=\d+/), page.keyboard.press('Home')])
  const url = new URL(page.url())
  expect(Number(url.searchParams.get('at'))).toBeLessThan(Date.now() / 1_000 - 2)
  expect(await page.locator('main').textContent()).not.toContain('given directly')
  expect(before).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/)

  await page.getByLabel('Along the history').focus()
  await Promise.all([page.waitForURL((to) => to.search !== url.search), page.keyboard.press('End')])
  expect(await page.locator('section', { hasText: 'What they held then' }).textContent()).toContain('Editor')
})
