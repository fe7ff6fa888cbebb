// One browser, several organizations: signing in at another one ends nothing, the person goes from one to the other, each session stays
// under its own organization's rules, and no organization sees that there are others.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { type CallContext, enterInstance, platformId } from '#src/context.ts'
import { setOrganizationStatus } from '../support/access.ts'
import { browserAt, goodPassword, type Person, provisionLocalUser, tryPassword } from '../support/accounts.ts'
import type { TestOrganization } from '../support/app.ts'
import { startListeningApp } from '../support/listening.ts'
import { createRelyingParty, type RelyingParty } from '../support/relying-party.ts'
import type { TestBrowser } from '../support/sign-in.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let platform: { ctx: CallContext }
let browser: TestBrowser
let [one, other] = [{}, {}] as [Customer, Customer]
let people = 0

type Customer = { organization: TestOrganization; person: Person }

async function customer(): Promise<Customer> {
  people += 1
  const userName = `freelancer${people}@example.com`
  const organization = await app.createOrganization()
  return { organization, person: await provisionLocalUser(organization, userName) }
}

async function signIn({ person }: Customer, returnTo = '/account'): Promise<Response> {
  const answer = await tryPassword(browser, person.userName, goodPassword, { return_to: returnTo })
  // On to an application by a page of its own.
  expect(answer.status).toBe(returnTo.startsWith('/oauth2/') ? 200 : 303)
  return answer
}

const switchTo = ({ organization }: Customer, more: Record<string, string> = {}) =>
  browser.post('/account/organizations/switch', { organization: organization.id, ...more })

const whoIsHere = async () => (await browser.session())?.user.id

const live = async ({ person }: Customer) =>
  (await app.owner`select count(*)::int as n from sessions where user_id = ${person.id} and ended_at is null`)[0]?.['n']

const cookies = () => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')

beforeAll(async () => {
  app = await startListeningApp({ trustedProxies: 1 })
  const { ctx } = await app.createOrganization()
  platform = { ctx: { ...ctx, organizationId: platformId, entry: enterInstance({}) } }
})
afterAll(() => app.close())
beforeEach(async () => {
  browser = browserAt(app)
  one = await customer()
  other = await customer()
})

describe('side by side', () => {
  test('a sign-in at another organization ends nothing; the person goes back and forth', async () => {
    await signIn(one)
    await signIn(other)
    expect([await whoIsHere(), await live(one), await live(other)]).toEqual([other.person.id, 1, 1])
    const page = await (await browser.get('/account/organizations')).text()
    expect(page).toContain(`Switch to ${one.organization.slug}`)
    expect(page).not.toContain(`Switch to ${other.organization.slug}`)
    expect((await switchTo(one)).headers.get('location')).toBe('/')
    expect(await whoIsHere()).toBe(one.person.id)
    await switchTo(other, { return_to: '/account/sessions' })
    expect(await whoIsHere()).toBe(other.person.id)
  })

  test('a sign-in at the same organization takes the place of the session there, and of no other', async () => {
    await signIn(one)
    await signIn(other)
    await signIn(other)
    expect([await live(one), await live(other)]).toEqual([1, 1])
    await switchTo(one)
    expect(await whoIsHere()).toBe(one.person.id)
  })

  test('an older session at the same organization ends with a sign-in there, wherever the browser holds it', async () => {
    const alice = { ...other, person: await provisionLocalUser(other.organization, `alice${people}@example.com`) }
    await signIn(alice)
    await signIn(one)
    await signIn(other)
    expect([await live(alice), await live(one), await live(other)]).toEqual([0, 1, 1])
    await browser.post('/account/sign-out', {})
    const page = await (await browser.get('/account/organizations')).text()
    expect(page).not.toContain(`Switch to ${other.organization.slug}`)
    await signIn(other)
    await signIn(one)
    await signIn(other)
    await browser.post('/account/organizations/sign-out-all', {})
    expect([await live(one), await live(other)]).toEqual([0, 0])
  })

  test('a browser holds at most five beside the current one', async () => {
    const many = await Promise.all(Array.from({ length: 8 }, customer))
    for (const each of many) await signIn(each)
    const page = await (await browser.get('/account/organizations')).text()
    expect(page.match(/Switch to/g)).toHaveLength(5)
  })

  test.each<[string, (it: Customer) => Promise<unknown>]>([
    ['deactivated', ({ organization, person }) => deactivateUser(organization.ctx, { userId: person.id })],
    ['suspended with their organization', ({ organization }) => setOrganizationStatus(organization.ctx, 'suspended')],
    ['timed out', ({ person }) => app.owner`update sessions set idle_expires_at = now() where user_id = ${person.id}`],
  ])('once %s, somebody cannot switch back, and stays where they are', async (_, end) => {
    await signIn(one)
    await signIn(other)
    await end(one)
    expect(await (await browser.get('/account/organizations')).text()).not.toContain('Switch to')
    const answer = await switchTo(one)
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('That session has ended')])
    expect(await whoIsHere()).toBe(other.person.id)
  })
})

describe('what a page of another site or another person may not', () => {
  test('a form of another site switches nothing', async () => {
    await signIn(one)
    await signIn(other)
    const answer = await browser.postAcrossSites('/account/organizations/switch', { organization: one.organization.id })
    expect(answer.status).toBe(403)
    expect(await whoIsHere()).toBe(other.person.id)
  })

  test('an organization where the browser has no session is not switched to, and what is no token is nothing', async () => {
    await signIn(one)
    const stranger = await customer()
    const elsewhere = browserAt(app)
    await tryPassword(elsewhere, stranger.person.userName, goodPassword)
    await switchTo(stranger)
    expect(await whoIsHere()).toBe(one.person.id)
    for (const value of ['x', `${'a'.repeat(43)}.${'b'.repeat(43)}`, '....', 'a'.repeat(3_000)]) {
      browser.cookies.set('__Host-rolecall_beside', value)
      const page = await browser.get('/account/organizations')
      expect([page.status, (await page.text()).includes('Switch to')]).toEqual([200, false])
    }
  })

  test('a way back leads to pages of ours alone', async () => {
    await signIn(one)
    await signIn(other)
    const answer = await switchTo(one, { return_to: 'https://evil.example.com/' })
    expect(answer.headers.get('location')).toBe('/account')
  })

  test('neither organization sees the other', async () => {
    await signIn(one)
    await signIn(other)
    const rows =
      await app.owner`select to_jsonb(a)::text as row from audit_events a where organization_id = ${other.organization.id}`
    expect(rows.filter(({ row }) => (row as string).includes(one.organization.id))).toEqual([])
    const page = await (await browser.get('/account')).text()
    expect(page).not.toContain(one.organization.slug)
  })
})

describe('signing out', () => {
  test('of one leaves the others, and says so', async () => {
    await signIn(one)
    await signIn(other)
    await browser.post('/account/sign-out', {})
    expect([await live(one), await live(other)]).toEqual([1, 0])
    expect(await (await browser.get('/signed-out')).text()).toContain('still signed in at another organization')
    await switchTo(one)
    expect(await whoIsHere()).toBe(one.person.id)
  })

  test('of all ends all of them, and only those of this browser', async () => {
    const elsewhere = browserAt(app)
    await tryPassword(elsewhere, one.person.userName, goodPassword)
    await signIn(one)
    await signIn(other)
    await browser.post('/account/organizations/sign-out-all', {})
    expect([await live(one), await live(other)]).toEqual([1, 0])
    expect(await whoIsHere()).toBeUndefined()
    expect(await (await browser.get('/signed-out')).text()).not.toContain('still signed in')
    expect((await browser.get('/account/organizations')).headers.get('location')).toBe('/login')
  })
})

describe('applications', () => {
  let party: RelyingParty
  beforeEach(async () => {
    party = await createRelyingParty(app, platform)
    await signIn(one)
    await signIn(other)
  })

  const organizationOf = async (parameters: Record<string, string>): Promise<unknown> => {
    const tokens = await party.signIn(cookies(), parameters)
    return (tokens.claims()?.['organization'] as { id: string } | undefined)?.id
  }

  test('get the session of the organization that they name, the current one otherwise', async () => {
    expect(await organizationOf({})).toBe(other.organization.id)
    expect(await organizationOf({ organization: one.organization.slug })).toBe(one.organization.id)
    expect(await organizationOf({ organization: one.organization.id, prompt: 'none' })).toBe(one.organization.id)
    expect(await whoIsHere()).toBe(other.person.id)
  })

  test('of one organization get its own session, whichever is the current one', async () => {
    const own = await createRelyingParty(app, one.organization)
    const tokens = await own.signIn(cookies())
    expect(tokens.claims()?.sub).toBe(one.person.id)
  })

  test('prompt=select_account lets the person choose, and goes on with the choice', async () => {
    const flow = await party.begin({ prompt: 'select_account' })
    const { at, response } = await party.visit(flow.url, cookies())
    expect([at.pathname, response.status]).toEqual(['/account/organizations', 200])
    const page = await response.text()
    expect(page).toContain('Choose an organization')
    expect(page).toContain('Continue at')
    const chosen = await switchTo(one, { return_to: at.searchParams.get('return_to') ?? '' })
    // Not a redirect: browsers hold a form to its page's own origin through all of them.
    const next = chosen.headers.get('refresh')?.replace('0;url=', '') ?? ''
    expect([chosen.status, next]).toEqual([200, at.searchParams.get('return_to')])
    const { left } = await party.visit(next, cookies())
    const tokens = await party.finish(flow, left)
    expect(tokens.claims()?.sub).toBe(one.person.id)
    const silent = await party.begin({ prompt: 'select_account none' })
    expect((await party.visit(silent.url, cookies())).left?.searchParams.get('error')).toBe('invalid_request')
  })

  const age = ({ person }: Customer, minutes: number) =>
    app.owner`update sessions set authenticated_at = now() - make_interval(mins => ${minutes}) where user_id = ${person.id}`

  test.each([
    [{ prompt: 'select_account login' }],
    [{ prompt: 'login' }],
    [{ max_age: '60' }],
    [{ prompt: 'select_account', max_age: '60' }],
  ])('%o is not answered by an older session that the person switches to', async (parameters) => {
    await age(one, 120)
    await age(other, 180)
    const flow = await party.begin(parameters as Record<string, string>)
    const { at } = await party.visit(flow.url, cookies())
    const returnTo = at.searchParams.get('return_to') ?? ''
    await switchTo(one, { return_to: returnTo })
    const again = await party.visit(returnTo, cookies())
    expect([again.at.pathname, again.left]).toEqual(['/login', undefined])
    // Whoever proves who they are goes on.
    await signIn(one, again.at.searchParams.get('return_to') ?? '')
    const { left } = await party.visit(again.at.searchParams.get('return_to') ?? '', cookies())
    expect((await party.finish(flow, left)).claims()?.sub).toBe(one.person.id)
  })

  test('sign out of the session that their token names, and of no other', async () => {
    const tokens = await party.signIn(cookies(), { organization: one.organization.slug })
    const fields = { id_token_hint: tokens.id_token ?? '' }
    const page = await browser.get(`/oauth2/logout?${new URLSearchParams(fields)}`)
    expect(page.status).toBe(200)
    await browser.post('/oauth2/logout/confirm', fields)
    expect([await live(one), await live(other), await whoIsHere()]).toEqual([0, 1, other.person.id])
  })
})
