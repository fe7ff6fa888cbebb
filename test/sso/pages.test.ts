// The pages of local sign-in in a real browser: accessible in both colour schemes and at 320 px, and whole journeys by hand.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listRoles } from '#access/grants/roles/roles.ts'
import { createInvitation } from '#access/invitations/create-invitation.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { codeOf, goodPassword, linkIn, type Person, provisionLocalUser, secretIn } from '../support/accounts.ts'
import type { TestApp, TestOrganization } from '../support/app.ts'
import { collectPageErrors, launchBrowser, openPage, pageFaults } from '../support/browser.ts'
import { startListeningApp } from '../support/listening.ts'
import { createSamlConnection, verifyDomain } from '../support/sign-in.ts'

let app: TestApp & { origin: string }
let chromium: Browser
beforeAll(async () => {
  app = await startListeningApp()
  chromium = await launchBrowser()
})
afterAll(async () => {
  await chromium.close()
  await app.close()
})

let serial = 0
async function bench(): Promise<{ organization: TestOrganization; domain: string; person: Person }> {
  serial += 1
  const organization = await app.createOrganization(`northwind-${serial}`)
  await app.owner`update organizations set name = 'Northwind Media' where id = ${organization.id}`
  const domain = `northwind${serial}.example.com`
  return { organization, domain, person: await provisionLocalUser(organization, `amara@guest${serial}.example.com`) }
}

async function invite(organization: TestOrganization, email: string): Promise<string> {
  const viewer = (await listRoles(organization.ctx)).find(({ key }) => key === 'viewer')
  const note = 'Glad that you join us.\nWe start on Monday.'
  await createInvitation(organization.ctx, { email, roleId: viewer?.id ?? '', note })
  return linkIn(organization, email)
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

async function enterName(page: Page, name: string): Promise<void> {
  await page.goto(`${app.origin}/login`)
  await page.getByLabel('E-mail or user name').fill(name)
  await button(page, 'Continue').click()
}

async function enterPassword(page: Page, { userName, password }: Person): Promise<void> {
  await enterName(page, userName)
  await page.getByLabel('Password').fill(password)
  await button(page, 'Sign in').click()
}

/** Pages by name, and how one gets there. */
const pages: Record<string, (page: Page) => Promise<unknown>> = {
  login: (page) => page.goto(`${app.origin}/login`),
  'login, of an organization': async (page) => {
    const { organization } = await bench()
    await createSamlConnection(organization, { name: 'Example Okta' })
    await page.goto(`${app.origin}/login?organization=${organization.slug}`)
  },
  chooser: async (page) => {
    const { organization, domain } = await bench()
    for (const name of ['Example Okta', 'Example Entra ID']) await createSamlConnection(organization, { name })
    await verifyDomain(organization, domain)
    await enterName(page, `someone@${domain}`)
  },
  password: (page) => enterName(page, 'someone@guest.example.com'),
  'wrong password': async (page) => enterPassword(page, { ...(await bench()).person, password: 'wrong' }),
  'several organizations': async (page) => {
    const [first, second] = [await bench(), await bench()]
    const userName = `both@guest${serial}.example.com`
    for (const { organization } of [first, second]) await provisionLocalUser(organization, userName)
    await enterPassword(page, { id: '', userName, password: goodPassword })
  },
  'second factor': async (page) => {
    const { person } = await bench()
    await app.owner`insert into totp_factors (organization_id, user_id, secret_sealed, confirmed_at, created_at)
      select organization_id, id, 'x', now(), now() from users where id = ${person.id}`
    await enterPassword(page, person)
  },
  'second factor, to be set up': async (page) => {
    const { organization, person } = await bench()
    await app.owner`update organizations set second_factor = 'required' where id = ${organization.id}`
    await enterPassword(page, person)
  },
  'recovery codes': async (page) => {
    const { organization, person } = await bench()
    await app.owner`update organizations set second_factor = 'required' where id = ${organization.id}`
    await enterPassword(page, person)
    await page.getByLabel('Code').fill(codeOf(app, secretIn(await page.content())))
    await button(page, 'Continue').click()
    await page.getByText('I have kept them').waitFor()
  },
  'new password': async (page) => {
    const { person } = await bench()
    await app.owner`update passwords set must_change = true where user_id = ${person.id}`
    await enterPassword(page, person)
    await page.getByLabel('New password', { exact: true }).fill('short')
    await page.getByLabel('New password, again').fill('short')
    await button(page, 'Save and sign in').click()
  },
  'sign-in that is over': (page) => page.goto(`${app.origin}/login/continue?state=gone`),
  forgot: (page) => page.goto(`${app.origin}/login/forgot`),
  'mail is on its way': async (page) => {
    await page.goto(`${app.origin}/login/forgot`)
    await page.getByLabel('E-mail or user name').fill('nobody@example.com')
    await button(page, 'Send the link').click()
  },
  reset: async (page) => {
    const { organization, person } = await bench()
    await page.goto(`${app.origin}/login/forgot`)
    await page.getByLabel('E-mail or user name').fill(person.userName)
    await button(page, 'Send the link').click()
    await page.getByText('Look at your mail').waitFor()
    await page.goto(`${app.origin}${await linkIn(organization, person.userName)}`)
  },
  'reset that is over': (page) => page.goto(`${app.origin}/login/reset/gone`),
  invitation: async (page) => {
    const { organization } = await bench()
    await createSamlConnection(organization, { name: 'Example Okta' })
    await page.goto(`${app.origin}${await invite(organization, 'invited@guest.example.com')}`)
  },
  'invitation through the provider': async (page) => {
    const { organization } = await bench()
    const { id } = await createSamlConnection(organization, { name: 'Example Okta' })
    await setConnectionStatus(organization.ctx, { connectionId: id, status: 'enforced', isForced: true })
    await page.goto(`${app.origin}${await invite(organization, 'invited@guest.example.com')}`)
  },
  'invitation that has run out': async (page) => {
    const { organization } = await bench()
    const path = await invite(organization, 'invited@guest.example.com')
    await app.owner`update invitations set expires_at = now() where organization_id = ${organization.id}`
    await page.goto(`${app.origin}${path}`)
  },
  'invitation for somebody else': async (page) => {
    const { organization, person } = await bench()
    const path = await invite(organization, 'invited@guest.example.com')
    await enterPassword(page, person)
    await page.waitForURL(`${app.origin}/account`)
    await page.goto(`${app.origin}${path}`)
  },
  emergency: (page) => page.goto(`${app.origin}/emergency`),
  security: async (page) => {
    const { person } = await bench()
    await app.owner`insert into passkeys (organization_id, user_id, id, credential_id, public_key, counter, transports, name,
        is_backed_up, created_at)
      select organization_id, id, ${`pky_${serial}`}, ${`credential${serial}`}, 'x', 0, '[]', 'Work laptop', false, now()
      from users where id = ${person.id}`
    await enterPassword(page, person)
    await page.waitForURL(`${app.origin}/account`)
    await page.goto(`${app.origin}/account/security`)
  },
  'security, authenticator': async (page) => {
    const { person } = await bench()
    await enterPassword(page, person)
    await page.waitForURL(`${app.origin}/account`)
    await page.goto(`${app.origin}/account/security/totp`)
  },
  'prove again': async (page) => {
    const { person } = await bench()
    await enterPassword(page, person)
    await page.waitForURL(`${app.origin}/account`)
    await app.owner`update sessions set authenticated_at = now() - interval '11 minutes' where user_id = ${person.id}`
    await page.goto(`${app.origin}/account/security`)
  },
}

describe('pages', () => {
  let page: Page
  let errors: string[]
  beforeAll(async () => {
    page = await openPage(chromium)
    errors = collectPageErrors(page)
  })
  afterAll(() => page.context().close())

  test.each(Object.keys(pages))('%s is right for everybody, in light and in dark on a phone', async (name) => {
    await app.owner`delete from throttles`
    await page.context().clearCookies()
    errors.splice(0)
    await pages[name]?.(page)
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await pageFaults(page)).toEqual([])
    // Statuses of refusals are errors to the console; what the policy stopped, and scripts, are not among them.
    expect(errors.filter((error) => !/status of 4\d\d/.test(error))).toEqual([])
  })
})

describe('J3, by hand', () => {
  test('from the invitation to a password, an authenticator, and back in with both', async () => {
    const { organization } = await bench()
    const email = 'journey@guest.example.com'
    const page = await openPage(chromium)
    await page.goto(`${app.origin}${await invite(organization, email)}`)
    await page.getByText('We start on Monday.').waitFor()
    await page.getByLabel('Your name').fill('Amara Okafor')
    await page.getByLabel('New password', { exact: true }).fill(goodPassword)
    await page.getByLabel('New password, again').fill(goodPassword)
    await button(page, 'Accept the invitation').click()
    await page.waitForURL(`${app.origin}/account`)
    await page.getByText('Amara Okafor').first().waitFor()

    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByRole('link', { name: 'Set up an authenticator' }).click()
    await page.getByText('Cannot scan it?').click()
    const secret = ((await page.locator('.secret-key').textContent()) ?? '').replaceAll(' ', '')
    await page.getByLabel('Code').fill(codeOf(app, secret))
    await button(page, 'Finish the setup').click()
    expect(await page.locator('.recovery-codes li').count()).toBe(10)
    await page.getByRole('link', { name: 'I have kept them' }).click()
    await page.getByText('10 recovery codes are left').waitFor()
    await button(page, 'Sign out').click()
    await page.waitForURL(`${app.origin}/signed-out`)

    app.clock.advance(30_000)
    await enterPassword(page, { id: '', userName: email, password: goodPassword })
    await page.getByLabel('Code').fill(codeOf(app, secret))
    await button(page, 'Continue').click()
    await page.waitForURL(`${app.origin}/account`)
    await page.context().close()
  })

  test('a forgotten password', async () => {
    const { organization, person } = await bench()
    const page = await openPage(chromium)
    await enterName(page, person.userName)
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByLabel('E-mail or user name').fill(person.userName)
    await button(page, 'Send the link').click()
    await page.getByText('Look at your mail').waitFor()
    await page.goto(`${app.origin}${await linkIn(organization, person.userName)}`)
    for (const label of ['New password', 'New password, again'])
      await page.getByLabel(label, { exact: true }).fill('a new phrase 52 wind')
    await button(page, 'Save password').click()
    await page.getByRole('link', { name: 'Sign in' }).click()
    await enterPassword(page, { ...person, password: 'a new phrase 52 wind' })
    await page.waitForURL(`${app.origin}/account`)
    await page.context().close()
  })
})

describe('leaving for a provider or an application', () => {
  let elsewhere: Server
  let origin: string
  beforeAll(async () => {
    elsewhere = createServer((_, answer) => answer.end('You have arrived'))
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
  })
  afterAll(() => void elsewhere.close())

  test.each([true, false])(
    'is not held back by the policy of the page that the form was on (scripts: %s)',
    async (scripts) => {
      const { organization, domain } = await bench()
      const { id } = await createSamlConnection(organization, { name: 'Example Okta' })
      await app.owner`update connections set settings = replace(settings::text, 'https://idp.example.net/sso', ${`${origin}/sso`})::jsonb
      where id = ${id}`
      await setConnectionStatus(organization.ctx, { connectionId: id, status: 'enforced', isForced: true })
      await verifyDomain(organization, domain)
      const page = await openPage(chromium, { scripts })
      await enterName(page, `someone@${domain}`)
      await page.getByText('You have arrived').waitFor()
      expect(page.url()).toContain(`${origin}/sso?SAMLRequest=`)
      await page.context().close()
    },
  )
})
