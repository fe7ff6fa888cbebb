// Deleting by an administrator: what closes, what is hidden, what a restoring brings back, and what happens when the time is over.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { updateSettings } from '#access/organizations/settings.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { deletePerson } from '#access/people/status/delete-person.ts'
import { listDeletedPeople } from '#access/people/status/deleted-people.ts'
import { restoreDeleted } from '#access/people/status/restore-deleted.ts'
import { standardJobs } from '#jobs/jobs.ts'
import { createLog } from '#platform/log.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, change, startStage } from '../support/access.ts'
import { actingAs, beyondCeiling } from '../support/ceilings.ts'
import { createPerson, giveRole } from '../support/people.ts'
import { type ScimClient, scimClient } from '../support/scim.ts'
import { signIn } from '../support/sessions.ts'

let stage: AccessStage
let client: Client
let ctx: CallContext
let lena: string
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const owner = (parts: TemplateStringsArray, ...values: string[]) => stage.app.owner(parts, ...values)

beforeEach(async () => {
  client = await stage.createClient()
  ctx = client.ctx
  lena = await createPerson(client, 'lena@example.com', 'Lena')
})

const directory = async (): Promise<ScimClient> =>
  scimClient(
    (path, init) => stage.request(path, init),
    await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx }),
  )
const names = async (path: string): Promise<string[]> =>
  (await client.get(path)).body.items.map(({ userName }: { userName: string }) => userName)
const longAgo = (userId: string) =>
  owner`update users set deleted_at = deleted_at - interval '90 days', status_changed_at = status_changed_at - interval '90 days'
    where id = ${userId}`

describe('groups that a directory takes them out of meanwhile', () => {
  test.each<[string, (scim: ScimClient, group: string, dora: string) => Promise<{ status: number }>]>([
    [
      'by a condition',
      (scim, id, dora) => scim.patch(`/Groups/${id}`, { op: 'remove', path: `members[value eq "${dora}"]` }),
    ],
    [
      'by name',
      (scim, id, dora) => scim.patch(`/Groups/${id}`, { op: 'remove', path: 'members', value: [{ value: dora }] }),
    ],
    ['by a list without them', (scim, id) => scim.put(`/Groups/${id}`, { displayName: 'Left', members: [] })],
  ])('%s are not theirs again when they are restored; those that it left alone are', async (_how, takeOut) => {
    const scim = await directory()
    const dora = await scim.user('dora@example.com')
    const [left, kept] = [await scim.group('Left', [dora]), await scim.group('Kept', [dora])]
    await deletePerson(ctx, { userId: dora })
    const other = await directory()
    expect((await takeOut(other, left, dora)).status).toBe(404)
    expect((await takeOut(scim, left, dora)).status).toBeLessThan(300)
    await restoreDeleted(ctx, dora)
    const groups = await owner`select group_id as id from group_members where user_id = ${dora}`
    expect(groups.map(({ id }) => id)).toEqual([kept])
  })
})

describe('deleting somebody', () => {
  test('shows what it does first, closes everything, hides them, and lists until when they can be restored', async () => {
    await signIn(client, lena)
    expect((await client.delete(`users/${lena}`)).status).toBe(428)
    expect((await client.get(`users/${lena}`)).status).toBe(200)
    expect((await client.confirm('DELETE', `users/${lena}?note=Wrong%20person`)).status).toBe(204)
    expect(await owner`select 1 from sessions where user_id = ${lena} and ended_at is null`).toHaveLength(0)
    expect((await client.get(`users/${lena}`)).status).toBe(404)
    expect(await names('users')).not.toContain('lena@example.com')
    expect(await names('users?q=lena')).toEqual([])
    const { items } = (await client.get('deleted-users')).body
    expect(items).toMatchObject([
      {
        id: lena,
        note: 'Wrong person',
        deletedBy: { type: 'api_key', name: 'Test' },
        isDue: false,
        isErasedThen: false,
      },
    ])
    expect(Date.parse(items[0].restorableUntil) - Date.parse(items[0].deletedAt)).toBe(30 * 86_400_000)
    expect(await client.auditOf(lena)).toEqual(['user.provision', 'user.deactivate', 'user.delete'])
    expect((await client.confirm('DELETE', `users/${lena}`)).status).toBe(404)
  })

  test('hides a directory’s person from the directory, and hands their work over in the same step', async () => {
    const scim = await directory()
    const dora = await scim.user('dora@example.com')
    await change(ctx, { kind: 'create_team', name: 'Desk', leaderId: dora })
    await client.confirm('DELETE', `users/${dora}?handOverTo=lena@example.com`)
    expect((await scim.get(`/Users/${dora}`)).status).toBe(404)
    expect(await owner`select leader_id from teams where leader_id = ${lena}`).toHaveLength(1)
  })

  test('is refused without the permission, beyond the ceiling, of oneself, the last administrator and elsewhere', async () => {
    const weak: CallContext = { ...ctx, permissions: new Set(['users.read']) }
    await expect(deletePerson(weak, { userId: lena })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(restoreDeleted(weak, lena)).rejects.toMatchObject({ code: 'forbidden' })
    const other = await stage.createClient()
    expect((await other.confirm('DELETE', `users/${lena}`)).status).toBe(404)
    expect((await other.post(`users/${lena}/restore`)).status).toBe(404)
    const self: CallContext = { ...ctx, actor: { type: 'user', id: lena } }
    await expect(deletePerson(self, { userId: lena })).rejects.toMatchObject({ reason: 'yourself' })
    await giveRole(client, { userId: lena, role: 'administrator' })
    await expect(deletePerson(ctx, { userId: lena })).rejects.toMatchObject({ reason: 'last_administrator' })
    const desk = await createPerson(client, 'desk@example.com', 'Desk')
    await client.post('roles', {
      ...{ key: 'desk', name: 'Desk', purpose: 'Looks after people', rank: 60, allows: ['users.manage', 'users.read'] },
    })
    await giveRole(client, { userId: desk, role: 'desk' })
    const lower = await actingAs({ id: client.organizationId, slug: client.slug, ctx }, desk)
    await expect(deletePerson(lower, { userId: lena })).rejects.toMatchObject(beyondCeiling)
  })
})

describe('restoring somebody', () => {
  test('brings them back as they were: groups, teams, roles and status, and no session', async () => {
    const group = (await client.post('groups', { displayName: 'Writers' })).body.id
    await client.post(`groups/${group}/members`, { userIds: [lena] })
    const [team] = await change(ctx, { kind: 'create_team', name: 'Desk' })
    await change(ctx, { kind: 'add_team_members', teamId: team?.id ?? '', userIds: [lena] })
    await giveRole(client, { userId: lena, role: 'editor' })
    await signIn(client, lena)
    const before = (await client.get(`users/${lena}/access`)).body
    await client.confirm('DELETE', `users/${lena}`)
    expect((await client.get(`groups/${group}/members`)).body.items).toEqual([])
    const restored = (await client.post(`users/${lena}/restore`)).body
    expect(restored).toMatchObject({ id: lena, status: 'active', groups: [{ displayName: 'Writers' }] })
    expect((await client.get(`users/${lena}/access`)).body).toEqual(before)
    expect((await client.get('users?userName=lena@example.com')).body.total).toBe(1)
    expect(await owner`select 1 from sessions where user_id = ${lena} and ended_at is null`).toHaveLength(0)
    expect(await client.auditOf(lena)).toContain('user.restore_deleted')
    expect((await client.get('deleted-users')).body.items).toEqual([])
    expect((await client.post(`users/${lena}/restore`)).status).toBe(404)
  })

  test('leaves off whoever was off before, with the reason of then', async () => {
    await deactivateUser(ctx, { userId: lena })
    await deletePerson(ctx, { userId: lena })
    expect(await restoreDeleted(ctx, lena)).toMatchObject({ status: 'inactive', statusReason: 'administrator' })
    const scim = await directory()
    const dora = await scim.user('dora@example.com')
    await scim.patch(`/Users/${dora}`, { op: 'replace', path: 'active', value: false })
    await deletePerson(ctx, { userId: dora })
    expect(await restoreDeleted(ctx, dora)).toMatchObject({ status: 'inactive', statusReason: 'directory' })
  })

  test('whom a directory deleted is the directory’s to bring back, unless the organization says otherwise', async () => {
    const scim = await directory()
    const dora = await scim.user('dora@example.com')
    await scim.delete(`/Users/${dora}`)
    expect(await listDeletedPeople(ctx, { limit: 5 })).toMatchObject([{ id: dora, deletedBy: null }])
    await expect(restoreDeleted(ctx, dora)).rejects.toMatchObject({ reason: 'held_by_directory' })
    await updateSettings(ctx, { reactivation: 'by_anyone' })
    expect((await restoreDeleted(ctx, dora)).status).toBe('active')
    expect((await scim.get(`/Users/${dora}`)).status).toBe(200)
  })

  test('is within the rights of whoever does it', async () => {
    await giveRole(client, { userId: lena, role: 'administrator' })
    await giveRole(client, { userId: await createPerson(client, 'ada@example.com', 'Ada'), role: 'administrator' })
    await deletePerson(ctx, { userId: lena })
    const desk = await createPerson(client, 'desk@example.com', 'Desk')
    await client.post('roles', {
      ...{ key: 'desk', name: 'Desk', purpose: 'Looks after people', rank: 60, allows: ['users.manage', 'users.read'] },
    })
    await giveRole(client, { userId: desk, role: 'desk' })
    const lower = await actingAs({ id: client.organizationId, slug: client.slug, ctx }, desk)
    await expect(restoreDeleted(lower, lena)).rejects.toMatchObject(beyondCeiling)
  })
})

describe('when the time is over', () => {
  const run = () => standardJobs.retention?.({ ...ctx, actor: { type: 'system', id: 'worker' } }, createLog('silent'))
  const isWork = async (): Promise<boolean> => {
    const found =
      await owner`select kind from organizations_with_upkeep() where organization_id = ${client.organizationId}`
    return found.some(({ kind }) => kind === 'retention')
  }

  test('they wait for an administrator, unless the organization has them erased', async () => {
    await deletePerson(ctx, { userId: lena })
    await longAgo(lena)
    expect(await listDeletedPeople(ctx, { limit: 5 })).toMatchObject([{ isDue: true, isErasedThen: false }])
    await expect(restoreDeleted(ctx, lena)).rejects.toMatchObject({ reason: 'retention' })
    expect(await isWork()).toBe(false)
    await run()
    expect(await owner`select status from users where id = ${lena}`).toMatchObject([{ status: 'inactive' }])
    await updateSettings(ctx, { eraseDeleted: true })
    expect(await isWork()).toBe(true)
    await run()
    expect(await owner`select status from users where id = ${lena}`).toMatchObject([{ status: 'erased' }])
    expect(await owner`select 1 from deleted_people where user_id = ${lena}`).toHaveLength(0)
    expect(await client.auditOf(lena)).toContain('user.erase')
    expect(await isWork()).toBe(false)
    expect((await client.get('deleted-users')).body.items).toEqual([])
  })

  test('whoever cannot be erased does not keep the others waiting', async () => {
    await updateSettings(ctx, { eraseDeleted: true })
    const mo = await createPerson(client, 'mo@example.com', 'Mo')
    for (const userId of [lena, mo]) {
      await deletePerson(ctx, { userId })
      await longAgo(userId)
    }
    await stage.app.owner.unsafe(`create function refuse_this() returns trigger language plpgsql as
      $$ begin raise exception 'no'; end $$; create trigger refuse_this before update on users for each row
      when (new.status = 'erased' and new.id = '${lena}') execute function refuse_this()`)
    await expect(run()).rejects.toThrow()
    await stage.app.owner.unsafe('drop trigger refuse_this on users; drop function refuse_this')
    expect(await owner`select status from users where id = ${lena}`).toMatchObject([{ status: 'inactive' }])
    expect(await owner`select status from users where id = ${mo}`).toMatchObject([{ status: 'erased' }])
  })

  test('whoever was deleted a moment ago is erased by nobody, however long they were off before', async () => {
    await updateSettings(ctx, { eraseDeleted: true })
    await deactivateUser(ctx, { userId: lena })
    await owner`update users set status_changed_at = now() - interval '90 days' where id = ${lena}`
    await deletePerson(ctx, { userId: lena })
    await run()
    expect(await owner`select status from users where id = ${lena}`).toMatchObject([{ status: 'inactive' }])
    expect((await client.post(`users/${lena}/erase`, { confirm: 'lena@example.com' })).body.reason).toBe('retention')
    expect((await restoreDeleted(ctx, lena)).status).toBe('inactive')
  })
})

describe('whom their directory lets go while they are deleted here', () => {
  test.each<[string, (scim: ScimClient, id: string) => Promise<{ status: number }>, string]>([
    ['by DELETE', (scim, id) => scim.delete(`/Users/${id}`), 'inactive'],
    [
      'by PATCH',
      (scim, id) => scim.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' }),
      'inactive',
    ],
    ['by PUT', (scim, id) => scim.put(`/Users/${id}`, { userName: 'dora@example.com', active: false }), 'inactive'],
    ['not at all', (scim, id) => scim.patch(`/Users/${id}`, { op: 'replace', path: 'title', value: 'x' }), 'active'],
  ])('%s: restored, they are as the directory left them', async (_how, letGo, status) => {
    const scim = await directory()
    const dora = await scim.user('dora@example.com')
    await deletePerson(ctx, { userId: dora })
    expect((await letGo(scim, dora)).status).toBe(404)
    expect(await restoreDeleted(ctx, dora)).toMatchObject({ status })
    const back = await scim.patch(`/Users/${dora}`, { op: 'replace', path: 'active', value: true })
    expect([back.status, (await client.get(`users/${dora}`)).body.status]).toEqual([200, 'active'])
  })

  test('an invitation does not outlive it', async () => {
    const scim = await directory()
    const dora = await scim.user('dora@example.com')
    await owner`update users set status = 'invited' where id = ${dora}`
    await deletePerson(ctx, { userId: dora })
    await scim.delete(`/Users/${dora}`)
    expect(await restoreDeleted(ctx, dora)).toMatchObject({ status: 'inactive', statusReason: 'directory' })
  })

  test('another directory has no word', async () => {
    const [scim, other] = [await directory(), await directory()]
    const dora = await scim.user('dora@example.com')
    await deletePerson(ctx, { userId: dora })
    expect((await other.delete(`/Users/${dora}`)).status).toBe(404)
    expect(await restoreDeleted(ctx, dora)).toMatchObject({ status: 'active' })
  })
})

test('the command line does the same', async () => {
  const at = ['--organization', client.slug]
  await stage.rolecall('user', 'delete', ...at, '--user', 'lena@example.com')
  expect((await stage.rolecall('user', 'deleted', ...at)).lines.join('\n')).toContain('lena@example.com')
  const nobody = await stage.rolecall('user', 'restore', ...at, '--user', 'nobody@example.com')
  expect(nobody.errors).toEqual(['error: Nobody who is deleted is called so: `user deleted` lists them'])
  expect((await stage.rolecall('user', 'restore', ...at, '--user', 'lena@example.com')).lines[0]).toContain('is active')
})
