// Access computed from groups, mappings and assignments, as the API explains it: brands, nesting, dates and policies.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'

let stage: AccessStage
let client: Client
let userId: string
beforeAll(async () => {
  stage = await startStage()
})
beforeEach(async () => {
  client = await stage.createClient()
  userId = await createUser(client, 'ada@example.com')
})
afterAll(() => stage.close())

const explain = async (permission: string, brand?: string) => {
  const query = new URLSearchParams({ permission, ...(brand === undefined ? {} : { brand }) })
  return (await client.get(`users/${userId}/explain?${query}`)).body
}

const brand = async (slug: string): Promise<string> => (await client.post('brands', { slug, name: slug })).body.id

const group = async (displayName: string, userIds: string[] = []): Promise<string> =>
  (await client.post('groups', { displayName, userIds })).body.id

async function map(groupId: string, role: string, brandId?: string): Promise<string> {
  const answer = await client.confirm('POST', 'mappings', {
    groupId,
    roleId: await roleId(client, role),
    brandId: brandId ?? null,
  })
  expect(answer.status).toBe(201)
  return answer.body.id
}

async function assign(role: string, over: object = {}) {
  return client.post('assignments', { userId, roleId: await roleId(client, role), reason: 'Because', ...over })
}

test('one person has three roles in three brands, and three different answers (000-24)', async () => {
  const [a, b, c] = [await brand('a'), await brand('b'), await brand('c')]
  const team = await group('Team', [userId])
  await map(team, 'administrator', a)
  await map(team, 'editor', b)
  await map(team, 'viewer', c)
  const answers = await Promise.all(
    [a, b, c].map(async (id) => [
      (await explain('settings.manage', id)).allowed,
      (await explain('content.edit', id)).allowed,
      (await explain('content.comment', id)).allowed,
    ]),
  )
  expect(answers).toEqual([
    [true, true, true],
    [false, true, true],
    [false, false, true],
  ])
})

test('an administrator of the organization has no access in a brand, until the policy says so (C3)', async () => {
  await map(await group('Admins', [userId]), 'administrator')
  await brand('quiet')
  expect(await explain('content.view')).toMatchObject({ allowed: true })
  expect(await explain('content.view', 'quiet')).toMatchObject({
    allowed: false,
    step: 'scope',
    reason: 'no_brand_access',
  })
  await client.confirm('PATCH', `organizations/${client.organizationId}`, { administratorBrandAccess: 'implicit' })
  expect(await explain('content.view', 'quiet')).toMatchObject({ allowed: true, reason: 'administrator_implicit' })
})

test('nested groups pass on what is mapped above them, and the path shows the way', async () => {
  const [outer, middle, inner] = [await group('Outer'), await group('Middle'), await group('Inner', [userId])]
  await client.post(`groups/${outer}/members`, { groupIds: [middle] })
  await client.post(`groups/${middle}/members`, { groupIds: [inner] })
  const mappingId = await map(outer, 'editor')
  const { body } = await client.get(`users/${userId}/access`)
  expect(body.assignments).toMatchObject([
    {
      role: { key: 'editor', rank: 50 },
      brand: null,
      source: {
        type: 'mapping',
        mappingId,
        path: [
          { id: inner, displayName: 'Inner' },
          { id: middle, displayName: 'Middle' },
          { id: outer, displayName: 'Outer' },
        ],
      },
    },
  ])
  await client.confirm('DELETE', `groups/${middle}/members/${inner}`)
  expect((await client.get(`users/${userId}/access`)).body.assignments).toEqual([])
})

test('access ends with the membership, the mapping, the group and the brand', async () => {
  const aurora = await brand('aurora')
  const team = await group('Team', [userId])
  const mappingId = await map(team, 'editor', aurora)
  const isAllowed = async () => (await explain('content.edit', 'aurora')).allowed
  expect(await isAllowed()).toBe(true)
  await client.confirm('DELETE', `groups/${team}/members/${userId}`)
  expect(await isAllowed()).toBe(false)
  await client.post(`groups/${team}/members`, { userIds: [userId] })
  expect(await isAllowed()).toBe(true)
  await client.confirm('DELETE', `mappings/${mappingId}`)
  expect(await isAllowed()).toBe(false)
  await map(team, 'editor', aurora)
  await client.confirm('DELETE', `brands/${aurora}`)
  expect((await client.get(`users/${userId}/explain?permission=content.edit&brand=aurora`)).status).toBe(404)
})

test('a mapping stays with the group’s id, whatever it is called', async () => {
  const team = await group('Editors', [userId])
  await map(team, 'editor')
  expect((await client.patch(`groups/${team}`, { displayName: 'Others' })).body).toMatchObject({
    displayName: 'Others',
  })
  expect((await explain('content.edit')).allowed).toBe(true)
  expect((await client.confirm('DELETE', `groups/${team}`)).body).toBe('')
  await group('Editors', [userId])
  expect((await explain('content.edit')).allowed).toBe(false)
})

describe('direct assignments', () => {
  test('hold until their date', async () => {
    const expiresAt = new Date(Date.now() + 600).toISOString()
    expect((await assign('editor', { expiresAt })).status).toBe(201)
    const allowed = await explain('content.edit')
    expect(allowed.chain).toMatchObject([{ source: { type: 'direct', reason: 'Because', expiresAt } }])
    await expect.poll(async () => (await explain('content.edit')).allowed, { timeout: 3_000 }).toBe(false)
  })

  test('begin at their date', async () => {
    await assign('editor', { validFrom: new Date(Date.now() + 500).toISOString() })
    expect(await explain('content.edit')).toMatchObject({ allowed: false, reason: 'no_role' })
    await expect.poll(async () => (await explain('content.edit')).allowed, { timeout: 3_000 }).toBe(true)
  })
})

test('a deactivated user may do nothing at once, and everything again after reactivation', async () => {
  await assign('administrator')
  const other = (await client.post('users', { userName: 'other-administrator' })).body.id
  const role = await roleId(client, 'administrator')
  await client.post('assignments', { userId: other, roleId: role, reason: 'So that there is one' })
  expect((await explain('anything')).allowed).toBe(true)
  await client.confirm('POST', `users/${userId}/deactivate`)
  expect(await explain('anything')).toMatchObject({ allowed: false, step: 'status', reason: 'user_inactive' })
  await client.post(`users/${userId}/reactivate`)
  expect((await explain('anything')).allowed).toBe(true)
})

test('changing a role changes all who hold it at once, and a deny wins (001-08, C8)', async () => {
  const { body: role } = await client.post('roles', {
    key: 'legal',
    name: 'Legal',
    purpose: 'Approves at the legal step',
    allows: ['workflow.approve:legal'],
  })
  await client.post('assignments', { userId, roleId: role.id, reason: 'x' })
  await assign('editor')
  expect((await explain('workflow.approve:legal')).chain).toHaveLength(2)
  await client.confirm('PATCH', `roles/${role.id}`, { denies: ['content.publish'] })
  const denied = await explain('content.publish')
  expect(denied).toMatchObject({ allowed: false, step: 'deny', reason: 'denied' })
  expect(denied.chain).toMatchObject([{ effect: 'deny', role: { key: 'legal' } }])
})

test('under the strategy "highest" only the top role of a scope counts (C7)', async () => {
  const { body: role } = await client.post('roles', {
    key: 'auditor',
    name: 'Auditor',
    purpose: 'Reads the trail',
    rank: 60,
    allows: ['audit.view'],
  })
  await client.post('assignments', { userId, roleId: role.id, reason: 'x' })
  await assign('editor')
  expect((await explain('content.edit')).allowed).toBe(true)
  await client.confirm('PATCH', `organizations/${client.organizationId}`, { roleStrategy: 'highest' })
  expect((await explain('content.edit')).allowed).toBe(false)
  expect((await explain('audit.view')).allowed).toBe(true)
})

test('one user’s access costs what that user has, not the organization’s size', async () => {
  const team = await group('Team', [userId])
  await map(team, 'editor')
  const { ctx } = client
  await stage.app.owner.unsafe(
    `insert into users (organization_id, id, user_name, user_name_key, status, status_changed_at, attributes, created_at, updated_at)
     select $1, 'usr_' || n, 'u' || n, 'u' || n, 'active', now(), '{}', now(), now() from generate_series(1, 20000) n`,
    [ctx.organizationId],
  )
  await stage.app.owner.unsafe(
    `insert into group_members (organization_id, group_id, user_id, created_at)
     select $1, $2, 'usr_' || n, now() from generate_series(1, 20000) n`,
    [ctx.organizationId, team],
  )
  await stage.app.owner.unsafe('analyze users, group_members, groups, mappings')
  const times: number[] = []
  for (let round = 0; round < 20; round += 1) {
    const startedAt = performance.now()
    await explain('content.edit')
    times.push(performance.now() - startedAt)
  }
  expect(times.toSorted((a, b) => a - b)[10]).toBeLessThan(25)
})
