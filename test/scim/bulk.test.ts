// Bulk requests (RFC 7644 §3.7): each operation has an outcome of its own and is all or nothing; what others of the same request make
// is referred to by bulkId, in any order.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, enterprise, patchOp } from '../support/scim.ts'

let app: TestApp
type Scim = Awaited<ReturnType<TestApp['createScim']>>
let scim: Scim
beforeAll(async () => {
  app = await startTestApp()
  scim = await app.createScim()
})
afterAll(() => app.close())

type Json = Record<string, unknown>
const bulkRequest = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
const send = (to: Scim, operations: unknown[], rest: Json = {}) =>
  to.post('/Bulk', { schemas: [bulkRequest], Operations: operations, ...rest })

let serial = 0
const user = (more: Json = {}): Json => {
  serial += 1
  return { schemas: [`${core}:User`], userName: `bulk-${serial}@example.com`, ...more }
}
const postUser = (bulkId: string, more: Json = {}) => ({ method: 'POST', path: '/Users', bulkId, data: user(more) })
const postGroup = (bulkId: string, members: string[], more: Json = {}) => ({
  ...{ method: 'POST', path: '/Groups', bulkId },
  data: { schemas: [`${core}:Group`], displayName: bulkId, members: members.map((value) => ({ value })), ...more },
})
const patch = (path: string, ...operations: Json[]) => ({
  ...{ method: 'PATCH', path },
  data: { schemas: [patchOp], Operations: operations },
})

const statuses = (answer: { body: { Operations: { status: string }[] } }) =>
  answer.body.Operations.map(({ status }) => status)
const idOf = ({ location }: { location: string }): string => location.split('/').at(-1) ?? ''

describe('operations', () => {
  test('of each kind are answered in their order, with location and version, and audited', async () => {
    const id = await scim.user('there@example.com')
    const gone = await scim.user('gone@example.com')
    const group = await scim.group('Crew', [gone])
    const answer = await send(scim, [
      postUser('one'),
      patch(`/Users/${id}`, { op: 'replace', path: 'title', value: 'T' }),
      { method: 'PUT', path: `/Groups/${group}`, data: { displayName: 'Crew', members: [{ value: id }] } },
      patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: id }] }),
      { method: 'delete', path: `/Users/${gone}` },
    ])
    expect([answer.status, statuses(answer)]).toEqual([200, ['201', '200', '200', '200', '204']])
    expect(answer.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:BulkResponse'])
    expect(answer.body.Operations[0]).toMatchObject({ method: 'POST', bulkId: 'one', version: 'W/"1"' })
    expect(answer.body.Operations[1]).toMatchObject({
      location: expect.stringMatching(`/Users/${id}$`),
      version: 'W/"2"',
    })
    for (const [index, path] of [`/Users/${id}`, `/Groups/${group}`].entries()) {
      const { version } = (await scim.get(path)).body.meta
      expect(answer.body.Operations[index === 0 ? 1 : 3].version).toBe(version)
    }
    expect((await scim.get(`/Users/${gone}`)).status).toBe(404)
    const made = idOf(answer.body.Operations[0])
    const audits =
      await app.owner`select action, request_id from audit_events where target_id in (${id}, ${made}, ${gone})`
    expect(audits.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['user.provision', 'user.update', 'user.deactivate', 'user.delete']),
    )
  })

  test('that fail have their error, are undone as a whole, and leave the others alone', async () => {
    const id = await scim.user('taken@example.com')
    const answer = await send(scim, [
      postUser('a'),
      { method: 'POST', path: '/Users', bulkId: 'b', data: { userName: 'TAKEN@example.com' } },
      postUser('c'),
      { method: 'DELETE', path: '/Users/usr_00000000000000000000000000' },
      patch(
        `/Users/${id}`,
        { op: 'replace', path: 'title', value: 'X' },
        { op: 'replace', path: 'nonsense', value: 1 },
      ),
      postGroup('d', ['usr_00000000000000000000000000']),
      { method: 'PUT', path: `/Users/${id}`, version: 'W/"7"', data: user() },
      { method: 'GET', path: '/Users' },
      { method: 'POST', path: '/Things', bulkId: 'e', data: {} },
      { method: 'POST', path: '/Users', bulkId: 'f' },
      postUser('a'),
      postUser('g'),
    ])
    const expected = ['201', '409', '201', '404', '400', '400', '412', '400', '400', '400', '400', '201']
    expect(statuses(answer)).toEqual(expected)
    const [, taken, , missing] = answer.body.Operations
    expect(taken).toMatchObject({ bulkId: 'b', response: { status: '409', scimType: 'uniqueness' } })
    expect(taken).not.toHaveProperty('location')
    expect(missing.location).toMatch(/usr_00000000000000000000000000$/)
    expect((await scim.get(`/Users/${id}`)).body).not.toHaveProperty('title')
    expect((await scim.list('Groups', 'displayName eq "d"')).body.totalResults).toBe(0)
  })

  test('follow each other as they were sent', async () => {
    const id = await scim.user('first@example.com')
    const answer = await send(scim, [
      patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'second@example.com' }),
      { method: 'POST', path: '/Users', bulkId: 'a', data: { userName: 'first@example.com' } },
      { method: 'DELETE', path: `/Users/${id}` },
      { method: 'POST', path: '/Users', bulkId: 'b', data: { userName: 'second@example.com' } },
      patch('/Users/bulkId:b', { op: 'replace', path: 'title', value: '1' }),
      patch('/Users/bulkId:b', { op: 'replace', path: 'title', value: '2' }),
    ])
    expect(statuses(answer)).toEqual(['200', '201', '204', '201', '200', '200'])
    expect((await scim.list('Users', 'userName eq "second@example.com"')).body.Resources[0].title).toBe('2')
  })

  test('end after as many errors as the client bears', async () => {
    const missing = { method: 'DELETE', path: '/Users/usr_x' }
    const last = postUser('last')
    const answer = await send(scim, [postUser('a'), missing, postUser('b'), missing, last], { failOnErrors: 2 })
    expect(statuses(answer)).toEqual(['201', '404', '201', '404'])
    expect((await scim.list('Users', `userName eq "${last.data['userName']}"`)).body.totalResults).toBe(0)
    for (const failOnErrors of [0, -1, 'x']) expect((await send(scim, [], { failOnErrors })).status).toBe(400)
  })

  test('a thousand may come at once, of which many fail, and no more', async () => {
    const other = await app.createScim()
    const many = Array.from({ length: 1_000 }, (_, index) => ({
      ...{ method: 'POST', path: '/Users', bulkId: `u${index}` },
      data: { userName: `many-${index % 700}@example.com` },
    }))
    const answer = await send(other, many)
    expect(statuses(answer).filter((status) => status === '201')).toHaveLength(700)
    expect(
      statuses(answer)
        .slice(700)
        .every((status) => status === '409'),
    ).toBe(true)
    expect((await other.get('/Users')).body.totalResults).toBe(700)
    const more = [...many, many[0]]
    expect((await send(other, more)).status).toBe(413)
  })

  test('a message that is none is refused as a whole', async () => {
    expect((await scim.post('/Bulk', { schemas: [bulkRequest] })).body.scimType).toBe('invalidSyntax')
    expect((await scim.send('GET', '/Bulk')).headers.get('allow')).toBe('POST')
    expect((await app.request(`${scim.base}/Bulk`, { method: 'POST' })).status).toBe(401)
    expect((await send(scim, [])).body.Operations).toEqual([])
  })

  test('reach nothing of another directory', async () => {
    const other = await app.createScim()
    const foreign = await other.user('foreign@example.com')
    const answer = await send(scim, [
      { method: 'DELETE', path: `/Users/${foreign}` },
      patch(`/Users/${foreign}`, { op: 'replace', path: 'title', value: 'X' }),
      postGroup('mine', [foreign]),
    ])
    expect(statuses(answer)).toEqual(['404', '404', '400'])
    expect((await other.get(`/Users/${foreign}`)).body).toMatchObject({ active: true })
  })
})

describe('references', () => {
  test('point backwards and forwards: in members, manager, paths and paths of a PATCH', async () => {
    const answer = await send(scim, [
      postGroup('group', ['bulkId:ada', 'bulkId:inner']),
      postGroup('inner', []),
      postUser('ada', { [enterprise]: { manager: { value: 'bulkId:boss' } } }),
      postUser('boss'),
      patch('/Groups/bulkId:inner', {
        op: 'add',
        path: 'members',
        value: [{ value: 'bulkId:boss' }, { value: 'bulkId:ada' }],
      }),
      patch('/Groups/bulkId:inner', { op: 'remove', path: 'members[value eq "bulkId:ada"]' }),
      patch('/Users/bulkId:boss', { op: 'add', path: 'manager', value: 'bulkId:ada' }),
    ])
    expect(statuses(answer)).toEqual(['201', '201', '201', '201', '200', '200', '200'])
    const [group, inner, ada, boss] = answer.body.Operations.map(idOf)
    const members = async (id: string) =>
      (await scim.get(`/Groups/${id}`)).body.members.map(({ value }: { value: string }) => value).toSorted()
    expect(await members(group)).toEqual([ada, inner].toSorted())
    expect(await members(inner)).toEqual([boss])
    expect((await scim.get(`/Users/${ada}`)).body[enterprise].manager.value).toBe(boss)
    expect((await scim.get(`/Users/${boss}`)).body[enterprise].manager.value).toBe(ada)
  })

  test('in a circle are resolved', async () => {
    const answer = await send(scim, [
      postUser('a', { [enterprise]: { manager: { value: 'bulkId:b' }, department: 'D' } }),
      postUser('b', { [enterprise]: { manager: 'bulkId:c' } }),
      postUser('c', { [enterprise]: { manager: { value: 'bulkId:a' } } }),
      postUser('self', { [enterprise]: { manager: { value: 'bulkId:self' } } }),
    ])
    expect(statuses(answer)).toEqual(['201', '201', '201', '201'])
    const [a, b, c, self] = answer.body.Operations.map(idOf)
    const managerOf = async (id: string) => (await scim.get(`/Users/${id}`)).body[enterprise]
    expect(await managerOf(a)).toEqual({ department: 'D', manager: { value: b } })
    expect((await managerOf(b)).manager.value).toBe(c)
    expect((await managerOf(c)).manager.value).toBe(a)
    expect((await managerOf(self)).manager.value).toBe(self)
  })

  test('in a circle that cannot be are 409, and nothing of it was made', async () => {
    const other = await app.createScim()
    const answer = await send(other, [
      postGroup('outer', ['bulkId:inside']),
      postGroup('inside', ['bulkId:outer']),
      postUser('alone'),
    ])
    expect(statuses(answer)).toEqual(['409', '409', '201'])
    expect((await other.get('/Groups')).body.totalResults).toBe(0)
  })

  test('to what failed, or to nothing, fail too', async () => {
    const answer = await send(scim, [
      postGroup('g1', ['bulkId:bad']),
      { method: 'POST', path: '/Users', bulkId: 'bad', data: {} },
      postGroup('g2', ['bulkId:nobody']),
      patch('/Users/bulkId:bad', { op: 'replace', path: 'title', value: 'X' }),
    ])
    expect(statuses(answer)).toEqual(['409', '400', '400', '409'])
    for (const name of ['g1', 'g2'])
      expect((await scim.list('Groups', `displayName eq "${name}"`)).body.totalResults).toBe(0)
  })

  test('in a chain of a thousand, last first, cost what they would one by one', async () => {
    const other = await app.createScim()
    const chain = Array.from({ length: 300 }, (_, index) =>
      postUser(`u${index}`, index === 299 ? {} : { [enterprise]: { manager: { value: `bulkId:u${index + 1}` } } }),
    )
    const answer = await send(other, chain)
    expect(new Set(statuses(answer))).toEqual(new Set(['201']))
    const first = (await other.get(`/Users/${idOf(answer.body.Operations[0])}`)).body
    expect(first[enterprise].manager.value).toBe(idOf(answer.body.Operations[1]))
  })
})

test('discovery tells the limits', async () => {
  const { maxOperations, supported } = (await scim.get('/ServiceProviderConfig')).body.bulk
  expect([supported, maxOperations]).toEqual([true, 1_000])
})

test('the provisioning log has each operation', async () => {
  const logged = await app.createScim()
  await send(logged, [postUser('a'), { method: 'DELETE', path: '/Users/usr_x' }])
  await app.provisioning.flush()
  const rows = await app.owner`select method, path, status, quirks, response from provisioning_events
    where directory_id = ${logged.directoryId} order by id`
  expect(rows.map(({ method, path, status }) => [method, path, status])).toEqual(
    expect.arrayContaining([
      ['POST', '/Bulk', 200],
      ['POST', '/Users', 201],
      ['DELETE', '/Users/usr_x', 404],
    ]),
  )
})

test('what only looks like a reference is a text, by POST, PUT and PATCH', async () => {
  const scim = await app.createScim()
  const id = await scim.user('plain@example.com')
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest']
  const Operations = [
    {
      method: 'POST',
      path: '/Users',
      bulkId: 'x',
      data: { userName: 'x@example.com', displayName: 'bulkId:x', externalId: 'bulkId:y' },
    },
    {
      method: 'PATCH',
      path: `/Users/${id}`,
      data: { Operations: [{ op: 'replace', path: 'displayName', value: 'bulkId:x' }] },
    },
    {
      method: 'PATCH',
      path: `/Users/${id}`,
      data: { Operations: [{ op: 'replace', value: { title: 'bulkId:nobody' } }] },
    },
    {
      ...{ method: 'PATCH', path: `/Users/${id}` },
      data: { Operations: [{ op: 'replace', path: 'manager', value: { value: 'bulkId:x' } }] },
    },
  ]
  const { body } = await scim.post('/Bulk', { schemas, Operations })
  expect(body.Operations.map(({ status }: { status: string }) => status)).toEqual(['201', '200', '200', '200'])
  const made = (await scim.list('Users', 'userName eq "x@example.com"')).body.Resources[0]
  expect(made).toMatchObject({ displayName: 'bulkId:x', externalId: 'bulkId:y' })
  expect((await scim.get(`/Users/${id}`)).body).toMatchObject({
    ...{ displayName: 'bulkId:x', title: 'bulkId:nobody' },
    [enterprise]: { manager: { value: made.id } },
  })
})
