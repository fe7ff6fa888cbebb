// Whatever way a directory switches a person off, the effect is the same, and it is there with the answer: there is one
// door out. Each way is measured by the row, the audit trail, the credentials and a decision asked for from outside.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issueSecret, systemRandom } from '#platform/crypto.ts'
import { type AccessStage, roleId, startStage } from '../support/access.ts'
import { core, scimClient } from '../support/scim.ts'

let stage: AccessStage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

/** A person who holds a role through a group of a directory, and an API key of their own. */
async function employee(userName = 'ada@example.com') {
  const client = await stage.createClient()
  const organization = { id: client.organizationId, slug: client.slug, ctx: client.ctx }
  const scim = scimClient((path, init) => stage.request(path, init), await stage.app.createDirectory(organization))
  const userId = await scim.user(userName)
  const groupId = await scim.group('Editors', [userId])
  await client.confirm('POST', 'mappings', { groupId, roleId: await roleId(client, 'editor') })
  const key = await ownKey(client.organizationId, userId)

  const row = async (id = userId) =>
    (
      await stage.app.owner`select status, status_reason, epoch, version, deleted_at, xmin::text as written_by
        from users where id = ${id}`
    )[0]
  const audits = async (action: string) =>
    stage.app.owner`select actor_type, actor_id, detail, xmin::text as written_by from audit_events
      where target_id = ${userId} and action = ${action}`
  const isAllowed = async (id = userId): Promise<boolean> => {
    const { body } = await client.post('/access/v1/evaluation', {
      subject: { type: 'user', id },
      action: { name: 'content.publish' },
      resource: { type: 'organization', id: client.organizationId },
    })
    return body.decision
  }
  const keyWorks = async (plain = key): Promise<boolean> => {
    const { status } = await stage.request('/api/v1/users', { headers: { authorization: `Bearer ${plain}` } })
    expect([200, 401]).toContain(status)
    return status === 200
  }
  const memberships = async () => stage.app.owner`select group_id from group_members where user_id = ${userId}`
  return { client, scim, userId, groupId, row, audits, isAllowed, keyWorks, memberships }
}

/** An API key that acts for a person, as it will be issued to them. */
async function ownKey(organizationId: string, userId: string): Promise<string> {
  const { plain, hash, lastFour } = issueSecret('rck', systemRandom)
  await stage.app.owner`insert into api_keys (organization_id, id, name, user_id, key_hash, last_four, created_at)
    values (${organizationId}, ${`key_${randomUUID()}`}, 'Own', ${userId}, ${hash}, ${lastFour}, now())`
  return plain
}

const path = 'active'
const body = { schemas: [`${core}:User`], userName: 'ada@example.com', active: false }
type Scim = Awaited<ReturnType<typeof employee>>['scim']
const doors: [string, (scim: Scim, id: string) => Promise<{ status: number }>][] = [
  ['PATCH path active false', (scim, id) => scim.patch(`/Users/${id}`, { op: 'replace', path, value: false })],
  ['PATCH path active "False"', (scim, id) => scim.patch(`/Users/${id}`, { op: 'Replace', path, value: 'False' })],
  ['PATCH path-less', (scim, id) => scim.patch(`/Users/${id}`, { op: 'replace', value: { active: false } })],
  ['PATCH path-less "false"', (scim, id) => scim.patch(`/Users/${id}`, { op: 'Replace', value: { active: 'false' } })],
  ['PATCH add', (scim, id) => scim.patch(`/Users/${id}`, { op: 'add', value: { active: false } })],
  [
    'PATCH of the URN among other changes',
    (scim, id) =>
      scim.patch(
        `/Users/${id}`,
        { op: 'replace', path: 'title', value: 'Former editor' },
        { op: 'replace', path: `${core}:User:active`, value: false },
      ),
  ],
  ['PUT', (scim, id) => scim.put(`/Users/${id}`, body)],
  ['DELETE', (scim, id) => scim.delete(`/Users/${id}`)],
]

describe('every door leads to the same effect', () => {
  test.each(doors)('%s: status, epoch, credentials, audit and access, in one transaction', async (name, close) => {
    const { scim, userId, row, audits, isAllowed, keyWorks } = await employee()
    const other = await employee()
    const before = await row()
    expect(before).toMatchObject({ status: 'active', status_reason: null, epoch: 0 })
    expect([await isAllowed(), await keyWorks()]).toEqual([true, true])

    const { status } = await close(scim, userId)
    expect(status).toBe(name === 'DELETE' ? 204 : 200)
    expect([await isAllowed(), await keyWorks()]).toEqual([false, false])
    const after = await row()
    const reason = name === 'DELETE' ? 'directory_deleted' : 'directory'
    expect(after).toMatchObject({ status: 'inactive', status_reason: reason, epoch: 1 })
    const rows = await audits('user.deactivate')
    expect(rows).toMatchObject([{ actor_type: 'directory', detail: { reason, closed: { api_keys: 1 } } }])
    expect(rows[0]?.['written_by']).toBe(after?.['written_by'])
    const [revoked] = await stage.app.owner`select xmin::text as written_by, revoked_at from api_keys
      where user_id = ${userId}`
    expect(revoked).toMatchObject({ written_by: after?.['written_by'], revoked_at: expect.any(Date) })
    // Nobody else is touched.
    expect([await other.isAllowed(), await other.keyWorks()]).toEqual([true, true])
  })

  test.each(doors.filter(([name]) => name !== 'DELETE'))('%s: memberships stay', async (_, close) => {
    const { scim, userId, groupId, memberships } = await employee()
    await close(scim, userId)
    expect(await memberships()).toEqual([{ group_id: groupId }])
  })

  test('DELETE: memberships go, and the groups say so', async () => {
    const { scim, userId, groupId, memberships } = await employee()
    const { version } = (await scim.get(`/Groups/${groupId}`)).body.meta
    expect(await memberships()).toHaveLength(1)
    await scim.delete(`/Users/${userId}`)
    expect(await memberships()).toHaveLength(0)
    const group = (await scim.get(`/Groups/${groupId}`)).body
    expect(group).not.toHaveProperty('members')
    expect(group.meta.version).not.toBe(version)
  })

  test.each(doors.filter(([name]) => name !== 'DELETE'))('%s twice adds nothing', async (_, close) => {
    const { scim, userId, row, audits } = await employee()
    await close(scim, userId)
    const after = await row()
    expect((await close(scim, userId)).status).toBe(200)
    expect(await row()).toEqual(after)
    expect(await audits('user.deactivate')).toHaveLength(1)
  })

  test('DELETE twice is 404 and adds nothing', async () => {
    const { scim, userId, row, audits } = await employee()
    await scim.delete(`/Users/${userId}`)
    const after = await row()
    expect((await scim.delete(`/Users/${userId}`)).status).toBe(404)
    expect(await row()).toEqual(after)
    expect(await audits('user.deactivate')).toHaveLength(1)
    expect(await audits('user.delete')).toHaveLength(1)
  })

  test('DELETE of somebody inactive keeps epoch and reason, and adds no second deactivation', async () => {
    const { scim, userId, row, audits } = await employee()
    await scim.patch(`/Users/${userId}`, { op: 'replace', path, value: false })
    expect((await scim.delete(`/Users/${userId}`)).status).toBe(204)
    expect(await row()).toMatchObject({ status: 'inactive', epoch: 1, deleted_at: expect.any(Date) })
    expect(await audits('user.deactivate')).toHaveLength(1)
  })

  test('a PATCH that fails at a later operation deactivates nobody', async () => {
    const { scim, userId, row, audits, keyWorks } = await employee()
    const before = await row()
    const { status } = await scim.patch(
      `/Users/${userId}`,
      { op: 'replace', path, value: false },
      { op: 'replace', path: 'nonsense', value: 1 },
    )
    expect(status).toBe(400)
    expect(await row()).toEqual(before)
    expect(await audits('user.deactivate')).toHaveLength(0)
    expect(await keyWorks()).toBe(true)
  })

  test('eight deactivations at once are one', async () => {
    const { scim, userId, row, audits } = await employee()
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => scim.patch(`/Users/${userId}`, { op: 'replace', path, value: false })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(await row()).toMatchObject({ status: 'inactive', epoch: 1 })
    expect(await audits('user.deactivate')).toHaveLength(1)
  })
})

describe('coming back', () => {
  test.each([
    ['PATCH', (scim: Scim, id: string) => scim.patch(`/Users/${id}`, { op: 'Replace', path, value: 'True' })],
    ['PUT', (scim: Scim, id: string) => scim.put(`/Users/${id}`, { ...body, active: true })],
  ])('C-047 %s: access through groups returns, no key revives, the epoch stays bumped', async (_, open) => {
    const { scim, userId, row, audits, isAllowed, keyWorks } = await employee()
    await scim.patch(`/Users/${userId}`, { op: 'replace', path, value: false })
    expect((await open(scim, userId)).status).toBe(200)
    expect(await row()).toMatchObject({ status: 'active', status_reason: null, epoch: 1 })
    expect(await isAllowed()).toBe(true)
    expect(await keyWorks()).toBe(false)
    expect(await audits('user.reactivate')).toHaveLength(1)
    await scim.patch(`/Users/${userId}`, { op: 'replace', path, value: false })
    expect(await row()).toMatchObject({ status: 'inactive', epoch: 2 })
  })

  const silence: [string, (scim: Scim, id: string) => Promise<{ status: number; body: { active?: boolean } }>][] = [
    ['PUT without active', (scim, id) => scim.put(`/Users/${id}`, { ...body, active: undefined, title: 'New' })],
    ['PUT with null', (scim, id) => scim.put(`/Users/${id}`, { ...body, active: null, title: 'New' })],
    ['PATCH remove', (scim, id) => scim.patch(`/Users/${id}`, { op: 'remove', path })],
    ['PATCH replace by null', (scim, id) => scim.patch(`/Users/${id}`, { op: 'replace', path, value: null })],
    ['PATCH path-less null', (scim, id) => scim.patch(`/Users/${id}`, { op: 'replace', value: { active: null } })],
    ['PATCH of something else', (scim, id) => scim.patch(`/Users/${id}`, { op: 'replace', path: 'title', value: 'x' })],
  ]
  test.each(silence)('%s: silence leaves the status as it is, inactive or active', async (_, push) => {
    const { scim, userId, row, audits } = await employee()
    expect(await push(scim, userId)).toMatchObject({ status: 200, body: { active: true } })
    expect(await row()).toMatchObject({ status: 'active', epoch: 0 })
    await scim.patch(`/Users/${userId}`, { op: 'replace', path, value: false })
    expect(await push(scim, userId)).toMatchObject({ status: 200, body: { active: false } })
    expect(await row()).toMatchObject({ status: 'inactive', status_reason: 'directory', epoch: 1 })
    expect(await audits('user.reactivate')).toEqual([])
  })

  test('C-046: DELETE frees the userName; the new user has another id and none of the old rights', async () => {
    const { client, scim, userId, isAllowed, groupId } = await employee()
    const newKey = await ownKey(client.organizationId, userId)
    await scim.delete(`/Users/${userId}`)
    expect((await scim.get(`/Users/${userId}`)).status).toBe(404)
    expect((await scim.list('Users', 'userName eq "ada@example.com"')).body.totalResults).toBe(0)
    const reborn = await scim.user('ada@example.com')
    expect(reborn).not.toBe(userId)
    expect([await isAllowed(reborn), await isAllowed(userId)]).toEqual([false, false])
    expect((await scim.get(`/Users/${reborn}`)).body).not.toHaveProperty('groups')
    expect((await stage.request('/api/v1/users', { headers: { authorization: `Bearer ${newKey}` } })).status).toBe(401)
    await scim.patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value: [{ value: reborn }] })
    expect([await isAllowed(reborn), await isAllowed(userId)]).toEqual([true, false])
  })

  test('somebody deleted cannot be put into a group, nor patched back to life', async () => {
    const { scim, userId, groupId, memberships } = await employee()
    await scim.delete(`/Users/${userId}`)
    const added = await scim.patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value: [{ value: userId }] })
    expect(added.status).toBe(400)
    expect((await scim.patch(`/Users/${userId}`, { op: 'replace', path, value: true })).status).toBe(404)
    expect((await scim.put(`/Users/${userId}`, { ...body, active: true })).status).toBe(404)
    expect(await memberships()).toHaveLength(0)
  })
})

describe('POST', () => {
  test('with active false makes an inactive user, who gains nothing from a group', async () => {
    const { scim, groupId, isAllowed, row } = await employee()
    const created = await scim.post('/Users', { ...body, userName: 'later@example.com' })
    expect(created).toMatchObject({ status: 201, body: { active: false } })
    expect(await row(created.body.id)).toMatchObject({ status: 'inactive', status_reason: 'directory', epoch: 0 })
    const value = [{ value: created.body.id }]
    await scim.patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value })
    expect(await isAllowed(created.body.id)).toBe(false)
    await scim.patch(`/Users/${created.body.id}`, { op: 'replace', path, value: true })
    expect(await isAllowed(created.body.id)).toBe(true)
  })
})
