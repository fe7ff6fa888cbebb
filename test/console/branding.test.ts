// The page of the organization's look: a preview before anything is saved, colours that cannot be read, a logo that is uploaded, and
// the sign-in page in its colours.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getBranding } from '#access/organizations/branding/branding.ts'
import type { TestApp } from '../support/app.ts'
import { collectPageErrors, launchBrowser, openPage, pageFaults } from '../support/browser.ts'
import { openConsole } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { png } from '../support/pictures.ts'

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

test('an administrator sees the sign-in page before it is saved, and everybody afterwards', async () => {
  const { page, organization } = await openConsole(app, browser)
  const errors = collectPageErrors(page)
  await page.goto(`${app.origin}/console/settings/branding`)
  await page.fill('[name=displayName]', 'Aurora Press')
  await page.fill('[name=accentLight]', '#ffcc00')
  await page.click('text=Show a preview')
  expect(await page.textContent('main')).toContain('is the nearest that passes')

  await page.fill('[name=accentLight]', '#7a1f5c')
  await page.fill('[name=supportContact]', 'help@example.com')
  await page.click('text=Show a preview')
  expect(await page.textContent('main')).toContain('Nothing is saved yet')
  expect(await page.textContent('.look-preview')).toContain('Aurora Press')
  const colourOf = (selector: string): Promise<string> =>
    page.evaluate(`getComputedStyle(document.querySelector('${selector}')).backgroundColor`)
  expect(await colourOf('.look-preview.is-light .btn')).toBe('rgb(122, 31, 92)')
  expect(await colourOf('main button.btn-primary')).toBe('rgb(13, 102, 97)')
  expect(await pageFaults(page)).toEqual([])
  expect(await getBranding(organization.ctx)).toMatchObject({ displayName: null })

  await page.click('button[value=save]')
  expect(await getBranding(organization.ctx)).toMatchObject({ displayName: 'Aurora Press', accentLight: '#7a1f5c' })
  await page.setInputFiles('[name=logo]', { name: 'logo.svg', mimeType: 'image/png', buffer: Buffer.from('<svg>') })
  await page.click('text=Upload the logo')
  expect(await page.textContent('#logo')).toContain('an SVG can hold scripts')
  await page.setInputFiles('[name=logo]', { name: 'logo.png', mimeType: 'image/png', buffer: png() })
  await page.click('text=Upload the logo')
  expect(await page.locator('#logo img').count()).toBe(1)

  const visitor = await openPage(browser, { width: 320 })
  const seen = collectPageErrors(visitor)
  await visitor.goto(`${app.origin}/login?organization=${organization.slug}`)
  expect(await visitor.textContent('body')).toContain('Aurora Press')
  expect(await visitor.evaluate('document.querySelector(".own-logo").naturalWidth')).toBe(16)
  const button = 'getComputedStyle(document.querySelector("button.btn-primary")).backgroundColor'
  await visitor.emulateMedia({ reducedMotion: 'reduce' })
  expect(await visitor.evaluate(button)).toBe('rgb(122, 31, 92)')
  expect(await pageFaults(visitor)).toEqual([])
  // The refused upload and the refused colour answer 400, which Chromium reports.
  expect([errors.filter((error) => !error.includes('400')), seen]).toEqual([[], []])
})
