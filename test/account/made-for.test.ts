// A page that was left open is of the organization that it was drawn for, whichever one the browser is at when its form is sent: the
// form is not carried out, and nothing that was filled in is lost.
import { readdir, readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addOperator } from '#access/platform/operators/operators.ts'
import { enterInstance, platformId } from '#src/context.ts'
import type { TestOrganization } from '../support/app.ts'
import { axeViolations, launchBrowser, overflowsSideways } from '../support/browser.ts'
import { type ConsolePerson, createManager, openAs } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson } from '../support/people.ts'
import { postRoutes } from '../support/post-routes.ts'
import { signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let chromium: Browser | undefined
let one: Customer
let other: Customer
let made = 0

type Customer = { organization: TestOrganization; manager: ConsolePerson }

async function customer(): Promise<Customer> {
  made += 1
  const organization = await app.createOrganization(`customer-${made}`)
  return { organization, manager: await createManager(organization, { name: `Ada Okafor ${'abcdefgh'[made]}` }) }
}

const madeForOf = ({ organization, manager }: Customer): string => `${organization.id}.${manager.userId}`

/** A browser at one organization, with a session at another beside it. */
const cookieAt = (here: Customer, beside: Customer): string =>
  `${here.manager.session.cookie}; __Host-rolecall_beside=${beside.manager.session.token}`

const send = (path: string, cookie: string, form: Record<string, string>) =>
  fetch(app.origin + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { Cookie: cookie, Origin: app.origin, Accept: 'text/html' },
    body: new URLSearchParams(form),
  })

/** Everything that stands in both organizations, apart from the times of their sessions. */
const stateOf = async () =>
  JSON.stringify(
    await app.owner`select (select json_agg(o.* order by id) from organizations o) o,
    (select json_agg(u.* order by id) from users u) u, (select count(*) from audit_events) a,
    (select count(*) from sessions where ended_at is null) s`,
  )

beforeAll(async () => {
  app = await startListeningApp()
  chromium = await launchBrowser()
  one = await customer()
  other = await customer()
})
afterAll(async () => {
  await chromium?.close()
  await app?.close()
})

const under = ['/console', '/account', '/platform', '/login/second-factor', '/login/step-up']

/** The way from one organization to another belongs to none of them. */
const ofNone = ['/account/organizations/switch', '/account/organizations/back', '/account/organizations/sign-out-all']

describe('every form', () => {
  test('of another organization, or that says nothing, is refused, and changes nothing', async () => {
    const above = { ...other.organization.ctx, organizationId: platformId, entry: enterInstance({}) }
    await addOperator(above, { organization: other.organization.id, user: other.manager.userId, role: 'administrator' })
    const paths = postRoutes(app, under).filter((path) => !ofNone.includes(path))
    expect(paths.length).toBeGreaterThan(150)
    const before = await stateOf()
    const [cookie, somebody] = [cookieAt(other, one), await createPerson(other.organization, 'somebody@example.com')]
    const withPerson = await stateOf()
    expect(withPerson).not.toBe(before)
    const forms = [{ made_for: madeForOf(one) }, { made_for: `${other.organization.id}.${somebody}` }, {}]
    const passed: string[] = []
    for (const path of paths) {
      const answers = await Promise.all(forms.map((form) => send(path, cookie, form as Record<string, string>)))
      for (const answer of answers)
        if (answer.status !== 409 || !(await answer.text()).includes('Nothing was changed')) passed.push(path)
    }
    expect(passed).toEqual([])
    expect(await stateOf()).toBe(withPerson)
    // The same door lets in what was made for this session.
    expect((await send('/account/request', cookie, { made_for: madeForOf(other), words: 'x' })).status).not.toBe(409)
  }, 90_000)

  test('a file is refused too, and is to be chosen again', async () => {
    const form = new FormData()
    form.set('logo', new Blob(['x'], { type: 'image/png' }), 'logo.png')
    const upload = (query: string) =>
      fetch(`${app.origin}/console/settings/branding/logo${query}`, {
        method: 'POST',
        headers: { Cookie: cookieAt(other, one), Origin: app.origin, Accept: 'text/html' },
        body: form,
      })
    const answer = await upload(`?made_for=${madeForOf(one)}`)
    expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('chosen again')])
    expect((await upload('')).status).toBe(409)
    expect((await upload(`?made_for=${madeForOf(other)}`)).status).toBe(400)
  })

  test('of somebody who is gone from the browser waits until they are signed in again', async () => {
    const form = { made_for: madeForOf(one), words: 'A camera' }
    const refused = await send('/account/request', other.manager.session.cookie, form)
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('Sign in there again')])
    const kept = { path: '/account/request', page: '/account', fields: '{"words":"A camera"}', meant: madeForOf(one) }
    expect((await send('/account/organizations/back', other.manager.session.cookie, kept)).status).toBe(409)
    const back = await send('/account/organizations/back', cookieAt(other, one), kept)
    const text = await back.text()
    expect([back.status, text]).toEqual([200, expect.stringContaining('value="A camera"')])
    expect(text).toContain(`value="${madeForOf(one)}"`)
    // Another person of the organization is not the one that it was made for.
    const colleague = await createPerson(one.organization, 'colleague@example.com')
    const { cookie } = await signIn(one.organization, colleague)
    expect((await send('/account/organizations/back', cookie, kept)).status).toBe(409)
  })

  test('kept on the way back leads nowhere but to pages of ours', async () => {
    const kept = { path: 'https://evil.example.net/', fields: '{"a":"1"}', meant: madeForOf(one) }
    const page = await (await send('/account/organizations/back', cookieAt(other, one), kept)).text()
    expect(page).not.toContain('evil.example.net')
  })
})

describe('in a browser', () => {
  async function openBoth(): Promise<{ first: Page; second: Page }> {
    const first = await openAs(chromium as Browser, app, one.manager)
    const [name, { hostname }] = ['__Host-rolecall_beside', new URL(app.origin)]
    const cookie = {
      name,
      value: other.manager.session.token,
      domain: hostname,
      path: '/',
      secure: true,
      httpOnly: true,
    }
    await first.context().addCookies([cookie])
    return { first, second: await first.context().newPage() }
  }

  async function switchTo(page: Page, { organization }: Customer): Promise<void> {
    await page.goto(`${app.origin}/account/organizations`)
    await page.getByRole('button', { name: `Switch to ${organization.slug}` }).click()
    await page.waitForURL(/console/)
  }

  const nameOf = async ({ organization }: Customer) =>
    (await app.owner`select name from organizations where id = ${organization.id}`)[0]?.['name']

  test('settings that were typed for one organization are saved there, by way of both pages', async () => {
    if (chromium === undefined) return
    const { first, second } = await openBoth()
    await first.goto(`${app.origin}/console/settings`)
    await first.getByLabel('Name', { exact: true }).fill('Northwind Media')
    await switchTo(second, other)
    await first.getByRole('button', { name: 'Save' }).first().click()
    await first.getByRole('heading', { name: 'Nothing was changed' }).waitFor()
    expect(await nameOf(other)).toBe(other.organization.slug)
    expect([await axeViolations(first), await overflowsSideways(first)]).toEqual([[], false])
    await first.getByRole('button', { name: `Go back to ${one.organization.slug}` }).click()
    await first.getByRole('heading', { name: 'Send the form now?' }).waitFor()
    expect(await first.getByText('Northwind Media').count()).toBe(1)
    expect([await axeViolations(first), await overflowsSideways(first)]).toEqual([[], false])
    await first.getByRole('button', { name: 'Send the form' }).click()
    await first.getByText('Northwind Media').first().waitFor()
    expect([await nameOf(one), await nameOf(other)]).toEqual(['Northwind Media', other.organization.slug])
    await first.context().close()
  })

  test('the button that signs out signs out of the organization that its page shows, or of none', async () => {
    if (chromium === undefined) return
    const { first, second } = await openBoth()
    await first.goto(`${app.origin}/account`)
    await switchTo(second, other)
    await first.getByRole('button', { name: 'Sign out' }).click()
    await first.getByRole('heading', { name: 'Nothing was changed' }).waitFor()
    const live = await app.owner`select count(*)::int as n from sessions where ended_at is null
      and token_hash = any (${[one.manager.session.tokenHash, other.manager.session.tokenHash]})`
    expect(live[0]?.['n']).toBe(2)
    await first.context().close()
  })
})

/** A script sends this one on to a provider; it is never of somebody who is signed in here. */
const leavesUs = 'src/http/ui/post-page.tsx'

test('no page writes a form by hand that would forget it', async () => {
  const files = (await readdir('src', { recursive: true })).filter((file) => file.endsWith('.tsx'))
  const byHand: string[] = []
  for (const file of files.map((name) => `src/${name}`)) {
    const text = await readFile(file, 'utf8')
    const forms = text
      .split(/<form\b/)
      .slice(1)
      .filter((form) => /^[^>]*method="post"/i.test(form))
    const forgets = forms.filter((form) => !form.split('</form>', 1).join().includes('<MadeForField />'))
    if (forgets.length > 0 && file !== leavesUs) byHand.push(file)
  }
  expect(byHand).toEqual([])
})

test.each([
  '/console/settings',
  '/console/users/new',
  '/console/users/:user/deactivate',
  '/console/settings/branding',
  '/console/roles/new',
  '/account',
  '/account/profile',
  '/account/sessions',
])('every form of %s says what it was made for', async (path) => {
  const place = path.replace(':user', one.manager.userId)
  const headers = { Cookie: one.manager.session.cookie, Accept: 'text/html' }
  const text = await (await fetch(app.origin + place, { headers })).text()
  const forms = text.split('<form method="post"').slice(1)
  expect(forms.length).toBeGreaterThan(0)
  for (const form of forms)
    expect(form.split('</form>', 1).join()).toMatch(new RegExp(`made_for(=|" value=")${madeForOf(one)}`))
})
