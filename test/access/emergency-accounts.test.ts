// Emergency accounts are nobody's: lists and counts of people leave them out, and what is done to many does not touch them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEmergencyAccount } from '#access/accounts/emergency/emergency.ts'
import { countRoleUses } from '#access/grants/roles/role-uses.ts'
import { countOverview } from '#access/organizations/overview.ts'
import { previewBulk } from '#access/people/bulk/preview-bulk.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { consoleClient, createManager } from '../support/console.ts'

let stage: AccessStage
let client: Client
let ada: string
let sealed: string
let administrator: string
let aurora: string
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
  ada = await createUser(client, 'ada@example.com')
  sealed = (await createEmergencyAccount(client.ctx, { name: 'Safe, head office' })).userId
  administrator = await roleId(client, 'administrator')
  await client.post('assignments', { userId: ada, roleId: administrator, reason: 'Runs it' })
  aurora = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
  for (const userId of [ada, sealed])
    await client.post('assignments', {
      userId,
      roleId: await roleId(client, 'viewer'),
      brandId: aurora,
      reason: 'Reads',
    })
})
afterAll(() => stage.close())

const idsOf = (items: { id?: string; user?: { id: string } }[]) =>
  items.map(({ id, user }) => user?.id ?? id).toSorted()
const listed = async (path: string) => {
  const { status, body } = await client.get(path)
  expect(status).toBe(200)
  expect(body.total).toBe(body.items.length)
  return idsOf(body.items)
}

describe.each([
  'users?sort=name',
  'users?sort=created',
  'users?q=a',
  'users?status=active',
  'users?source=local',
  'users?neverActive=true',
])('%s', (path) => {
  test('has people alone, unless it is asked for emergency accounts', async () => {
    expect(await listed(path)).toEqual([ada])
    expect(await listed(`${path}&accounts=emergency`)).toEqual([sealed])
    expect(await listed(`${path}&accounts=all`)).toEqual([ada, sealed].toSorted())
  })
})

test('the answer says which is which, and one account is found by its id', async () => {
  const { items } = (await client.get('users?accounts=all')).body
  expect(items.map(({ id, isEmergencyAccount }: Record<string, unknown>) => [id, isEmergencyAccount])).toEqual([
    [ada, false],
    [sealed, true],
  ])
  expect((await client.get(`users/${sealed}`)).body.id).toBe(sealed)
  expect((await client.get('users?accounts=some')).status).toBe(400)
})

test('who holds a role or stands in a brand, on pages, in numbers and as a file', async () => {
  for (const path of [`holders?roleId=${administrator}`, `holders?brandId=${aurora}`, 'holders?brandId=organization']) {
    expect(await listed(path)).toEqual([ada])
    expect(await listed(`${path}&accounts=all`)).toEqual([ada, sealed].toSorted())
  }
  expect(await listed(`users?roleId=${administrator}`)).toEqual([ada])
  expect(await listed(`users?brandId=${aurora}`)).toEqual([ada])
  const file = await stage.request(`/api/v1/holders/export?roleId=${administrator}`, {
    headers: { Authorization: `Bearer ${client.key}` },
  })
  const text = await file.text()
  expect([text.includes('ada@example.com'), text.includes('emergency-')]).toEqual([true, false])
  expect((await countRoleUses(client.ctx)).get(administrator)).toMatchObject({ assignments: 1, emergencyAccounts: 1 })
  const { people, administrators, emergencyAccounts } = await countOverview(client.ctx)
  expect([people.active, administrators, emergencyAccounts.all]).toEqual([1, 1, 1])
})

test('what is done to many leaves them alone, chosen by a filter or by name', async () => {
  const action = { kind: 'assign', roleId: administrator, brandId: aurora, reason: 'All of them' } as const
  for (const selection of [{ filter: {} }, { userIds: [ada, sealed] }]) {
    const { rows, total } = await previewBulk(client.ctx, { action, selection })
    expect([total, rows.map(({ id }) => id)]).toEqual([1, [ada]])
  }
})

test('the command line lists people alone, and emergency accounts where it is told to', async () => {
  const list = async (...more: string[]) =>
    (await stage.rolecall('user', 'list', '--organization', client.slug, '--json', ...more)).json.items
  expect(idsOf(await list())).toEqual([ada])
  expect(idsOf(await list('--accounts', 'emergency'))).toEqual([sealed])
})

test('the console lists, counts and offers people alone; a direct link shows the account, with what it is', async () => {
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  const pages = consoleClient(stage.app, await createManager(organization))
  for (const path of [
    '/console/users',
    `/console/users?role=${administrator}`,
    `/console/roles/${administrator}`,
    `/console/brands/${aurora}`,
    `/console/brands/${aurora}/give?q=safe`,
  ]) {
    const { status, text } = await pages.get(path)
    // The history of a brand tells of the account, as it should.
    const [people = ''] = text.split('What has happened here')
    expect([path, status, people.includes('Safe, head office')]).toEqual([path, 200, false])
  }
  expect((await pages.get(`/console/roles/${administrator}`)).text).toContain('1 emergency account')
  expect((await pages.get('/console/users')).text).toContain('2 shown of 2')
  const { text } = await pages.get(`/console/users/${sealed}`)
  expect(text).toContain('>Emergency account<')
  expect(text).toContain('This is an emergency account')
  expect((await pages.get('/console/emergency')).text).toContain(`href="/console/users/${sealed}"`)
})
