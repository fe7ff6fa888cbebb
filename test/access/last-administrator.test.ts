// An organization never loses its last working administrator, whichever way somebody tries (ADR 0017, C-041). What the identity
// provider decides is honoured: the emergency accounts are left, and an alarm is raised.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmergencyAccount } from '#access/accounts/emergency/emergency.ts'
import { workOutAccess } from '#access/events/work-out-access.ts'
import { readEvents } from '#audit/events/read-events.ts'
import { settledPosition } from '#audit/events/rows.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { type ScimClient, scimClient } from '../support/scim.ts'

let stage: AccessStage
let client: Client
let scim: ScimClient
let administrator: string

beforeAll(async () => {
  stage = await startStage()
})

afterAll(() => stage.close())

beforeEach(async () => {
  client = await stage.createClient()
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  const credentials = await stage.app.createDirectory(organization)
  scim = scimClient((path, init) => stage.request(path, init), credentials)
  administrator = await roleId(client, 'administrator')
})

const newUser = async (userName: string): Promise<string> => (await client.post('users', { userName })).body.id

const give = (userId: string, role: string) =>
  client.post('assignments', { userId, roleId: role, reason: 'Because' }).then(({ body }) => body.id as string)

const refusal = { status: 409, body: { reason: 'last_administrator' } }

const alarms = async (): Promise<{ kind: string }[]> => (await client.get('alarms')).body.items

describe('people and programs are refused', () => {
  test('deactivating the last one, and not the last but one', async () => {
    const [ada, grace] = [await newUser('ada'), await newUser('grace')]
    await give(ada, administrator)
    await give(grace, administrator)
    expect((await client.confirm('POST', `users/${grace}/deactivate`)).status).toBe(200)
    expect(await client.confirm('POST', `users/${ada}/deactivate`)).toMatchObject(refusal)
    expect((await client.get(`users/${ada}`)).body.status).toBe('active')
    await client.post(`users/${grace}/reactivate`)
    expect((await client.confirm('POST', `users/${ada}/deactivate`)).status).toBe(200)
  })

  test('taking the role back', async () => {
    const assignment = await give(await newUser('ada'), administrator)
    expect(await client.confirm('DELETE', `assignments/${assignment}`)).toMatchObject(refusal)
    expect((await client.get(`assignments/${assignment}`)).status).toBe(200)
  })

  test('deleting the mapping, the group, the membership, or the group between', async () => {
    const ada = await newUser('ada')
    const inner = (await client.post('groups', { displayName: 'Inner' })).body.id
    const outer = (await client.post('groups', { displayName: 'Outer' })).body.id
    await client.post(`groups/${inner}/members`, { userIds: [ada] })
    await client.post(`groups/${outer}/members`, { groupIds: [inner] })
    const mapping = (await client.confirm('POST', 'mappings', { groupId: outer, roleId: administrator })).body.id
    expect(await client.confirm('DELETE', `mappings/${mapping}`)).toMatchObject(refusal)
    expect(await client.confirm('DELETE', `groups/${outer}`)).toMatchObject(refusal)
    expect(await client.confirm('DELETE', `groups/${inner}`)).toMatchObject(refusal)
    expect(await client.confirm('DELETE', `groups/${inner}/members/${ada}`)).toMatchObject(refusal)
    expect(await client.confirm('DELETE', `groups/${outer}/members/${inner}`)).toMatchObject(refusal)
    await give(await newUser('grace'), administrator)
    expect((await client.confirm('DELETE', `groups/${inner}/members/${ada}`)).status).toBe(204)
  })

  test('taking everything out of the role', async () => {
    const fields = { key: 'all', name: 'All', purpose: 'Everything', allows: ['*'] }
    const custom = (await client.post('roles', fields)).body.id
    await give(await newUser('ada'), custom)
    expect(await client.confirm('PATCH', `roles/${custom}`, { allows: ['content.view'] })).toMatchObject(refusal)
    expect((await client.confirm('PATCH', `roles/${custom}`, { name: 'Everything' })).status).toBe(200)
  })

  test('by the command line', async () => {
    const ada = await newUser('ada')
    await give(ada, administrator)
    const { exitCode, errors } = await stage.rolecall(
      'user',
      'deactivate',
      '--organization',
      client.slug,
      '--user',
      ada,
    )
    expect(exitCode).not.toBe(0)
    expect(errors.join('\n')).toContain('administrator')
  })

  test('two at once cannot remove the last two', async () => {
    for (let round = 0; round < 10; round += 1) {
      const pair = [await newUser(`ada${round}`), await newUser(`grace${round}`)]
      const made = await Promise.all(pair.map((userId) => give(userId, administrator)))
      const others = (await client.get('assignments?limit=200')).body.items as { id: string }[]
      for (const { id } of others.filter(({ id }) => !made.includes(id)))
        await client.confirm('DELETE', `assignments/${id}`)
      const answers = await Promise.all(made.map((id) => client.confirm('DELETE', `assignments/${id}`)))
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
    }
  })

  test('an organization that never had one is not concerned', async () => {
    const group = (await client.post('groups', { displayName: 'Empty' })).body.id
    const mapping = (await client.confirm('POST', 'mappings', { groupId: group, roleId: administrator })).body.id
    expect((await client.confirm('DELETE', `mappings/${mapping}`)).status).toBe(204)
    const ada = await newUser('ada')
    expect((await client.confirm('POST', `users/${ada}/deactivate`)).status).toBe(200)
  })

  test('the emergency account does not count', async () => {
    await createEmergencyAccount(client.ctx, { name: 'Safe' })
    const ada = await newUser('ada')
    await give(ada, administrator)
    expect(await client.confirm('POST', `users/${ada}/deactivate`)).toMatchObject(refusal)
  })
})

describe('the identity provider is honoured, with an alarm', () => {
  let ada: string
  let group: string

  beforeEach(async () => {
    ada = await scim.user('ada@example.com')
    group = await scim.group('Administrators', [ada])
    await client.confirm('POST', 'mappings', { groupId: group, roleId: administrator })
  })

  const ways: Record<string, () => Promise<{ status: number }>> = {
    'PATCH active false': () => scim.patch(`/Users/${ada}`, { op: 'replace', path: 'active', value: false }),
    DELETE: () => scim.delete(`/Users/${ada}`),
    'leaving the group': () => scim.patch(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${ada}"]` }),
    'deleting the group': () => scim.delete(`/Groups/${group}`),
  }

  test.each(Object.keys(ways))('%s', async (way) => {
    const { userId } = await createEmergencyAccount(client.ctx, { name: 'Safe' })
    expect(await alarms()).toEqual([])
    expect((await ways[way]?.())?.status).toBeLessThan(300)
    expect(await alarms()).toMatchObject([{ kind: 'last_administrator' }])
    const { body } = await client.get(`users/${userId}/access`)
    expect(body.assignments).toMatchObject([{ role: { key: 'administrator' }, brand: null }])
    expect(await client.auditOf(client.organizationId)).toContain('organization.last_administrator_lost')
  })

  test('what the emergency account is given then has its event, and products are told', async () => {
    const { userId } = await createEmergencyAccount(client.ctx, { name: 'Safe' })
    await stage.app
      .owner`delete from assignments where organization_id = ${client.organizationId} and user_id = ${userId}`
    const workOut = async () => workOutAccess(client.ctx, (await settledPosition(client.ctx)) ?? 0)
    await workOut()
    const after = (await readEvents(client.ctx, { after: 'latest', limit: 1 })).next ?? undefined
    await scim.delete(`/Groups/${group}`)
    await workOut()
    const { items } = await readEvents(client.ctx, { after, limit: 100 })
    expect(items.map(({ type, data }) => [type, data['userId']])).toEqual(
      expect.arrayContaining([
        ['assignment.created', userId],
        ['access.changed', userId],
      ]),
    )
  })

  test('replacing the last one by another raises none', async () => {
    const grace = await scim.user('grace@example.com')
    await scim.patch(`/Groups/${group}`, { op: 'replace', path: 'members', value: [{ value: grace }] })
    expect(await alarms()).toEqual([])
  })
})
