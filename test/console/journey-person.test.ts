// J3 and J4: a person comes in through the company's provider and sees what they may do; the provider removes them, and they are
// out everywhere at once, with a receipt for the administrator.

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listRoles } from '#access/grants/roles/roles.ts'
import { updateSettings } from '#access/organizations/settings.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { requireOrdinaryRole } from '#access/sign-in/default-role.ts'
import { createConnection } from '#connections/sign-in/create-connection.ts'
import { type RunningSamlIdentityProvider, startSamlIdentityProvider } from '#sandbox/saml-idp/start.ts'
import { change } from '../support/access.ts'
import { provisionLocalUser } from '../support/accounts.ts'
import type { TestApp } from '../support/app.ts'
import { axeViolations, collectPageErrors, launchBrowser, openPage } from '../support/browser.ts'
import { type ConsoleStage, createTestBrand, openAs, openConsole } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { type ScimClient, scimClient } from '../support/scim.ts'
import { signIn as newSession } from '../support/sessions.ts'
import { verifyDomain } from '../support/sign-in.ts'

const domain = 'harbor.example.com'
const mara = { id: 'mara', email: `mara@${domain}`, givenName: 'Mara', familyName: 'Quill' }
const stranger = { id: 'sten', email: 'sten@elsewhere.example.com', givenName: 'Sten', familyName: 'Ranger' }

let app: TestApp & { origin: string }
let browser: Browser
let stage: ConsoleStage
let idp: RunningSamlIdentityProvider
let scim: ScimClient
let maraId: string

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
  stage = await openConsole(app, browser)
  const { organization } = stage
  const { ctx } = organization
  const credentials = await app.createDirectory(organization)
  scim = scimClient((path, init) => app.request(path, init), credentials)
  maraId = await scim.user(mara.email, {
    displayName: 'Mara Quill',
    emails: [{ value: mara.email, type: 'work', primary: true }],
  })
  const groupId = await scim.group('Aurora Editors', [maraId])
  const brandId = await createTestBrand(organization, 'aurora', 'Aurora')
  const editor = (await listRoles(ctx)).find(({ key }) => key === 'editor')
  await change(ctx, { kind: 'create_mappings', mappings: [{ groupId, roleId: editor?.id ?? '', brandId }] })
  await updateSettings(ctx, { accessContact: 'Ada at extension 42' })
  await verifyDomain(organization, domain)
  idp = await startSamlIdentityProvider({ people: [mara, stranger], name: 'Harbor identity provider' })
  const { directoryId } = credentials
  const { id } = await createConnection(
    ctx,
    { type: 'saml', metadataXml: idp.metadata(), directoryId },
    requireOrdinaryRole,
  )
  await setConnectionStatus(ctx, { connectionId: id, status: 'optional', isForced: true })
  const { entityId, acsUrl, sloUrl } = app.urls.connection(id)
  idp.trust({ entityId, acsUrl, sloUrl })
})

afterAll(async () => {
  await browser?.close()
  await idp?.close()
  await app?.close()
})

/** From the e-mail field to the answer of the provider. */
async function signIn(page: Page, email: string, button: RegExp): Promise<void> {
  await page.goto(`${app.origin}/login`)
  await page.getByLabel(/e-?mail/i).fill(email)
  await page.keyboard.press('Enter')
  const choice = page.getByRole('link', { name: /continue with|sign in with/i }).first()
  const person = page.getByRole('button', { name: button })
  await choice.or(person).first().waitFor()
  if (!(await person.isVisible())) await choice.click()
  await person.click()
}

test('J3: by address to the provider, back to My access; a stranger gets a reference that an administrator can look up', {
  timeout: 60_000,
}, async () => {
  const page = await openPage(browser)
  const errors = collectPageErrors(page)
  await page.goto(`${app.origin}/login`)
  await page.getByLabel(/e-?mail/i).fill('nobody@unknown.example.net')
  await page.keyboard.press('Enter')
  await page.getByLabel('Password').waitFor()

  await signIn(page, mara.email, /Mara Quill/)
  await page.waitForURL(`${app.origin}/account`)
  const access = (await page.getByRole('main').textContent()) ?? ''
  expect(access).toContain('Aurora')
  expect(access).toContain('You are in the group Aurora Editors')
  expect(access).toContain('Ada at extension 42')
  expect(await axeViolations(page)).toEqual([])
  expect(await app.owner`select user_id from identities where subject is not null`).toMatchObject([{ user_id: maraId }])
  await page.goto(`${app.origin}/console`)
  await page.getByRole('heading', { name: 'The console is for managers' }).waitFor()
  expect(await page.getByRole('main').textContent()).toContain('Ada at extension 42')
  expect(errors.filter((error) => !error.includes('403'))).toEqual([])

  const other = await openPage(browser)
  await signIn(other, mara.email, /Sten Ranger/)
  await other.getByRole('heading', { name: 'You could not be signed in' }).waitFor()
  const reference = (await other.textContent('code')) ?? ''
  const admin = stage.page
  await admin.goto(`${app.origin}/console/sign-ins?reference=${reference}`)
  await admin.getByRole('main').getByText(reference).first().waitFor()
})

test('J4: removed at the provider, out with the next request, and no ghost comes back', {
  timeout: 60_000,
}, async () => {
  const page = await openPage(browser)
  await signIn(page, mara.email, /Mara Quill/)
  await page.waitForURL(`${app.origin}/account`)
  const open = await app.owner`select id from sessions where user_id = ${maraId}`
  const answer = await scim.patch(`/Users/${maraId}`, { op: 'replace', path: 'active', value: false })
  expect(answer.status).toBe(200)
  await page.reload()
  await page.waitForURL(/\/login/)
  await signIn(page, mara.email, /Mara Quill/)
  await page.getByRole('heading', { name: 'You could not be signed in' }).waitFor()
  expect(await app.owner`select id from users where user_name like 'mara%'`).toHaveLength(1)

  const admin = stage.page
  await admin.goto(`${app.origin}/console/users/${maraId}`)
  await admin.getByText('Inactive').first().waitFor()
  const shown = (await admin.getByRole('main').textContent()) ?? ''
  expect(shown).toMatch(/identity provider/i)
  expect(shown).toContain(`Closed${open.length} session`)
  expect(await axeViolations(admin)).toEqual([])

  await scim.patch(`/Users/${maraId}`, { op: 'replace', path: 'active', value: true })
  await page.goto(`${app.origin}/account`)
  await page.waitForURL(/\/login/)
  await signIn(page, mara.email, /Mara Quill/)
  await page.waitForURL(`${app.origin}/account`)
  expect(await page.getByRole('main').textContent()).toContain('Aurora')
})

test('somebody with an account of their own links it with the provider, and comes in that way from then on', {
  timeout: 60_000,
}, async () => {
  const { organization } = stage
  const { id: userId } = await provisionLocalUser(organization, 'sten.local@example.com')
  const page = await openAs(browser, app, { userId, session: await newSession(organization, userId) })
  const errors = collectPageErrors(page)
  await page.goto(`${app.origin}/account/security`)
  expect(await axeViolations(page)).toEqual([])
  await page.getByRole('link', { name: /^Link with/ }).click()
  await page.getByRole('button', { name: /Sten Ranger/ }).click()
  await page.getByText('You can sign in through your organization from now on').waitFor()
  expect(await page.getByRole('link', { name: /^Link with/ }).count()).toBe(0)
  expect(errors).toEqual([])

  const other = await openPage(browser)
  await signIn(other, mara.email, /Sten Ranger/)
  await other.waitForURL(`${app.origin}/account`)
  expect(await other.getByRole('banner').textContent()).toContain('sten.local')
})
