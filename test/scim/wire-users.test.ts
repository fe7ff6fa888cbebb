// What identity providers send about people, by the points of docs/wire.md (2, 3, 5, 6, 10).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, enterprise, patchOp } from '../support/scim.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

/** A user after one PATCH with the given operations. */
async function patched(attributes: Record<string, unknown>, ...operations: Record<string, unknown>[]) {
  const scim = await app.createScim()
  const id = await scim.user('pat@example.com', attributes)
  const answer = await scim.patch(`/Users/${id}`, ...operations)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  const { body } = await scim.get(`/Users/${id}`)
  expect(answer.body).toEqual(body)
  return body
}

describe('wire 2: names compare without case', () => {
  test.each([['Add'], ['Replace'], ['ADD'], ['replace']])('wire 2: op "%s" is read', async (op) => {
    expect((await patched({}, { op, path: 'title', value: 'Editor' })).title).toBe('Editor')
  })

  test.each([['Remove'], ['REMOVE'], ['remove']])('wire 2: op "%s" is read', async (op) => {
    expect((await patched({ title: 'Editor' }, { op, path: 'title' })).title).toBeUndefined()
  })

  test.each([['TITLE'], ['Title'], [`${core}:User:title`], [`${core}:User:title`.toUpperCase()]])(
    'wire 2: the path "%s" leads to title',
    async (path) => {
      expect((await patched({ title: 'Old' }, { op: 'Replace', path, value: 'New' })).title).toBe('New')
    },
  )

  test('wire 2: attribute names of a body in PascalCase are read, and answered as in the schema', async () => {
    const scim = await app.createScim()
    const { status, body } = await scim.post('/Users', {
      Schemas: [`${core}:User`],
      UserName: 'pascal@example.com',
      Name: { GivenName: 'Pas', FamilyName: 'Cal' },
      Emails: [{ Value: 'pascal@example.com', Type: 'work', Primary: true }],
      [enterprise.toUpperCase()]: { Department: 'Legal' },
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      userName: 'pascal@example.com',
      name: { givenName: 'Pas', familyName: 'Cal' },
      emails: [{ value: 'pascal@example.com', type: 'work', primary: true }],
      [enterprise]: { department: 'Legal' },
    })
  })

  test('wire 2: operators and keywords of filters, and the names of a PATCH message', async () => {
    const scim = await app.createScim()
    const id = await scim.user('Case@example.com', { title: 'Editor', [enterprise]: { department: 'Legal' } })
    await scim.user('other@example.com')
    const filter = `USERNAME Eq "case@EXAMPLE.com" AND Title PR and ${enterprise.toUpperCase()}:Department EQ "legal"`
    const { body } = await scim.list('Users', filter)
    expect(body.Resources.map((user: { id: string }) => user.id)).toEqual([id])
    const message = { Schemas: [patchOp], operations: [{ Op: 'Replace', Path: 'title', Value: 'Chief' }] }
    expect((await scim.send('PATCH', `/Users/${id}`, message)).body.title).toBe('Chief')
  })
})

describe('wire 3: active as text', () => {
  test.each([
    ['Entra, legacy', { op: 'Replace', path: 'active', value: 'False' }],
    ['Entra, with the flag', { op: 'replace', path: 'active', value: false }],
    ['Entra, path-less', { op: 'Replace', value: { active: 'False' } }],
    ['Okta', { op: 'replace', value: { active: false } }],
    ['SailPoint', { op: 'add', value: { active: false } }],
    ['Keycloak extension', { op: 'replace', path: 'active', value: 'false' }],
    ['with the URN', { op: 'Add', path: `${core}:User:active`, value: 'FALSE' }],
  ])('wire 3: %s switches the leaver off, and back on', async (_, operation) => {
    const scim = await app.createScim()
    const id = await scim.user('leaver@example.com')
    expect((await scim.patch(`/Users/${id}`, operation)).body.active).toBe(false)
    expect((await scim.list('Users', 'active eq false')).body.totalResults).toBe(1)
    const on = JSON.parse(JSON.stringify(operation).replace(/false/i, (text) => (text === 'false' ? 'true' : 'True')))
    expect((await scim.patch(`/Users/${id}`, on)).body.active).toBe(true)
  })

  test('wire 3: POST and PUT take text, too', async () => {
    const scim = await app.createScim()
    const { body } = await scim.post('/Users', { schemas: [], userName: 'text@example.com', active: 'False' })
    expect(body.active).toBe(false)
    const put = await scim.put(`/Users/${body.id}`, { schemas: [], userName: 'text@example.com', active: 'true' })
    expect(put.body.active).toBe(true)
  })

  test.each([['no'], [0], [{}], ['']])(
    'wire 3: %j is no boolean: refused or no statement, never a silent "on"',
    async (value) => {
      const scim = await app.createScim()
      const id = await scim.user('odd@example.com')
      const answer = await scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value })
      if (value !== '') expect(answer).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
      expect((await scim.get(`/Users/${id}`)).body.active).toBe(true)
    },
  )
})

describe('wire 5: add or replace through a filter that matches nothing', () => {
  test.each([['add'], ['replace'], ['Add'], ['Replace']])('wire 5: %s creates the element', async (op) => {
    const value = 'new@example.com'
    const user = await patched({}, { op, path: 'emails[type eq "work"].value', value })
    expect(user.emails).toEqual([{ type: 'work', value }])
  })

  test('wire 5: what is there under another type stays', async () => {
    const user = await patched(
      { emails: [{ type: 'other', value: 'o@example.com', primary: true }] },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'w@example.com' },
    )
    expect(user.emails).toEqual([
      { type: 'other', value: 'o@example.com', primary: true },
      { type: 'work', value: 'w@example.com' },
    ])
  })

  test('wire 5: several operations on one filter give one element', async () => {
    const path = 'addresses[type eq "work"]'
    const user = await patched(
      {},
      { op: 'Add', path: `${path}.streetAddress`, value: '1 Long Road' },
      { op: 'Add', path: `${path}.locality`, value: 'Leeds' },
      { op: 'Add', path: `${path}.postalCode`, value: 'LS1' },
    )
    expect(user.addresses).toEqual([
      { type: 'work', streetAddress: '1 Long Road', locality: 'Leeds', postalCode: 'LS1' },
    ])
  })

  test('wire 5: an existing element is changed, not doubled', async () => {
    const user = await patched(
      {
        phoneNumbers: [
          { type: 'mobile', value: '1' },
          { type: 'work', value: '2' },
        ],
      },
      { op: 'Replace', path: 'phoneNumbers[type eq "mobile"].value', value: '3' },
    )
    expect(user.phoneNumbers).toEqual([
      { type: 'mobile', value: '3' },
      { type: 'work', value: '2' },
    ])
  })

  test('wire 5: `roles[primary eq "True"].value` compares a boolean with text', async () => {
    const user = await patched({}, { op: 'Add', path: 'roles[primary eq "True"].value', value: 'Admin' })
    expect(user.roles).toEqual([{ primary: true, value: 'Admin' }])
    const again = await patched(
      { roles: [{ primary: true, type: 'WindowsAzureActiveDirectoryRole', value: 'User' }] },
      { op: 'Replace', path: 'roles[primary eq "True"].value', value: 'Admin' },
    )
    expect(again.roles).toEqual([{ primary: true, type: 'WindowsAzureActiveDirectoryRole', value: 'Admin' }])
  })
})

describe('wire 6: path-less values', () => {
  test.each([['replace'], ['add']])('wire 6: %s with dotted keys, URN keys, objects and the own id', async (op) => {
    const scim = await app.createScim()
    const id = await scim.user('keys@example.com', { name: { givenName: 'Old', familyName: 'Stays' } })
    const { status, body } = await scim.patch(`/Users/${id}`, {
      op,
      value: {
        id,
        displayName: 'Keys',
        'name.givenName': 'New',
        [`${enterprise}:department`]: 'Legal',
        [enterprise]: { division: 'North' },
        'emails[type eq "work"].value': 'keys@example.com',
        addresses: [{ type: 'home', locality: 'York' }],
      },
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      id,
      displayName: 'Keys',
      name: { givenName: 'New', familyName: 'Stays' },
      [enterprise]: { department: 'Legal', division: 'North' },
      emails: [{ type: 'work', value: 'keys@example.com' }],
      addresses: [{ type: 'home', locality: 'York' }],
    })
  })

  test('wire 6: another id is refused, and nothing of the operation is kept', async () => {
    const scim = await app.createScim()
    const id = await scim.user('keys@example.com')
    const { status, body } = await scim.patch(`/Users/${id}`, { op: 'replace', value: { title: 'X', id: 'usr_other' } })
    expect(status).toBe(400)
    expect(body.scimType).toBe('mutability')
    expect((await scim.get(`/Users/${id}`)).body.title).toBeUndefined()
  })

  test('wire 6: meta, groups and schemas of a path-less value are passed over', async () => {
    const user = await patched(
      {},
      { op: 'replace', value: { schemas: [`${core}:User`], meta: { resourceType: 'X' }, groups: [], title: 'T' } },
    )
    expect(user).toMatchObject({ title: 'T', meta: { resourceType: 'User' } })
  })

  test('wire 6: SailPoint sends name in two path-less replaces', async () => {
    const user = await patched(
      { name: { givenName: 'A', familyName: 'B' } },
      { op: 'replace', value: { name: { givenName: 'C' } } },
      { op: 'replace', value: { name: { familyName: 'D' } } },
    )
    expect(user.name).toMatchObject({ givenName: 'C', familyName: 'D' })
  })

  test('wire 6: the noise that Entra adds (`name` in the operation, `id` in the message) is no error', async () => {
    const scim = await app.createScim()
    const id = await scim.user('noise@example.com')
    const operation = { op: 'Replace', name: 'title', path: 'title', value: 'Editor' }
    const answer = await scim.send('PATCH', `/Users/${id}`, { schemas: [patchOp], id, Operations: [operation] })
    expect(answer.body.title).toBe('Editor')
  })
})

describe('wire 10: inactive users', () => {
  test('wire 10: stay readable, findable and countable, and keep their groups', async () => {
    const scim = await app.createScim()
    const id = await scim.user('away@example.com', { externalId: 'x-1' })
    const groupId = await scim.group('Writers', [id])
    await scim.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' })
    const { body } = await scim.get(`/Users/${id}`)
    expect(body).toMatchObject({ active: false, groups: [{ value: groupId, display: 'Writers' }] })
    for (const filter of ['userName eq "away@example.com"', 'externalId eq "x-1"', 'active eq false']) {
      expect((await scim.list('Users', filter)).body.totalResults).toBe(1)
    }
    expect((await scim.get('/Users')).body.totalResults).toBe(1)
    expect((await scim.get(`/Groups/${groupId}`)).body.members).toMatchObject([{ value: id }])
    const restored = await scim.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'True' })
    expect(restored.body).toMatchObject({ active: true, groups: [{ value: groupId }] })
  })
})
