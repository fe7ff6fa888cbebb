// Previews of changes of access: what is foretold is what happens, for random states and changes; and nothing is saved on a
// preview that is out of date.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decide } from '#access/decisions/effective-access.ts'
import type { AccessChange } from '#access/previews/change.ts'
import { previewChange, saveChange } from '#access/previews/preview.ts'
import type { Preview } from '#access/previews/shown.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import { runs } from '../support/property.ts'

let stage: AccessStage

beforeAll(async () => {
  stage = await startStage()
})

afterAll(() => stage.close())

const permissions = ['content.view', 'content.edit', 'content.publish', 'roles.assign', 'billing.manage', 'app.x.y']

type World = {
  client: Client
  users: string[]
  groups: string[]
  brands: string[]
  teams: string[]
  roles: string[]
  custom: string
}

async function newWorld(): Promise<World> {
  const client = await stage.createClient()
  const made = async (path: string, body: object): Promise<string> => (await client.post(path, body)).body.id
  await client.send('PUT', 'permissions/app.x.y', { description: 'Something of an application' })
  const users: string[] = []
  for (let index = 0; index < 5; index += 1) users.push(await createUser(client, `user${index}@example.com`))
  const groups = [await made('groups', { displayName: 'A' }), await made('groups', { displayName: 'B' })]
  await client.post(`groups/${groups[0]}/members`, { groupIds: [groups[1]] })
  const brands = [
    await made('brands', { slug: 'aurora', name: 'Aurora' }),
    await made('brands', { slug: 'borealis', name: 'Borealis' }),
  ]
  const custom = await made('roles', {
    ...{ key: 'custom', name: 'Custom', purpose: 'Tried out', rank: 60 },
    ...{ allows: ['content.edit', 'content.publish'], denies: ['billing.*'] },
  })
  const packed = await Promise.all(['viewer', 'editor', 'administrator'].map((key) => roleId(client, key)))
  const outer = await made('teams', { name: 'Outer' })
  const teams = [outer, await made('teams', { name: 'Inner', parentId: outer })]
  return { client, users, groups, brands, teams, roles: [...packed, custom], custom }
}

type Step = { who: number; what: number; role: number; brand: number }
const step = fc.record({ who: fc.nat(4), what: fc.nat(16), role: fc.nat(3), brand: fc.nat(2) })

const at = <T>(items: readonly T[], index: number): T => items[index % items.length] as T

/** Puts the world into some state, by steps that may each be refused. */
async function wander(world: World, steps: readonly Step[]): Promise<void> {
  const { client, users, groups, brands, teams, roles } = world
  for (const { who, what, role, brand } of steps) {
    const [userId, groupId, to] = [at(users, who), at(groups, who), at(roles, role)]
    const brandId = [null, ...brands][brand] ?? null
    if (what <= 1) await client.post(`groups/${groupId}/members`, { userIds: [userId] })
    if (what === 2) await client.confirm('POST', 'mappings', { groupId, roleId: to, brandId })
    if (what === 3 || what === 6) await client.post('assignments', { userId, roleId: to, brandId, reason: 'Because' })
    const team = at(teams, who)
    if (what === 11) await client.confirm('POST', `teams/${team}/roles`, { roleId: to, brandId, reason: 'Because' })
    if (what === 12) await client.confirm('POST', `teams/${team}/members`, { userIds: [userId] })
    if (what === 13) await client.confirm('POST', `teams/${team}/sources`, { groupId })
    if (what === 14) await client.confirm('PATCH', `teams/${team}`, { leaderId: userId })
    if (what === 15) await client.confirm('POST', `teams/${team}/sources`, { filter: `userName sw "user${who}"` })
    if (what === 4)
      await client.confirm('POST', 'mappings', { filter: `userName sw "user${who}"`, roleId: to, brandId })
    if (what === 5) {
      const policy = { name: `Rule ${who}${role}${brand}`, permission: at(permissions, who), brandId }
      await client.confirm('POST', 'policies', { ...policy, exceptRoleIds: [to] })
    }
  }
}

async function changeOf(world: World, { who, what, role, brand }: Step): Promise<AccessChange> {
  const { client, users, groups, brands, teams, roles, custom } = world
  const teamId = at(teams, role)
  if (what === 11) return { kind: 'give_team_roles', teamId, roles: [{ roleId: at(roles, who), reason: 'Because' }] }
  if (what === 12) return { kind: 'add_team_members', teamId, userIds: [at(users, who)] }
  if (what === 13) return { kind: 'fill_team', teamId, sources: [{ groupId: at(groups, who) }] }
  if (what === 14) return { kind: 'update_team', teamId, leaderId: at(users, who) }
  if (what === 15) return { kind: 'update_team', teamId: at(teams, 1), parentId: null }
  if (what === 16) return { kind: 'delete_team', teamId }
  const [to, brandId] = [at(roles, role), [null, ...brands][brand] ?? null]
  const mappings = (await client.get('mappings')).body.items as { id: string }[]
  if (what === 0) return { kind: 'create_mappings', mappings: [{ groupId: at(groups, who), roleId: to, brandId }] }
  if (what === 1) return { kind: 'create_mappings', mappings: [{ filter: 'userName co "3"', roleId: to, brandId }] }
  if (what === 2 && mappings.length > 0) return { kind: 'delete_mappings', mappingIds: [at(mappings, who).id] }
  if (what === 3) {
    const allows = permissions.filter((_, index) => index % 2 === who % 2 && index !== 5)
    return { kind: 'update_role', role: { roleId: custom, allows, rank: role * 40, denies: [] } }
  }
  if (what === 4) {
    const policy = { name: 'New rule', permission: at(permissions, role), brandId, exceptRoleIds: [to] }
    return { kind: 'create_policy', policy }
  }
  if (what === 6) {
    const assignments = (await client.get('assignments')).body.items as { id: string }[]
    if (assignments.length > 0) return { kind: 'delete_assignments', assignmentIds: [at(assignments, who).id] }
  }
  if (what === 9) return { kind: 'remove_members', groupId: at(groups, who), memberIds: [at(users, role)] }
  if (what === 10) return { kind: 'remove_members', groupId: at(groups, 0), memberIds: [at(groups, 1)] }
  if (what === 7) return { kind: 'delete_group', groupId: at(groups, who) }
  if (what === 8) return { kind: 'delete_brand', brandId: at(brands, who) }
  const roleStrategy = who % 2 === 0 ? 'highest' : 'union'
  const administratorBrandAccess = role % 2 === 0 ? 'implicit' : 'explicit'
  return { kind: 'update_organization', organization: { roleStrategy, administratorBrandAccess } }
}

/** `user brand permission` of everything that anybody may do. */
async function everything({ client, users, brands }: World): Promise<Set<string>> {
  const scopes = [undefined, ...brands]
  const questions = users.flatMap((user) =>
    scopes.flatMap((brand) => permissions.map((permission) => ({ user, permission, brand }))),
  )
  const decisions = await decide(client.ctx, questions)
  const allowed = questions.filter((_, index) => decisions[index]?.allowed)
  return new Set(allowed.map(({ user, brand = '', permission }) => `${user} ${brand} ${permission}`))
}

/** In which brands somebody holds something. */
async function memberships({ client, users }: World): Promise<Set<string>> {
  const held = await Promise.all(users.map((id) => client.get(`users/${id}/access`)))
  return new Set(
    held.flatMap(({ body }, index) =>
      (body.assignments as { brand: { id: string } | null }[]).map(({ brand }) => `${users[index]} ${brand?.id ?? ''}`),
    ),
  )
}

type Sides = { before: Set<string>; after: Set<string> }

/** Brands that a policy names: they are foretold by themselves. */
const ruledBrands = async ({ client }: World): Promise<string[]> =>
  ((await client.get('policies')).body.items as { brand: { id: string } | null }[]).flatMap(
    ({ brand }) => brand?.id ?? [],
  )

const foretold = (preview: Preview, brands: string[], members: Sides): { gained: string[]; lost: string[] } => {
  const rights = (kind: 'gained' | 'lost'): string[] =>
    preview.entries.flatMap((entry) =>
      entry.sample.flatMap(({ id }) => {
        const isStranger = (brand: string) =>
          !members.before.has(`${id} ${brand}`) && !members.after.has(`${id} ${brand}`)
        const scopes =
          entry.brand === 'others' ? brands.filter(isStranger) : [entry.brand === null ? '' : entry.brand.id]
        const names = entry[kind].filter((permission) => permissions.includes(permission))
        return scopes.flatMap((scope) => names.map((permission) => `${id} ${scope} ${permission}`))
      }),
    )
  return { gained: rights('gained').sort(), lost: rights('lost').sort() }
}

const difference = ({ before, after }: Sides) => ({
  gained: [...after].filter((each) => !before.has(each)).sort(),
  lost: [...before].filter((each) => !after.has(each)).sort(),
})

test('for random states and changes, what is foretold is what happens', { timeout: 300_000 }, async () => {
  let changed = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24, size: 'max' }), step, async (steps, last) => {
      const world = await newWorld()
      await wander(world, steps)
      const change = await changeOf(world, last)
      const { ctx } = world.client
      const [before, membersBefore] = [await everything(world), await memberships(world)]
      const ruledBefore = await ruledBrands(world)
      let preview: Preview
      try {
        preview = await previewChange(ctx, change)
      } catch (error) {
        // What cannot be previewed cannot be made: the world is as it was.
        await expect(saveChange(ctx, change, 'x')).rejects.toMatchObject({ code: (error as { code: string }).code })
        expect(await everything(world)).toEqual(before)
        return
      }
      expect(await everything(world)).toEqual(before)
      await saveChange(ctx, change, preview.hash)
      const after = await everything(world)
      const members = { before: membersBefore, after: await memberships(world) }
      const happened = difference({ before, after })
      changed += happened.gained.length + happened.lost.length
      const ruled = [...ruledBefore, ...(await ruledBrands(world))]
      const others = world.brands.filter((id) => !ruled.includes(id))
      expect(foretold(preview, others, members)).toEqual(happened)
      const losers = new Set(happened.lost.map((each) => each.split(' ')[0]))
      expect(preview.losing).toBeGreaterThanOrEqual(losers.size)
    }),
    runs(40),
  )
  // Some changes concern nobody; by chance, far more than half of all.
  expect(changed).toBeGreaterThan(10)
})

describe('a stale preview is refused', () => {
  test('when somebody joined the group meanwhile; then nothing is saved', async () => {
    const { client, groups, users, roles } = await newWorld()
    const change = { kind: 'create_mappings', mappings: [{ groupId: groups[0], roleId: roles[1] }] }
    const preview = (await client.post('access-changes/preview', change)).body
    await client.post(`groups/${groups[0]}/members`, { userIds: [users[0]] })
    expect(await client.post('access-changes', { change, hash: preview.hash })).toMatchObject({
      status: 412,
      body: { reason: 'stale_preview' },
    })
    expect((await client.get('mappings')).body.items).toEqual([])
    const again = (await client.post('access-changes/preview', change)).body
    expect(again).toMatchObject({ gaining: 1, losing: 0, entries: [{ count: 1, rolesGained: [{ key: 'editor' }] }] })
    expect((await client.post('access-changes', { change, hash: again.hash })).status).toBe(200)
  })

  test('and so is the preview of another change', async () => {
    const { client, groups, roles } = await newWorld()
    const change = (role: number) => ({
      kind: 'create_mappings',
      mappings: [{ groupId: groups[0], roleId: roles[role] }],
    })
    const { hash } = (await client.post('access-changes/preview', change(0))).body
    expect((await client.post('access-changes', { change: change(1), hash })).status).toBe(412)
  })
})

describe('what changes access asks for its preview first', () => {
  const made = async (client: Client, path: string, body: object) => (await client.confirm('POST', path, body)).body

  test.each([
    [
      'a new mapping',
      async ({ groups, roles }: World) => ['POST', 'mappings', { groupId: groups[0], roleId: roles[2] }],
    ],
    [
      'the end of a mapping',
      async ({ client, groups, roles }: World) => {
        const { id } = await made(client, 'mappings', { groupId: groups[0], roleId: roles[1] })
        return ['DELETE', `mappings/${id}`]
      },
    ],
    [
      'other permissions of a role',
      async ({ custom }: World) => ['PATCH', `roles/${custom}`, { allows: ['content.view'] }],
    ],
    ['a new policy', async () => ['POST', 'policies', { name: 'No', permission: 'content.view' }]],
    [
      'the end of a policy',
      async ({ client }: World) => {
        const { id } = await made(client, 'policies', { name: 'No', permission: 'content.view' })
        return ['DELETE', `policies/${id}`]
      },
    ],
    [
      'another strategy',
      async ({ client }: World) => ['PATCH', `organizations/${client.organizationId}`, { roleStrategy: 'highest' }],
    ],
    [
      'the end of an assignment',
      async ({ client, users, roles }: World) => {
        const { id } = await made(client, 'assignments', { userId: users[4], roleId: roles[1], reason: 'Because' })
        return ['DELETE', `assignments/${id}`]
      },
    ],
    [
      'a member who is taken out',
      async ({ client, users, groups, roles }: World) => {
        await client.confirm('POST', 'mappings', { groupId: groups[0], roleId: roles[1], brandId: null })
        return ['DELETE', `groups/${groups[0]}/members/${users[0]}`]
      },
    ],
    ['a deactivation', async ({ users }: World) => ['POST', `users/${users[1]}/deactivate`]],
  ] as [string, (world: World) => Promise<[string, string, object?]>][])('%s', async (_name, prepare) => {
    const world = await newWorld()
    const { client, users, groups, custom } = world
    await client.post(`groups/${groups[0]}/members`, { userIds: [users[0]] })
    await client.post('assignments', { userId: users[1], roleId: custom, reason: 'Because' })
    await client.post('assignments', { userId: users[1], roleId: await roleId(client, 'viewer'), reason: 'Because' })
    const [method, path, body] = await prepare(world)
    const before = await everything(world)

    const first = await client.send(method, path, body)
    expect(first).toMatchObject({
      status: 428,
      body: { reason: 'preview_required', type: 'urn:rolecall:problem:precondition_required' },
    })
    expect(first.body.preview.gaining + first.body.preview.losing).toBeGreaterThan(0)
    expect(await everything(world)).toEqual(before)

    const wrong = await client.send(method, path, body, { 'Preview-Hash': 'something-else' })
    expect(wrong).toMatchObject({ status: 412, body: { reason: 'stale_preview' } })
    expect(await everything(world)).toEqual(before)

    const last = await client.send(method, path, body, { 'Preview-Hash': first.body.preview.hash })
    expect(last.status).toBeLessThan(300)
    expect(await everything(world)).not.toEqual(before)
  })

  test('an assignment that ends sooner, and not one that ends later', async () => {
    const { client, users, roles } = await newWorld()
    const given = { userId: users[4], roleId: roles[1], reason: 'Because' }
    const { id } = (await client.post('assignments', given)).body
    const end = async () => (await client.get(`assignments/${id}`)).body.expiresAt
    const sooner = { expiresAt: '2098-01-01T00:00:00.000Z' }
    const first = await client.patch(`assignments/${id}`, sooner)
    expect(first).toMatchObject({ status: 428, body: { reason: 'preview_required' } })
    expect(first.body.preview.earlierEnds).toMatchObject([
      { userId: users[4], brand: null, before: null, after: sooner.expiresAt },
    ])
    expect(await end()).toBeNull()
    const other = { expiresAt: '2097-01-01T00:00:00.000Z' }
    const hash = { 'Preview-Hash': first.body.preview.hash }
    expect((await client.send('PATCH', `assignments/${id}`, other, hash)).status).toBe(412)
    expect((await client.send('PATCH', `assignments/${id}`, sooner, hash)).status).toBe(200)
    expect(await end()).toBe(sooner.expiresAt)
    expect((await client.patch(`assignments/${id}`, { expiresAt: '2099-01-01T00:00:00Z' })).status).toBe(200)
    expect((await client.patch(`assignments/${id}`, other)).status).toBe(428)
    expect(
      (await client.patch(`assignments/${id}`, { reason: 'Still', reviewAt: '2098-01-01T00:00:00Z' })).status,
    ).toBe(200)
    expect((await client.patch(`assignments/${id}`, { expiresAt: null })).status).toBe(200)
  })

  test('what cannot change it does not', async () => {
    const { client, custom } = await newWorld()
    expect((await client.patch(`roles/${custom}`, { name: 'Tailored', purpose: 'Tried on' })).status).toBe(200)
    expect((await client.patch(`organizations/${client.organizationId}`, { name: 'Acme' })).status).toBe(200)
  })
})

test('privileged changes come first; who is left without access and how many administrators remain is told', async () => {
  const { client, groups, users, roles } = await newWorld()
  const [, , administrator] = roles
  await client.post(`groups/${groups[0]}/members`, { userIds: [users[0], users[1]] })
  const { id } = (await client.confirm('POST', 'mappings', { groupId: groups[0], roleId: administrator })).body
  await client.post('assignments', { userId: users[2], roleId: administrator, reason: 'Stays' })
  await client.post('assignments', { userId: users[1], roleId: roles[0], reason: 'Stays' })
  const preview = (await client.post('access-changes/preview', { kind: 'delete_mappings', mappingIds: [id] })).body
  expect(preview).toMatchObject({
    administrators: { before: 3, after: 1 },
    withoutAccess: { count: 1, sample: [{ id: users[0] }] },
    losing: 2,
  })
  expect(preview.entries[0]).toMatchObject({ isPrivileged: true, brand: null, gained: [] })
})

test('a change that would take the last administrator away is refused in the preview already', async () => {
  const { client, groups, users, roles } = await newWorld()
  await client.post(`groups/${groups[0]}/members`, { userIds: [users[0]] })
  const { id } = (await client.confirm('POST', 'mappings', { groupId: groups[0], roleId: roles[2] })).body
  expect(await client.post('access-changes/preview', { kind: 'delete_mappings', mappingIds: [id] })).toMatchObject({
    status: 409,
    body: { reason: 'last_administrator' },
  })
})

test('changes by command wait for each other: none of them is out of date', async () => {
  const { client, groups, users } = await newWorld()
  for (const groupId of groups) await client.post(`groups/${groupId}/members`, { userIds: users })
  const keys = ['viewer', 'editor', 'custom']
  const made = await Promise.all(
    groups.flatMap((group) =>
      keys.map((role) =>
        stage.rolecall('mapping', 'create', '--organization', client.slug, '--group', group, '--role', role),
      ),
    ),
  )
  expect(made.map(({ exitCode, errors }) => [exitCode, errors])).toEqual(made.map(() => [0, []]))
  expect((await client.get('mappings')).body.items).toHaveLength(made.length)
})
