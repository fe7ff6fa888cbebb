// The pages that people have about themselves, in a real browser and past it.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listAssignments } from '#access/grants/assignments/assignments.ts'
import { deleteAssignment } from '#access/grants/assignments/delete-assignment.ts'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { listRoles } from '#access/grants/roles/roles.ts'
import { listGroups } from '#access/people/list-groups.ts'
import { updateLocalGroup } from '#access/people/local.ts'
import { createGroup } from '#directory/create-group.ts'
import { change } from '../support/access.ts'
import type { TestOrganization } from '../support/app.ts'
import { collectPageErrors, launchBrowser, openPage, pageFaults, type View } from '../support/browser.ts'
import { startListeningApp } from '../support/listening.ts'
import { asFromPage } from '../support/made-for.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { type SignedIn, signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let browser: Browser

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
  await app.close()
})

type Stage = { organization: TestOrganization; userId: string; session: SignedIn }

async function stage(): Promise<Stage> {
  const organization = await app.createOrganization()
  const userId = await createPerson(organization, 'amara@example.com', 'Amara Okafor')
  return { organization, userId, session: await signIn(organization, userId) }
}

/** Roles of every kind: through a group, given with and without an end, in a brand. */
async function giveAccess({ organization, userId }: Stage): Promise<void> {
  const { ctx } = organization
  const brand = await createBrand(ctx, { slug: 'harbor-lane', name: 'Harbor Lane' })
  const group = await createGroup(ctx, {
    directoryId: null,
    content: { displayName: 'Newsroom <b>', externalId: null, attributes: {} },
    memberIds: [userId],
  })
  const roles = await listRoles(ctx)
  const editor = roles.find(({ key }) => key === 'editor')
  await change(ctx, {
    kind: 'create_mappings',
    mappings: [{ groupId: group.id, roleId: editor?.id ?? '', brandId: brand.id }],
  })
  await giveRole(organization, { userId, role: 'viewer' })
  await change(ctx, { kind: 'create_team', name: 'Press desk', brandId: brand.id, leaderId: userId })
  await giveRole(organization, { userId, role: 'viewer', brandId: brand.id, expiresAt: '2090-01-31T12:00:00Z' })
}

async function open(path: string, session: SignedIn, view: View = {}): Promise<Page> {
  const page = await openPage(browser, view)
  const cookie = { name: '__Host-rolecall_session', value: session.token, secure: true, httpOnly: true, path: '/' }
  await page.context().addCookies([{ ...cookie, domain: 'localhost', sameSite: 'Lax' }])
  await page.goto(`${app.origin}${path}`)
  return page
}

const get = (path: string, cookie = '', headers: Record<string, string> = {}) =>
  fetch(`${app.origin}${path}`, { redirect: 'manual', headers: { Accept: 'text/html', Cookie: cookie, ...headers } })

const post = async (path: string, cookie: string, headers: Record<string, string> = {}) => {
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const sent = { Accept: 'text/html', Cookie: cookie, Origin: app.origin, ...form, ...headers }
  const init: RequestInit = { method: 'POST', redirect: 'manual', headers: sent, body: '' }
  return fetch(`${app.origin}${path}`, await asFromPage(app.owner, init))
}

const isSignedIn = async ({ cookie }: SignedIn) => (await get('/session', cookie)).status === 200

test.each([
  '/account',
  '/account/profile',
  '/account/data',
  '/account/sessions',
  '/account/sessions?ended=1',
  '/signed-out',
  '/account/organizations',
  '/account/organizations?return_to=/account/sessions',
])('%s is right for everybody, in light and in dark on a phone', async (path) => {
  const it = await stage()
  await giveAccess(it)
  await signIn(it.organization, it.userId, { userAgent: 'curl/8.1', ip: '2001:db8:85a3:8d3:1319:8a2e:370:7348' })
  const page = await open(path, it.session)
  const beside = await stage()
  const { hostname } = new URL(app.origin)
  const cookie = { name: '__Host-rolecall_beside', domain: hostname, path: '/', secure: true, httpOnly: true }
  await page.context().addCookies([{ ...cookie, value: beside.session.token }])
  const errors = collectPageErrors(page)
  await page.reload()
  expect([await pageFaults(page), errors]).toEqual([[], []])
  await page.context().close()
})

describe('my access', () => {
  test('shows each role with where it comes from and until when', async () => {
    const it = await stage()
    await giveAccess(it)
    const page = await open('/account', it.session)
    const text = (await page.textContent('main')) ?? ''
    expect(text).toContain(`All of ${it.organization.slug}`)
    expect(text).toContain('Harbor Lane')
    expect(text).toContain('You are in the group Newsroom <b>; your organization gives this role to that group')
    expect(text).toContain('An administrator gave it to you: Works here')
    expect(text).toContain('31 Jan 2090, 12:00 UTC')
    expect(text).toContain('As long as you are in the group')
    expect(text).toContain('No end date')
    expect(await page.textContent('header')).toContain('Amara Okafor')
    await page.context().close()
  })
  test('tells what has changed lately, of their own access alone', async () => {
    const it = await stage()
    const { ctx } = it.organization
    await giveAccess(it)
    const stranger = await createPerson(it.organization, 'stranger@example.com', 'Stranger')
    await giveRole(it.organization, { userId: stranger, role: 'administrator' })
    const [group] = await listGroups(ctx)
    await updateLocalGroup(ctx, { groupId: group?.id ?? '', members: [{ kind: 'remove', ids: [it.userId] }] })
    const [given] = (await listAssignments(ctx, { userId: it.userId })).filter(({ brand }) => brand === null)
    await deleteAssignment(ctx, given?.id ?? '')
    const text = await (await get('/account', it.session.cookie)).text()
    const changes = [...text.slice(text.indexOf('Recent changes')).matchAll(/<th scope="row">(.*?)<\/th>/g)]
    expect(changes.map(([, what]) => what)).toEqual([
      'Viewer was revoked',
      'You left the group Newsroom &lt;b&gt;',
      'You were given Viewer in Harbor Lane: Works here',
      'You were given Viewer: Works here',
      'You joined the group Newsroom &lt;b&gt;',
    ])
  })

  test('says what to do where there is nothing yet', async () => {
    const { session } = await stage()
    expect(await (await get('/account', session.cookie)).text()).toContain('You have no roles yet')
  })
})

describe('my sessions', () => {
  test('lists devices, marks this one, and ends another', async () => {
    const it = await stage()
    const phone = await signIn(it.organization, it.userId, {
      method: 'passkey',
      hasSecondFactor: true,
      ip: '198.51.100.7',
      userAgent:
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1',
    })
    const page = await open('/account/sessions', it.session)
    const here = page.locator('li', { hasText: 'This device' })
    expect(await here.textContent()).toContain('Firefox on Linux')
    const there = page.locator('li', { hasText: 'Safari on iPhone' })
    expect(await there.textContent()).toContain('with a passkey and a second factor')
    expect(await there.textContent()).toContain('198.51.100.7')
    await there.getByRole('button').click()
    await page.getByText('That device is signed out').waitFor()
    expect(await page.locator('li', { hasText: 'Safari on iPhone' }).count()).toBe(0)
    expect(await isSignedIn(phone)).toBe(false)
    expect(await isSignedIn(it.session)).toBe(true)
    await page.context().close()
  })
  test('signs out everywhere', async () => {
    const it = await stage()
    const others = await Promise.all([signIn(it.organization, it.userId), signIn(it.organization, it.userId)])
    const page = await open('/account/sessions', it.session)
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    for (const session of [it.session, ...others]) expect(await isSignedIn(session)).toBe(false)
    await page.context().close()
  })
  test('W-023: another person’s session is not found, whoever they are', async () => {
    const [mine, theirs] = [await stage(), await stage()]
    const colleague = await signIn(mine.organization, await createPerson(mine.organization, 'bo@example.com'))
    for (const { sessionId } of [theirs.session, colleague, { sessionId: 'ses_nothing' }]) {
      expect((await post(`/account/sessions/${sessionId}/end`, mine.session.cookie)).status).toBe(404)
    }
    expect(await isSignedIn(theirs.session)).toBe(true)
    expect(await isSignedIn(colleague)).toBe(true)
  })
})

describe('signing out (W-030)', () => {
  test('ends the session, clears the browser, and leaves nothing for the back button', async () => {
    const { session } = await stage()
    const page = await open('/account', session)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    // What is left says where the browser stands, and nothing of whoever used it.
    expect((await page.context().cookies()).map(({ name }) => name)).toEqual(['__Host-rolecall_zone'])
    await page.goBack()
    expect(new URL(page.url()).pathname).not.toBe('/account')
    expect(await isSignedIn(session)).toBe(false)
    await page.context().close()
  })
  test('answers with the removal of the cookie, and may be repeated', async () => {
    const { session } = await stage()
    for (const _ of [1, 2]) {
      const answer = await post('/account/sign-out', session.cookie)
      expect(answer.status).toBe(303)
      expect(answer.headers.get('location')).toBe('/signed-out')
      expect(answer.headers.get('clear-site-data')).toBe('"cache", "storage"')
      const [cookie = ''] = answer.headers.getSetCookie()
      // W-001
      expect(cookie).toBe('__Host-rolecall_session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax')
    }
  })
})

describe('without a session', () => {
  test('readers go to sign in and would come back; everything else gets 401', async () => {
    const there = await get('/account/sessions?ended=1')
    expect(there.status).toBe(303)
    expect(there.headers.get('location')).toBe('/login?return_to=%2Faccount%2Fsessions%3Fended%3D1')
    expect((await post('/account/sessions/end-all', '')).headers.get('location')).toBe(
      '/login?return_to=%2Faccount%2Fsessions&unsaved=1',
    )
    expect((await get('/account', '', { Accept: 'application/json' })).status).toBe(401)
    expect((await get('/')).headers.get('location')).toBe('/account')
  })
})

test('W-004: forms that are not ours change nothing', async () => {
  const it = await stage()
  const paths = ['/account/sign-out', '/account/sessions/end-all', `/account/sessions/${it.session.sessionId}/end`]
  const forgeries = [
    { Origin: 'https://evil.example.net' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Content-Type': 'text/plain' },
    { 'Content-Type': 'application/json' },
  ]
  for (const path of paths) {
    for (const forgery of forgeries) {
      expect([403, 415]).toContain((await post(path, it.session.cookie, forgery as Record<string, string>)).status)
    }
    expect((await get(path, it.session.cookie)).status).toBe(404)
  }
  expect(await isSignedIn(it.session)).toBe(true)
})

test('a session opens no door but its own: the API and SCIM refuse it', async () => {
  const { session, organization } = await stage()
  const { directoryId } = await app.createDirectory(organization)
  for (const path of ['/api/v1/users', `/scim/v2/${directoryId}/Users`]) {
    expect((await get(path, session.cookie)).status).toBe(401)
    expect((await get(path, '', { Authorization: `Bearer ${session.token}` })).status).toBe(401)
  }
})
