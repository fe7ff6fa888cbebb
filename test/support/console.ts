// The console as a signed-in person has it, in a browser or by plain requests.
import type { Browser, Page } from 'playwright-core'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import type { TestApp, TestOrganization } from './app.ts'
import { openPage, type View } from './browser.ts'
import { createPerson, giveRole } from './people.ts'
import { type SignedIn, signIn } from './sessions.ts'

export type ConsolePerson = { userId: string; session: SignedIn }

/** An active person with a role, in the organization or in a brand, signed in. */
export async function createManager(
  organization: TestOrganization,
  { name = 'Ada Okafor', role = 'administrator', brandId }: { name?: string; role?: string; brandId?: string } = {},
): Promise<ConsolePerson> {
  const userName = `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@example.com`
  const userId = await createPerson(organization, userName, name)
  await giveRole(organization, { userId, role, ...(brandId === undefined ? {} : { brandId }) })
  return { userId, session: await signIn(organization, userId) }
}

/** A page of the browser in which the person is signed in. Wants an app that listens. */
export async function openAs(
  browser: Browser,
  app: { origin: string },
  { session }: ConsolePerson,
  view: View = {},
): Promise<Page> {
  const page = await openPage(browser, view)
  const { hostname } = new URL(app.origin)
  await page.context().addCookies([
    {
      name: '__Host-rolecall_session',
      value: session.token,
      domain: hostname,
      path: '/',
      secure: true,
      httpOnly: true,
    },
  ])
  return page
}

export type ConsoleStage = { organization: TestOrganization; administrator: ConsolePerson; page: Page }

/** A new organization with an administrator who looks at the console in a browser. */
export async function openConsole(
  app: TestApp & { origin: string },
  browser: Browser,
  view: View = {},
): Promise<ConsoleStage> {
  const organization = await app.createOrganization()
  const administrator = await createManager(organization)
  const page = await openAs(browser, app, administrator, view)
  return { organization, administrator, page }
}

/** A brand of the organization. @returns its id */
export const createTestBrand = async ({ ctx }: TestOrganization, slug: string, name: string): Promise<string> =>
  (await createBrand(ctx, { slug, name })).id

export type ConsoleClient = {
  get(path: string): Promise<{ status: number; location: string | null; text: string }>
  post(
    path: string,
    fields?: Record<string, string>,
  ): Promise<{ status: number; location: string | null; text: string }>
}

/** The console by plain requests, as the person's browser sends them. */
export function consoleClient(app: TestApp, { session }: ConsolePerson): ConsoleClient {
  const send = async (path: string, init: RequestInit) => {
    const headers = { accept: 'text/html', cookie: session.cookie, ...(init.headers as Record<string, string>) }
    const response = await app.request(path, { ...init, headers })
    return { status: response.status, location: response.headers.get('location'), text: await response.text() }
  }
  return {
    get: (path) => send(path, {}),
    post: (path, fields = {}) =>
      send(path, {
        method: 'POST',
        headers: {
          ...{ 'content-type': 'application/x-www-form-urlencoded', origin: app.urls.origin },
          'sec-fetch-site': 'same-origin',
        },
        body: new URLSearchParams(fields).toString(),
      }),
  }
}

/** The hidden fields of the form that saves what a preview shows. */
export const savingForm = (html: string, action = '/console/changes"'): Record<string, string> => {
  const form = html.slice(html.indexOf(`action="${action}`))
  const fields = [...form.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)]
  const decoded = (text: string) =>
    text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&amp;', '&')
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, decoded(value)]))
}

/** What the page of a preview carries to where it is saved. */
export function carriedFields(text: string): Record<string, string> {
  const value = (name: string): string =>
    (new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
  return Object.fromEntries(['change', 'hash', 'title', 'section', 'next', 'back'].map((name) => [name, value(name)]))
}
