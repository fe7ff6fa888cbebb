// Every page about providers in a browser: nothing that axe finds wrong in light and dark, no error, no sideways scrolling on a
// phone, and its content there without scripts. A new page is one line.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../support/app.ts'
import { launchBrowser, openPage, pageFaults } from '../support/browser.ts'
import { createManager, openAs } from '../support/console.ts'
import { startListeningApp } from '../support/listening.ts'
import { startWalk, type Walk } from '../support/walk.ts'
import { type Furnished, furnishConnect } from './connect-stage.ts'

let app: TestApp & { origin: string }
let browser: Browser
let furnished: Furnished
let administrator: Walk
/** Somebody without an account. */
let guest: Walk

beforeAll(async () => {
  app = await startListeningApp()
  browser = await launchBrowser()
  const organization = await app.createOrganization()
  const manager = await createManager(organization)
  furnished = await furnishConnect(app, organization)
  administrator = await startWalk((view) => openAs(browser, app, manager, view))
  guest = await startWalk((view) => openPage(browser, view))
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

const pages: [string, (at: Furnished) => string, string][] = [
  ['connections', () => '/console/connections', 'Cedar sign-in'],
  ['a connection', ({ open }) => `/console/connections/${open}`, 'Certificates of the provider'],
  ['settings of a connection', ({ open }) => `/console/connections/${open}/settings`, 'Names of attributes'],
  ['switching a connection off', ({ open }) => `/console/connections/${open}/status?to=disabled`, 'What will happen'],
  ['choosing a provider', () => '/console/connect', 'Which identity provider'],
  ['choosing another provider', ({ draft }) => `/console/connect/${draft}/choice`, 'Our addresses stay as they are'],
  ['the wizard', ({ draft }) => `/console/connect/${draft}`, 'How far it is'],
  ['directories', () => '/console/directories', 'Microsoft Entra ID'],
  ['a directory', ({ directory }) => `/console/directories/${directory}`, 'SCIM base URL'],
  [
    'people a directory asked for',
    ({ directory }) => `/console/directories/${directory}/adoptions`,
    'Deactivated by it',
  ],
  ['many people at once', ({ directory }) => `/console/directories/${directory}/mass-changes`, 'Waits for your word'],
  [
    'who lost something',
    ({ directory, massChange }) => `/console/directories/${directory}/mass-changes/${massChange}`,
    'Has really left',
  ],
  [
    'moving from a directory',
    ({ directory, nextDirectory }) => `/console/directories/${directory}/move?to=${nextDirectory}`,
    'Who gets whose roles',
  ],
  ['deleting a directory', ({ directory }) => `/console/directories/${directory}/delete`, 'it cannot be deleted'],
  [
    'revoking a token',
    ({ directory, token }) => `/console/directories/${directory}/tokens/${token}/revoke`,
    'No other token',
  ],
  ['a new client', ({ directory }) => `/console/directories/${directory}/clients/new`, 'What it is'],
  [
    'a new client by keys',
    ({ directory }) => `/console/directories/${directory}/clients/new?kind=private_key_jwt`,
    'Public keys',
  ],
  [
    'a new client of Entra',
    ({ directory }) => `/console/directories/${directory}/clients/new?kind=entra`,
    'Directory (tenant) ID',
  ],
  [
    'a new secret',
    ({ directory, client }) => `/console/directories/${directory}/clients/${client}/rotate`,
    'The id stays',
  ],
  [
    'other keys',
    ({ directory, keyClient }) => `/console/directories/${directory}/clients/${keyClient}/rotate`,
    'All keys that it has from now on',
  ],
  [
    'revoking a client',
    ({ directory, client }) => `/console/directories/${directory}/clients/${client}/revoke`,
    'gets no new access tokens',
  ],
  ['attributes of its own', ({ directory }) => `/console/directories/${directory}/attributes`, 'door.front'],
  ['the provisioning log', () => '/console/provisioning', 'exists already'],
  ['a refused request', ({ refusedEvent }) => `/console/provisioning/${refusedEvent}`, 'What to do:'],
  ['a tolerated request', ({ tolerantEvent }) => `/console/provisioning/${tolerantEvent}`, 'What was tolerated'],
  ['sign-ins', () => '/console/sign-ins', 'Test worked'],
  ['a refused sign-in', ({ refusedAttempt }) => `/console/sign-ins/${refusedAttempt}`, 'What to change:'],
  ['a test sign-in', ({ testedAttempt }) => `/console/sign-ins/${testedAttempt}`, 'What was received'],
  ['a fresh setup link', ({ freshLink }) => `/setup/${freshLink}`, 'Which identity provider'],
  ['a setup link in use', ({ usedLink }) => `/setup/${usedLink}`, 'How far it is'],
]

const walkOf = (path: string): Walk => (path.startsWith('/setup') ? guest : administrator)

describe.each(pages)('%s', (_, pathOf, content) => {
  test('is in order, in light and in dark on a phone', async () => {
    const path = pathOf(furnished)
    const { page, errors } = walkOf(path).full
    errors.splice(0)
    await page.goto(`${app.origin}${path}`)
    expect(await page.textContent('main')).toContain(content)
    expect([await pageFaults(page), errors]).toEqual([[], []])
  })

  test('is there without scripts', async () => {
    const path = pathOf(furnished)
    const { page } = walkOf(path).plain
    await page.goto(`${app.origin}${path}`)
    await page.getByText(content).filter({ visible: true }).first().waitFor()
  })
})
