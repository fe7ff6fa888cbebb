// What races must not break: uniqueness, members, versions (C-037), cycles.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, type ScimAnswer } from '../support/scim.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ lanes: 10 })
})
afterAll(() => app.close())

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

function countByStatus(answers: ScimAnswer[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

const memberIds = async (scim: { get(path: string): Promise<ScimAnswer> }, groupId: string): Promise<string[]> =>
  ((await scim.get(`/Groups/${groupId}`)).body.members ?? []).map((member: { value: string }) => member.value)

describe('users', () => {
  test('of 20 racing POSTs of one userName one is 201, the others 409 uniqueness', async () => {
    const scim = await app.createScim()
    const body = { schemas: [`${core}:User`], userName: 'racer@example.com' }
    const answers = await Promise.all(times(20, () => scim.post('/Users', body)))
    expect(countByStatus(answers)).toEqual({ 201: 1, 409: 19 })
    expect(
      answers.filter(({ status }) => status === 409).every((answer) => answer.body.scimType === 'uniqueness'),
    ).toBe(true)
    const found = await scim.list('Users', 'userName eq "racer@example.com"')
    expect(found.body.Resources[0].id).toBe(answers.find(({ status }) => status === 201)?.body.id)
    expect(found.body.totalResults).toBe(1)
  })

  test('200 pairs of PATCHes on different attributes keep both', async () => {
    const scim = await app.createScim()
    const id = await scim.user('pair@example.com')
    for (let round = 0; round < 200; round += 1) {
      const answers = await Promise.all([
        scim.patch(`/Users/${id}`, { op: 'replace', path: 'title', value: `title ${round}` }),
        scim.patch(`/Users/${id}`, { op: 'replace', path: 'nickName', value: `nick ${round}` }),
      ])
      expect(countByStatus(answers)).toEqual({ 200: 2 })
      expect((await scim.get(`/Users/${id}`)).body).toMatchObject({
        title: `title ${round}`,
        nickName: `nick ${round}`,
      })
    }
  })

  test('RFC 7644 §3.14: of 20 parallel PUTs with one If-Match one is 200, the others 412', async () => {
    const scim = await app.createScim()
    const id = await scim.user('etag@example.com')
    const tag = (await scim.get(`/Users/${id}`)).headers.get('etag') ?? ''
    const put = (index: number) =>
      scim.send(
        'PUT',
        `/Users/${id}`,
        { schemas: [`${core}:User`], userName: 'etag@example.com', title: `t${index}` },
        { 'if-match': tag },
      )
    expect(countByStatus(await Promise.all(times(20, put)))).toEqual({ 200: 1, 412: 19 })
  })
})

describe('members', () => {
  test('16 concurrent adds to one group are all kept', async () => {
    const scim = await app.createScim()
    const groupId = await scim.group('Crowd')
    const users = await Promise.all(times(16, (index) => scim.user(`crowd${index}@example.com`)))
    const adds = users.map((value) =>
      scim.patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value: [{ value }] }),
    )
    expect(countByStatus(await Promise.all(adds))).toEqual({ 204: 16 })
    expect((await memberIds(scim, groupId)).sort()).toEqual([...users].sort())
  })

  test('one user added by 16 requests at once is one member', async () => {
    const scim = await app.createScim()
    const groupId = await scim.group('Once')
    const value = await scim.user('once@example.com')
    const add = () => scim.patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value: [{ value }] })
    expect(countByStatus(await Promise.all(times(16, add)))).toEqual({ 204: 16 })
    expect(await memberIds(scim, groupId)).toEqual([value])
    const rows = await app.owner`select count(*)::int as count from group_members where group_id = ${groupId}`
    expect(rows[0]?.['count']).toBe(1)
  })

  test('overlapping PATCHes of several operations end without a deadlock', async () => {
    const scim = await app.createScim()
    const groups = await Promise.all(times(2, (index) => scim.group(`Overlap ${index}`)))
    const users = await Promise.all(times(8, (index) => scim.user(`overlap${index}@example.com`)))
    const change = (index: number) => {
      const ordered = index % 2 === 0 ? users : [...users].reverse()
      const [first, second] = [ordered.slice(0, 5), ordered.slice(3)]
      return scim.patch(
        `/Groups/${groups[index % 3 === 0 ? 0 : 1]}`,
        { op: 'add', path: 'members', value: first.map((value) => ({ value })) },
        { op: 'remove', path: `members[value eq "${ordered[0]}"]` },
        { op: 'add', path: 'members', value: second.map((value) => ({ value })) },
      )
    }
    expect(countByStatus(await Promise.all(times(60, change)))).toEqual({ 204: 60 })
  })

  test('one PATCH carries 5,000 members', async () => {
    const scim = await app.createScim()
    const groupId = await scim.group('Big')
    const ids = times(5_000, () => app.services.ids.next('usr'))
    await app.owner`insert into users (organization_id, id, directory_id, user_name, user_name_key, status,
        status_changed_at, attributes, created_at, updated_at)
      select ${scim.organization.id}, id, ${scim.directoryId}, id, id, 'active', now(), '{}', now(), now()
      from unnest(${ids}::text[]) id`
    // As autovacuum does within a minute: PostgreSQL keeps the plans of foreign keys from when the table was all but empty.
    await app.owner`analyze users`
    const value = ids.map((id) => ({ value: id }))
    expect((await scim.patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value })).status).toBe(204)
    expect(await memberIds(scim, groupId)).toHaveLength(5_000)
    const removed = value.slice(0, 4_999)
    expect((await scim.patch(`/Groups/${groupId}`, { op: 'remove', path: 'members', value: removed })).status).toBe(204)
    expect(await memberIds(scim, groupId)).toEqual([ids[4_999]])
  })
})

describe('nested groups', () => {
  const nest = (value: string) => ({ op: 'add', path: 'members', value: [{ value, type: 'Group' }] })

  test('a group is refused as a member of itself, directly or by way of others', async () => {
    const scim = await app.createScim()
    const [a, b, c] = await Promise.all(['A', 'B', 'C'].map((name) => scim.group(name)))
    expect((await scim.patch(`/Groups/${a}`, nest(String(b)))).status).toBe(204)
    expect((await scim.patch(`/Groups/${b}`, nest(String(c)))).status).toBe(204)
    for (const [group, member] of [
      [a, a],
      [b, a],
      [c, a],
    ]) {
      const refused = await scim.patch(`/Groups/${group}`, nest(String(member)))
      expect(refused).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
    }
    expect(await memberIds(scim, String(c))).toEqual([])
  })

  test('two nestings that are harmless alone cannot close a cycle together', async () => {
    const scim = await app.createScim()
    for (let round = 0; round < 12; round += 1) {
      const [a, b] = await Promise.all([scim.group(`a${round}`), scim.group(`b${round}`)])
      const answers = await Promise.all([scim.patch(`/Groups/${a}`, nest(b)), scim.patch(`/Groups/${b}`, nest(a))])
      expect(countByStatus(answers)).toEqual({ 204: 1, 400: 1 })
    }
  })
})
