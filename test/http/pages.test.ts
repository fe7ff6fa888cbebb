// The page kit in a real browser: accessible in both colour schemes, from 320 px, by keyboard, and without scripts.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  addVirtualAuthenticator,
  axeViolations,
  collectPageErrors,
  launchBrowser,
  openPage,
  pageFaults,
  type View,
} from '../support/browser.ts'
import { type Listening, listen, startListeningApp } from '../support/listening.ts'
import { type SampleName, sampleApp } from './sample-app.ts'

let browser: Browser
let site: Listening

beforeAll(async () => {
  browser = await launchBrowser()
  site = await listen(sampleApp)
})
afterAll(async () => {
  await browser.close()
  await site.close()
})

async function open(name: SampleName, view: View = {}): Promise<Page> {
  const page = await openPage(browser, view)
  await page.goto(`${site.origin}/sample/${name}`)
  return page
}

const names: SampleName[] = ['signIn', 'signInAgain', 'work', 'failure']
describe.each(names)('%s', (name) => {
  test('is right for everybody, in light and in dark on a phone', async () => {
    const page = await open(name)
    expect(await pageFaults(page)).toEqual([])
    await page.context().close()
  })

  test('asks for nothing that its policy stops', async () => {
    const page = await openPage(browser)
    const errors = collectPageErrors(page)
    const requested: string[] = []
    page.on('request', (request) => requested.push(new URL(request.url()).origin))
    await page.goto(`${site.origin}/sample/${name}`, { waitUntil: 'networkidle' })
    expect(errors).toEqual([])
    expect(new Set(requested)).toEqual(new Set([site.origin]))
  })
})

test('light and dark come from the setting alone, with scripts switched off', async () => {
  // Without scripts nothing can be evaluated: the page's own corner tells.
  const corner = async (colorScheme: 'light' | 'dark'): Promise<string> => {
    const page = await open('work', { colorScheme, scripts: false })
    const image = await page.screenshot({ clip: { x: 2, y: 700, width: 1, height: 1 } })
    const probe = await openPage(browser)
    return probe.evaluate<string>(`new Promise((done) => {
      const image = new Image()
      image.onload = () => {
        const canvas = document.createElement('canvas').getContext('2d')
        canvas.drawImage(image, 0, 0)
        done([...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).join())
      }
      image.src = 'data:image/png;base64,${image.toString('base64')}'
    })`)
  }
  expect(await corner('light')).toBe('244,246,243')
  expect(await corner('dark')).toBe('15,21,20')
})

test('the first stop of the keyboard skips to the content', async () => {
  const page = await open('work')
  await page.keyboard.press('Tab')
  const skip = page.getByRole('link', { name: 'Skip to content' })
  expect(await page.evaluate('document.activeElement.className')).toBe('skip-link')
  expect((await skip.boundingBox())?.width).toBeGreaterThan(100)
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement.id')).toBe('main')
})

test('what has the focus by keyboard can be seen', async () => {
  const page = await open('work', { reducedMotion: 'reduce' })
  for (let stop = 0; stop < 12; stop += 1) {
    await page.keyboard.press('Tab')
    const outline = await page.evaluate<string>(
      `(({ outlineStyle, outlineWidth }) => outlineStyle + ' ' + outlineWidth)(getComputedStyle(document.activeElement))`,
    )
    expect(outline).toBe('solid 3px')
  }
})

test('a field is read out with its label, its message and its hint', async () => {
  const page = await open('signInAgain')
  const field = page.getByLabel('New password')
  expect(await field.getAttribute('aria-invalid')).toBe('true')
  expect(await field.getAttribute('aria-describedby')).toBe('password-error password-hint')
  expect(await page.locator('#password-error').textContent()).toContain('stolen')
  expect(await page.getByRole('alert').textContent()).toContain('was not changed')
})

test('nothing moves where the reader wants no motion', async () => {
  const page = await open('work', { reducedMotion: 'reduce' })
  const moving = await page.evaluate<number>(
    `[...document.querySelectorAll('*')].filter((element) => {
      const { transitionDuration, animationName } = getComputedStyle(element)
      return animationName !== 'none' || transitionDuration.split(', ').some((time) => parseFloat(time) > 0)
    }).length`,
  )
  expect(moving).toBe(0)
})

test('passkeys work under the policy, with an authenticator that tests bring', async () => {
  const page = await open('signInAgain')
  const authenticator = await addVirtualAuthenticator(page)
  const id = await page.evaluate<string>(`SimpleWebAuthnBrowser.startRegistration({
    optionsJSON: {
      rp: { id: 'localhost', name: 'Rolecall' },
      user: { id: 'dXNy', name: 'amara@example.com', displayName: 'Amara' },
      challenge: 'Y2hhbGxlbmdl',
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    },
  }).then(({ id }) => id)`)
  expect(id).toMatch(/^[\w-]+$/)
  expect(await authenticator.credentialIds()).toHaveLength(1)
})

test('the application itself answers a browser with such a page', async () => {
  const app = await startListeningApp()
  const page = await openPage(browser)
  const errors = collectPageErrors(page)
  const response = await page.goto(`${app.origin}/nowhere`)
  expect(response?.status()).toBe(404)
  expect(await page.getByRole('heading').textContent()).toBe('There is nothing here')
  expect(await axeViolations(page)).toEqual([])
  expect(errors.filter((error) => !error.includes('404'))).toEqual([])
  await app.close()
})

test('where there is no Chromium, the failure says how to get it', async () => {
  vi.stubEnv('CHROMIUM_PATH', '/nowhere/chromium')
  await expect(launchBrowser()).rejects.toThrow(/none at \/nowhere\/chromium\. Install it \("apt-get install chromium"/)
  vi.unstubAllEnvs()
})
