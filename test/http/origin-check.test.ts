// Forged requests: what may change state, by header and in a real browser, and how form bodies are refused.
import { Hono } from 'hono'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, openPage } from '../support/browser.ts'
import { type Listening, listen } from '../support/listening.ts'
import { sampleApp } from './sample-app.ts'

const ours = 'https://id.example.com'
const theirs = 'https://evil.example.com'
const form = 'application/x-www-form-urlencoded'
const app = sampleApp(ours)

const send = async (headers: Record<string, string>, method = 'POST', body = 'a=1'): Promise<Response> =>
  app.request('/echo', { method, headers: { 'content-type': form, ...headers }, body })

describe('a request that changes state', () => {
  test.each<[string, Record<string, string>, number]>([
    ['from our own page', { 'sec-fetch-site': 'same-origin', origin: ours }, 200],
    ['from our own page, without Origin', { 'sec-fetch-site': 'same-origin' }, 200],
    ['from our own page, in a browser without Sec-Fetch-Site', { origin: ours }, 200],
    ['from another site', { 'sec-fetch-site': 'cross-site', origin: theirs }, 403],
    ['from a sibling host', { 'sec-fetch-site': 'same-site', origin: 'https://www.example.com' }, 403],
    ['from another site that claims our Origin', { 'sec-fetch-site': 'cross-site', origin: ours }, 403],
    ['typed into the address bar', { 'sec-fetch-site': 'none' }, 403],
    ['by a value nobody sends', { 'sec-fetch-site': 'same-origin, cross-site' }, 403],
    ['with neither header', {}, 403],
    ['with Origin null', { origin: 'null' }, 403],
    ['with Origin null beside same-origin', { 'sec-fetch-site': 'same-origin', origin: 'null' }, 403],
    ['under a name of its own for our address', { 'sec-fetch-site': 'same-origin', origin: theirs }, 403],
    ['over http', { origin: 'http://id.example.com' }, 403],
    ['from another port', { origin: `${ours}:8443` }, 403],
    ['from an origin that begins as ours', { origin: `${ours}.evil.example.com` }, 403],
    ['with only a Referer', { referer: `${ours}/account` }, 403],
  ])('%s', async (_, headers, status) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect((await send(headers, method)).status).toBe(status)
    }
  })

  test('is refused with a page that says what to do', async () => {
    const response = await send({ origin: theirs })
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await response.text()).toContain(`Open ${ours} and try it from there.`)
  })

  test.each(['text/plain', 'application/json', '', 'application/x-www-form-urlencoded2'])(
    'is refused as %j',
    async (type) => {
      expect((await send({ 'sec-fetch-site': 'same-origin', 'content-type': type })).status).toBe(415)
    },
  )

  test('has the method that it has, whatever the form or a header says', async () => {
    const headers = { 'sec-fetch-site': 'same-origin', 'x-http-method-override': 'DELETE' }
    const response = await send(headers, 'POST', '_method=DELETE'.slice(1))
    expect(await response.json()).toEqual({ method: 'POST', form: { method: 'DELETE' } })
  })
})

describe('a form body', () => {
  const fromUs = { 'sec-fetch-site': 'same-origin' }

  test.each<[string, Record<string, string>, string | Buffer, number]>([
    ['with a charset', { 'content-type': `${form}; charset=UTF-8` }, 'a=1', 200],
    ['in a media type in capitals', { 'content-type': form.toUpperCase() }, 'a=1', 200],
    ['with a field twice', {}, 'a=1&a=2', 400],
    ['with __proto__', {}, '__proto__=1', 400],
    ['of bytes that are no UTF-8', {}, Buffer.from([0x61, 0x3d, 0xff]), 400],
    ['as large as one may be', {}, `a=${'x'.repeat(65_534)}`, 200],
    ['a byte larger', {}, `a=${'x'.repeat(65_535)}`, 413],
    ['that says it is large', { 'content-length': '65537' }, 'a=1', 413],
    ['in parts, where fields are read', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--', 400],
  ])('%s', async (_, headers, body, status) => {
    const init = {
      method: 'POST',
      headers: { 'content-type': form, ...fromUs, ...headers },
      body: new Uint8Array(Buffer.from(body)),
    }
    expect((await app.request('/echo', init)).status).toBe(status)
  })
})

test('a form that is refused is told why, and where to find the details', async () => {
  const html = await (await send({ 'sec-fetch-site': 'same-origin' }, 'POST', 'a=1&a=2')).text()
  expect(html).toContain('The form has the field a more than once.')
  expect(html).toMatch(/Reference <code>req_\w+<\/code>/)
})

describe('Chromium', () => {
  let browser: Browser
  let site: Listening
  let attacker: Listening

  const attack = (target: string): Hono => {
    const page = new Hono()
    page.get('/form', (c) =>
      c.html(`<form method="post" action="${target}/echo"><input name="a" value="1"><button>Go</button></form>`),
    )
    page.get('/hidden', (c) => {
      c.header('Referrer-Policy', 'no-referrer')
      return c.html(`<form method="post" action="${target}/echo"><input name="a" value="1"><button>Go</button></form>`)
    })
    page.get('/empty', (c) => c.html('<p>Nothing</p>'))
    return page
  }

  beforeAll(async () => {
    browser = await launchBrowser()
    site = await listen(sampleApp, 'localhost')
    attacker = await listen(() => attack(site.origin), '127.0.0.1')
  })
  afterAll(async () => {
    await browser.close()
    await site.close()
    await attacker.close()
  })

  test('sends a form of our own page, whose Origin our referrer policy leaves in place', async () => {
    const page = await openPage(browser)
    await page.goto(`${site.origin}/sample/signIn`)
    await page.getByLabel('E-mail').fill('amara@example.com')
    const sent = page.waitForRequest((request) => request.method() === 'POST')
    await page.getByRole('button', { name: 'Continue' }).click()
    expect((await (await sent).allHeaders())['origin']).toBe(site.origin)
    expect(JSON.parse((await page.textContent('body')) ?? '')).toEqual({
      method: 'POST',
      form: { email: 'amara@example.com' },
    })
  })

  test.each(['/form', '/hidden'])('sends a form of another site (%s), and is refused', async (path) => {
    const page = await openPage(browser)
    await page.goto(attacker.origin + path)
    const [response] = await Promise.all([page.waitForNavigation(), page.getByRole('button').click()])
    expect(response?.status()).toBe(403)
    expect(await page.getByRole('heading').textContent()).toBe('Request blocked')
  })

  test('sends the plain text of a script of another site, and is refused', async () => {
    const page = await openPage(browser)
    await page.goto(`${attacker.origin}/empty`)
    const answered = page.waitForResponse(`${site.origin}/echo`)
    await page.evaluate(
      `fetch('${site.origin}/echo', { method: 'POST', mode: 'no-cors', credentials: 'include', body: 'a=1' }).then(() => {})`,
    )
    expect((await answered).status()).toBe(403)
  })
})
