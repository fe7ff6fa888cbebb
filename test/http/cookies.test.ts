// Cookies: their attributes, what is taken for ours, and that a real browser keeps them on loopback addresses.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setCookie } from '#http/cookies.ts'
import { launchBrowser, openPage } from '../support/browser.ts'
import { listen } from '../support/listening.ts'
import { sampleApp } from './sample-app.ts'

const app = sampleApp('https://id.example.com')

const read = async (cookie: string): Promise<unknown> => (await app.request('/cookies', { headers: { cookie } })).json()

describe('a cookie', () => {
  test('is set for our host alone, out of reach of scripts', async () => {
    const response = await app.request('/cookies/set')
    expect(response.headers.getSetCookie()).toEqual([
      '__Host-session=first; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax',
      '__Host-login=second; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=None',
    ])
  })

  test('is removed with the attributes it was set with', async () => {
    const response = await app.request('/cookies/clear')
    expect(response.headers.getSetCookie()).toEqual([
      '__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax',
      '__Host-login=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=None',
    ])
  })

  test.each(['a;b', 'a b', 'a\r\nSet-Cookie: x=1', 'a,b', '"a"', 'ä', 'a'.repeat(3801)])('never holds %j', (value) => {
    expect(() => setCookie({} as never, 'session', value, { maxAgeSeconds: 1 })).toThrow(RangeError)
  })

  test.each([
    ['among others', 'theme=dark; __Host-session=abc; x=y', 'abc'],
    ['not without its prefix', 'session=abc', null],
    ['not by another case', '__host-session=abc; __HOST-session=abd', null],
    ['not by a longer name', '__Host-session2=abc; x__Host-session=abd', null],
    ['not where it comes twice', '__Host-session=abc; __Host-session=abd', null],
    ['not where it is empty', '__Host-session=', null],
    ['not in a form that we never give', '__Host-session="abc"', null],
    ['not where there is none', '', null],
  ])('is read: %s', async (_, cookie, expected) => {
    expect(await read(cookie)).toEqual({ session: expected, login: null })
  })
})

describe('Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  test.each(['localhost', '127.0.0.1'] as const)(
    'keeps Secure cookies on http://%s and drops them',
    async (hostname) => {
      const listening = await listen(sampleApp, hostname)
      const page = await openPage(browser)
      await page.goto(`${listening.origin}/cookies/set`)
      expect(await page.evaluate('document.cookie')).toBe('')
      await page.goto(`${listening.origin}/cookies`)
      expect(JSON.parse((await page.textContent('body')) ?? '')).toEqual({ session: 'first', login: 'second' })
      await page.goto(`${listening.origin}/cookies/clear`)
      expect(JSON.parse((await page.textContent('body')) ?? '')).toEqual({ session: null, login: null })
      await listening.close()
    },
  )
})
