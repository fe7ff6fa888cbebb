// What is not tolerated in values: another type than the schema's, nothing where something is required, and pages out of range,
// which are brought into it (RFC 7643 §2.3, RFC 7644 §3.4.2.4, §3.5.2).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, enterprise, type ScimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient
let userId: string
let groupId: string
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
  userId = await scim.user('ada@example.com', { emails: [{ value: 'ada@example.com', primary: true, type: 'work' }] })
  await scim.user('ben@example.com', { active: false, emails: [{ value: 'ben@example.com', primary: false }] })
  await scim.user('cy@example.com', { emails: [{ value: 'cy@example.com' }] })
  groupId = await scim.group('Writers')
})
afterAll(() => app.close())

type Json = Record<string, unknown>
const userBody = (over: Json): Json => ({ schemas: [`${core}:User`], userName: 'new@example.com', ...over })
const groupBody = (over: Json): Json => ({ schemas: [`${core}:Group`], displayName: 'New', ...over })
const wrong = { status: 400, body: { scimType: 'invalidValue' } }

describe('text that comes as something else is 400 invalidValue', () => {
  const inUser: [string, (value: unknown) => Json][] = [
    ['userName', (userName) => ({ userName })],
    ['externalId', (externalId) => ({ externalId })],
    ['displayName', (displayName) => ({ displayName })],
    ['title', (title) => ({ title })],
    ['name.givenName', (givenName) => ({ name: { givenName } })],
    ['the value of an e-mail', (value) => ({ emails: [{ value }] })],
    ['the type of a phone number', (type) => ({ phoneNumbers: [{ value: '1', type }] })],
    ['a locality', (locality) => ({ addresses: [{ locality }] })],
    ['the department', (department) => ({ [enterprise]: { department } })],
    ['the employee number', (employeeNumber) => ({ [enterprise]: { employeeNumber } })],
    ['the manager', (value) => ({ [enterprise]: { manager: { value } } })],
  ]
  test.each(inUser)('%s of a user, by POST, PUT and PATCH', async (_, at) => {
    const id = await scim.user('strict@example.com')
    const before = (await scim.get(`/Users/${id}`)).body
    for (const value of [5, 0, 1.5, true, false, ['x'], { a: 'x' }]) {
      expect(await scim.post('/Users', userBody(at(value))), JSON.stringify(value)).toMatchObject(wrong)
      expect(await scim.put(`/Users/${id}`, userBody(at(value)))).toMatchObject(wrong)
      expect(await scim.patch(`/Users/${id}`, { op: 'replace', value: at(value) })).toMatchObject(wrong)
      expect(await scim.patch(`/Users/${id}`, { op: 'add', value: at(value) })).toMatchObject(wrong)
    }
    expect((await scim.get(`/Users/${id}`)).body).toEqual(before)
    expect((await scim.patch(`/Users/${id}`, { op: 'replace', value: at('strict@example.com') })).status).toBe(200)
    await scim.delete(`/Users/${id}`)
  })

  test.each([
    ['displayName', 'displayName'],
    ['externalId', 'externalId'],
  ])('%s of a group, by POST, PUT and PATCH', async (_, name) => {
    for (const value of [5, true, ['x'], { a: 'x' }]) {
      expect(await scim.post('/Groups', groupBody({ [name]: value }))).toMatchObject(wrong)
      expect(await scim.put(`/Groups/${groupId}`, groupBody({ [name]: value }))).toMatchObject(wrong)
      expect(await scim.patch(`/Groups/${groupId}`, { op: 'replace', path: name, value })).toMatchObject(wrong)
      expect(await scim.patch(`/Groups/${groupId}`, { op: 'add', value: { [name]: value } })).toMatchObject(wrong)
    }
    expect((await scim.patch(`/Groups/${groupId}`, { op: 'replace', path: name, value: '5' })).status).toBe(204)
  })

  test('a parameter of a search', async () => {
    for (const name of ['filter', 'sortBy', 'sortOrder', 'cursor', 'attributes', 'excludedAttributes']) {
      expect(await scim.post('/Users/.search', { [name]: 5 }), name).toMatchObject(wrong)
      expect(await scim.post('/.search', { [name]: true }), name).toMatchObject(wrong)
    }
    expect((await scim.post('/Users/.search', { filter: 'userName pr', count: 5, startIndex: '1' })).status).toBe(200)
  })

  test('Entra’s "False" stays a boolean', async () => {
    const id = await scim.user('entra@example.com')
    expect(await scim.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' })).toMatchObject({
      body: { active: false },
    })
    expect(await scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: 0 })).toMatchObject(wrong)
    await scim.delete(`/Users/${id}`)
  })
})

describe('what is required cannot be taken away', () => {
  const refused = { status: 400, body: { scimType: expect.stringMatching(/^(mutability|invalidValue|noTarget)$/) } }
  const places = (name: string, kind: 'User' | 'Group') => [name, name.toUpperCase(), `${core}:${kind}:${name}`]
  const nothing = [null, '', ' \t', [], {}]

  test.each([
    ['userName', 'User'],
    ['displayName', 'Group'],
  ] as const)('%s of a %s, by remove, null, empty and blank, with and without a path', async (name, kind) => {
    const path = kind === 'User' ? `/Users/${userId}` : `/Groups/${groupId}`
    const before = (await scim.get(path)).body
    for (const place of places(name, kind)) {
      expect(await scim.patch(path, { op: 'remove', path: place })).toMatchObject(refused)
      expect(await scim.patch(path, { op: 'remove', path: place, value: before[name] })).toMatchObject(refused)
      for (const value of nothing) {
        for (const op of ['add', 'replace']) {
          expect(await scim.patch(path, { op, path: place, value }), JSON.stringify(value)).toMatchObject(refused)
          expect(await scim.patch(path, { op, value: { [place]: value } })).toMatchObject(refused)
        }
      }
    }
    expect(await scim.patch(path, { op: 'remove', value: { [name]: null } })).toMatchObject(refused)
    const again = { op: 'add', path: name, value: 'again@example.com' }
    expect(await scim.patch(path, { op: 'remove', path: name }, again)).toMatchObject(refused)
    const schemas = [`${core}:${kind}`]
    for (const body of [{ schemas }, ...nothing.map((value) => ({ schemas, [name]: value }))]) {
      expect(await scim.put(path, body), JSON.stringify(body)).toMatchObject(refused)
      expect(await scim.post(`/${kind}s`, body)).toMatchObject(refused)
    }
    expect((await scim.get(path)).body).toEqual(before)
    expect((await scim.patch(path, { op: 'replace', path: name, value: before[name] })).status).toBeLessThan(300)
  })

  test('active, whose silence leaves somebody switched off', async () => {
    const id = await scim.user('off@example.com', { active: false })
    for (const operation of [
      { op: 'remove', path: 'active' },
      { op: 'replace', path: 'active', value: null },
      { op: 'replace', value: { active: '' } },
    ]) {
      expect(await scim.patch(`/Users/${id}`, operation)).toMatchObject({ status: 200, body: { active: false } })
    }
    expect((await scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true })).body.active).toBe(true)
    await scim.delete(`/Users/${id}`)
  })
})

describe('a filter by a boolean', () => {
  const names = async (filter: string): Promise<string[]> => {
    const { status, body } = await scim.list('Users', filter)
    expect(status, filter).toBe(200)
    return body.Resources.map(({ userName }: { userName: string }) => userName.split('@')[0])
  }

  test.each([
    ['active', ['ada', 'cy'], ['ben']],
    ['emails.primary', ['ada'], ['ben', 'cy']],
    ['emails[primary', ['ada'], ['ben', 'cy']],
  ])('%s means the same with and without quotes, by eq, ne and not', async (name, yes, no) => {
    const end = name.includes('[') ? ']' : ''
    for (const written of ['true', '"true"', '"True"', 'TRUE']) {
      expect(await names(`${name} eq ${written}${end}`), written).toEqual(yes)
      expect(await names(`${name} ne ${written}${end}`), written).toEqual(no)
      expect(await names(`not (${name} eq ${written}${end})`), written).toEqual(no)
    }
  })

  test('with anything else, or in an order, it is 400 invalidFilter', async () => {
    for (const name of ['active', 'emails.primary']) {
      for (const rest of [
        'eq "yes"',
        'eq 1',
        'eq "1"',
        'eq ""',
        'eq tru',
        'eq "true "',
        'co "t"',
        'sw "t"',
        'gt true',
      ]) {
        const filter = `${name} ${rest}`
        expect(await scim.list('Users', filter), filter).toMatchObject({
          status: 400,
          body: { scimType: 'invalidFilter' },
        })
      }
    }
  })
})

describe('pages out of range are brought into it', () => {
  test.each([
    ['count=1000000000', { totalResults: 3, itemsPerPage: 3, startIndex: 1 }],
    ['count=99999999999999999999999', { totalResults: 3, itemsPerPage: 3 }],
    ['count=-1', { totalResults: 3, itemsPerPage: 0 }],
    ['count=-99999999999999999999999', { totalResults: 3, itemsPerPage: 0 }],
    ['startIndex=0', { totalResults: 3, itemsPerPage: 3, startIndex: 1 }],
    ['startIndex=-99999999999999999999999', { totalResults: 3, itemsPerPage: 3, startIndex: 1 }],
    ['startIndex=1000000000', { totalResults: 3, itemsPerPage: 0 }],
    ['startIndex=9223372036854775808', { totalResults: 3, itemsPerPage: 0 }],
    ['startIndex=99999999999999999999999&count=99999999999999999999999', { totalResults: 3, itemsPerPage: 0 }],
    ['cursor=&count=1000000000', { itemsPerPage: 3 }],
  ])('%s', async (query, expected) => {
    expect(await scim.get(`/Users?${query}`)).toMatchObject({ status: 200, body: expected })
  })

  test('in the body of a search, of one kind and of both', async () => {
    for (const path of ['/Users/.search', '/.search']) {
      const many = await scim.post(path, { count: 1e9, startIndex: 1 })
      expect(many).toMatchObject({ status: 200 })
      expect(many.body.itemsPerPage).toBe(many.body.totalResults)
      expect(await scim.post(path, { count: -5 })).toMatchObject({ status: 200, body: { itemsPerPage: 0 } })
      expect(await scim.post(path, { count: 1e20, startIndex: 1e20 })).toMatchObject({
        status: 200,
        body: { itemsPerPage: 0, totalResults: many.body.totalResults },
      })
      for (const count of [1.5, true, 'some', '1e3']) expect(await scim.post(path, { count })).toMatchObject(wrong)
    }
  })
})
