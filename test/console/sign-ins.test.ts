// Sign-ins in the console: found by reference, person, connection and outcome; a trace says what to change.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listConnectionHealth } from '#access/organizations/overview.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { setConnectionStatus } from '#access/sign-in/connection-status.ts'
import { createTestLink } from '#access/sign-in/test-links.ts'
import type { SamlConnection } from '#connections/sign-in/connections.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { type Arrival, arriveBySaml, person } from '../support/arrivals.ts'
import { type ConsoleClient, consoleClient, createManager } from '../support/console.ts'
import { createSamlConnection, verifyDomain } from '../support/sign-in.ts'

let app: TestApp
let organization: TestOrganization
let client: ConsoleClient
let connection: SamlConnection
let good: Arrival
let bad: Arrival

beforeAll(async () => {
  app = await startTestApp()
  organization = await app.createOrganization()
  client = consoleClient(app, await createManager(organization))
  await verifyDomain(organization, 'hazel.example.com')
  connection = await createSamlConnection(organization, { jit: 'off' })
  await person(organization, 'ada@hazel.example.com')
  good = await arriveBySaml(app, organization, connection, { nameId: 'ada@hazel.example.com' })
  bad = await arriveBySaml(app, organization, connection, { nameId: 'eve@hazel.example.com' })
})
afterAll(() => app.close())

const found = async (query: string): Promise<string[]> => {
  const { text } = await client.get(`/console/sign-ins${query}`)
  return [...text.matchAll(/<code>([2-9A-Z]{5}-[2-9A-Z]{5})<\/code>/g)].map(([, reference = '']) => reference)
}

test('the list narrows by each filter, and by a reference however it was read out', async () => {
  const [first, second] = [bad.attempt.reference, good.attempt.reference]
  expect(await found('')).toEqual([first, second])
  expect(await found(`?reference=%20${first.toLowerCase()}%20`)).toEqual([first])
  expect(await found('?outcome=signed_in')).toEqual([second])
  expect(await found('?outcome=refused')).toEqual([first])
  expect(await found('?q=ada')).toEqual([second])
  expect(await found('?q=%25')).toEqual([])
  expect(await found(`?person=${good.attempt.userId}`)).toEqual([second])
  expect(await found(`?connection=${connection.id}&q=eve`)).toEqual([first])
  expect(await found('?outcome=nonsense&connection=x&person=y&after=z')).toHaveLength(2)
})

test('a refused attempt says what was checked, what came and what to change', async () => {
  const { status, text } = await client.get(`/console/sign-ins/${bad.attempt.id}`)
  expect(status).toBe(200)
  expect(text).toContain('Assign the person to the application at the provider')
  expect(text).toContain('eve@hazel.example.com')
  expect(text).toMatch(/class="is-failed"/)
  expect(text).not.toContain('[object')
})

test('a refused test of a draft tells what came and what was taken, and keeps nobody out', async () => {
  const draft = await createSamlConnection(organization, { jit: 'off', name: 'Okta draft' })
  await setConnectionStatus(organization.ctx, { connectionId: draft.id, status: 'draft' })
  const query = `?test=${await createTestLink(organization.ctx, draft.id)}`
  const who = {
    nameId: 'eve@hazel.example.com',
    attributes: { email: ['eve@hazel.example.com'], firstName: ['Eve'], groups: ['Editors', 'Readers, all'] },
  }
  const { attempt, page } = await arriveBySaml(app, organization, draft, who, { query })
  expect(attempt).toMatchObject({ outcome: 'refused', trace: { isTest: true } })
  for (const told of ['Attribute › groups', 'Editors, Readers, all', 'First name', 'What was taken from it'])
    expect(page).toContain(told)
  expect(page).not.toContain('[object')
  const { text } = await client.get('/console')
  expect(text).not.toContain('People cannot sign in through Okta draft')
  expect((await client.get(`/console/sign-ins/${attempt.id}`)).text).toContain('Test refused')

  // The same person, whom the open connection refused without a test, is what it is about.
  expect(text).toContain('of them 1 refused')
  expect((await listConnectionHealth(organization.ctx)).find(({ id }) => id === connection.id)?.refused).toBe(1)
  const again = `?test=${await createTestLink(organization.ctx, connection.id)}`
  await arriveBySaml(app, organization, connection, who, { query: again })
  expect((await listConnectionHealth(organization.ctx)).find(({ id }) => id === connection.id)?.refused).toBe(1)
})

test('whose identity is known is named by a refusal, too', async () => {
  const userId = await person(organization, 'leaver@hazel.example.com')
  const who = { nameId: 'leaver@hazel.example.com' }
  await arriveBySaml(app, organization, connection, who)
  await deactivateUser(organization.ctx, { userId })
  const { attempt } = await arriveBySaml(app, organization, connection, who)
  expect(attempt).toMatchObject({ outcome: 'refused', reason: 'inactive', userId })
  expect((await client.get(`/console/sign-ins/${attempt.id}`)).text).not.toContain('Nobody known')
})

test('needs the permission, and another organization’s is not there', async () => {
  const viewer = await createManager(organization, { name: 'Vi Ewer', role: 'viewer' })
  expect((await consoleClient(app, viewer).get('/console/sign-ins')).status).toBe(403)
  const stranger = consoleClient(app, await createManager(await app.createOrganization()))
  expect((await stranger.get(`/console/sign-ins/${bad.attempt.id}`)).status).toBe(404)
  expect((await client.get('/console/sign-ins/att_nonsense')).status).toBe(404)
})
