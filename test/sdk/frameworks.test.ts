// The adapters in the real frameworks: sign-in, session, permission, a logout token, and forms that the framework has read.
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBrand } from '#access/grants/brands/create-brand.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { startWorker, type Worker } from '#jobs/worker.ts'
import { createLog } from '#platform/log.ts'
import { listenOnLoopback } from '#sandbox/sign-in/loopback.ts'
import * as onExpress from '#sdk/express.ts'
import * as onFastify from '#sdk/fastify.ts'
import * as onHono from '#sdk/hono.ts'
import { currentSession, routeHandlers, withSession } from '#sdk/next.ts'
import { createRolecall, type Rolecall } from '#sdk/rolecall.ts'
import type { TestOrganization } from '../support/app.ts'
import { listen, startListeningApp } from '../support/listening.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { browserOf, claimsAt, cookieSecret, registerProduct, travel } from '../support/product.ts'
import { signIn } from '../support/sessions.ts'

type Running = { origin: string; close(): Promise<unknown> }
type Build = (origin: string) => Promise<Rolecall>

let app: Awaited<ReturnType<typeof startListeningApp>>
let organization: TestOrganization
let worker: Worker
let apiKey: string

beforeAll(async () => {
  app = await startListeningApp()
  organization = await app.createOrganization('northwind')
  apiKey = await app.createApiKey(organization)
  await createBrand(organization.ctx, { slug: 'harbor', name: 'Harbor' })
  worker = startWorker(app.services, createLog('silent'), { tickMillis: 50 })
})
afterAll(async () => {
  await worker.stop()
  await app.close()
})

const build: Build = async (origin) => {
  const registered = await registerProduct(organization, origin)
  return createRolecall({ issuer: app.origin, ...registered, apiKey, cookieSecret, redirectUri: `${origin}/callback` })
}

const inHono = (): Promise<Running> =>
  listen(async (origin) => {
    const rolecall = await build(origin)
    const product = new Hono()
    product.use(onHono.withRolecall(rolecall))
    product.get('/', (c) => c.json(onHono.sessionOf(c)?.claims ?? null))
    product.get('/mine', onHono.requireSignIn(rolecall), (c) => c.text('mine'))
    const place = (c: Parameters<typeof onHono.sessionOf>[0]) => ({ brand: c.req.param('brand') ?? '' })
    product.get('/publish/:brand', onHono.requirePermission(rolecall, 'content.publish', place), (c) => c.text('done'))
    return product
  })

async function inExpress(): Promise<Running> {
  const product = express()
  const { origin, close } = await listenOnLoopback(product)
  const rolecall = await build(origin)
  // As many products have it: forms are read before anybody else sees them.
  product.use(express.urlencoded(), onExpress.withRolecall(rolecall))
  product.get('/', (request, response) => void response.json(onExpress.sessionOf(request)?.claims ?? null))
  product.get('/mine', onExpress.requireSignIn(rolecall), (_, response) => void response.send('mine'))
  const may = onExpress.requirePermission(rolecall, 'content.publish', ({ params }) => ({
    brand: String(params['brand']),
  }))
  product.get('/publish/:brand', may, (_, response) => void response.send('done'))
  return { origin, close }
}

async function inFastify(): Promise<Running> {
  let rolecall: Rolecall | undefined
  const product = fastify({ forceCloseConnections: true })
  // The address is known once it listens, and plugins are registered before.
  const late = <Key extends keyof Rolecall>(key: Key): Rolecall[Key] => (rolecall as Rolecall)[key]
  const proxy = new Proxy({} as Rolecall, { get: (_, key) => late(key as keyof Rolecall) })
  await product.register(onFastify.withRolecall(proxy))
  product.get('/', async (request, reply) => reply.send(onFastify.sessionOf(request)?.claims ?? 'null'))
  product.get('/mine', { preHandler: onFastify.requireSignIn(proxy) }, async () => 'mine')
  const place = ({ params }: { params: unknown }) => params as { brand: string }
  const may = onFastify.requirePermission(proxy, 'content.publish', place)
  product.get('/publish/:brand', { preHandler: may }, async () => 'done')
  const { port } = new URL(await product.listen({ host: '127.0.0.1', port: 0 }))
  const origin = `http://localhost:${port}`
  rolecall = await build(origin)
  return { origin, close: () => product.close() }
}

/** Requests reach the handlers as Next hands them over: by file, with the parameters of the path as a promise. */
const inNext = (): Promise<Running> =>
  listen(async (origin) => {
    const rolecall = await build(origin)
    const handlers = routeHandlers(rolecall)
    const mine = withSession(rolecall, () => new Response('mine'))
    const brandOf = (request: Request) => ({ brand: new URL(request.url).pathname.split('/')[2] ?? '' })
    const may = { permission: 'content.publish', place: brandOf }
    const publish = withSession<{ params: Promise<{ brand: string }> }>(rolecall, () => new Response('done'), may)
    const page = async ({ headers }: Request) =>
      Response.json((await currentSession(rolecall, headers))?.claims ?? null)
    return {
      fetch: (request: Request) => {
        const { pathname } = new URL(request.url)
        if (pathname === '/') return page(request)
        if (pathname === '/mine') return mine(request, undefined)
        const brand = pathname.split('/')[2] ?? ''
        if (pathname.startsWith('/publish/')) return publish(request, { params: Promise.resolve({ brand }) })
        return handlers[request.method as 'GET'](request)
      },
    }
  })

describe.each([
  ['Hono', inHono],
  ['Express', inExpress],
  ['Fastify', inFastify],
  ['Next', inNext],
])('in %s', (name, start) => {
  let product: Running
  beforeAll(async () => {
    product = await start()
  })
  afterAll(() => product.close())

  test('somebody signs in where they were stopped, may what they may, and is out when Rolecall says so', async () => {
    const userId = await createPerson(organization, `${name.toLowerCase()}@example.com`)
    const browser = browserOf(app, await signIn(organization, userId))
    expect(await claimsAt(product, browser)).toBeNull()
    const { url, response } = await travel(browser, `${product.origin}/mine?from=here`)
    expect([url, await response.text()]).toEqual([`${product.origin}/mine?from=here`, 'mine'])
    expect(await claimsAt(product, browser)).toMatchObject({ sub: userId })

    const publish = async (brand: string) => (await browser.request(`${product.origin}/publish/${brand}`)).status
    expect(await publish('harbor')).toBe(403)
    const { id: brandId } = await brandCalled('harbor')
    await giveRole(organization, { userId, role: 'editor', brandId })
    expect([await publish('harbor'), await publish('elsewhere')]).toEqual([200, 403])

    await deactivateUser(organization.ctx, { userId })
    await expect.poll(() => claimsAt(product, browser)).toBeNull()
    expect(await publish('harbor')).toBe(401)
  })

  test('refuses logout tokens that are not Rolecall’s, and what is no page is told 401', async () => {
    const body = new URLSearchParams({ logout_token: 'e30.e30.' })
    expect((await fetch(`${product.origin}/backchannel-logout`, { method: 'POST', body })).status).toBe(400)
    const large = await fetch(`${product.origin}/backchannel-logout`, { method: 'POST', body: 'x'.repeat(90_000) })
    expect(large.status).toBeGreaterThanOrEqual(400)
    expect((await fetch(`${product.origin}/mine`, { redirect: 'manual' })).status).toBe(401)
    expect((await fetch(`${product.origin}/nowhere`, { method: 'POST' })).status).toBe(404)
  })
})

async function brandCalled(slug: string): Promise<{ id: string }> {
  const answer = await fetch(`${app.origin}/api/v1/brands`, { headers: { Authorization: `Bearer ${apiKey}` } })
  const { items } = (await answer.json()) as { items: Array<{ id: string; slug: string }> }
  const found = items.find((brand) => brand.slug === slug)
  if (found === undefined) throw new Error(`There is no brand ${slug}`)
  return found
}
