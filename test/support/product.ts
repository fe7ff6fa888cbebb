// A product on the kit, listening, as an application of an organization or of the platform, and browsers that go to it.
import { Hono } from 'hono'
import { createApplication } from '#access/applications/create-application.ts'
import { type Browser, createBrowser } from '#sandbox/sign-in/browser.ts'
import { sessionOf, withRolecall } from '#sdk/hono.ts'
import { createRolecall, type Rolecall, type RolecallSettings } from '#sdk/rolecall.ts'
import type { CallContext } from '#src/context.ts'
import { listen } from './listening.ts'

export type Product = { origin: string; rolecall: Rolecall; clientId: string; close(): Promise<void> }

export const cookieSecret = 'a secret of the tests that is long enough'

/** Answers `/` with the claims of whoever is signed in, or null. */
export async function startProduct(
  app: { origin: string },
  organization: { ctx: CallContext },
  settings: Partial<RolecallSettings> = {},
): Promise<Product> {
  let started: Omit<Product, 'origin' | 'close'> | undefined
  const { origin, close } = await listen(async (own) => {
    const { clientId, clientSecret } = await registerProduct(organization, own)
    const redirectUri = `${own}/callback`
    const given = { issuer: app.origin, clientId, clientSecret, redirectUri, cookieSecret, ...settings }
    started = { rolecall: createRolecall(given), clientId }
    const product = new Hono()
    product.use(withRolecall(started.rolecall))
    product.get('/', (c) => c.json(sessionOf(c)?.claims ?? null))
    return product
  })
  if (started === undefined) throw new Error('The product was not built')
  return { ...started, origin, close }
}

/** With the addresses that the kit has unless told otherwise. */
export async function registerProduct(
  { ctx }: { ctx: CallContext },
  origin: string,
): Promise<{ clientId: string; clientSecret: string }> {
  const { application, clientSecret = '' } = await createApplication(ctx, {
    name: 'Newsroom',
    redirectUris: [`${origin}/callback`],
    postLogoutRedirectUris: [`${origin}/`],
    backchannelLogoutUri: `${origin}/backchannel-logout`,
  })
  return { clientId: application.id, clientSecret: clientSecret ?? '' }
}

/** Follows redirects from one origin to another, too, until a page answers or `isEnd` says so. */
export async function travel(
  browser: Browser,
  from: string,
  isEnd: (url: string) => boolean = () => false,
): Promise<{ url: string; response: Response }> {
  let url = from
  for (let hops = 0; hops < 15; hops += 1) {
    const response = await browser.request(url, { headers: { Accept: 'text/html' } })
    const location = response.headers.get('location')
    if (location === null) return { url, response }
    url = new URL(location, url).href
    if (isEnd(url)) return { url, response }
  }
  throw new Error('Redirected in circles')
}

/** A browser that is signed in to Rolecall by this cookie. */
export const browserOf = (app: { origin: string }, { cookie }: { cookie: string }): Browser =>
  createBrowser({ [app.origin]: cookie })

/** The claims that the product knows the browser by. */
export async function claimsAt(
  { origin }: { origin: string },
  browser: Browser,
): Promise<Record<string, unknown> | null> {
  const response = await browser.request(origin)
  if (response.status !== 200) throw new Error(`The product answered with ${response.status}: ${await response.text()}`)
  return (await response.json()) as Record<string, unknown> | null
}
