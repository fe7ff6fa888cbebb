// The example in Express, from sign-in to sign-out, with what an editor may publish.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { listenOnLoopback } from '#sandbox/sign-in/loopback.ts'
import { createExpressApp } from '../../examples/express/host-app.ts'
import type { TestOrganization } from '../support/app.ts'
import { startListeningApp } from '../support/listening.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { browserOf, cookieSecret, registerProduct, travel } from '../support/product.ts'
import { signIn } from '../support/sessions.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
let organization: TestOrganization

beforeAll(async () => {
  app = await startListeningApp()
  organization = await app.createOrganization('northwind')
})
afterAll(() => app.close())

test('signs somebody in, lets an editor publish in one brand alone, and signs them out', async () => {
  let product: ReturnType<typeof createExpressApp> | undefined
  const { origin, close } = await listenOnLoopback((request, response) => product?.(request, response))
  const [registered, apiKey] = [await registerProduct(organization, origin), await app.createApiKey(organization)]
  product = createExpressApp({ issuer: app.origin, ...registered, apiKey, origin, cookieSecret })
  const userId = await createPerson(organization, 'amara@example.com')
  const { id: brandId } = await createBrand(organization.ctx, { slug: 'harbor', name: 'Harbor' })
  await giveRole(organization, { userId, role: 'editor', brandId })

  const browser = browserOf(app, await signIn(organization, userId))
  const { response } = await travel(browser, `${origin}/me`)
  expect(await response.json()).toMatchObject({ sub: userId, organization: { slug: 'northwind' } })
  const publish = async (brand: string) =>
    (await browser.request(`${origin}/brands/${brand}/publish`, { method: 'POST' })).status
  expect([await publish('harbor'), await publish('tidewater')]).toEqual([200, 403])
  const left = await browser.request(`${origin}/sign-out`, { method: 'POST' })
  expect(new URL(left.headers.get('location') ?? '').origin).toBe(app.origin)
  expect(await publish('harbor')).toBe(401)
  await close()
})
