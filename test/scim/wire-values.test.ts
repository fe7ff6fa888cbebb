// What identity providers send about people, by the points of docs/wire.md (7, 11).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, enterprise } from '../support/scim.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const badge = 'urn:ietf:params:scim:schemas:extension:custom:2.0:User'

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

describe('wire 7: manager', () => {
  const path = `${enterprise}:manager`
  const shapes: [string, unknown][] = [
    ['a bare string', 'boss'],
    ['an object', { value: 'boss' }],
    ['an array of one', [{ $ref: '../Users/boss', value: 'boss' }]],
  ]
  test.each(shapes)('wire 7: %s is stored as an object, by POST, PUT and PATCH', async (_, value) => {
    const scim = await app.createScim()
    const body = { schemas: [`${core}:User`, enterprise], userName: 'm@example.com', [enterprise]: { manager: value } }
    const created = await scim.post('/Users', body)
    expect(created.body[enterprise].manager).toMatchObject({ value: 'boss' })
    const replaced = await scim.put(`/Users/${created.body.id}`, body)
    expect(replaced.body[enterprise].manager).toMatchObject({ value: 'boss' })
    for (const op of ['Add', 'Replace']) {
      const user = await patched({}, { op, path, value })
      expect(user[enterprise].manager).toMatchObject({ value: 'boss' })
    }
    const pathless = await patched({}, { op: 'replace', value: { [path]: value } })
    expect(pathless[enterprise].manager).toMatchObject({ value: 'boss' })
    const nested = await patched({}, { op: 'replace', value: { [enterprise]: { manager: value } } })
    expect(nested[enterprise].manager).toMatchObject({ value: 'boss' })
  })

  test.each<[string, Record<string, unknown>]>([
    ['Replace with ""', { op: 'Replace', path, value: '' }],
    ['Replace with null', { op: 'Replace', path, value: null }],
    ['Replace with {"value": ""}', { op: 'Replace', path, value: { value: '' } }],
    ['Remove', { op: 'Remove', path }],
    ['Remove with a value', { op: 'Remove', path, value: 'boss' }],
    ['Remove of manager.value', { op: 'Remove', path: `${path}.value` }],
  ])('wire 7: %s clears it and leaves the department', async (_, operation) => {
    const user = await patched({ [enterprise]: { manager: { value: 'boss' }, department: 'Legal' } }, operation)
    expect(user[enterprise]).toEqual({ department: 'Legal' })
  })

  test('wire 7: Microsoft’s sequence of Add, Replace and Replace with "", read in between', async () => {
    const scim = await app.createScim()
    const id = await scim.user('seq@example.com')
    const managerAfter = async (op: string, value: string) => {
      await scim.patch(`/Users/${id}`, { op, path, value })
      return (await scim.get(`/Users/${id}`)).body[enterprise]?.manager
    }
    expect(await managerAfter('Add', 'first')).toEqual({ value: 'first' })
    expect(await managerAfter('Replace', 'second')).toEqual({ value: 'second' })
    expect(await managerAfter('Replace', '')).toBeUndefined()
  })

  test('wire 7: a look-up by manager finds it', async () => {
    const scim = await app.createScim()
    const id = await scim.user('m@example.com', { [enterprise]: { manager: 'boss' } })
    const other = await scim.user('n@example.com', { [enterprise]: { manager: 'chief' } })
    const { body } = await scim.list('Users', `id eq "${id}" and ${path} eq "boss"`, { attributes: 'id' })
    expect(body.Resources.map((user: { id: string }) => user.id)).toEqual([id])
    expect((await scim.list('Users', `id eq "${other}" and ${path} eq "boss"`)).body.totalResults).toBe(0)
  })
})

describe('wire 11: what the server does not keep is no reason to refuse a user', () => {
  test('wire 11: meta, empty lists, nulls, unknown attributes and schemas', async () => {
    const scim = await app.createScim()
    const { status, body } = await scim.post('/Users', {
      schemas: [`${core}:User`, 'urn:scim:schemas:core:1.0', 'urn:example:unknown', 'http://schemas.example.com/old'],
      userName: 'noise@example.com',
      meta: { resourceType: 'User', created: 'nonsense' },
      ...{ roles: [], groups: [], photos: [], addresses: null, phoneNumbers: null, title: null, nickName: '' },
      ...{ department: null, manager: null, isSoftDeleted: 'False', favouriteColour: 'blue' },
      profileUrl: 'no url at all',
      name: { givenName: 'No', familyName: '', unknownPart: 'x' },
      emails: [{ value: 'noise@example.com', type: 'untyped', unknownPart: 1 }],
    })
    expect(status, JSON.stringify(body)).toBe(201)
    expect(body.name).toEqual({ givenName: 'No' })
    expect(body).not.toHaveProperty('favouriteColour')
    expect(body).not.toHaveProperty('roles')
  })

  test('wire 11: an unknown extension is stored and returned, its URN in schemas or not', async () => {
    const scim = await app.createScim()
    const { body } = await scim.post('/Users', {
      schemas: [`${core}:User`],
      userName: 'ext@example.com',
      [badge]: { badge: 'B-17', level: 3, tags: ['a', { b: null }] },
    })
    expect(body.schemas).toEqual([`${core}:User`, badge])
    expect((await scim.get(`/Users/${body.id}`)).body[badge]).toEqual({
      badge: 'B-17',
      level: 3,
      tags: ['a', { b: null }],
    })
  })

  test('wire 11: an attribute of an unknown extension by its URN path: POST, PATCH with path, path-less PATCH', async () => {
    const scim = await app.createScim()
    const created = await scim.post('/Users', { schemas: [], userName: 'ext@example.com', [`${badge}:badge`]: 'B-1' })
    expect(created.status).toBe(201)
    expect(created.body[badge]).toEqual({ badge: 'B-1' })
    expect(created.body.schemas).toEqual([`${core}:User`, badge])
    const id = created.body.id
    const byPath = await scim.patch(`/Users/${id}`, { op: 'Add', path: `${badge}:badge`, value: 'B-2' })
    expect(byPath.body[badge]).toEqual({ badge: 'B-2' })
    const pathless = await scim.patch(`/Users/${id}`, { op: 'replace', value: { [`${badge}:level`]: '4' } })
    expect(pathless.body[badge]).toEqual({ badge: 'B-2', level: '4' })
    const removed = await scim.patch(`/Users/${id}`, { op: 'remove', path: `${badge.toUpperCase()}:badge` })
    expect(removed.body[badge]).toEqual({ level: '4' })
  })

  test('wire 11: the mistyped URN …enterprise:2.0User is kept apart and harms nothing', async () => {
    const scim = await app.createScim()
    const mistyped = enterprise.replace('2.0:User', '2.0User')
    const { status, body } = await scim.post('/Users', {
      schemas: [`${core}:User`, mistyped],
      userName: 'typo@example.com',
      [mistyped]: { department: 'Legal' },
    })
    expect(status).toBe(201)
    expect((await scim.get(`/Users/${body.id}`)).body).toMatchObject({
      userName: 'typo@example.com',
      [mistyped]: { department: 'Legal' },
    })
    expect(body).not.toHaveProperty([enterprise])
  })

  test('wire 11: the noise of the public validator in PATCH', async () => {
    const user = await patched(
      {},
      { op: 'replace', path: 'profileUrl', value: 'JKHG8S' },
      { op: 'add', path: `${enterprise}:manager`, value: 'nobody-at-all' },
      {
        op: 'add',
        value: { phoneNumbers: ['work', 'mobile', 'fax'].map((type) => ({ type, value: '1', primary: 'False' })) },
      },
      { op: 'replace', path: 'emails[type eq "untyped"].value', value: 'u@example.com' },
      { op: 'replace', path: 'emails[type eq "untyped"].primary', value: 'True' },
      { op: 'replace', path: 'emails[primary eq true].value', value: 'v@example.com' },
    )
    expect(user.phoneNumbers).toHaveLength(3)
    expect(user.emails).toEqual([{ type: 'untyped', value: 'v@example.com', primary: true }])
  })

  test('wire 11: OneLogin’s template: emails an object, old URNs, active missing', async () => {
    const scim = await app.createScim()
    const { status, body } = await scim.post('/Users', {
      schemas: ['urn:scim:schemas:core:2.0', 'urn:scim:schemas:extension:enterprise:2.0'],
      userName: 'one@example.com',
      emails: { value: 'one@example.com', primary: true, type: 'work' },
      'urn:scim:schemas:extension:enterprise:2.0': { department: 'Legal' },
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      active: true,
      emails: [{ value: 'one@example.com' }],
      [enterprise]: { department: 'Legal' },
    })
  })

  test('wire 11: JumpCloud’s minimal PUT with emails null and phone as a tel: URI', async () => {
    const scim = await app.createScim()
    const id = await scim.user('jump@example.com', { emails: [{ value: 'jump@example.com' }] })
    const { status, body } = await scim.put(`/Users/${id}`, {
      schemas: [enterprise, `${core}:User`],
      userName: 'jump@example.com',
      emails: null,
      addresses: [],
      photos: [{ value: 'not-a-url' }],
      phoneNumbers: [{ type: 'work', value: 'tel:+1-201-555-0123' }],
    })
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('emails')
    expect(body.phoneNumbers).toEqual([{ type: 'work', value: 'tel:+1-201-555-0123' }])
  })

  test('wire 11: authentik’s POST: type other, empty familyName, empty photos', async () => {
    const scim = await app.createScim()
    const { body } = await scim.post('/Users', {
      schemas: [`${core}:User`],
      externalId: 'e3b0c44298fc1c14',
      userName: 'auth@example.com',
      name: { formatted: 'Auth', givenName: 'Auth', familyName: '' },
      photos: [],
      emails: [{ primary: true, type: 'other', value: 'auth@example.com' }],
    })
    expect(body).toMatchObject({ name: { givenName: 'Auth' }, emails: [{ type: 'other', value: 'auth@example.com' }] })
    expect((await scim.list('Users', 'emails eq "AUTH@example.com"')).body.totalResults).toBe(1)
  })

  test('wire 11: WSO2 mixes strings and objects in emails', async () => {
    const scim = await app.createScim()
    const { status, body } = await scim.post('/Users', {
      schemas: [`${core}:User`],
      userName: 'wso2@example.com',
      emails: ['one@example.com', { type: 'work', value: 'two@example.com', primary: true }],
    })
    expect(status).toBe(201)
    expect(body.emails).toEqual([
      { value: 'one@example.com' },
      { type: 'work', value: 'two@example.com', primary: true },
    ])
  })

  test('wire 11: AppRoleAssignmentsComplex: each role is a JSON document in a string', async () => {
    const role = (value: string) => ({
      value: JSON.stringify({ id: `id-${value}`, value, displayName: `The ${value}` }),
    })
    const user = await patched(
      {},
      { op: 'Add', path: 'roles', value: [role('Admin'), role('Editor')] },
      { op: 'Add', path: 'roles', value: [role('Admin')] },
    )
    expect(user.roles).toEqual([
      { value: 'Admin', display: 'The Admin' },
      { value: 'Editor', display: 'The Editor' },
    ])
  })
})
