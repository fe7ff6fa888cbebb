// People sign in with a real browser, from the e-mail field to their page and out again, through emulated providers.

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import type { Connection } from '#connections/sign-in/connections.ts'
import { type CreateConnectionInput, createConnection } from '#connections/sign-in/create-connection.ts'
import { createOidcIdentityProvider, type OidcIdentityProvider } from '#sandbox/oidc-idp/identity-provider.ts'
import { type RunningSamlIdentityProvider, startSamlIdentityProvider } from '#sandbox/saml-idp/start.ts'
import type { TestApp, TestOrganization } from '../support/app.ts'
import { axeViolations, collectPageErrors, launchBrowser, openPage, overflowsSideways } from '../support/browser.ts'
import { startListeningApp } from '../support/listening.ts'
import { verifyDomain } from '../support/sign-in.ts'

let app: TestApp & { origin: string }
let browser: Browser
let saml: RunningSamlIdentityProvider
let oidc: OidcIdentityProvider
let samlOrganization: TestOrganization
let oidcOrganization: TestOrganization
let samlConnection: Connection

const people = (domain: string) => [
  { id: 'ada', email: `ada@${domain}`, givenName: 'Ada', familyName: 'Brook', groups: ['Editors'] },
  { id: 'eve', email: 'eve@elsewhere.example.com', givenName: 'Eve', familyName: 'Stone' },
]

async function connect(
  organization: TestOrganization,
  domain: string,
  input: CreateConnectionInput,
): Promise<Connection> {
  await verifyDomain(organization, domain)
  const { id } = await createConnection(organization.ctx, { jit: 'verified_domains', ...input }, requireOrdinaryRole)
  return setConnectionStatus(organization.ctx, { connectionId: id, status: 'optional', isForced: true })
}

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
  samlOrganization = await app.createOrganization('harbor')
  oidcOrganization = await app.createOrganization('lagoon')
  saml = await startSamlIdentityProvider({ people: people('harbor.example.com'), name: 'Harbor identity provider' })
  samlConnection = await connect(samlOrganization, 'harbor.example.com', {
    ...{ type: 'saml', metadataXml: saml.metadata(), isIdpInitiatedAllowed: true },
  })
  const { entityId, acsUrl, sloUrl } = app.urls.connection(samlConnection.id)
  saml.trust({ entityId, acsUrl, sloUrl })
  oidc = await createOidcIdentityProvider({ people: people('lagoon.example.com'), name: 'Lagoon identity provider' })
  const client = { clientId: 'rolecall', clientSecret: 'secret' }
  const connection = await connect(oidcOrganization, 'lagoon.example.com', {
    type: 'oidc',
    issuer: oidc.issuer,
    ...client,
  })
  const urls = app.urls.connection(connection.id)
  await oidc.register({
    ...client,
    redirectUris: [urls.redirectUri],
    postLogoutRedirectUris: [urls.postLogoutRedirectUri],
  })
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([saml?.close(), oidc?.close()])
  await app?.close()
})

/** Through the e-mail field to the provider's page. */
async function toProvider(page: Page, email: string, title: string): Promise<void> {
  await page.goto(`${app.origin}/login`)
  await page.getByLabel(/e-?mail/i).fill(email)
  await page.keyboard.press('Enter')
  const heading = page.getByRole('heading', { name: title })
  const choice = page
    .getByRole('link', { name: /continue with|sign in with/i })
    .or(page.getByRole('button', { name: /continue with|sign in with/i }))
  await heading.or(choice.first()).first().waitFor()
  if (!(await heading.isVisible())) await choice.first().click()
  await heading.waitFor()
}

const signedInAs = async (page: Page): Promise<string | undefined> =>
  page.evaluate(async () => {
    const answer = await fetch('/session', { headers: { accept: 'application/json' } })
    return answer.ok ? ((await answer.json()) as { user: { userName: string } }).user.userName : undefined
  })

describe.each([
  ['SAML', 'harbor.example.com', 'Harbor identity provider'],
  ['OpenID Connect', 'lagoon.example.com', 'Lagoon identity provider'],
])('%s', (_, domain, title) => {
  test.each([true, false])('from the e-mail address to the account page and out (scripts: %s)', async (scripts) => {
    const page = await openPage(browser, { scripts })
    const errors = collectPageErrors(page)
    await toProvider(page, `ada@${domain}`, title)
    await page.getByRole('button', { name: /Ada Brook/ }).click()
    const onward = page.getByRole('button', { name: 'Continue' })
    if (!scripts && (await onward.count()) > 0) await onward.click()
    await page.waitForURL(`${app.origin}/account`)
    expect(await page.textContent('body')).toContain('Ada Brook')
    if (!scripts) return
    expect(await signedInAs(page)).toBe(`ada@${domain}`)
    await page
      .getByRole('button', { name: /sign out/i })
      .first()
      .click()
    await page.waitForURL((url) => !url.pathname.startsWith('/account'))
    await page.goto(`${app.origin}/account`)
    await page.waitForURL(/\/login/)
    expect(errors.filter((error) => !error.includes('401'))).toEqual([])
    await page.context().close()
  })

  test('somebody of another domain is refused with a reference, and nobody comes to exist', async () => {
    const page = await openPage(browser)
    await toProvider(page, `ada@${domain}`, title)
    await page.getByRole('button', { name: /Eve Stone/ }).click()
    await page.getByRole('heading', { name: 'You could not be signed in' }).waitFor()
    expect(await page.textContent('code')).toMatch(/^[2-9A-Z]{5}-[2-9A-Z]{5}$/)
    const [counted] = await app.owner`select count(*)::int as count from users where user_name like 'eve@%'`
    expect(counted?.['count']).toBe(0)
    await page.context().close()
  })
})

test('a sign-in that the provider begins asks before it swaps people', async () => {
  const page = await openPage(browser)
  const start = async (): Promise<void> => {
    await page.goto(`${saml.origin}/start`)
    await page.getByRole('button', { name: /Ada Brook/ }).click()
  }
  await start()
  await page.waitForURL(`${app.origin}/account`)
  await start()
  await page.getByRole('heading', { name: 'Switch accounts?' }).waitFor()
  await page.getByRole('button', { name: /Continue as/ }).click()
  await page.waitForURL(`${app.origin}/account`)
  await page.context().close()
})

describe.each(['light', 'dark'] as const)('pages of a sign-in, %s', (colorScheme) => {
  test.each([1280, 320])('have nothing that axe finds wrong at %s px', async (width) => {
    const page = await openPage(browser, { colorScheme, width })
    await page.goto(`${saml.origin}/start`)
    await page.getByRole('button', { name: /Eve Stone/ }).click()
    await page.getByRole('heading', { name: 'You could not be signed in' }).waitFor()
    expect([await axeViolations(page), await overflowsSideways(page)]).toEqual([[], false])
    for (const turn of [1, 2]) {
      await page.goto(`${saml.origin}/start`)
      await page.getByRole('button', { name: /Ada Brook/ }).click()
      if (turn === 1) await page.waitForURL(`${app.origin}/account`)
    }
    await page.getByRole('heading', { name: 'Switch accounts?' }).waitFor()
    expect([await axeViolations(page), await overflowsSideways(page)]).toEqual([[], false])
    const key = await app.createApiKey(samlOrganization)
    const made = await app.request(`/api/v1/connections/${samlConnection.id}/test-links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
    })
    await page.goto(((await made.json()) as { url: string }).url)
    await page.getByRole('button', { name: /Ada Brook/ }).click()
    await page.getByRole('heading', { name: 'Test sign-in' }).waitFor()
    expect([await axeViolations(page), await overflowsSideways(page)]).toEqual([[], false])
    await page.context().close()
  })
})
