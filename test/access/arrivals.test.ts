// J1: people whom a staged directory brings wait, with their groups and roles, until somebody has looked at what they get.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { approveUser } from '#access/people/status/approve-user.ts'
import { previewChange } from '#access/previews/preview.ts'
import { getDirectory } from '#connections/directories/directories.ts'
import { type AccessStage, type Client, roleId, startStage } from '../support/access.ts'
import { within } from '../support/ceilings.ts'
import { type ScimClient, scimClient } from '../support/scim.ts'

let stage: AccessStage
let client: Client
let scim: ScimClient
let directoryId: string
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

beforeEach(async () => {
  client = await stage.createClient()
  const { body } = await client.post('directories', { name: 'Okta', arrivals: 'staged' })
  directoryId = body.id
  scim = scimClient((path, init) => stage.request(path, init), { directoryId, token: body.token })
})

const email = (value: string) => ({ emails: [{ value, primary: true }] })
const statusOf = async (userId: string): Promise<string> => (await client.get(`users/${userId}`)).body.status
const may = async (userId: string, permission: string) =>
  (await client.get(`users/${userId}/explain?permission=${permission}`)).body

/** A person in a group that is mapped to a role. */
async function arrived(userName: string, role = 'editor'): Promise<string> {
  const userId = await scim.user(userName, email(userName))
  const groupId = await scim.group(`Group of ${userName}`, [userId])
  await client.confirm('POST', 'mappings', { groupId, roleId: await roleId(client, role) })
  return userId
}

const admit = () => client.confirm('POST', `directories/${directoryId}/admit`)

describe('a staged directory', () => {
  test('says so, and its people wait: the provider sees them active, they may do nothing', async () => {
    expect((await client.get(`directories/${directoryId}`)).body.arrivals).toBe('staged')
    const userId = await arrived('ada@example.com')
    expect((await scim.get(`/Users/${userId}`)).body.active).toBe(true)
    expect(await statusOf(userId)).toBe('invited')
    expect(await may(userId, 'content.edit')).toMatchObject({ allowed: false, reason: 'user_invited' })
    expect((await client.get(`users/${userId}/access`)).body.assignments).toMatchObject([{ role: { key: 'editor' } }])
    const { body } = await client.get(`audit-events?targetId=${userId}&action=user.provision`)
    expect(body.items).toMatchObject([{ detail: { status: 'invited' } }])
  })

  test('lets nobody in by a change of theirs, nor by going and coming back', async () => {
    const userId = await arrived('ada@example.com')
    await scim.patch(`/Users/${userId}`, { op: 'replace', value: { active: true, displayName: 'Ada Okafor' } })
    expect(await statusOf(userId)).toBe('invited')
    await scim.patch(`/Users/${userId}`, { op: 'replace', value: { active: false } })
    expect(await statusOf(userId)).toBe('inactive')
    await scim.patch(`/Users/${userId}`, { op: 'replace', value: { active: true } })
    expect(await statusOf(userId)).toBe('invited')
    expect(await may(userId, 'content.edit')).toMatchObject({ allowed: false })
  })

  test('brings who is inactive as inactive', async () => {
    expect(await statusOf(await scim.user('off@example.com', { active: false }))).toBe('inactive')
  })

  test('does not keep waiting whom an administrator has let in by name', async () => {
    const ada = await arrived('ada@example.com')
    expect((await client.post(`users/${ada}/approve`)).status).toBe(200)
    expect(await may(ada, 'content.edit')).toMatchObject({ allowed: true })
    const lin = await arrived('lin@example.com')
    await scim.patch(`/Users/${lin}`, { op: 'replace', value: { active: false } })
    const held = { status: 409, body: { reason: 'held_by_directory' } }
    expect(await client.post(`users/${lin}/reactivate`)).toMatchObject(held)
    await client.patch('settings', { reactivation: 'by_anyone' })
    expect((await client.post(`users/${lin}/reactivate`)).body.status).toBe('active')
  })

  test('people of other directories come in at once', async () => {
    const { body } = await client.post('directories', { name: 'Entra' })
    expect(body.arrivals).toBe('active')
    const other = scimClient((path, init) => stage.request(path, init), { directoryId: body.id, token: body.token })
    expect(await statusOf(await other.user('mei@example.com'))).toBe('active')
  })
})

describe('letting in', () => {
  test('is shown first, takes everybody who waits, and nobody waits after it', async () => {
    const ada = await arrived('ada@example.com')
    const lin = await scim.user('lin@example.com')
    const shown = await client.post(`directories/${directoryId}/admit`)
    expect(shown).toMatchObject({
      status: 428,
      body: {
        reason: 'preview_required',
        preview: {
          gaining: 1,
          losing: 0,
          entries: [{ count: 1, rolesGained: [{ key: 'editor' }], sample: [{ id: ada }] }],
        },
      },
    })
    expect(await statusOf(ada)).toBe('invited')
    expect(await admit()).toMatchObject({ status: 200, body: { admitted: 2 } })
    expect([await statusOf(ada), await statusOf(lin)]).toEqual(['active', 'active'])
    expect(await may(ada, 'content.edit')).toMatchObject({ allowed: true })
    expect((await getDirectory(client.ctx, directoryId)).arrivals).toBe('active')
    for (const userId of [ada, lin]) expect(await client.auditOf(userId)).toContain('user.activate')
    expect(await client.auditOf(directoryId)).toContain('directory.update')
    expect(await statusOf(await scim.user('mei@example.com'))).toBe('active')
    expect(await admit()).toMatchObject({ status: 200, body: { admitted: 0 } })
  })

  test('a preview is out of date once somebody else has come with a role', async () => {
    await arrived('ada@example.com')
    const { hash } = (await client.post(`directories/${directoryId}/admit`)).body.preview
    const lin = await arrived('lin@example.com')
    const change = { kind: 'admit_arrivals', directoryId }
    expect(await client.post('access-changes', { change, hash })).toMatchObject({ status: 412 })
    expect(await statusOf(lin)).toBe('invited')
  })

  test('leaves whoever is inactive, and people of other directories', async () => {
    const off = await arrived('off@example.com')
    await scim.patch(`/Users/${off}`, { op: 'replace', value: { active: false } })
    const { body } = await client.post('directories', { name: 'Entra', arrivals: 'staged' })
    const other = scimClient((path, init) => stage.request(path, init), { directoryId: body.id, token: body.token })
    const mei = await other.user('mei@example.com')
    expect((await admit()).body).toEqual({ admitted: 0 })
    expect([await statusOf(off), await statusOf(mei)]).toEqual(['inactive', 'invited'])
    expect((await client.confirm('POST', 'directories/dir_nobody/admit')).status).toBe(404)
  })

  test('nobody lets in whoever would hold more than they do, one by one or together', async () => {
    const boss = await arrived('boss@example.com', 'administrator')
    const held = { allows: ['*'], denies: ['billing.manage'] }
    const limited = within(client.ctx, held)
    const change = { kind: 'admit_arrivals', directoryId } as const
    await expect(previewChange(limited, change)).rejects.toMatchObject({ code: 'forbidden', reason: 'ceiling' })
    await expect(approveUser(limited, boss)).rejects.toMatchObject({ code: 'forbidden', reason: 'ceiling' })
    expect(await statusOf(boss)).toBe('invited')
    // The same hands may let in who holds no more than they do.
    await client.confirm('POST', `users/${boss}/deactivate`)
    const ada = await arrived('ada@example.com')
    expect(await previewChange(limited, change)).toMatchObject({ gaining: 1 })
    expect((await approveUser(limited, ada)).status).toBe('active')
  })
})

test('by command: a staged directory is made, and its people are let in', async () => {
  const organization = ['--organization', client.slug]
  const made = await stage.rolecall('directory', 'create', ...organization, '--name', 'JumpCloud', '--staged', '--json')
  const { directoryId: id, token } = made.json
  const other = scimClient((path, init) => stage.request(path, init), { directoryId: id, token })
  const userId = await other.user('mei@example.com')
  expect(await statusOf(userId)).toBe('invited')
  const admitted = await stage.rolecall('directory', 'admit', ...organization, '--directory', id, '--json')
  expect(admitted).toMatchObject({ exitCode: 0, json: { admitted: 1 } })
  expect(await statusOf(userId)).toBe('active')
})
