// Versions of resources (RFC 7644 §3.14, RFC 9110 §13.1): who writes says what they have seen, who reads is spared what
// they have. Twenty parallel PUTs with one If-Match are in concurrency.test.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { core, patchOp, type ScimAnswer } from '../support/scim.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

const user = { schemas: [`${core}:User`], userName: 'ada@example.com', title: 'New' }
const group = { schemas: [`${core}:Group`], displayName: 'New' }
const change = (path: string) => ({ schemas: [patchOp], Operations: [{ op: 'replace', path, value: 'New' }] })
const member = (value: string) => ({
  schemas: [patchOp],
  Operations: [{ op: 'add', path: 'members', value: [{ value }] }],
})

async function stage() {
  const scim = await app.createScim()
  const userId = await scim.user('ada@example.com')
  const groupId = await scim.group('Writers')
  const writes: [string, (headers: Record<string, string>) => Promise<ScimAnswer>][] = [
    ['PUT of a user', (headers) => scim.send('PUT', `/Users/${userId}`, user, headers)],
    ['PATCH of a user', (headers) => scim.send('PATCH', `/Users/${userId}`, change('title'), headers)],
    ['DELETE of a user', (headers) => scim.send('DELETE', `/Users/${userId}`, undefined, headers)],
    ['PUT of a group', (headers) => scim.send('PUT', `/Groups/${groupId}`, group, headers)],
    ['PATCH of a group', (headers) => scim.send('PATCH', `/Groups/${groupId}`, change('displayName'), headers)],
    ['PATCH of members', (headers) => scim.send('PATCH', `/Groups/${groupId}`, member(userId), headers)],
    ['DELETE of a group', (headers) => scim.send('DELETE', `/Groups/${groupId}`, undefined, headers)],
  ]
  return { scim, userId, groupId, writes: new Map(writes) }
}

const names = [
  'PUT of a user',
  'PATCH of a user',
  'DELETE of a user',
  'PUT of a group',
  'PATCH of a group',
  'PATCH of members',
  'DELETE of a group',
]

describe('If-Match', () => {
  test.each(names)('%s: a version that is not the current one is 412, and nothing changes', async (name) => {
    const { scim, writes } = await stage()
    const before = [await scim.get('/Users'), await scim.get('/Groups')].map(({ body }) => body)
    for (const tag of ['W/"99"', '"99"', 'W/"0"', '"abc"', 'nonsense', 'W/"1x"', '""']) {
      const answer = await writes.get(name)?.({ 'if-match': tag })
      expect(answer, tag).toMatchObject({ status: 412, body: { status: '412' } })
    }
    expect([await scim.get('/Users'), await scim.get('/Groups')].map(({ body }) => body)).toEqual(before)
  })

  test.each(names)('%s: the current version, *, or one of several is let through', async (name) => {
    for (const tag of ['W/"1"', '"1"', '*', 'W/"77", W/"1"', undefined]) {
      const { writes } = await stage()
      const answer = await writes.get(name)?.(tag === undefined ? {} : { 'if-match': tag })
      expect([200, 204], `${tag}: ${JSON.stringify(answer?.body)}`).toContain(answer?.status)
    }
  })

  test('an unknown id is 404 whatever is asked for', async () => {
    const { scim } = await stage()
    const unknown = '/Users/usr_00000000000000000000000000'
    for (const tag of ['*', 'W/"1"'])
      expect((await scim.send('PUT', unknown, user, { 'if-match': tag })).status).toBe(404)
  })
})

describe('versions', () => {
  test('grow with each change of a user, and only with a change', async () => {
    const { scim, userId } = await stage()
    const version = async () => (await scim.get(`/Users/${userId}`)).body.meta.version
    const first = await version()
    await scim.patch(`/Users/${userId}`, { op: 'replace', path: 'title', value: 'One' })
    const second = await version()
    await scim.patch(`/Users/${userId}`, { op: 'replace', path: 'title', value: 'One' })
    const third = await version()
    await scim.patch(`/Users/${userId}`, { op: 'replace', path: 'active', value: false })
    const fourth = await version()
    expect(second).not.toBe(first)
    expect(third).toBe(second)
    expect(fourth).not.toBe(third)
  })

  test('grow with each change of a group and of its members', async () => {
    const { scim, userId, groupId } = await stage()
    const version = async () => (await scim.get(`/Groups/${groupId}`)).body.meta.version
    const seen = [await version()]
    for (const message of [member(userId), change('displayName')]) {
      await scim.send('PATCH', `/Groups/${groupId}`, message)
      seen.push(await version())
      await scim.send('PATCH', `/Groups/${groupId}`, message)
      expect(await version()).toBe(seen.at(-1))
    }
    expect(new Set(seen).size).toBe(3)
  })

  test('are told in the ETag and in meta.version, and lastModified moves with them', async () => {
    const { scim, userId } = await stage()
    const created = await scim.get(`/Users/${userId}`)
    expect(created.headers.get('etag')).toBe(created.body.meta.version)
    app.clock.advance(5_000)
    const patched = await scim.patch(`/Users/${userId}`, { op: 'replace', path: 'title', value: 'One' })
    expect(patched.headers.get('etag')).toBe(patched.body.meta.version)
    expect(Date.parse(patched.body.meta.lastModified)).toBeGreaterThan(Date.parse(created.body.meta.lastModified))
    expect(patched.body.meta.created).toBe(created.body.meta.created)
  })
})

describe('If-None-Match', () => {
  test.each(['Users', 'Groups'])('a GET of /%s with the version one has is 304 without a body', async (resource) => {
    const { scim, userId, groupId } = await stage()
    const path = resource === 'Users' ? `/Users/${userId}` : `/Groups/${groupId}`
    for (const tag of ['W/"1"', '"1"', '*', 'W/"8", W/"1"']) {
      const answer = await scim.get(path, { 'if-none-match': tag })
      expect(answer).toMatchObject({ status: 304, body: undefined })
      expect(answer.headers.get('etag')).toBe('W/"1"')
    }
    for (const tag of ['W/"2"', '"abc"', 'nonsense'])
      expect((await scim.get(path, { 'if-none-match': tag })).status).toBe(200)
    await scim.send('PATCH', path, change(resource === 'Users' ? 'title' : 'displayName'))
    expect((await scim.get(path, { 'if-none-match': 'W/"1"' })).status).toBe(200)
  })
})
