// Changes of many people that outlive the request which began them: gone on with by the worker, in the name of whoever began them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { deleteAssignment } from '#access/grants/assignments/delete-assignment.ts'
import { asManager } from '#access/grants/managers/manager.ts'
import { systemContext } from '#access/ground/system-context.ts'
import { revokeApiKey } from '#access/organizations/api-keys/api-keys.ts'
import { continueUserChanges } from '#access/people/bulk/continue-user-changes.ts'
import { previewBulk } from '#access/people/bulk/preview-bulk.ts'
import { startUserChange } from '#access/people/bulk/start-user-change.ts'
import { getUserChange, listUserChangeOutcomes } from '#access/people/bulk/user-changes.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { listAuditEvents } from '#audit/list-events.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'

let stage: AccessStage
let client: Client
let owner: AccessStage['app']['owner']

beforeAll(async () => {
  stage = await startStage()
  owner = stage.app.owner
})
afterAll(() => stage.close())

const worker = (): CallContext => systemContext(stage.services, client.organizationId)

/** A change of so many people that was begun, and of which the node that began it died at once. */
async function interrupted(ctx: CallContext, people: number): Promise<{ id: string; userIds: string[] }> {
  const userIds: string[] = []
  for (let index = 0; index < people; index += 1) userIds.push(await createUser(client, `p${index}@example.com`))
  const role = await roleId(client, 'viewer')
  const action = { kind: 'assign', roleId: role, brandId: null, reason: 'All of them' } as const
  const change = { action, selection: { userIds } }
  const { hash } = await previewBulk(ctx, change)
  const { id } = await startUserChange(ctx, { ...change, hash })
  await owner`delete from assignments where organization_id = ${client.organizationId} and user_id = any (${userIds})`
  await owner`update user_change_people set outcome = null, claimed_at = null where change_id = ${id}`
  await owner`update user_changes set finished_at = null where id = ${id}`
  return { id, userIds }
}

const holders = async (userIds: string[]): Promise<number> =>
  (await owner`select 1 from assignments where user_id = any (${userIds})`).length

/** An administrator, as the console calls verbs for them. */
async function administrator(): Promise<{ ctx: CallContext; userId: string; assignmentId: string }> {
  const userId = await createUser(client, 'boss@example.com')
  const given = { userId, roleId: await roleId(client, 'administrator'), reason: 'Boss' }
  const { id: assignmentId } = await createAssignment(client.ctx, given)
  const person: CallContext = { ...client.ctx, actor: { type: 'user', id: userId }, permissions: new Set() }
  return { ctx: (await asManager(person)).ctx, userId, assignmentId }
}

describe('what a dead node left behind', () => {
  test('is gone on with in the name of whoever began it, once by two nodes', async () => {
    client = await stage.createClient()
    const { ctx, userId } = await administrator()
    const { id, userIds } = await interrupted(ctx, 40)
    expect(await getUserChange(ctx, id)).toMatchObject({ finishedAt: null, total: 40, done: 0 })
    const [{ kinds } = { kinds: [] }] = await owner<{ kinds: string[] }[]>`
      select array_agg(kind) as kinds from organizations_with_work() where organization_id = ${client.organizationId}`
    expect(kinds).toContain('user_change')
    await Promise.all([continueUserChanges(worker()), continueUserChanges(worker())])
    await continueUserChanges(worker())
    expect(await getUserChange(ctx, id)).toMatchObject({ total: 40, done: 40, finishedAt: expect.anything() })
    expect(await holders(userIds)).toBe(40)
    const filter = { action: 'assignment.create', actorId: userId }
    expect(await listAuditEvents(client.ctx, { filter, limit: 200 })).toHaveLength(80)
  })

  test('what somebody else has in hand is left to them, until they have had two minutes', async () => {
    client = await stage.createClient()
    const { id, userIds } = await interrupted(client.ctx, 3)
    await owner`update user_change_people set claimed_at = now() where change_id = ${id} and position = 1`
    await continueUserChanges(worker())
    expect(await getUserChange(client.ctx, id)).toMatchObject({ done: 2, finishedAt: null })
    await owner`update user_change_people set claimed_at = now() - interval '3 minutes' where change_id = ${id} and position = 1`
    await continueUserChanges(worker())
    expect(await getUserChange(client.ctx, id)).toMatchObject({ done: 3, finishedAt: expect.anything() })
    expect(await holders(userIds)).toBe(3)
  })

  test('rights that were taken meanwhile count', async () => {
    client = await stage.createClient()
    await createAssignment(client.ctx, {
      ...{ userId: await createUser(client, 'other@example.com'), reason: 'Stays' },
      roleId: await roleId(client, 'administrator'),
    })
    const { ctx, assignmentId } = await administrator()
    const { id, userIds } = await interrupted(ctx, 2)
    await deleteAssignment(client.ctx, assignmentId)
    await continueUserChanges(worker())
    expect(await getUserChange(client.ctx, id)).toMatchObject({ failed: 2, finishedAt: expect.anything() })
    expect(await holders(userIds)).toBe(0)
  })

  test.each(['a person who was deactivated', 'a key that was revoked'])('%s goes on with nothing', async (who) => {
    client = await stage.createClient()
    await administrator()
    const keyId = (await client.post('api-keys', { name: 'Batch' })).body.id
    const bossId = await createUser(client, 'second@example.com')
    const given = { userId: bossId, roleId: await roleId(client, 'administrator'), reason: 'Second' }
    await createAssignment(client.ctx, given)
    const actor = who.includes('key')
      ? ({ type: 'api_key', id: keyId } as const)
      : ({ type: 'user', id: bossId } as const)
    const { id, userIds } = await interrupted({ ...client.ctx, actor }, 2)
    if (actor.type === 'api_key') await revokeApiKey(client.ctx, keyId)
    else await deactivateUser(client.ctx, { userId: bossId })
    await continueUserChanges(worker())
    expect(await listUserChangeOutcomes(client.ctx, { changeId: id, limit: 10 })).toMatchObject([
      { outcome: 'failed', reason: 'actor' },
      { outcome: 'failed', reason: 'actor' },
    ])
    expect(await holders(userIds)).toBe(0)
  })
})

test('a change is seen by whoever began it and by those who may change all users, in their organization', async () => {
  client = await stage.createClient()
  const { id } = await interrupted(client.ctx, 1)
  expect((await client.get(`user-changes/${id}`)).body).toMatchObject({ id, total: 1, finishedAt: null })
  const other = await stage.createClient()
  expect((await other.get(`user-changes/${id}`)).status).toBe(404)
  expect((await other.get(`user-changes/${id}/outcomes`)).status).toBe(404)
  const reader: CallContext = {
    ...client.ctx,
    ...{ actor: { type: 'user', id: 'usr_x' }, permissions: new Set(['users.read']) },
  }
  await expect(getUserChange(reader, id)).rejects.toMatchObject({ code: 'not_found' })
  await expect(getUserChange({ ...reader, permissions: new Set() }, id)).rejects.toMatchObject({ code: 'forbidden' })
})
