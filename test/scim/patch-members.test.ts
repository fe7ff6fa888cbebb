// PATCH of groups (RFC 7644 §3.5.2): members by value and by filter, nested groups, answers and audit rows. The shapes that
// identity providers send are in wire-groups.test.ts, races and sizes in concurrency.test.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core } from '../support/scim.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

async function stage() {
  const scim = await app.createScim()
  const [ada, bob, eve] = [
    await scim.user('ada@example.com', { displayName: 'Ada' }),
    await scim.user('bob@example.com'),
    await scim.user('eve@example.com', { displayName: 'Eve' }),
  ]
  const inner = await scim.group('Inner', [eve])
  const id = await scim.group('Writers', [ada, bob, inner])
  const members = async () =>
    ((await scim.get(`/Groups/${id}`)).body.members ?? []).map(({ value }: { value: string }) => value).toSorted()
  return { scim, id, path: `/Groups/${id}`, members, ada, bob, eve, inner }
}

describe('answers', () => {
  test('204 without a body; 200 with the group where attributes are asked for', async () => {
    const { scim, path, eve } = await stage()
    const add = { op: 'add', path: 'members', value: [{ value: eve }] }
    expect(await scim.patch(path, add)).toMatchObject({ status: 204, body: undefined })
    const asked = await scim.patch(`${path}?attributes=displayName`, add)
    expect(asked).toMatchObject({ status: 200, body: { displayName: 'Writers' } })
    expect(asked.body).not.toHaveProperty('members')
    expect((await scim.patch(`${path}?attributes=members`, add)).body.members).toHaveLength(4)
  })

  test('an unknown group is 404, and adding to it makes nothing', async () => {
    const { scim, ada } = await stage()
    const path = '/Groups/grp_00000000000000000000000000'
    expect((await scim.patch(path, { op: 'add', path: 'members', value: [{ value: ada }] })).status).toBe(404)
    expect((await scim.get('/Groups')).body.totalResults).toBe(2)
  })
})

describe('members by filter', () => {
  test.each([
    ['type eq "Group"', ['ada', 'bob']],
    ['type eq "User"', ['inner']],
    ['display sw "a"', ['bob', 'inner']],
    ['display eq "BOB@EXAMPLE.COM"', ['ada', 'inner']],
    ['display co "zzz"', ['ada', 'bob', 'inner']],
    ['not (type eq "User")', ['ada', 'bob']],
    ['type eq "User" and display eq "Ada"', ['bob', 'inner']],
    ['value pr', []],
  ])('remove members[%s]', async (filter, kept) => {
    const { scim, path, members, ...ids } = await stage()
    expect((await scim.patch(path, { op: 'remove', path: `members[${filter}]` })).status).toBe(204)
    expect(await members()).toEqual(kept.map((name) => ids[name as keyof typeof ids]).toSorted())
  })

  test.each([
    ['members[shoeSize eq 4]', 'invalidFilter'],
    ['members[value eq', 'invalidFilter'],
    ['members[value eq "x"].display', 'mutability'],
    ['members.display', 'mutability'],
    ['members.nothing', 'invalidPath'],
  ])('%s is refused as %s', async (memberPath, scimType) => {
    const { scim, path, members } = await stage()
    expect(await scim.patch(path, { op: 'remove', path: memberPath })).toMatchObject({
      status: 400,
      body: { scimType },
    })
    expect(await members()).toHaveLength(3)
  })
})

describe('several operations', () => {
  test('are carried out in their order: replace, add, remove', async () => {
    const { scim, path, members, ada, bob, eve, inner } = await stage()
    const { status } = await scim.patch(
      path,
      { op: 'replace', path: 'members', value: [{ value: eve }] },
      { op: 'add', path: 'members', value: [{ value: ada }, { value: bob }, { value: inner }] },
      { op: 'remove', path: `members[value eq "${eve}"]` },
      { op: 'remove', path: 'members[type eq "Group"]' },
      { op: 'replace', path: 'displayName', value: 'Authors' },
    )
    expect(status).toBe(204)
    expect(await members()).toEqual([ada, bob].toSorted())
    expect((await scim.get(path)).body.displayName).toBe('Authors')
  })

  test.each([
    ['a member nobody knows', { op: 'add', path: 'members', value: [{ value: 'usr_00000000000000000000000000' }] }],
    ['a group nobody knows', { op: 'add', path: 'members', value: [{ value: 'grp_00000000000000000000000000' }] }],
    ['an unknown attribute', { op: 'replace', path: 'colour', value: 'red' }],
    ['a member without value', { op: 'add', path: 'members', value: [{}] }],
    ['an empty name', { op: 'replace', path: 'displayName', value: '' }],
  ])('§3.5.2 atomic: %s undoes all of it', async (_, operation) => {
    const { scim, path } = await stage()
    const before = (await scim.get(path)).body
    const first = { op: 'replace', value: { displayName: 'Changed', members: [] } }
    expect((await scim.patch(path, first, operation)).status).toBe(400)
    expect((await scim.get(path)).body).toEqual(before)
    expect((await scim.patch(path, first)).status).toBe(204)
  })
})

describe('nested groups', () => {
  test('are members like others: found by filter, told in the group, not in the user', async () => {
    const { scim, id, inner, eve } = await stage()
    expect((await scim.list('Groups', `members[value eq "${inner}" and type eq "Group"]`)).body.Resources[0].id).toBe(
      id,
    )
    const { groups } = (await scim.get(`/Users/${eve}`)).body
    expect(groups.map(({ value }: { value: string }) => value)).toEqual([inner])
  })

  test.each([
    ['itself', async (s: Awaited<ReturnType<typeof stage>>) => [s.id, s.id]],
    ['what contains it', async (s: Awaited<ReturnType<typeof stage>>) => [s.inner, s.id]],
    [
      'what contains it by way of another',
      async (s: Awaited<ReturnType<typeof stage>>) => [s.inner, await s.scim.group('Outermost', [s.id])],
    ],
  ])('a group cannot have as a member: %s', async (_, choose) => {
    const current = await stage()
    const [groupId = '', memberId] = await choose(current)
    const before = (await current.scim.get('/Groups')).body
    const value = [{ value: memberId }]
    for (const answer of [
      await current.scim.patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value }),
      await current.scim.patch(`/Groups/${groupId}`, { op: 'replace', value: { members: value } }),
      await current.scim.put(`/Groups/${groupId}`, { schemas: [`${core}:Group`], displayName: 'X', members: value }),
    ]) {
      expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
    }
    expect((await current.scim.get('/Groups')).body).toEqual(before)
  })
})

describe('the audit trail', () => {
  test('tells who came and who went, once for each change', async () => {
    const { scim, id, path, ada, eve } = await stage()
    await scim.patch(path, { op: 'add', path: 'members', value: [{ value: eve }, { value: ada }] })
    await scim.patch(path, { op: 'remove', path: `members[value eq "${ada}"]` })
    await scim.patch(path, { op: 'remove', path: `members[value eq "${ada}"]` })
    const rows = await app.owner`select action, actor_type, detail from audit_events
      where target_id = ${id} and action like 'group.members%' order by id desc limit 2`
    expect(rows).toMatchObject([
      { action: 'group.members_removed', actor_type: 'directory', detail: { count: 1, ids: [ada] } },
      { action: 'group.members_added', actor_type: 'directory', detail: { count: 1, ids: [eve] } },
    ])
  })
})
