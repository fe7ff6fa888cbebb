// What identity providers send about groups and members, by the points of docs/wire.md (2, 4, 6, 8, 9, 11).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core } from '../support/scim.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

/** A group of three, and the means to change it. */
async function groupOfThree() {
  const scim = await app.createScim()
  const ids: string[] = []
  for (const name of ['a', 'b', 'c', 'd']) ids.push(await scim.user(`${name}@example.com`))
  const [a, b, c, d] = ids as [string, string, string, string]
  const groupId = await scim.group('Writers', [a, b, c])
  const path = `/Groups/${groupId}`
  const members = async (): Promise<string[]> =>
    ((await scim.get(path)).body.members ?? []).map(({ value }: { value: string }) => value)
  const patch = async (...operations: Record<string, unknown>[]) => {
    const { status, body } = await scim.patch(path, ...operations)
    expect(status, JSON.stringify(body)).toBe(204)
    return (await members()).toSorted()
  }
  return { scim, path, groupId, members, patch, ids: { a, b, c, d } }
}

describe('wire 4: remove of members', () => {
  test.each([
    ['Entra, legacy', (id: string) => ({ op: 'Remove', path: 'members', value: [{ value: id }] })],
    ['Entra, with $ref', (id: string) => ({ op: 'Remove', path: 'members', value: [{ $ref: null, value: id }] })],
    ['JumpCloud', (id: string) => ({ op: 'remove', path: 'members', value: [{ value: id }] })],
    ['an object, no array', (id: string) => ({ op: 'remove', path: 'members', value: { value: id } })],
    ['bare ids', (id: string) => ({ op: 'Remove', path: 'members', value: [id] })],
    ['a bare id', (id: string) => ({ op: 'Remove', path: 'members', value: id })],
    ['a filter', (id: string) => ({ op: 'remove', path: `members[value eq "${id}"]` })],
    ['a filter, capitals', (id: string) => ({ op: 'Remove', path: `Members[Value EQ "${id}"]` })],
    ['the URN', (id: string) => ({ op: 'remove', path: `${core}:Group:members[value eq "${id}"]` })],
    ['members.value', (id: string) => ({ op: 'remove', path: 'members.value', value: id })],
  ])('wire 4: %s removes that member only', async (_, operation) => {
    const { patch, ids } = await groupOfThree()
    expect(await patch(operation(ids.b))).toEqual([ids.a, ids.c].toSorted())
  })

  test('wire 4: a Remove with values removes only those members', async () => {
    const { patch, ids } = await groupOfThree()
    const value = [{ value: ids.a }, { value: ids.c }]
    expect(await patch({ op: 'Remove', path: 'members', value })).toEqual([ids.b])
  })

  test('wire 4: an `or` of ids in one filter removes them all', async () => {
    const { patch, ids } = await groupOfThree()
    const path = `members[value eq "${ids.a}" or value eq "${ids.b}"]`
    expect(await patch({ op: 'remove', path })).toEqual([ids.c])
  })

  test.each([
    ['without a value', { op: 'remove', path: 'members' }],
    ['with null', { op: 'Remove', path: 'members', value: null }],
  ])('wire 4: a Remove %s empties the group', async (_, operation) => {
    const { patch } = await groupOfThree()
    expect(await patch(operation)).toEqual([])
  })

  test('wire 4: a Remove with an empty list of values removes nobody', async () => {
    const { patch, ids } = await groupOfThree()
    expect(await patch({ op: 'Remove', path: 'members', value: [] })).toEqual([ids.a, ids.b, ids.c].toSorted())
  })
})

describe('wire 8: excludedAttributes=members', () => {
  test('wire 8: is honoured on single reads, lists, look-ups and searches', async () => {
    const { scim, path } = await groupOfThree()
    const excluded = 'excludedAttributes=members'
    const filter = encodeURIComponent('displayName eq "Writers"')
    const search = { schemas: [], filter: 'displayName eq "Writers"', excludedAttributes: ['members'] }
    const found = [
      (await scim.get(`${path}?${excluded}`)).body,
      (await scim.get(`/Groups?${excluded}`)).body.Resources[0],
      (await scim.get(`/Groups?${excluded}&filter=${filter}`)).body.Resources[0],
      (await scim.post('/Groups/.search', search)).body.Resources[0],
      (await scim.post('/.search', search)).body.Resources[0],
    ]
    for (const group of found) {
      expect(group.displayName).toBe('Writers')
      expect(group).not.toHaveProperty('members')
    }
    expect((await scim.get(path)).body.members).toHaveLength(3)
    expect((await scim.get('/Groups')).body.Resources[0].members).toHaveLength(3)
  })

  test('wire 8: a membership check by filter does not need members in the answer', async () => {
    const { scim, groupId, ids } = await groupOfThree()
    const check = (id: string) =>
      scim.list('Groups', `id eq "${groupId}" and members eq "${id}"`, { excludedAttributes: 'members' })
    expect((await check(ids.a)).body.totalResults).toBe(1)
    expect((await check(ids.d)).body.totalResults).toBe(0)
  })

  test.each([
    ['by path', (id: string) => ({ op: 'Replace', path: 'members', value: [{ value: id }] })],
    ['path-less (Okta, Push now)', (id: string) => ({ op: 'replace', value: { members: [{ value: id }] } })],
  ])('wire 8: a Replace of members %s stays a full replace', async (_, operation) => {
    const { patch, ids } = await groupOfThree()
    expect(await patch(operation(ids.d))).toEqual([ids.d])
  })

  test.each([
    ['[]', { op: 'replace', path: 'members', value: [] }],
    ['null', { op: 'replace', path: 'members', value: null }],
    ['path-less []', { op: 'replace', value: { members: [] } }],
  ])('wire 8: a Replace of members with %s empties the group', async (_, operation) => {
    const { patch } = await groupOfThree()
    expect(await patch(operation)).toEqual([])
  })

  test('wire 8: adding with excludedAttributes=members loses nobody', async () => {
    const { scim, path, members, ids } = await groupOfThree()
    const operation = { op: 'Add', path: 'members', value: [{ $ref: null, value: ids.d }] }
    const { status } = await scim.patch(`${path}?excludedAttributes=members`, operation)
    expect(status).toBe(204)
    expect(await members()).toHaveLength(4)
  })
})

describe('wire 9: repeated changes of members', () => {
  test.each([
    ['adding a member who is in', (ids: { a: string }) => ({ op: 'Add', path: 'members', value: [{ value: ids.a }] })],
    ['removing who is not in', (ids: { d: string }) => ({ op: 'Remove', path: 'members', value: [{ value: ids.d }] })],
    ['removing by filter', (ids: { d: string }) => ({ op: 'remove', path: `members[value eq "${ids.d}"]` })],
    ['removing an unknown id', () => ({ op: 'remove', path: 'members[value eq "nobody"]' })],
  ])('wire 9: %s is success and changes nothing', async (_, operation) => {
    const { scim, path, patch, ids } = await groupOfThree()
    const before = (await scim.get(path)).body
    expect(await patch(operation(ids))).toEqual([ids.a, ids.b, ids.c].toSorted())
    expect((await scim.get(path)).body).toEqual(before)
  })

  test('wire 9: the same member twice in one PATCH is one member (C-040)', async () => {
    const { patch, ids } = await groupOfThree()
    const value = [{ value: ids.d }, { value: ids.d }]
    expect(await patch({ op: 'Add', path: 'members', value }, { op: 'Add', path: 'members', value })).toHaveLength(4)
  })

  test('wire 9: adding somebody who does not exist is 400 and adds nobody', async () => {
    const { scim, path, members, ids } = await groupOfThree()
    const value = [{ value: ids.d }, { value: 'usr_00000000000000000000000000' }]
    const { status, body } = await scim.patch(path, { op: 'Add', path: 'members', value })
    expect(status).toBe(400)
    expect(body.scimType).toBe('invalidValue')
    expect(await members()).toHaveLength(3)
  })
})

describe('wire 2 and 6: group messages', () => {
  test.each([
    ['Entra, legacy', (id: string) => ({ op: 'Add', path: 'members', value: [{ $ref: null, value: id }] })],
    ['Entra, with the flag', (id: string) => ({ op: 'add', path: 'members', value: [{ value: id }] })],
    ['Okta', (id: string) => ({ op: 'add', path: 'members', value: [{ value: id, display: 'd@example.com' }] })],
    ['bare id', (id: string) => ({ op: 'Add', path: 'members', value: [id] })],
    ['path-less', (id: string) => ({ op: 'add', value: { members: [{ value: id }] } })],
    ['path-less, URN', (id: string) => ({ op: 'add', value: { [`${core}:Group:members`]: [{ value: id }] } })],
    ['PascalCase', (id: string) => ({ op: 'Add', path: 'Members', value: [{ Value: id }] })],
    ['by filter', (id: string) => ({ op: 'add', path: `members[value eq "${id}"]`, value: {} })],
  ])('wire 2: a member is added as %s writes it', async (_, operation) => {
    const { patch, ids } = await groupOfThree()
    expect(await patch(operation(ids.d))).toEqual([ids.a, ids.b, ids.c, ids.d].toSorted())
  })

  test('wire 6: Okta renames with the own id, again at every sync', async () => {
    const { scim, path, groupId, patch } = await groupOfThree()
    const operation = { op: 'replace', value: { id: groupId, displayName: 'Authors' } }
    await patch(operation)
    const { version } = (await scim.get(path)).body.meta
    await patch(operation)
    expect((await scim.get(path)).body).toMatchObject({ displayName: 'Authors', meta: { version } })
  })

  test('wire 6: authentik renames with the whole group, schemas and id', async () => {
    const { scim, path, groupId, patch } = await groupOfThree()
    const value = { schemas: [`${core}:Group`], id: groupId, displayName: 'Authors', externalId: 'ext-1' }
    expect(await patch({ op: 'replace', value })).toHaveLength(3)
    expect((await scim.get(path)).body).toMatchObject({ displayName: 'Authors', externalId: 'ext-1' })
  })

  test('wire 6: another id in the value is refused and renames nothing', async () => {
    const { scim, path } = await groupOfThree()
    const { status } = await scim.patch(path, { op: 'replace', value: { id: 'grp_other', displayName: 'Authors' } })
    expect(status).toBe(400)
    expect((await scim.get(path)).body.displayName).toBe('Writers')
  })

  test('wire 11: Entra creates a group without members and with a schema of its own', async () => {
    const scim = await app.createScim()
    const { status, body } = await scim.post('/Groups', {
      schemas: [`${core}:Group`, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159',
      displayName: 'Entra',
      meta: { resourceType: 'Group' },
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({ displayName: 'Entra', externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159' })
  })
})
