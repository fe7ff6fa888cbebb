// A product and two of its customers, from an empty server on, in a real browser: it makes two organizations by its platform key and
// hands out setup links; their IT connects Okta (SAML) and Entra ID (OpenID Connect); people of both sign in to one client id; a
// freelancer who works for both switches; one organization is suspended, and the other notices nothing; a leaver is out at once.

import { tokenIntrospection } from 'openid-client'
import type { Browser, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEntra } from '#sandbox/entra.ts'
import type { IdentityProvider } from '#sandbox/identity-provider.ts'
import { createOidcIdentityProvider, type OidcIdentityProvider } from '#sandbox/oidc-idp/identity-provider.ts'
import { createOkta } from '#sandbox/okta.ts'
import { company, type Person } from '#sandbox/population.ts'
import { type RunningSamlIdentityProvider, startSamlIdentityProvider } from '#sandbox/saml-idp/start.ts'
import { type CallContext, enterInstance, platformId } from '#src/context.ts'
import type { Answer } from '../support/access.ts'
import { axeViolations, launchBrowser, openPage } from '../support/browser.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPlatformKey, type PlatformClient } from '../support/platform.ts'
import { createRelyingParty, type Flow, type RelyingParty, type Tokens } from '../support/relying-party.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let browser: Browser
let product: PlatformClient
let newsroom: RelyingParty
let okta: RunningSamlIdentityProvider
let entra: OidcIdentityProvider

const cedar = company(7, { domain: 'cedar.example.com', people: 3, groups: ['Everybody'] })
const willow = company(8, { domain: 'willow.example.com', people: 3, groups: ['Everybody'] })

const atProvider = (people: readonly Person[]) =>
  people.map(({ userName, givenName, familyName }) => ({ id: userName, email: userName, givenName, familyName }))

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
  const stage = { services: { ...app.services, urls: app.urls }, request: app.request }
  product = await createPlatformKey(stage as never)
  const above: CallContext = { ...(await contextAbove()) }
  newsroom = await createRelyingParty(app, { ctx: above })
  okta = await startSamlIdentityProvider({ people: atProvider(cedar.people), name: 'Cedar Okta' })
  entra = await createOidcIdentityProvider({
    people: atProvider(willow.people),
    name: 'Willow Entra',
    claimsOf: (person) => ({ tid: '11111111-2222-4333-8444-555555555555', oid: `oid-${person.id}` }),
  })
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([okta?.close(), entra?.close()])
  await app?.close()
})

/** The operator, who registers the product's one application. */
async function contextAbove(): Promise<CallContext> {
  const { operatorContext } = await import('../support/platform.ts')
  return {
    ...operatorContext({ services: { ...app.services, urls: app.urls } } as never),
    organizationId: platformId,
    entry: enterInstance({}),
  }
}

async function ask(method: string, path: string, body?: unknown, organization?: string): Promise<Answer['body']> {
  const answer = await product.send(method, path, body, organization)
  expect([method, path, answer.status < 300, answer.body.detail]).toEqual([method, path, true, undefined])
  return answer.body
}

/** One call; the product hands the link on to the customer's IT. */
async function newCustomer(slug: string, domain: string): Promise<string> {
  const { setupLink } = await ask('POST', 'organizations', {
    ...{ slug, name: `${slug} media`, externalId: `customer-${slug}` },
    administrators: [{ email: `admin@${domain}` }],
    setupLink: { label: `IT of ${slug}`, domains: [domain] },
  })
  return setupLink.url
}

/** What an IT admin does with a setup link. */
function atSetup(page: Page) {
  const ticked = (step: string) => page.locator(`#${step} .step-state li.is-done`).waitFor()
  const click = (name: string | RegExp, role: 'button' | 'radio' = 'button') =>
    page.getByRole(role, { name }).first().click()
  const fill = (label: string, text: string) => page.getByLabel(label).first().fill(text)
  const copy = (label: string) => page.getByLabel(label, { exact: true }).inputValue()
  return { page, ticked, click, fill, copy }
}

async function proveDomain({ click, copy, ticked }: ReturnType<typeof atSetup>, domain: string): Promise<void> {
  await click(`Prove ${domain}`)
  app.txt.set(await copy('Name of the TXT record'), [await copy('Its value')])
  await click(/Check the record/)
  await ticked('domain')
}

async function provision(scim: IdentityProvider, { people, groups }: typeof cedar): Promise<void> {
  await scim.testConnection()
  for (const person of people) await scim.pushUser(person)
  for (const group of groups) await scim.pushGroup(group)
}

async function trySignIn({ page, click, ticked }: ReturnType<typeof atSetup>, userName: string): Promise<void> {
  const [tab] = await Promise.all([page.context().waitForEvent('page'), click('Try a sign-in')])
  await tab.locator(`button[value="${userName}"]`).click()
  await tab.getByRole('heading', { name: 'Test sign-in' }).waitFor()
  await tab.close()
  await ticked('test')
}

async function connectOkta(link: string): Promise<IdentityProvider> {
  const it = atSetup(await openPage(browser))
  await it.page.goto(link)
  await it.click('Okta', 'radio')
  await it.click('Continue')
  await proveDomain(it, 'cedar.example.com')
  okta.trust({ acsUrl: await it.copy('Single sign-on URL'), entityId: await it.copy('Audience URI (SP Entity ID)') })
  await it.fill('Address of the metadata', `${okta.origin}/metadata`)
  await it.click('Read the metadata')
  await it.ticked('provider')
  await it.click('Make the token')
  const baseUrl = await it.copy('SCIM connector base URL')
  const scim = createOkta({ baseUrl, token: await it.copy('Authorization (HTTP Header: Bearer)') })
  await provision(scim, cedar)
  await trySignIn(it, cedar.people[0]?.userName ?? '')
  await it.page.context().close()
  return scim
}

async function connectEntra(link: string): Promise<IdentityProvider> {
  const it = atSetup(await openPage(browser))
  await it.page.goto(link)
  await it.click('Microsoft Entra ID', 'radio')
  await it.click('OpenID Connect', 'radio')
  await it.click('Continue')
  await proveDomain(it, 'willow.example.com')
  await entra.register({
    clientId: 'rolecall',
    clientSecret: 'secret',
    redirectUris: [await it.copy('Redirect URI (Web)')],
  })
  await it.fill('Directory (tenant) ID', entra.issuer)
  await it.fill('Application (client) ID', 'rolecall')
  await it.fill('Client secret value', 'secret')
  await it.click('Connect')
  await it.ticked('provider')
  await it.click('Make the token')
  const baseUrl = (await it.copy('Tenant URL')).replace('?aadOptscim062020', '')
  const scim = createEntra({ baseUrl, token: await it.copy('Secret Token') })
  await provision(scim, willow)
  await trySignIn(it, willow.people[0]?.userName ?? '')
  await it.page.context().close()
  return scim
}

/** The product lets the connection that was tried be used. */
async function openConnection(organization: string): Promise<void> {
  const { items } = await ask('GET', 'connections', undefined, organization)
  await ask('PUT', `connections/${items[0].id}/status`, { status: 'optional' }, organization)
}

/** From the product's link to the provider's page and back to the product. */
async function signIn(page: Page, userName: string, parameters: Record<string, string>): Promise<Tokens> {
  const flow = await newsroom.begin(parameters)
  const left = leavesFor(page)
  await go(page, flow.url.href)
  const [box, way] = [page.getByLabel(/e-?mail/i).first(), page.getByRole('link', { name: /Okta|Entra/ }).first()]
  const chosen = page.locator(`button[value="${userName}"]`)
  await box.or(way).first().waitFor()
  if (!(await way.isVisible())) {
    await box.fill(userName)
    await page.keyboard.press('Enter')
    await chosen.or(way).first().waitFor()
  }
  if (await way.isVisible()) await way.click()
  await chosen.click().catch(ofLeaving)
  return finish(flow, await left)
}

/** The address at the product; nothing listens there. */
const leavesFor = async (page: Page): Promise<URL> => {
  // From before the person signs in until they are back: as long as that takes on a busy machine.
  const isThere = (each: Request) => each.url().startsWith('https://app.example.com/')
  const request = await page.waitForRequest(isThere, { timeout: 60_000 })
  return new URL(request.url())
}

const finish = (flow: Flow, left: URL): Promise<Tokens> => newsroom.finish(flow, left)

/** The page on which the last way ended, where nothing listens, may come up only now, in place of this one. */
async function go(page: Page, url: string): Promise<void> {
  await page.goto(url).catch(async (error: unknown) => {
    ofLeaving(error)
    if (error instanceof Error && error.message.includes('interrupted')) await page.goto(url).catch(ofLeaving)
  })
}

function ofLeaving(error: unknown): void {
  if (!(error instanceof Error && /ERR_|interrupted|aborted|Timeout/.test(error.message))) throw error
}

const organizationOf = (tokens: Tokens) => (tokens.claims()?.['organization'] as { slug: string } | undefined)?.slug

const isGood = async ({ access_token: token }: Tokens) => (await tokenIntrospection(newsroom.config, token)).active

test('a product and two of its customers', { timeout: 120_000 }, async () => {
  const links = [await newCustomer('cedar', 'cedar.example.com'), await newCustomer('willow', 'willow.example.com')]
  const oktaScim = await connectOkta(links[0] ?? '')
  await connectEntra(links[1] ?? '')
  for (const organization of ['cedar', 'willow']) await openConnection(organization)

  // People of both, by one client id: the address alone says which organization it is.
  const [editor, leaver] = cedar.people
  const [freelancer] = willow.people
  const atCedar = await openPage(browser)
  const editorTokens = await signIn(atCedar, editor?.userName ?? '', {})
  expect(organizationOf(editorTokens)).toBe('cedar')

  // The freelancer has an account in both, and goes from one to the other in one browser.
  const page = await openPage(browser)
  const inWillow = await signIn(page, freelancer?.userName ?? '', {})
  const inCedar = await signIn(page, leaver?.userName ?? '', { organization: 'cedar' })
  expect([organizationOf(inWillow), organizationOf(inCedar)]).toEqual(['willow', 'cedar'])
  const flow = await newsroom.begin({ prompt: 'select_account' })
  await go(page, flow.url.href)
  expect(await axeViolations(page)).toEqual([])
  const left = leavesFor(page)
  // In the language that the person's directory says.
  await page
    .getByRole('button', { name: /willow/ })
    .click()
    .catch(ofLeaving)
  expect(organizationOf(await finish(flow, await left))).toBe('willow')

  // One organization is suspended; the other notices nothing.
  await ask('PATCH', 'organizations/willow', { status: 'suspended' })
  expect([await isGood(inWillow), await isGood(inCedar), await isGood(editorTokens)]).toEqual([false, true, true])

  // A leaver: Okta says so, and the very next question is answered with no.
  await oktaScim.deactivateUser(leaver?.key ?? '')
  expect([await isGood(inCedar), await isGood(editorTokens)]).toEqual([false, true])
  const { items } = await ask('GET', 'audit-events?action=organization.')
  expect(items.map(({ action }: { action: string }) => action)).toEqual([
    ...['organization.update', 'organization.create', 'organization.create'],
  ])
})
