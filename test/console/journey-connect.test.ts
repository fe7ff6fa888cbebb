// Journeys J1 and J2: an IT admin without an account connects Okta (SAML and SCIM) by a setup link, an administrator connects
// Entra ID (OpenID Connect and SCIM) in the console; both with emulated providers, in a real browser, counting interactions.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listRoles } from '#access/grants/roles/roles.ts'
import { createSetupLink } from '#connections/setup-links/change-setup-links.ts'
import { createEntra } from '#sandbox/entra.ts'
import { createOidcIdentityProvider, type OidcIdentityProvider } from '#sandbox/oidc-idp/identity-provider.ts'
import { createOkta } from '#sandbox/okta.ts'
import { company } from '#sandbox/population.ts'
import { type RunningSamlIdentityProvider, startSamlIdentityProvider } from '#sandbox/saml-idp/start.ts'
import { change } from '../support/access.ts'
import type { TestApp, TestOrganization } from '../support/app.ts'
import { axeViolations, collectPageErrors, launchBrowser, openPage, overflowsSideways } from '../support/browser.ts'
import { createManager, createTestBrand, openAs } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'

let app: TestApp & { origin: string }
let browser: Browser
let saml: RunningSamlIdentityProvider
let oidc: OidcIdentityProvider

const okta = company(7, { domain: 'cedar.example.com', people: 3, groups: ['Aurora Everybody'] })
const entra = company(8, { domain: 'willow.example.com', people: 3, groups: ['Everybody'] })

const asSignInPeople = (people: typeof okta.people) =>
  people.map(({ userName, givenName, familyName }) => ({ id: userName, email: userName, givenName, familyName }))

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
  saml = await startSamlIdentityProvider({ people: asSignInPeople(okta.people), name: 'Cedar Okta' })
  oidc = await createOidcIdentityProvider({
    people: asSignInPeople(entra.people),
    name: 'Willow Entra',
    claimsOf: (person) => ({ tid: '11111111-2222-4333-8444-555555555555', oid: `oid-${person.id}` }),
  })
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([saml?.close(), oidc?.close()])
  await app?.close()
})

/** What a person does on a page, counted. */
function counted(page: Page) {
  const done: string[] = []
  return {
    done,
    click: async (name: string | RegExp, role: 'button' | 'link' | 'radio' = 'button') => {
      done.push(`click ${name}`)
      await page.getByRole(role, { name }).first().click()
    },
    fill: async (label: string | RegExp, text: string) => {
      done.push(`fill ${label}`)
      await page.getByLabel(label).first().fill(text)
    },
    /** Copies a value by its button. @returns the value */
    copy: async (label: string): Promise<string> => {
      done.push(`copy ${label}`)
      return page.getByLabel(label, { exact: true }).inputValue()
    },
  }
}

const stepOf = (page: Page, key: string) => page.locator(`#${key} .step-state li`)

/** The step ticks itself: the page is not loaded again. */
const ticked = (page: Page, key: string) => page.locator(`#${key} .step-state li.is-done`).waitFor()

const publish = (domain: string, name: string, value: string): void => {
  expect(name).toBe(`_rolecall.${domain}`)
  app.txt.set(name, [value])
}

/** Tries a sign-in in the tab that opens for it. */
async function trySignIn(page: Page, press: () => Promise<void>, userName: string): Promise<Page> {
  const [tab] = await Promise.all([page.context().waitForEvent('page'), press()])
  tab.setDefaultTimeout(10_000)
  await tab.locator(`button[value="${userName}"]`).click()
  await tab.getByRole('heading', { name: 'Test sign-in' }).waitFor()
  return tab
}

async function withBrandAndGroup(organization: TestOrganization, groupName: string, brandId: string): Promise<void> {
  const [group] = await app.owner`select id from groups where organization_id = ${organization.id}
    and display_name = ${groupName}`
  const viewer = (await listRoles(organization.ctx)).find(({ key }) => key === 'viewer')
  await change(organization.ctx, {
    kind: 'create_mappings',
    mappings: [{ groupId: String(group?.['id']), roleId: viewer?.id ?? '', brandId }],
  })
}

describe('J1: Okta by a setup link', () => {
  test('from opening the link to the first person who is signed in: at most 25 interactions', {
    timeout: 90_000,
  }, async () => {
    const organization = await app.createOrganization('cedar')
    const aurora = await createTestBrand(organization, 'aurora', 'Aurora')
    const { token, link } = await createSetupLink(organization.ctx, {
      label: 'IT of Cedar',
      domains: ['cedar.example.com'],
    })
    const page = await openPage(browser)
    const errors = collectPageErrors(page)
    const me = counted(page)
    const [person] = okta.people
    const userName = person?.userName ?? ''

    await page.goto(`${app.origin}/setup/${token}`)
    await me.click('Okta', 'radio')
    await me.click('Continue')
    await page.getByRole('heading', { name: 'Connect Okta', level: 1 }).waitFor()

    await me.click('Prove cedar.example.com')
    publish('cedar.example.com', await me.copy('Name of the TXT record'), await me.copy('Its value'))
    await me.click(/Check the record/)
    await ticked(page, 'domain')

    const acsUrl = await me.copy('Single sign-on URL')
    const entityId = await me.copy('Audience URI (SP Entity ID)')
    saml.trust({ entityId, acsUrl })
    await me.fill('Address of the metadata', `${saml.origin}/metadata`)
    await me.click('Read the metadata')
    await ticked(page, 'provider')
    expect(await stepOf(page, 'provider').textContent()).toMatch(/certificate is good until \d+ \w+ \d{4}/)

    await me.click('Make the token')
    const baseUrl = await me.copy('SCIM connector base URL')
    const scim = createOkta({ baseUrl, token: await me.copy('Authorization (HTTP Header: Bearer)') })
    // Nothing is pressed here for it: the step ticks itself while the page is open.
    await scim.testConnection()
    await ticked(page, 'scim')
    expect(await stepOf(page, 'scim').textContent()).toMatch(/First request received (just now|\d+ s ago)/)
    for (const each of okta.people) await scim.pushUser(each)
    for (const group of okta.groups) await scim.pushGroup(group)
    await stepOf(page, 'scim').getByText('3 people and 1 group have arrived').waitFor()
    await withBrandAndGroup(organization, 'Aurora Everybody', aurora)

    const tab = await trySignIn(page, () => me.click('Try a sign-in'), userName)
    me.done.push('choose the person at the provider')
    expect(await tab.textContent('main')).toContain('Your provider’s message is right')
    // what the people of the organization hold is not for whoever has a link.
    for (const told of ['Viewer in Aurora', 'usr_', 'What they would become'])
      expect(await tab.textContent('main')).not.toContain(told)
    expect(await axeViolations(tab)).toEqual([])
    await tab.close()
    await ticked(page, 'test')
    await page.getByText('4 of 4 steps done').waitFor()
    expect(me.done.length, me.done.join('\n')).toBeLessThanOrEqual(25)
    expect(errors).toEqual([])
    expect([await axeViolations(page), await overflowsSideways(page)]).toEqual([[], false])

    const actors = await app.owner`select distinct action from audit_events where organization_id = ${organization.id}
      and actor_type = 'setup_link' and actor_id = ${link.id}`
    expect(actors.map(({ action }) => action).toSorted()).toEqual([
      ...['connection.configure', 'connection.create', 'connection.create_test_link', 'directory.create'],
      ...['directory.issue_token', 'domain.add', 'domain.verify'],
    ])
    await page.context().close()

    // An administrator turns it on, and the first person signs in for real.
    const administrator = await openAs(browser, app, await createManager(organization))
    await administrator.goto(`${app.origin}/console/connect/${saml.serviceProviders[0]?.entityId.split('/').at(-1)}`)
    await administrator.getByRole('button', { name: 'Let people sign in through it' }).click()
    await ticked(administrator, 'on')
    await administrator.getByRole('button', { name: 'Enforce it' }).click()
    await administrator.getByText('Enforcing needs an emergency account').waitFor()
    await administrator.context().close()
    const arriving = await openPage(browser)
    await arriving.goto(`${app.origin}/login`)
    await arriving.getByLabel(/e-?mail/i).fill(userName)
    await arriving.keyboard.press('Enter')
    await arriving
      .locator(`button[value="${userName}"]`)
      .or(arriving.getByRole('link', { name: /Okta/ }))
      .first()
      .waitFor()
    const choice = arriving.getByRole('link', { name: /Okta/ })
    if (await choice.isVisible()) await choice.click()
    await arriving.locator(`button[value="${userName}"]`).click()
    await arriving.waitForURL(`${app.origin}/account`)
    await arriving.context().close()
  })
})

describe('J2: Entra ID in the console', () => {
  test('OpenID Connect with a secret that ends, and SCIM without the flag', { timeout: 90_000 }, async () => {
    const organization = await app.createOrganization('willow')
    const page = await openAs(browser, app, await createManager(organization))
    const errors = collectPageErrors(page)
    const me = counted(page)
    const userName = entra.people[0]?.userName ?? ''

    await page.goto(`${app.origin}/console/connect`)
    await me.click('Microsoft Entra ID', 'radio')
    await me.click('OpenID Connect', 'radio')
    await me.click('Continue')
    await page.getByRole('heading', { name: 'Connect Microsoft Entra ID', level: 1 }).waitFor()
    await me.fill('The domain of your e-mail addresses', 'willow.example.com')
    await me.click('Add the domain')
    publish('willow.example.com', await me.copy('Name of the TXT record'), await me.copy('Its value'))
    await me.click(/Check the record/)
    await ticked(page, 'domain')

    const redirectUri = await me.copy('Redirect URI (Web)')
    await oidc.register({ clientId: 'rolecall', clientSecret: 'secret', redirectUris: [redirectUri] })
    await me.fill('Directory (tenant) ID', `${oidc.issuer}/nowhere`)
    await me.fill('Application (client) ID', 'rolecall')
    await me.fill('Client secret value', 'secret')
    await me.click('Connect')
    // What is wrong is said in words, and what was typed is still there; the secret is typed again.
    await page
      .getByText(/There is no OpenID provider here/)
      .first()
      .waitFor()
    expect(await page.getByLabel('Application (client) ID').inputValue()).toBe('rolecall')
    await me.fill('Directory (tenant) ID', oidc.issuer)
    await me.fill('Client secret value', 'secret')
    const soon = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10)
    await me.fill('The secret is good until', soon)
    await me.click('Connect')
    await ticked(page, 'provider')
    await page.getByText('Make a new client secret at the provider before this one ends.').waitFor()

    await me.click('Make the token')
    const tenantUrl = await me.copy('Tenant URL')
    expect(tenantUrl).toMatch(/\?aadOptscim062020$/)
    const token = await me.copy('Secret Token')
    const scim = createEntra({ baseUrl: tenantUrl.replace('?aadOptscim062020', ''), token })
    await scim.testConnection()
    await ticked(page, 'scim')
    for (const person of entra.people) await scim.pushUser(person)
    for (const group of entra.groups) await scim.pushGroup(group)
    await scim.deactivateUser(entra.people[2]?.key ?? '')
    await page.getByText('add ?aadOptscim062020 to the tenant URL').first().waitFor()
    await stepOf(page, 'scim').getByText('3 people and 1 group have arrived').waitFor()

    const tab = await trySignIn(page, () => me.click('Try a sign-in'), userName)
    const told = await tab.textContent('main')
    expect(told).toContain('This sign-in would work')
    expect(told).toContain('oid')
    await tab.close()
    await ticked(page, 'test')

    await me.click('Let people sign in through it')
    await ticked(page, 'on')
    expect(await stepOf(page, 'mappings').textContent()).toContain('No group gives a role yet; 1 group could.')
    expect(errors.filter((error) => !error.includes('400'))).toEqual([])
    expect([await axeViolations(page), await overflowsSideways(page)]).toEqual([[], false])
    await page.context().close()
  })
})
