// What is checked with every product that signs people in, whatever its protocol.
import { type Browser, createBrowser } from '#sandbox/sign-in/browser.ts'
import { type Check, expect } from './peer.ts'
import { expectSignedIn, expectSignedOut, type Tenant } from './tenant.ts'
import { type FillIn, walk } from './walk.ts'

export type Upstream = {
  tenant: Tenant
  startUrl: string
  userName: string
  /** A group of the person. */
  group: string
  /** Signs in at the provider's page. */
  enter(): FillIn
  /** Signs out at the provider, in the same browser. Left out where the product has no such logout. */
  signOutThere?: (browser: Browser) => Promise<void>
  /** Whether signing out here ends the provider's session, so that it asks again. */
  isToldOfLogout: boolean
}

/** Goes to the provider and comes back signed in. */
export async function signInAt({ tenant, startUrl, userName, enter }: Upstream, browser = createBrowser()) {
  const { status, url } = await walk(browser, startUrl, enter())
  const session = await tenant.session(browser)
  expect(session !== undefined, `Nobody is signed in; the way ended at ${url} (${status})`)
  await expectSignedIn(tenant, browser, userName)
  return browser
}

/** Sign-in, groups and both logouts. */
export function upstreamChecks(upstream: Upstream): Check[] {
  const { tenant, startUrl, group, signOutThere } = upstream
  const checks: Check[] = [
    ['signs the person in', async () => void (await signInAt(upstream))],
    [
      'a group gives a role',
      async () => {
        await tenant.command('mapping', 'create', '--group', group, '--role', 'editor')
        const session = await tenant.session(await signInAt(upstream))
        const roles = session?.roles.map(({ key }) => key) ?? []
        expect(roles.includes('editor'), `Roles: ${roles.join(', ')}`)
      },
    ],
    [
      'signing out here signs out there',
      async () => {
        const browser = await signInAt(upstream)
        const end = await tenant.signOut(browser)
        expect(end.url.startsWith(tenant.origin), `The way ended at ${end.url} (${end.status})`)
        await expectSignedOut(tenant, browser)
        await walk(browser, startUrl)
        expect((await tenant.session(browser)) === undefined, 'The provider still knows the person')
      },
    ],
  ]
  if (!upstream.isToldOfLogout) checks.pop()
  if (signOutThere !== undefined) {
    checks.push([
      'signing out there signs out here',
      async () => {
        const browser = await signInAt(upstream)
        await signOutThere(browser)
        await expectSignedOut(tenant, browser)
      },
    ])
  }
  return checks
}

/** The last check, since the person is deactivated afterwards. */
export function deactivationCheck(upstream: Upstream): Check {
  const { tenant, startUrl, userName, enter } = upstream
  return [
    'a deactivation ends the session, and the provider’s word opens no other',
    async () => {
      const browser = await signInAt(upstream)
      await tenant.command('user', 'deactivate', '--user', userName)
      await expectSignedOut(tenant, browser)
      const { status } = await walk(browser, startUrl, enter())
      expect(status === 403, `The next sign-in was answered with ${status}`)
      await expectSignedOut(tenant, browser)
    },
  ]
}
