// A name or address that was somebody else's until lately is given to nobody, whatever the way.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { updateSettings } from '#access/organizations/settings.ts'
import { deletePerson } from '#access/people/status/delete-person.ts'
import { eraseUser } from '#access/people/status/erase-user.ts'
import { restoreDeleted } from '#access/people/status/restore-deleted.ts'
import { sweepExpired } from '#access/upkeep/work.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { type ScimClient, scimClient } from '../support/scim.ts'

let stage: AccessStage
let client: Client
let ctx: CallContext
let scim: ScimClient
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const owner = (parts: TemplateStringsArray, ...values: string[]) => stage.app.owner(parts, ...values)
const directory = async (): Promise<ScimClient> =>
  scimClient(
    (path, init) => stage.request(path, init),
    await stage.app.createDirectory({ id: client.organizationId, slug: client.slug, ctx }),
  )

beforeEach(async () => {
  client = await stage.createClient()
  ctx = client.ctx
  scim = await directory()
})

const taken = 'ada.lovelace@example.com'
const create = (userName = taken) => client.post('users', { userName })
const inNinetyDays = (): string => new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10)

async function erased(userName: string): Promise<string> {
  const id = await createUser(client, userName)
  await deletePerson(ctx, { userId: id })
  await owner`update users set deleted_at = now() - interval '40 days', status_changed_at = now() - interval '40 days' where id = ${id}`
  await eraseUser(ctx, { userId: id, confirm: userName })
  return id
}

describe('of somebody whom an administrator deleted', () => {
  test('is refused by API, invitation, import and SCIM, with until when, and free for themselves', async () => {
    const id = await createUser(client, taken)
    await deletePerson(ctx, { userId: id })
    const refused = await create()
    expect([refused.status, refused.body.reason]).toEqual([409, 'uniqueness'])
    expect(refused.body.detail).toContain(`reserved until ${inNinetyDays()}: restore them`)
    const invited = await client.post('invitations', { email: taken, roleId: await roleId(client, 'viewer') })
    expect(invited.body.detail).toContain('is reserved until')
    const brought = await scim.post('/Users', { userName: taken })
    expect([brought.status, brought.body.scimType]).toEqual([409, 'uniqueness'])
    expect(brought.body.detail).toContain('is reserved until')
    expect((await client.post('users', { userName: 'other', emails: [taken.toUpperCase()] })).status).toBe(409)
    await restoreDeleted(ctx, id)
    expect((await client.get(`users/${id}`)).body.userName).toBe(taken)
  })

  test('is free again once the time is over, and at once where the organization says so', async () => {
    const id = await createUser(client, taken)
    await deletePerson(ctx, { userId: id })
    await owner`update users set deleted_at = now() - interval '91 days' where id = ${id}`
    expect((await create()).status).toBe(201)
    const other = await createUser(client, 'other@example.com')
    await deletePerson(ctx, { userId: other })
    await updateSettings(ctx, { reservedDays: 0 })
    expect((await create('other@example.com')).status).toBe(201)
  })

  test('binds their own directory, too', async () => {
    const id = await scim.user(taken)
    await deletePerson(ctx, { userId: id })
    expect((await scim.post('/Users', { userName: taken })).status).toBe(409)
  })
})

describe('of somebody whom a directory deleted', () => {
  test('is a directory’s to give, also of one that takes over from another, and nobody else’s', async () => {
    const id = await scim.user(taken)
    await scim.delete(`/Users/${id}`)
    expect((await create()).status).toBe(409)
    const again = await scim.user(taken)
    expect(again).not.toBe(id)
    await scim.delete(`/Users/${again}`)
    expect((await (await directory()).post('/Users', { userName: taken })).status).toBe(201)
  })
})

describe('that somebody has changed away from', () => {
  test('is refused to others, and can be theirs again', async () => {
    const id = await createUser(client, taken)
    expect((await client.patch(`users/${id}`, { userName: 'ada.king@example.com' })).status).toBe(200)
    expect((await create()).body.detail).toContain('is reserved until')
    const other = await createUser(client, 'other@example.com')
    expect((await client.patch(`users/${other}`, { userName: taken })).status).toBe(409)
    expect((await client.patch(`users/${id}`, { userName: taken })).status).toBe(200)
  })
})

describe('of somebody who was erased', () => {
  test('is refused by a keyed hash alone, which ends with the time', async () => {
    const id = await erased(taken)
    expect((await create()).body.detail).toContain('is reserved until')
    const rows = await owner`select * from reserved_names where user_id = ${id}`
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain('ada')
    expect(await owner`select 1 from former_names where user_id = ${id}`).toHaveLength(0)
    expect(JSON.stringify((await client.get(`users/${id}/personal-data`)).body.sections)).toContain('reserved_names')
    await owner`update reserved_names set reserved_until = now() - interval '1 day' where user_id = ${id}`
    expect((await create()).status).toBe(201)
    await sweepExpired(ctx.database)
    expect(await owner`select 1 from reserved_names where user_id = ${id}`).toHaveLength(0)
  })

  test('is another hash in another organization, and none where nothing is reserved', async () => {
    const id = await erased(taken)
    const [first] = await owner`select name_hash from reserved_names where user_id = ${id}`
    client = await stage.createClient()
    ctx = client.ctx
    expect((await create()).status).toBe(201)
    const elsewhere = await erased('second@example.com')
    const hashes = await owner`select name_hash from reserved_names where user_id = ${elsewhere}`
    expect(hashes.map((row) => row['name_hash'])).not.toContain(first?.['name_hash'])
    await updateSettings(ctx, { reservedDays: 0 })
    expect(await owner`select 1 from reserved_names where user_id = ${await erased('third@example.com')}`).toHaveLength(
      0,
    )
  })
})
