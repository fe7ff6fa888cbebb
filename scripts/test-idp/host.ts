// What is checked with every host application, whatever library it uses: its person signs in at Rolecall with a password.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '#sandbox/json.ts'
import { type Browser, createBrowser } from '#sandbox/sign-in/browser.ts'
import { type Check, expect } from './peer.ts'
import { expectSignedOut, type Tenant } from './tenant.ts'
import { confirmSignOut, type FillIn, walk } from './walk.ts'

const userOf = ({ slug }: Tenant): string => `grace@${slug}.example.com`
const password = randomBytes(12).toString('base64url')
const mostSeconds = 15

export type Host = {
  tenant: Tenant
  /** Leads to Rolecall, and back. */
  signInUrl: string
  /** Leads to Rolecall's end-session address. */
  signOutUrl: string
  /** What the application shows the person, or undefined where it knows nobody. */
  page(browser: Browser): Promise<string | undefined>
  /** Whether the application learns by itself that a session has ended: by back-channel logout, or since it asks. */
  isTold: boolean
}

export type HostAddresses = { redirectUri: string; afterSignOut: string; backchannelLogoutUri?: string }

/** Registers the application, and its person with a role. Answers with issuer, clientId and clientSecret. */
export async function registerHost(tenant: Tenant, addresses: HostAddresses): Promise<JsonObject> {
  const { redirectUri, afterSignOut, backchannelLogoutUri } = addresses
  await tenant.command(
    ...['user', 'create', '--user-name', userOf(tenant), '--name', 'Grace Host', '--role', 'editor'],
    ...['--password', password, '--keep'],
  )
  return tenant.command(
    ...['application', 'create', '--name', 'Host', '--redirect-uri', redirectUri],
    ...['--post-logout-redirect-uri', afterSignOut],
    ...(backchannelLogoutUri === undefined ? [] : ['--backchannel-logout-uri', backchannelLogoutUri]),
  )
}

/** The page of an application that says `Roles:` to whomever it knows. */
export const pageWithRoles =
  (url: string): Host['page'] =>
  async (browser) => {
    const text = await (await browser.request(url)).text()
    return text.includes('Roles:') ? text : undefined
  }

/** Sign-in with roles, logout, and a deactivation. */
export function hostChecks(host: Host): Check[] {
  const { tenant, signOutUrl, page } = host
  return [
    [
      'signs the person in, with their roles',
      async () => {
        const shown = await page(await signInTo(host))
        expect(shown?.includes('editor') === true, `It shows: ${shown}`)
      },
    ],
    [
      'signing out there signs out here',
      async () => {
        const browser = await signInTo(host)
        await walk(browser, signOutUrl, confirmSignOut)
        expect((await page(browser)) === undefined, 'The application still knows the person')
        await expectSignedOut(tenant, browser)
      },
    ],
    [
      'a deactivation is noticed',
      async () => {
        const browser = await signInTo(host)
        await tenant.command('user', 'deactivate', '--user', userOf(tenant))
        if (host.isTold) expect(await isForgotten(host, browser), 'The application still knows the person')
        const stranger = createBrowser()
        await walk(stranger, host.signInUrl, enter(userOf(tenant)))
        expect((await page(stranger)) === undefined, 'The person is let in again')
      },
    ],
  ]
}

async function signInTo({ tenant, signInUrl, page }: Host): Promise<Browser> {
  const browser = createBrowser()
  const { url, status, text } = await walk(browser, signInUrl, enter(userOf(tenant)))
  expect((await page(browser)) !== undefined, `The way ended at ${url} (${status}): ${text.slice(0, 300)}`)
  return browser
}

async function isForgotten({ page }: Host, browser: Browser): Promise<boolean> {
  for (let seconds = 0; seconds < mostSeconds; seconds += 0.25) {
    if ((await page(browser)) === undefined) return true
    await sleep(250)
  }
  return false
}

/** Rolecall's pages of sign-in: first the name, then the password. */
const enter = (email: string): FillIn => {
  const left = new Map([
    ['password', { password }],
    ['email', { email }],
  ])
  return ({ text }) => {
    for (const [name, entered] of left) {
      if (!text.includes(`name="${name}"`)) continue
      left.delete(name)
      return entered
    }
    return undefined
  }
}
