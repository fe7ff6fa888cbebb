// People from outside hold what they are given until a date, where their organization wants that, and are invited at the domains
// that it names.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { provisionLocalUser } from '../support/accounts.ts'
import { scimClient } from '../support/scim.ts'

let stage: AccessStage
let client: Client
let viewer: string
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

beforeEach(async () => {
  client = await stage.createClient()
  viewer = await roleId(client, 'viewer')
  // A verified domain belongs to one organization of the installation.
  await stage.app.owner`delete from domains`
  await stage.app.owner`insert into domains (organization_id, id, name, status, challenge, created_at)
    values (${client.organizationId}, 'dom_own', 'own.example', 'verified', 'x', now())`
})

const day = 86_400_000
const inDays = (days: number): string => new Date(Date.now() + days * day).toISOString()
const limited = async (settings: object): Promise<void> => {
  expect((await client.patch('settings', settings)).status).toBe(200)
}
const invite = (email: string, expiresAt?: string) => client.post('invitations', { email, roleId: viewer, expiresAt })
const refused = (reason: string, path: string) => ({
  status: 422,
  body: { reason, errors: [{ path }] },
})

test('without terms, anybody is invited, also without an end', async () => {
  expect((await invite('a@agency.example')).status).toBe(201)
})

test('J7: guests are invited until a date, and not beyond the most days that there are', async () => {
  await limited({ guestMaxDays: 90 })
  const ended = refused('guest_end_date', 'expiresAt')
  expect(await invite('a@agency.example')).toMatchObject(ended)
  expect(await invite('a@agency.example', inDays(92))).toMatchObject(ended)
  expect(await client.post('invitations/preview', { email: 'a@agency.example', roleId: viewer })).toMatchObject(ended)
  expect((await client.get('users?email=a@agency.example')).body.total).toBe(0)
  expect((await invite('a@agency.example', inDays(90))).status).toBe(201)
  // Their own people are no guests.
  expect((await invite('b@own.example')).status).toBe(201)
})

test('a list says for each line what stands against it', async () => {
  await limited({ guestMaxDays: 30, guestDomains: ['agency.example'] })
  const text = `email,until\na@agency.example,\nb@agency.example,${inDays(20).slice(0, 10)}\nc@elsewhere.example,${inDays(20).slice(0, 10)}\nd@own.example,`
  const { body } = await client.post('invitations/bulk', { text, roleId: viewer })
  expect(body.outcomes.map(({ outcome, reason }: Record<string, string>) => [outcome, reason])).toEqual([
    ['failed', 'guest_end_date'],
    ['invited', null],
    ['failed', 'guest_domain'],
    ['invited', null],
  ])
})

test('guests are invited at the domains of the list only; an empty list is for nobody', async () => {
  await limited({ guestDomains: ['agency.example'] })
  expect((await invite('a@agency.example')).status).toBe(201)
  expect(await invite('a@mail.agency.example')).toMatchObject(refused('guest_domain', 'email'))
  expect((await invite('a@own.example')).status).toBe(201)
  await limited({ guestDomains: [] })
  expect(await invite('c@agency.example')).toMatchObject(refused('guest_domain', 'email'))
})

test('a domain that is not verified does not make people their own', async () => {
  await limited({ guestMaxDays: 90 })
  await stage.app.owner`update domains set status = 'lapsed' where organization_id = ${client.organizationId}`
  expect(await invite('b@own.example')).toMatchObject(refused('guest_end_date', 'expiresAt'))
})

test('what a guest is given has an end, and is extended to the most days from now at most', async () => {
  const [guest, own] = await Promise.all(
    ['guest@agency.example', 'somebody@own.example'].map(async (email) => (await provisionLocalUser(client, email)).id),
  )
  await limited({ guestMaxDays: 90 })
  const give = (userId: string | undefined, expiresAt?: string) =>
    client.post('assignments', { userId, roleId: viewer, reason: 'Spring campaign', expiresAt })
  expect(await give(guest)).toMatchObject(refused('guest_end_date', 'expiresAt'))
  expect((await give(own)).status).toBe(201)
  const given = await give(guest, inDays(10))
  expect(given.status).toBe(201)
  const move = (changes: object) => client.confirm('PATCH', `assignments/${given.body.id}`, changes)
  expect(await move({ expiresAt: null })).toMatchObject(refused('guest_end_date', 'expiresAt'))
  expect(await move({ expiresAt: inDays(120) })).toMatchObject(refused('guest_end_date', 'expiresAt'))
  expect((await move({ reason: 'Summer campaign', expiresAt: inDays(80) })).status).toBe(200)
  // What was given before the terms stays as it is, and can be spoken of.
  await limited({ guestMaxDays: 5 })
  expect((await move({ reason: 'Summer campaign, as agreed' })).status).toBe(200)
})

test('whom a directory manages is no guest, whatever their address', async () => {
  await limited({ guestMaxDays: 90 })
  const scim = scimClient(
    (path, init) => stage.request(path, init),
    await stage.app.createDirectory({ ...client, id: client.organizationId }),
  )
  const userId = await scim.user('contractor@agency.example')
  const given = await client.post('assignments', { userId, roleId: viewer, reason: 'Their manager asked' })
  expect(given.status).toBe(201)
})

test.each([{ guestMaxDays: 0 }, { guestMaxDays: 3_651 }, { guestDomains: ['no domain'] }])(
  'settings refuse %j',
  async (settings) => {
    expect((await client.patch('settings', settings)).status).toBe(400)
  },
)
