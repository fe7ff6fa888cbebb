// An organization for one peer, and what its administrator and its people see of it.
import type { RolecallCommand } from '#sandbox/demo/command-line.ts'
import { type JsonObject, textAt } from '#sandbox/json.ts'
import { type Browser, readForm } from '#sandbox/sign-in/browser.ts'
import { expect } from './peer.ts'
import { confirmSignOut, type End, postForm, walk } from './walk.ts'

export type Rolecall = { origin: string; command: RolecallCommand }

export type Tenant = {
  origin: string
  slug: string
  /** A command of the organization. */
  command(...args: readonly string[]): Promise<JsonObject>
  /** Who is signed in, or undefined. */
  session(browser: Browser): Promise<Session | undefined>
  /** Signs out at /account, and goes on where that leads. */
  signOut(browser: Browser): Promise<End>
  /** What Rolecall made of the last answers of providers. */
  lastAttempts(): Promise<string>
}

export type Session = { user: { userName: string }; roles: { key: string }[] }

type Attempt = { outcome: string; reason: string | null; trace: { steps: unknown } }

/** Makes the organization, with `domain` as one that it has proven. */
export async function createTenant({ origin, command }: Rolecall, slug: string, domain: string): Promise<Tenant> {
  await command('organization', 'create', '--slug', slug, '--name', slug)
  const inOrganization = (...args: readonly string[]) => command(...args, '--organization', slug)
  await inOrganization('domain', 'add', domain, '--verified')
  const apiKey = textAt(await inOrganization('api-key', 'create'), 'key')
  return {
    ...{ origin, slug, command: inOrganization },
    async session(browser) {
      const answer = await browser.request(`${origin}/session`)
      return answer.status === 200 ? ((await answer.json()) as Session) : undefined
    },
    async signOut(browser) {
      const page = `${origin}/account`
      const shown = await browser.request(page, { headers: { accept: 'text/html' } })
      // The first one of the page, with what says whose session it is for.
      const form = readForm(await shown.text(), page)
      expect(
        form.action === `${origin}/account/sign-out`,
        `The page has no button to sign out; it leads to ${form.action}`,
      )
      const answer = await postForm(browser, page, form)
      return walk(browser, { url: form.action, answer }, confirmSignOut)
    },
    async lastAttempts() {
      const headers = { authorization: `Bearer ${apiKey}` }
      const answer = await fetch(`${origin}/api/v1/sign-in-attempts?limit=2`, { headers })
      const { items } = (await answer.json()) as { items: Attempt[] }
      return items.map(({ outcome, reason, trace }) => `${outcome} ${reason ?? ''} ${JSON.stringify(trace)}`).join('\n')
    },
  }
}

/** @throws Error unless this person is signed in */
export async function expectSignedIn(tenant: Tenant, browser: Browser, userName: string): Promise<Session> {
  const session = await tenant.session(browser)
  expect(session !== undefined, 'Nobody is signed in')
  expect(session.user.userName === userName, `${session.user.userName} is signed in`)
  return session
}

export async function expectSignedOut(tenant: Tenant, browser: Browser): Promise<void> {
  expect((await tenant.session(browser)) === undefined, 'The person is still signed in')
}
