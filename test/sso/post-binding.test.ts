// A provider that takes requests by POST and sends the browser on to another host, in a real browser: portals stand in front of
// providers, and custom domains before tenants.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildMetadata } from '#sandbox/saml-idp/metadata.ts'
import type { TestApp } from '../support/app.ts'
import { launchBrowser, openPage } from '../support/browser.ts'
import { startListeningApp } from '../support/listening.ts'
import { createSamlConnection, testKey } from '../support/sign-in.ts'

let app: TestApp & { origin: string }
let chromium: Browser
let back: Server
let front: Server

const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const listening = (server: Server): Promise<Server> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))

beforeAll(async () => {
  app = await startListeningApp()
  chromium = await launchBrowser()
  back = await listening(
    createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<h1>Sign in here (${request.method})</h1>`)
    }),
  )
  front = await listening(
    createServer((request, response) => {
      const status = request.url === '/307' ? 307 : 302
      response.writeHead(status, { location: `${originOf(back)}/login` }).end()
    }),
  )
})

afterAll(async () => {
  await chromium.close()
  await app.close()
  for (const server of [front, back]) server.close()
})

test.each([
  ['302', 'GET'],
  ['307', 'POST'],
])('the browser follows a %s of the front to the host behind it', async (status, method) => {
  const organization = await app.createOrganization()
  const metadataXml = buildMetadata({
    entityId: `https://idp${status}.example.net/metadata`,
    certificates: [testKey().certificate],
    sso: { post: `${originOf(front)}/${status}` },
  })
  const { id } = await createSamlConnection(organization, { metadataXml })
  const page = await openPage(chromium)
  await page.goto(`${app.origin}/sign-in/${id}`)
  await page.getByRole('heading', { name: `Sign in here (${method})` }).waitFor({ timeout: 20_000 })
  expect(page.url()).toBe(`${originOf(back)}/login`)
  await page.context().close()
})
