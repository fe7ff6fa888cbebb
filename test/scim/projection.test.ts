// attributes and excludedAttributes (RFC 7644 §3.9) on every answer that holds a resource.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, enterprise, type ScimClient } from '../support/scim.ts'

let app: TestApp
let scim: ScimClient
let userId: string
let groupId: string
const extension = 'urn:example:badges:2.0:User'
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
  userId = await scim.user('ada@example.com', {
    displayName: 'Ada',
    externalId: 'x',
    name: { givenName: 'Ada', familyName: 'L' },
    emails: [{ value: 'ada@example.com', type: 'work', primary: true }],
    [enterprise]: { department: 'Legal', division: 'North' },
    [extension]: { badge: '1' },
  })
  groupId = await scim.group('Writers', [userId])
})
afterAll(() => app.close())

const keys = (body: object) => Object.keys(body).toSorted()

describe('attributes', () => {
  test.each<[string, string[]]>([
    ['userName', ['id', 'schemas', 'userName']],
    ['USERNAME', ['id', 'schemas', 'userName']],
    ['id', ['id', 'schemas']],
    ['userName,displayName', ['displayName', 'id', 'schemas', 'userName']],
    ['userName, displayName', ['displayName', 'id', 'schemas', 'userName']],
    [`${core}:User:userName`, ['id', 'schemas', 'userName']],
    [enterprise, ['id', 'schemas', enterprise]],
    [`${enterprise}:department`, ['id', 'schemas', enterprise]],
    [extension, ['id', 'schemas', extension]],
    ['groups', ['groups', 'id', 'schemas']],
    ['meta', ['id', 'meta', 'schemas']],
    ['nothing', ['id', 'schemas']],
    ['password', ['id', 'schemas']],
  ])('%s', async (attributes, expected) => {
    const { status, body } = await scim.get(`/Users/${userId}?attributes=${encodeURIComponent(attributes)}`)
    expect(status).toBe(200)
    expect(keys(body)).toEqual(expected)
  })

  test('sub-attributes stand alone', async () => {
    const names = `name.givenName,emails.value,${enterprise}:department,meta.version`
    const { body } = await scim.get(`/Users/${userId}?attributes=${names}`)
    const { id: _, schemas: __, ...rest } = body
    expect(rest).toEqual({
      name: { givenName: 'Ada' },
      emails: [{ value: 'ada@example.com' }],
      [enterprise]: { department: 'Legal' },
      meta: { version: expect.any(String) },
    })
  })

  test('an empty list selects nothing: everything is answered', async () => {
    const { body } = await scim.get(`/Users/${userId}?attributes=`)
    expect(body).toEqual((await scim.get(`/Users/${userId}`)).body)
  })
})

describe('excludedAttributes', () => {
  test.each(['emails', 'EMAILS', `${core}:User:emails`])('%s', async (name) => {
    const { body } = await scim.get(`/Users/${userId}?excludedAttributes=${name}`)
    const { emails: _, ...rest } = (await scim.get(`/Users/${userId}`)).body
    expect(body).toEqual(rest)
  })

  test('id and schemas always come back (RFC 7643 §7 returned: always)', async () => {
    const { body } = await scim.get(`/Users/${userId}?excludedAttributes=id,schemas,userName`)
    expect(body).toMatchObject({ id: userId, schemas: expect.arrayContaining([`${core}:User`]) })
    expect(body).not.toHaveProperty('userName')
  })

  test('sub-attributes and extensions', async () => {
    const { body } = await scim.get(
      `/Users/${userId}?excludedAttributes=name.familyName,${extension},${enterprise}:division`,
    )
    expect(body).toMatchObject({ name: { givenName: 'Ada' }, [enterprise]: { department: 'Legal' } })
    expect(body.name).not.toHaveProperty('familyName')
    expect(body[enterprise]).not.toHaveProperty('division')
    expect(body).not.toHaveProperty([extension])
  })
})

describe('everywhere', () => {
  const expected = ['displayName', 'id', 'schemas']
  const query = '?attributes=displayName'

  test('POST, PUT, PATCH, GET, lists and searches of users', async () => {
    const message = { schemas: [`${core}:User`], userName: 'every@example.com', displayName: 'Every' }
    const created = await scim.post(`/Users${query}`, message)
    const path = `/Users/${created.body.id}${query}`
    const answers = [
      created.body,
      (await scim.put(path, message)).body,
      (await scim.patch(path, { op: 'replace', path: 'title', value: 'T' })).body,
      (await scim.get(path)).body,
      (await scim.get(`/Users${query}&filter=userName+eq+%22every@example.com%22`)).body.Resources[0],
      (await scim.post('/Users/.search', { schemas: [], attributes: ['displayName'], filter: 'userName sw "every"' }))
        .body.Resources[0],
      (await scim.post('/.search', { schemas: [], attributes: 'displayName', filter: 'userName sw "every"' })).body
        .Resources[0],
    ]
    for (const body of answers) expect(keys(body)).toEqual(expected)
  })

  test('POST, PUT, PATCH, GET and lists of groups', async () => {
    const message = { schemas: [`${core}:Group`], displayName: 'Every', members: [{ value: userId }] }
    const created = await scim.post(`/Groups${query}`, message)
    const path = `/Groups/${created.body.id}${query}`
    const answers = [
      created.body,
      (await scim.put(path, message)).body,
      (await scim.patch(path, { op: 'replace', path: 'externalId', value: 'T' })).body,
      (await scim.get(path)).body,
      (await scim.list('Groups', `id eq "${created.body.id}"`, { attributes: 'displayName' })).body.Resources[0],
    ]
    for (const body of answers) expect(keys(body)).toEqual(expected)
  })

  test('members of a group: whole, or their values alone', async () => {
    const values = (await scim.get(`/Groups/${groupId}?attributes=members.value`)).body
    expect(values.members).toEqual([{ value: userId }])
    const excluded = (await scim.get(`/Groups/${groupId}?excludedAttributes=members.display`)).body
    expect(excluded.members).toEqual([{ value: userId, type: 'User', $ref: expect.stringContaining(userId) }])
  })
})
