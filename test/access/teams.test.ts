// Teams: who is in one, what they hold by it, and the rules that hold for every other way of giving a role.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { updateLocalGroup } from '#access/people/local.ts'
import type { AccessChange } from '#access/previews/change.ts'
import { confirmChange, previewChange, saveChange } from '#access/previews/preview.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, type Client, createUser, roleId, startStage } from '../support/access.ts'
import type { TestOrganization } from '../support/app.ts'
import { actingAs } from '../support/ceilings.ts'

let stage: AccessStage
let client: Client
beforeAll(async () => {
  stage = await startStage()
  client = await stage.createClient()
})
afterAll(() => stage?.close())

async function team(fields: Record<string, unknown>): Promise<string> {
  const made = await client.confirm('POST', 'teams', fields)
  expect(made.status).toBe(201)
  return made.body.id
}

const rolesOf = async (userId: string): Promise<string[]> =>
  (await client.get(`users/${userId}/access`)).body.assignments.map(
    ({ role, brand, source }: never) =>
      `${(role as { key: string }).key} ${(brand as { slug: string } | null)?.slug ?? '-'} ${(source as { type: string }).type}`,
  )

describe('a team', () => {
  test('people get in by hand, as leader, by a group and those within it, by a filter, and by a team within it', async () => {
    const [ann, bea, cleo, dan, eve] = await Promise.all(
      ['ann', 'bea', 'cleo', 'dan', 'eve'].map((name) => createUser(client, `${name}@example.com`)),
    )
    const brand = (await client.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
    const id = await team({ name: 'Editors', brandId: brand, leaderId: ann })
    const within = await team({ name: 'Night desk', brandId: brand, parentId: id })
    await client.post(`teams/${id}/members`, { userIds: [bea] })
    await client.post(`teams/${within}/members`, { userIds: [eve] })
    const outer = (await client.post('groups', { displayName: 'Press' })).body.id
    const inner = (await client.post('groups', { displayName: 'Press office' })).body.id
    await client.post(`groups/${outer}/members`, { groupIds: [inner] })
    await client.post(`groups/${inner}/members`, { userIds: [cleo] })
    expect((await client.confirm('POST', `teams/${id}/sources`, { groupId: outer })).status).toBe(201)
    expect(
      (await client.confirm('POST', `teams/${id}/sources`, { filter: 'userName eq "dan@example.com"' })).status,
    ).toBe(201)
    const people = (await client.get(`teams/${id}/members`)).body.items
    const shown = people.map(({ userName, isLeader, ways }: never) => [
      userName,
      isLeader,
      (ways as { way: string; source: { name: string } | null }[])
        .map(({ way, source }) => `${way} ${source?.name ?? ''}`)
        .join(),
    ])
    expect(shown).toEqual([
      ['ann@example.com', true, 'leader '],
      ['bea@example.com', false, 'hand '],
      ['cleo@example.com', false, 'group Press'],
      ['dan@example.com', false, 'filter userName eq "dan@example.com"'],
      ['eve@example.com', false, 'team Night desk'],
    ])
    const first = await client.get(`teams/${id}/members?limit=2`)
    expect(
      (await client.get(`teams/${id}/members?limit=2&cursor=${first.body.nextCursor}`)).body.items[0].userName,
    ).toBe('cleo@example.com')

    const editor = await roleId(client, 'editor')
    const preview = await client.post(`teams/${id}/roles`, { roleId: editor, reason: 'They edit' })
    expect([preview.status, preview.body.preview.gaining]).toEqual([428, 5])
    const given = await client.confirm('POST', `teams/${id}/roles`, { roleId: editor, reason: 'They edit' })
    expect(given.body).toMatchObject({ brand: { slug: 'aurora' }, reason: 'They edit' })
    for (const user of [ann, bea, cleo, dan, eve]) expect(await rolesOf(user as string)).toEqual(['editor aurora team'])
    const holders = (await client.get(`holders?roleId=${editor}`)).body
    expect([holders.items.length, holders.items[4].holdings[0].source]).toMatchObject([
      5,
      { type: 'team', team: { id, name: 'Editors' }, reason: 'They edit' },
    ])
    expect((await client.get(`users?role=${editor}&limit=10`)).status).toBeLessThan(500)
    expect((await client.get(`teams?userId=${eve}`)).body.items.map(({ name }: never) => name)).toEqual([
      'Editors',
      'Night desk',
    ])

    const leaving = await client.delete(`teams/${id}/members/${bea}`)
    expect([leaving.status, leaving.body.preview.losing]).toEqual([428, 1])
    await client.confirm('DELETE', `teams/${id}/members/${bea}`)
    expect(await rolesOf(bea as string)).toEqual([])
    await client.delete(`groups/${inner}/members/${cleo}`).then(({ body }) => expect(body.preview.losing).toBe(1))
    await client.confirm('DELETE', `groups/${inner}/members/${cleo}`)
    expect(await rolesOf(cleo as string)).toEqual([])

    const refused = await client.confirm('DELETE', `teams/${id}`)
    expect([refused.status, refused.body.reason]).toEqual([409, 'has_teams'])
    await client.confirm('DELETE', `teams/${within}`)
    expect((await client.confirm('DELETE', `teams/${id}`)).status).toBe(204)
    expect(await rolesOf(ann as string)).toEqual([])
    expect(await client.auditOf(id)).toEqual([
      ...[
        'team.create',
        'team.members_added',
        'team.fill',
        'team.fill',
        'team.give_role',
        'team.members_removed',
        'team.delete',
      ],
    ])
  })
})

describe('the rules of every way of giving a role', () => {
  let organization: TestOrganization
  let own: Client
  let manager: CallContext
  let night: string
  const confirm = async (ctx: CallContext, change: AccessChange) => {
    const { hash } = await previewChange(ctx, change)
    return saveChange(ctx, change, hash)
  }
  const beyond = { code: 'forbidden', reason: 'ceiling' }

  beforeEach(async () => {
    own = await stage.createClient()
    organization = { id: own.organizationId, slug: own.slug, ctx: own.ctx }
    const role = await own.confirm('POST', 'roles', {
      ...{ key: 'desk', name: 'Desk', purpose: 'Runs teams', rank: 5 },
      allows: ['teams.manage', 'roles.assign', 'users.read', 'content.view'],
    })
    const mo = await createUser(own, 'mo@example.com')
    await own.post('assignments', { userId: mo, roleId: role.body.id, reason: 'Runs the desk' })
    manager = await actingAs(organization, mo)
    night = (await own.post('teams', { name: 'Night' })).body.id
  })

  test('nobody gives what they lack, by whatever way into a team', async () => {
    const [ann, editor, viewer] = await Promise.all([
      createUser(own, 'ann@example.com'),
      roleId(own, 'editor'),
      own
        .confirm('POST', 'roles', { key: 'see', name: 'See', purpose: 'Sees', rank: 1, allows: ['content.view'] })
        .then(({ body }) => body.id as string),
    ])
    const group = (await own.post('groups', { displayName: 'Press' })).body.id
    await own.post(`groups/${group}/members`, { userIds: [ann] })
    const give = (role: string): AccessChange => ({
      kind: 'give_team_roles',
      teamId: night,
      roles: [{ roleId: role, reason: 'x' }],
    })
    await expect(confirm(manager, give(editor))).rejects.toMatchObject(beyond)
    await confirm(manager, give(viewer))
    await confirm(manager, { kind: 'add_team_members', teamId: night, userIds: [ann] })
    await confirm(manager, { kind: 'remove_team_members', teamId: night, userIds: [ann] })
    await own.confirm('POST', `teams/${night}/roles`, { roleId: editor, reason: 'x' })
    const ways: AccessChange[] = [
      { kind: 'add_team_members', teamId: night, userIds: [ann] },
      { kind: 'fill_team', teamId: night, sources: [{ groupId: group }] },
      { kind: 'fill_team', teamId: night, sources: [{ filter: 'userName eq "nobody@example.com"' }] },
      { kind: 'update_team', teamId: night, leaderId: ann },
      { kind: 'create_team', name: 'Inside', parentId: night, leaderId: ann },
      { kind: 'create_team', name: 'Inside', parentId: night },
      { kind: 'delete_team', teamId: night },
    ]
    for (const way of ways) {
      const made = confirmChange(manager, way, undefined).catch(async (error) => {
        if (error.reason !== 'preview_required') throw error
        return saveChange(manager, way, error.extensions.preview.hash)
      })
      await expect(made, JSON.stringify(way)).rejects.toMatchObject(beyond)
    }
    // Joining a group that fills it is the same.
    await own.confirm('POST', `teams/${night}/sources`, { groupId: group })
    const joining = updateLocalGroup(
      { ...manager, permissions: new Set([...(manager.permissions as Set<never>), 'groups.write' as const]) },
      { groupId: group, members: [{ kind: 'add', ids: [await createUser(own, 'bea@example.com')] }] },
    )
    await expect(joining).rejects.toMatchObject(beyond)
  })

  test('the last administrator may hold it by a team, and the team is not taken from under them', async () => {
    const administrator = await roleId(own, 'administrator')
    const [ann, bea] = [await createUser(own, 'ann@example.com'), await createUser(own, 'bea@example.com')]
    const given = (await own.confirm('POST', `teams/${night}/roles`, { roleId: administrator, reason: 'They run it' }))
      .body
    await own.post(`teams/${night}/members`, { userIds: [ann] })
    const group = (await own.post('groups', { displayName: 'Heads' })).body.id
    const last = { status: 409, body: { reason: 'last_administrator' } }
    const attempts: [string, string, unknown?][] = [
      ['DELETE', `teams/${night}/members/${ann}`],
      ['DELETE', `teams/${night}/roles/${given.id}`],
      ['DELETE', `teams/${night}`],
      ['POST', `users/${ann}/deactivate`],
      ['PATCH', `teams/${night}/roles/${given.id}`, { expiresAt: new Date(Date.now() + 86_400_000).toISOString() }],
    ]
    for (const [method, path, body] of attempts) expect(await own.confirm(method, path, body), path).toMatchObject(last)
    const filter = await own.confirm('POST', `teams/${night}/sources`, { filter: 'title eq "Head"' })
    expect([filter.status, filter.body.detail]).toEqual([400, expect.stringContaining('may do everything')])
    // By the group, and by a leader of a team within it.
    const source = (await own.confirm('POST', `teams/${night}/sources`, { groupId: group })).body.id
    await own.post(`groups/${group}/members`, { userIds: [bea] })
    expect((await own.confirm('DELETE', `teams/${night}/members/${ann}`)).status).toBe(204)
    expect(await own.confirm('DELETE', `teams/${night}/sources/${source}`)).toMatchObject(last)
    expect(await own.confirm('DELETE', `groups/${group}/members/${bea}`)).toMatchObject(last)
    expect(await own.confirm('DELETE', `groups/${group}`)).toMatchObject(last)
    const inside = (await own.confirm('POST', 'teams', { name: 'Inside', parentId: night, leaderId: ann })).body.id
    expect((await own.confirm('DELETE', `groups/${group}/members/${bea}`)).status).toBe(204)
    expect(await own.confirm('PATCH', `teams/${inside}`, { leaderId: null })).toMatchObject(last)
    expect(await own.confirm('PATCH', `teams/${inside}`, { parentId: null })).toMatchObject(last)
    expect(await own.confirm('DELETE', `teams/${inside}`)).toMatchObject(last)
  })

  test('what is no team, of another organization, or deeper than one is refused', async () => {
    const other = await stage.createClient()
    for (const [method, path, body] of [
      ['GET', `teams/${night}`],
      ['GET', `teams/${night}/members`],
      ['PATCH', `teams/${night}`, { name: 'Mine' }],
      ['DELETE', `teams/${night}`],
      ['POST', `teams/${night}/members`, { userIds: ['x'] }],
    ] as const)
      expect((await other.send(method, path, body)).status, path).toBe(404)
    const inside = (await own.post('teams', { name: 'Inside', parentId: night })).body.id
    expect((await own.post('teams', { name: 'Deeper', parentId: inside })).status).toBe(400)
    expect((await own.confirm('PATCH', `teams/${night}`, { parentId: inside })).status).toBe(400)
    expect((await own.post('teams', { name: 'NIGHT' })).status).toBe(409)
    expect((await own.post(`teams/${night}/members`, { userIds: ['usr_x'] })).status).toBe(404)
    expect((await own.confirm('POST', `teams/${night}/sources`, {})).status).toBe(400)
    const brand = (await own.post('brands', { slug: 'aurora', name: 'Aurora' })).body.id
    const ofBrand = (await own.post('teams', { name: 'Aurora', brandId: brand, parentId: night })).body.id
    const elsewhere = (await own.post('brands', { slug: 'boreal', name: 'Boreal' })).body.id
    const viewer = await roleId(own, 'viewer')
    const refused = await own.confirm('POST', `teams/${ofBrand}/roles`, {
      roleId: viewer,
      brandId: elsewhere,
      reason: 'x',
    })
    expect([refused.status, refused.body.errors[0].path]).toEqual([400, 'brandId'])
    expect((await own.confirm('DELETE', `roles/${viewer}`)).status).not.toBe(204)
    // A brand goes with its teams, and what they gave.
    const ann = await createUser(own, 'ann@example.com')
    await own.confirm('POST', `teams/${night}/roles`, { roleId: viewer, reason: 'x' })
    await own.post(`teams/${ofBrand}/members`, { userIds: [ann] })
    const gone = await own.delete(`brands/${brand}`)
    expect([gone.status, gone.body.preview.losing]).toEqual([428, 1])
    expect((await own.confirm('DELETE', `brands/${brand}`)).status).toBe(204)
    expect((await own.get(`teams/${ofBrand}`)).status).toBe(404)
  })
})

test('somebody is left out of a team whatever fills it, by API and command, seen before it is done, and let in again', async () => {
  const own = await stage.createClient()
  const [ann, ben] = [await createUser(own, 'ann@example.com'), await createUser(own, 'ben@example.com')]
  const id = (await own.post('teams', { name: 'Press' })).body.id
  const editor = await roleId(own, 'editor')
  await own.confirm('POST', `teams/${id}/roles`, { roleId: editor, reason: 'x' })
  const filled = await own.confirm('POST', `teams/${id}/sources`, { filter: 'userName ew "@example.com"' })
  expect(filled.status).toBe(201)
  const before = new Date().toISOString()
  const may = async (userId: string, at = ''): Promise<boolean> =>
    (await own.get(`users/${userId}/explain?permission=content.edit${at === '' ? '' : `&at=${at}`}`)).body.allowed
  const path = `teams/${id}/left-out/${ann}`
  const shown = await own.send('PUT', path, { reason: 'On leave' })
  expect(shown).toMatchObject({ status: 428, body: { preview: { losing: 1 } } })
  expect(await own.send('PUT', path, { reason: ' ' })).toMatchObject({ status: 400 })
  expect((await own.confirm('PUT', path, { reason: 'On leave' })).status).toBe(204)
  expect([await may(ann), await may(ben), await may(ann, before)]).toEqual([false, true, true])
  const people = (await own.get(`teams/${id}/members`)).body.items
  expect(people.map(({ userName }: { userName: string }) => userName)).toEqual(['ben@example.com'])
  expect((await own.confirm('PUT', path, { reason: 'Twice' })).body.reason).toBe('not_in_team')
  expect(await own.auditOf(id)).toContain('team.leave_out')
  const other = await stage.createClient()
  expect((await other.confirm('DELETE', path)).status).toBe(404)
  expect((await own.confirm('DELETE', path)).status).toBe(204)
  expect(await may(ann)).toBe(true)
  const scope = ['--organization', own.slug, '--team', 'Press', '--user', 'ann@example.com', '--json']
  expect((await stage.rolecall('team', 'leave-out', ...scope, '--reason', 'x')).exitCode).toBe(1)
  expect((await stage.rolecall('team', 'leave-out', ...scope, '--reason', 'x', '--yes')).exitCode).toBe(0)
  expect(await may(ann)).toBe(false)
  // Adding somebody by hand lets them in.
  await own.confirm('POST', `teams/${id}/members`, { userIds: [ann] })
  expect(await may(ann)).toBe(true)
})

test('the last administrator is not left out of the team that makes them one', async () => {
  const own = await stage.createClient()
  const ann = await createUser(own, 'ann@example.com')
  const id = (await own.post('teams', { name: 'Root' })).body.id
  await own.confirm('POST', `teams/${id}/roles`, { roleId: await roleId(own, 'administrator'), reason: 'x' })
  const groupId = (await own.post('groups', { displayName: 'Root' })).body.id
  await own.post(`groups/${groupId}/members`, { userIds: [ann] })
  await own.confirm('POST', `teams/${id}/sources`, { groupId })
  const refused = await own.confirm('PUT', `teams/${id}/left-out/${ann}`, { reason: 'x' })
  expect(refused).toMatchObject({ status: 409, body: { reason: 'last_administrator' } })
})
