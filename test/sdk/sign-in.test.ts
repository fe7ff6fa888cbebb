// The kit's sign-in against the real server: the whole way, what is tried against it, refreshing, and its end by either side.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { startWorker, type Worker } from '#jobs/worker.ts'
import { createLog } from '#platform/log.ts'
import { type Browser, createBrowser } from '#sandbox/sign-in/browser.ts'
import { memoryStore } from '#sdk/rolecall.ts'
import { enterInstance, platformId } from '#src/context.ts'
import type { TestOrganization } from '../support/app.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson } from '../support/people.ts'
import { browserOf, claimsAt, type Product, startProduct, travel } from '../support/product.ts'
import { signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let organization: TestOrganization
let worker: Worker
let tokenRequests = 0
/** Makes the product's requests fail as if the server were gone. */
let isAway = false
/** What tokens are good for by what the product is told. */
let expiresIn: number | undefined

const meddle: typeof fetch = async (input, init) => {
  if (isAway) throw new TypeError('fetch failed')
  const response = await fetch(input, init)
  if (!String(input).endsWith('/oauth2/token')) return response
  tokenRequests += 1
  if (expiresIn === undefined || !response.ok) return response
  return Response.json({ ...((await response.json()) as object), expires_in: expiresIn })
}

beforeAll(async () => {
  app = await startListeningApp()
  organization = await app.createOrganization('northwind')
  worker = startWorker(app.services, createLog('silent'), { tickMillis: 50 })
})
afterAll(async () => {
  await worker.stop()
  await app.close()
})

let people = 0
async function somebody(): Promise<{ userId: string; browser: Browser }> {
  people += 1
  const userId = await createPerson(organization, `person-${people}@example.com`, 'Amara Okafor')
  return { userId, browser: browserOf(app, await signIn(organization, userId)) }
}

describe.each([
  ['in cookies', () => ({})],
  ['in a store', () => ({ store: memoryStore() })],
])('with sessions %s', (kind, settings) => {
  let product: Product
  beforeAll(async () => {
    product = await startProduct(app, organization, { fetch: meddle, ...settings() })
  })
  afterAll(() => product.close())

  /** Up to the address that Rolecall sends the browser back to. */
  const answerTo = async (browser: Browser, query = ''): Promise<string> =>
    (await travel(browser, `${product.origin}/sign-in${query}`, (url) => url.startsWith(`${product.origin}/callback`)))
      .url

  async function signedIn(): Promise<{ userId: string; browser: Browser }> {
    const person = await somebody()
    await travel(person.browser, `${product.origin}/sign-in`)
    expect(await claimsAt(product, person.browser)).toMatchObject({ sub: person.userId })
    return person
  }

  test('signs somebody in, and goes where they meant to', async () => {
    const { userId, browser } = await somebody()
    const { url } = await travel(browser, `${product.origin}/sign-in?return_to=${encodeURIComponent('/?from=here')}`)
    expect(url).toBe(`${product.origin}/?from=here`)
    const slug = organization.slug
    expect(await claimsAt(product, browser)).toMatchObject({
      sub: userId,
      name: 'Amara Okafor',
      organization: { slug },
    })
    expect(Object.keys(browser.cookies(product.origin))).toEqual(['rolecall'])
  })

  test.each([
    'https://evil.example.net/',
    '//evil.example.net/',
    '/\\evil.example.net',
    '/%2e%2e//evil.example.net',
    'javascript:alert(1)',
    '/.//evil.example.net',
  ])('does not send anybody to %s', async (address) => {
    const { browser } = await somebody()
    const answer = await browser.request(await answerTo(browser, `?return_to=${encodeURIComponent(address)}`))
    const end = new URL(answer.headers.get('location') ?? '', product.origin)
    expect([answer.status, end.origin]).toEqual([303, product.origin])
  })

  test('takes an answer once', async () => {
    const { browser } = await somebody()
    const url = await answerTo(browser)
    const { rolecall: _, ...kept } = browser.cookies(product.origin)
    expect((await browser.request(url)).status).toBe(303)
    expect((await browser.request(url)).status).toBe(400)
    // Whoever has kept the cookie of the sign-in has a code that is used up.
    const cookie = Object.entries(kept)
      .map((pair) => pair.join('='))
      .join('; ')
    const again = await fetch(url, { redirect: 'manual', headers: { Cookie: cookie } })
    expect([again.status, await again.text()]).toEqual([400, 'Rolecall refused: invalid_grant\n'])
  })

  test('takes nobody else’s answer', async () => {
    const [{ browser }, { browser: other }] = [await somebody(), await somebody()]
    const foreign = await answerTo(other)
    await answerTo(browser)
    expect((await browser.request(foreign)).status).toBe(400)
    // Nor the code of another sign-in under the state of one's own: it is bound to the verifier.
    const own = new URL(await answerTo(browser))
    own.searchParams.set('code', new URL(foreign).searchParams.get('code') ?? '')
    expect((await browser.request(own.href)).status).toBe(400)
    const alike = new URL(await answerTo(browser))
    alike.searchParams.set('state', `${alike.searchParams.get('state')}-`)
    expect((await browser.request(alike.href)).status).toBe(400)
    expect(await claimsAt(product, browser)).toBeNull()
  })

  test('takes no answer of another provider, and says what Rolecall refused', async () => {
    const { browser } = await somebody()
    const mixedUp = new URL(await answerTo(browser))
    mixedUp.searchParams.set('iss', 'https://id.example.net')
    expect((await browser.request(mixedUp.href)).status).toBe(400)
    const refusal = await answerTo(createBrowser(), '?prompt=none')
    expect(new URL(refusal).searchParams.get('error')).toBe('login_required')
    expect((await createBrowser().request(refusal)).status).toBe(400)
  })

  test('knows nobody by a cookie that was changed, or made for something else', async () => {
    const { browser } = await signedIn()
    const { rolecall: cookie = '' } = browser.cookies(product.origin)
    const claimsBy = async (value: string) =>
      (await fetch(product.origin, { headers: { Cookie: `rolecall=${value}` } })).json()
    expect(await claimsBy(cookie)).not.toBeNull()
    const middle = Math.floor(cookie.length / 2)
    const changed = cookie.slice(0, middle) + (cookie[middle] === 'A' ? 'B' : 'A') + cookie.slice(middle + 1)
    expect(await claimsBy(changed)).toBeNull()
    expect(await claimsBy('')).toBeNull()
    await answerTo(browser)
    const flow = Object.entries(browser.cookies(product.origin)).find(([name]) => name !== 'rolecall')?.[1]
    expect(flow).toMatch(/^ey/)
    expect(await claimsBy(`1~${flow}`)).toBeNull()
  })

  test('refreshes once for requests that come at once, and what comes late with the old cookie is answered, too', async () => {
    expiresIn = 30
    const { userId, browser } = await signedIn()
    const cookies = Object.entries(browser.cookies(product.origin))
      .map((pair) => pair.join('='))
      .join('; ')
    const before = tokenRequests
    const ask = async () => (await fetch(product.origin, { headers: { Cookie: cookies } })).json()
    if (kind === 'in cookies') expiresIn = undefined
    const answers = await Promise.all(Array.from({ length: 8 }, ask))
    expect(answers.map((claims) => (claims as { sub: string }).sub)).toEqual(Array(8).fill(userId))
    expect(tokenRequests - before).toBe(1)
    expiresIn = undefined
    expect(await ask()).toMatchObject({ sub: userId })
    expect(await claimsAt(product, browser)).toMatchObject({ sub: userId })
  })

  test('while Rolecall is away, a session that is to be refreshed is neither there nor lost', async () => {
    expiresIn = 30
    const { userId, browser } = await signedIn()
    isAway = true
    const answer = await browser.request(product.origin)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
    isAway = false
    expiresIn = undefined
    expect(await claimsAt(product, browser)).toMatchObject({ sub: userId })
  })

  test('ends when Rolecall says so, within a moment, and when a refresh is refused', async () => {
    const { userId, browser } = await signedIn()
    await deactivateUser(organization.ctx, { userId })
    await expect.poll(() => claimsAt(product, browser)).toBeNull()
  })

  test('signs out from a page of its own alone', async () => {
    const { browser } = await signedIn()
    const signOut = (headers: Record<string, string>) =>
      browser.request(`${product.origin}/sign-out`, { method: 'POST', headers })
    expect((await signOut({ Origin: 'https://evil.example.net' })).status).toBe(403)
    expect((await signOut({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
    expect((await browser.request(`${product.origin}/sign-out`)).status).toBe(404)
    expect(await claimsAt(product, browser)).not.toBeNull()
    const left = await signOut({ Origin: product.origin })
    const end = new URL(left.headers.get('location') ?? '')
    expect([left.status, end.origin, end.searchParams.get('post_logout_redirect_uri')]).toEqual([
      303,
      app.origin,
      `${product.origin}/`,
    ])
    expect((await browser.request(end.href)).status).toBe(200)
    expect(await claimsAt(product, browser)).toBeNull()
  })
})

test('one client id for two organizations: each person with their own, by the organization that is meant', async () => {
  const { ctx } = await app.createOrganization()
  const platform = { ctx: { ...ctx, organizationId: platformId, entry: enterInstance({}) } }
  const product = await startProduct(app, platform)
  for (const customer of [await app.createOrganization(), await app.createOrganization()]) {
    const userId = await createPerson(customer)
    const browser = browserOf(app, await signIn(customer, userId))
    await travel(browser, `${product.origin}/sign-in?organization=${customer.slug}`)
    expect(await claimsAt(product, browser)).toMatchObject({ sub: userId, organization: { id: customer.id } })
    const toOther = await travel(browser, `${product.origin}/sign-in?organization=northwind&login_hint=ada@example.com`)
    const asked = new URL(toOther.url).searchParams
    expect([asked.get('organization'), asked.get('login_hint')]).toEqual(['northwind', 'ada@example.com'])
  }
  await product.close()
})

test('a session in cookies that Rolecall has ended without a word ends with the next refresh', async () => {
  const product = await startProduct(app, organization, {
    fetch: meddle,
    // As in a process that was not told.
    endedSessions: { add: async () => {}, has: async () => false },
  })
  expiresIn = 30
  const { userId, browser } = await somebody()
  await travel(browser, `${product.origin}/sign-in`)
  await deactivateUser(organization.ctx, { userId })
  expect(await claimsAt(product, browser)).toBeNull()
  expect(browser.cookies(product.origin)).toEqual({})
  expiresIn = undefined
  await product.close()
})
