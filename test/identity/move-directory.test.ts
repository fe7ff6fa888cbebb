// An organization moves from one directory to another: people by their requests or their address, mappings by pairs of groups.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { roleId } from '../support/access.ts'
import { type Feed, type IdentityStage, identityStage, scimUser, startStage } from './stage.ts'

let stage: Awaited<ReturnType<typeof startStage>>
let here: IdentityStage
let old: Feed
let next: Feed
let editor: string
const people: Record<string, string> = {}
let oldGroup: string
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage?.close())
beforeEach(async () => {
  here = await identityStage(stage)
  old = await here.directory('Okta')
  next = await here.directory('Entra', { adoption: 'confirm' })
  for (const name of ['ada', 'bo', 'cy']) people[name] = await old.user(`${name}@example.com`)
  editor = await roleId(here.client, 'editor')
  oldGroup = await old.group('Editors', Object.values(people))
  await here.client.confirm('POST', 'mappings', { groupId: oldGroup, roleId: editor })
})

const may = async (name: string): Promise<boolean> =>
  (await here.client.get(`users/${people[name]}/explain?permission=content.edit`)).body.allowed
const move = (groups: unknown[]) =>
  here.client.confirm('POST', `directories/${old.directoryId}/move`, { toDirectoryId: next.directoryId, groups })

async function deliver(...names: string[]): Promise<void> {
  for (const name of names) expect((await next.post('/Users', scimUser(`${name}@example.com`))).status).toBe(409)
}

describe('a move', () => {
  test('takes over whom the new directory asked for, hands mappings over, and switches the old one off', async () => {
    await deliver('ada', 'bo')
    const group = await next.group('EDITORS')
    const outlook = await here.client.get(`directories/${old.directoryId}/move?to=${next.directoryId}`)
    expect(outlook.body).toMatchObject({
      people: { moved: 0, waiting: 2, left: 1 },
      groups: [{ id: oldGroup, displayName: 'Editors', members: 3, mappings: 1, suggested: group }],
    })
    // Shown first: the new group is empty yet, and nobody loses anything by that.
    const shown = await here.client.post(`directories/${old.directoryId}/move`, {
      ...{ toDirectoryId: next.directoryId, groups: [{ from: oldGroup, to: group }] },
    })
    expect(shown).toMatchObject({ status: 428, body: { preview: { losing: 0, gaining: 0 } } })
    expect((await here.client.get(`users/${people['ada']}`)).body.directoryId).toBe(old.directoryId)
    expect((await here.client.get('alarms?status=open')).body.items).toHaveLength(2)
    expect((await move([{ from: oldGroup, to: group }])).status).toBe(200)
    expect((await here.client.get('alarms?status=open')).body.items).toEqual([])
    // The new group has whom it can have; for whoever is left, the old one keeps its mapping.
    const members = (await next.get(`/Groups/${group}`)).body.members.map(({ value }: { value: string }) => value)
    expect(members.sort()).toEqual([people['ada'], people['bo']].sort())
    expect((await here.client.get('mappings')).body.items).toHaveLength(2)
    expect((await here.client.get(`users/${people['ada']}`)).body).toMatchObject({
      status: 'active',
      directoryId: next.directoryId,
    })
    expect((await here.client.get(`users/${people['cy']}`)).body).toMatchObject({
      status: 'active',
      directoryId: old.directoryId,
    })
    expect([await may('ada'), await may('bo'), await may('cy')]).toEqual([true, true, true])
    expect((await old.get('/Users')).status).toBe(401)
    expect((await next.get('/Users')).body.totalResults).toBe(2)
  })

  test('with the mappings handed over, whoever is in the new group keeps what they had', async () => {
    await here.client.patch(`directories/${next.directoryId}`, { adoption: 'verified_domain' })
    for (const name of ['ada', 'bo', 'cy'])
      expect((await next.post('/Users', scimUser(`${name}@example.com`))).body.id).toBe(people[name])
    const group = await next.group('Editors', [people['ada'] ?? '', people['bo'] ?? ''])
    expect((await move([{ from: oldGroup, to: group }])).status).toBe(200)
    expect([await may('ada'), await may('bo'), await may('cy')]).toEqual([true, true, true])
    const { body } = await here.client.get('mappings')
    expect(body.items).toMatchObject([{ group: { id: group }, role: { id: editor } }])
  })

  test('carries over members of groups within the old one', async () => {
    await here.client.patch(`directories/${next.directoryId}`, { adoption: 'verified_domain' })
    const inner = await old.group('Interns', [await old.user('di@example.com')])
    await old.patch(`/Groups/${oldGroup}`, { op: 'add', path: 'members', value: [{ value: inner }] })
    for (const name of ['ada', 'bo', 'cy', 'di']) await next.post('/Users', scimUser(`${name}@example.com`))
    const group = await next.group('Editors')
    expect((await move([{ from: oldGroup, to: group }])).status).toBe(200)
    expect((await here.client.get('mappings')).body.items).toMatchObject([{ group: { id: group } }])
    expect((await next.get(`/Groups/${group}`)).body.members).toHaveLength(4)
    expect([await may('ada'), await may('cy')]).toEqual([true, true])
  })

  test('by command, which says what it would do, and does it once it is told to', async () => {
    const command = ['directory', 'move', '--organization', here.client.slug, '--from', 'Okta', '--to', 'Entra']
    const early = await stage.rolecall(...command, '--yes')
    expect([early.exitCode, early.errors.join()]).toEqual([1, expect.stringContaining('has brought nobody yet')])
    await deliver('ada', 'bo', 'cy')
    const group = await next.group('Editors')
    const asked = await stage.rolecall(...command)
    expect(asked.exitCode).toBe(1)
    expect(asked.errors.join()).toContain('Nothing is changed yet')
    expect(asked.errors.join()).toContain('3 people who wait are taken over')
    expect(asked.errors.join()).toContain('Okta is switched off')
    expect((await old.get('/Users')).status).toBe(200)
    const { exitCode, json } = await stage.rolecall(...command, '--yes', '--json')
    expect([exitCode, json.people, json.groups]).toEqual([
      0,
      { moved: 0, waiting: 3, left: 0 },
      [{ from: oldGroup, to: group }],
    ])
    expect([await may('ada'), await may('bo'), await may('cy')]).toEqual([true, true, true])
    expect((await old.get('/Users')).status).toBe(401)
    const enable = ['directory', 'enable', '--organization', here.client.slug, '--directory', 'Okta', '--json']
    expect((await stage.rolecall(...enable)).json.status).toBe('active')
    expect((await old.get('/Users')).status).toBe(200)
  })

  test('refuses a group that is not of its directory, and a move to itself', async () => {
    const stranger = await old.group('Other')
    expect((await move([{ from: oldGroup, to: stranger }])).status).toBe(400)
    const itself = { toDirectoryId: old.directoryId, groups: [] }
    expect((await here.client.confirm('POST', `directories/${old.directoryId}/move`, itself)).status).toBe(400)
  })

  test('of another organization is not found', async () => {
    const other = await stage.createClient()
    const wanted = { toDirectoryId: next.directoryId, groups: [] }
    expect((await other.confirm('POST', `directories/${old.directoryId}/move`, wanted)).status).toBe(404)
  })
})
