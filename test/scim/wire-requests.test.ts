// What identity providers send, by the points of docs/wire.md (1, 12 to 15): look-ups, answers, URLs and media types,
// discovery.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, enterprise, patchOp } from '../support/scim.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const listResponse = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
const nobody = '3fbd1a5e-7c0e-4a39-9b7c-0d6f5f1f6c55'

describe('wire 1: a look-up without a match is an empty list', () => {
  test.each([
    ['Users', `userName eq "${nobody}"`],
    ['Users', `externalId eq "${nobody}"`],
    ['Users', `emails[type eq "work"].value eq "${nobody}"`],
    ['Users', `id eq "${nobody}"`],
    ['Groups', `displayName eq "${nobody}"`],
    ['Groups', `id eq "${nobody}" and members eq "${nobody}"`],
  ] as const)('wire 1: GET /%s with %s is 200 with no Resources', async (resource, filter) => {
    const scim = await app.createScim()
    const somebody = await scim.user('ada@example.com', { externalId: 'ada' })
    await scim.group('Writers', [somebody])
    const { status, body } = await scim.list(resource, filter)
    expect(status).toBe(200)
    expect(body).toEqual({ schemas: [listResponse], totalResults: 0, itemsPerPage: 0, startIndex: 1, Resources: [] })
    expect((await scim.get(`/${resource}`)).body.totalResults).toBe(1)
  })

  test('wire 1: an id that nobody has is 404 in the form of a SCIM error, for each method', async () => {
    const scim = await app.createScim()
    const body = { schemas: [`${core}:User`], userName: 'ghost@example.com' }
    const answers = await Promise.all([
      scim.get(`/Users/${nobody}`),
      scim.put(`/Users/${nobody}`, body),
      scim.patch(`/Users/${nobody}`, { op: 'replace', path: 'active', value: false }),
      scim.delete(`/Users/${nobody}`),
      scim.get('/Groups/grp_00000000000000000000000000'),
    ])
    for (const answer of answers) {
      expect(answer.status).toBe(404)
      expect(answer.body).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404' })
      expect(answer.body.detail).toMatch(/not found/)
    }
  })
})

describe('wire 12: what Okta insists on', () => {
  const body = {
    schemas: [`${core}:User`],
    userName: 'okta.user@example.com',
    name: { givenName: 'Olga', familyName: 'Kaya' },
    emails: [{ primary: true, value: 'okta.user@example.com', type: 'work' }],
    displayName: 'Olga Kaya',
    locale: 'en-US',
    externalId: '00ujl29u0le5T6Aj10h7',
    groups: [],
    password: '1mz050nq',
    active: true,
  }

  test('wire 12: the 201 holds the full resource and never the password', async () => {
    const scim = await app.createScim()
    const { status, body: created, headers } = await scim.post('/Users', body)
    expect(status).toBe(201)
    const { password: _, groups: __, ...kept } = body
    expect(created).toMatchObject({ ...kept, id: expect.stringMatching(/^usr_/) })
    expect(headers.get('location')).toBe(created.meta.location)
    expect(JSON.stringify(created)).not.toContain('password')
    const read = await scim.get(`/Users/${created.id}`)
    expect(read.body).toEqual(created)
  })

  test.each([
    ['path-less', { op: 'replace', value: { password: 'new-Secret-1' } }],
    ['by path', { op: 'replace', path: 'password', value: 'new-Secret-1' }],
  ])('wire 12: a password synced by PATCH (%s) is 200 and stored nowhere', async (_, operation) => {
    const scim = await app.createScim()
    const id = await scim.user('sync@example.com', { password: 'old-Secret-1' })
    const { status, body: patched } = await scim.patch(`/Users/${id}`, operation)
    expect(status).toBe(200)
    expect(JSON.stringify(patched)).not.toMatch(/secret/i)
    const [row] = await app.owner`select to_jsonb(u)::text as text from users u where id = ${id}`
    expect(row?.['text']).toContain('sync@example.com')
    expect(row?.['text']).not.toMatch(/secret/i)
  })

  test('wire 12: lists carry integers, and at least the one user that the SPEC test looks for', async () => {
    const scim = await app.createScim()
    await scim.post('/Users', body)
    const { body: list } = await scim.get('/Users?startIndex=1&count=1')
    expect(list).toMatchObject({ totalResults: 1, itemsPerPage: 1, startIndex: 1 })
    expect(list.Resources).toHaveLength(1)
  })

  test('wire 12: the status of an error is a string', async () => {
    const scim = await app.createScim()
    await scim.post('/Users', body)
    const { status, body: error } = await scim.post('/Users', body)
    expect(status).toBe(409)
    expect(error).toMatchObject({ status: '409', scimType: 'uniqueness', detail: expect.any(String) })
  })

  test('wire 12: a wrong Authorization header is 401 with the status as a string and a detail', async () => {
    const scim = await app.createScim()
    const { status, body: error } = await scim.get('/Users', { authorization: 'non-token' })
    expect(status).toBe(401)
    expect(error).toMatchObject({ status: '401', detail: expect.any(String) })
  })
})

describe('wire 13: media types, user agents and URLs', () => {
  const user = (userName: string) => JSON.stringify({ schemas: [`${core}:User`], userName })

  test.each([
    ['application/scim+json'],
    ['application/scim+json; charset=utf-8'],
    ['application/json'],
    ['application/json; charset=UTF-8'],
    ['Application/SCIM+JSON'],
  ])('wire 13: a body of type %s is read and answered as application/scim+json', async (contentType) => {
    const scim = await app.createScim()
    const answer = await scim.send('POST', '/Users', user('typed@example.com'), { 'content-type': contentType })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json/)
  })

  test('wire 13: a body of another type is refused', async () => {
    const scim = await app.createScim()
    const answer = await scim.send('POST', '/Users', user('typed@example.com'), { 'content-type': 'text/xml' })
    expect(answer.status).toBe(400)
    expect(answer.body.scimType).toBe('invalidSyntax')
  })

  test.each([[''], ['Okta SCIM Client 1.0.0'], ['Google-Auto-Provisioning']])(
    'wire 13: a User-Agent of "%s" makes no difference',
    async (agent) => {
      const scim = await app.createScim()
      const answer = await scim.send('POST', '/Users', user('agent@example.com'), { 'user-agent': agent })
      expect(answer.status).toBe(201)
    },
  )

  test.each([['?'], ['&'], ['?&'], ['?aadOptscim062020'], ['/'], ['/?aadOptscim062020']])(
    'wire 13: a URL may end in "%s"',
    async (ending) => {
      const scim = await app.createScim()
      const id = await scim.user('ending@example.com')
      const suffix = ending === '&' ? '?attributes=userName&' : ending
      expect((await scim.get(`/Users/${id}${suffix}`)).body.userName).toBe('ending@example.com')
      expect((await scim.get(`/Users${suffix}`)).body.totalResults).toBe(1)
      const replaced = await scim.put(`/Users/${id}${suffix}`, { schemas: [], userName: 'ending2@example.com' })
      expect(replaced.status).toBe(200)
      const groupId = await scim.group('Endings')
      const renamed = await scim.patch(`/Groups/${groupId}${suffix}`, { op: 'replace', value: { displayName: 'E' } })
      expect([200, 204]).toContain(renamed.status)
      expect((await scim.delete(`/Users/${id}${suffix}`)).status).toBe(204)
    },
  )

  test.each([
    ['OneLogin: plus for space, trailing &', 'filter=userName+eq+%22plus%40example.com%22&'],
    ['Okta: percent-encoded', 'filter=userName%20eq%20%22plus%40example.com%22&startIndex=1&count=100'],
    ['authentik: @ bare', 'filter=userName+eq+%22plus@example.com%22'],
  ])('wire 13: %s', async (_, query) => {
    const scim = await app.createScim()
    const id = await scim.user('plus@example.com', { externalId: 'abc' })
    await scim.user('other@example.com', { externalId: 'abcd' })
    const { body } = await scim.get(`/Users?${query}`)
    expect(body.Resources.map((user: { id: string }) => user.id)).toEqual([id])
  })

  test.each([
    ['text without quotes', 'userName eq plus@example.com', 'userName eq "plus@example.com"'],
    ['a word without quotes', 'externalId eq abc', 'externalId eq "abc"'],
    ['single quotes', "externalId eq 'abc'", 'externalId eq "abc"'],
    ['within a value path', 'emails[type eq work]', 'emails[type eq "work"]'],
  ])('RFC 7644 §3.4.2.2: %s is refused', async (_, bare, quoted) => {
    const scim = await app.createScim()
    await scim.user('plus@example.com', { externalId: 'abc', emails: [{ value: 'plus@example.com', type: 'work' }] })
    expect(await scim.list('Users', bare)).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
    expect((await scim.list('Users', quoted)).body.totalResults).toBe(1)
  })

  test('wire 13: a # in the name of a guest is found when percent-encoded', async () => {
    const scim = await app.createScim()
    const id = await scim.user('vic_partner.example.com#EXT#@north.example.com')
    const filter = encodeURIComponent('userName eq "vic_partner.example.com#EXT#@north.example.com"')
    expect((await scim.get(`/Users?filter=${filter}`)).body.Resources[0].id).toBe(id)
  })
})

describe('wire 14: discovery', () => {
  test.each([
    ['ResourceTypes', 2],
    ['Schemas', 3],
  ] as const)('wire 14: /%s is a ListResponse, not a bare array', async (path, size) => {
    const scim = await app.createScim()
    const { status, body } = await scim.get(`/${path}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ schemas: [listResponse], totalResults: size })
    expect(body.Resources).toHaveLength(size)
  })

  test.each([
    ['ResourceTypes/User', 'User'],
    ['ResourceTypes/Group', 'Group'],
    [`Schemas/${core}:User`, `${core}:User`],
    [`Schemas/${core}:Group`, `${core}:Group`],
    [`Schemas/${enterprise}`, enterprise],
  ])('wire 14: /%s is served alone', async (path, id) => {
    const scim = await app.createScim()
    const { status, body } = await scim.get(`/${path}`)
    expect(status).toBe(200)
    expect(body.id).toBe(id)
  })

  test('wire 14: an unknown schema or resource type is 404', async () => {
    const scim = await app.createScim()
    expect((await scim.get('/Schemas/urn:example:nothing')).status).toBe(404)
    expect((await scim.get('/ResourceTypes/Robot')).status).toBe(404)
  })
})

describe('wire 15: an empty PATCH', () => {
  test('wire 15: an empty Operations array changes nothing on a user', async () => {
    const scim = await app.createScim()
    const id = await scim.user('still@example.com', { title: 'Editor' })
    const before = await scim.get(`/Users/${id}`)
    const { status } = await scim.send('PATCH', `/Users/${id}`, { schemas: [patchOp], Operations: [] })
    expect([200, 204]).toContain(status)
    expect((await scim.get(`/Users/${id}`)).body).toEqual(before.body)
  })

  test('wire 15: an empty Operations array changes nothing on a group', async () => {
    const scim = await app.createScim()
    const id = await scim.group('Still', [await scim.user('still@example.com')])
    const before = await scim.get(`/Groups/${id}`)
    const { status } = await scim.send('PATCH', `/Groups/${id}`, { schemas: [patchOp], Operations: [] })
    expect([200, 204]).toContain(status)
    expect((await scim.get(`/Groups/${id}`)).body).toEqual(before.body)
  })

  test('wire 15: an unknown id is 404 all the same', async () => {
    const scim = await app.createScim()
    expect((await scim.patch(`/Users/${nobody}`)).status).toBe(404)
    expect((await scim.patch('/Groups/grp_00000000000000000000000000')).status).toBe(404)
  })
})
