// The provisioning log: each request of a directory with its answer, redacted, with what was tolerated and what to do.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getDirectoryActivity, listDirectoryActivity } from '#connections/provisioning/activity.ts'
import type { AnsweredRequest } from '#connections/provisioning/entry.ts'
import {
  getProvisioningEvent,
  listProvisioningEvents,
  type ProvisioningFilter,
} from '#connections/provisioning/events.ts'
import { createProvisioningLog } from '#connections/provisioning/log.ts'
import { quirks } from '#connections/provisioning/quirks.ts'
import { Database, databaseDefaults } from '#db/database.ts'
import { createLog } from '#platform/log.ts'
import { Secret } from '#platform/secret.ts'
import type { CallContext } from '#src/context.ts'
import { type AccessStage, read, startStage } from '../support/access.ts'
import { core, patchOp } from '../support/scim.ts'

let stage: AccessStage
let scim: Awaited<ReturnType<AccessStage['app']['createScim']>>
let ctx: CallContext
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.close())

const owner = (parts: TemplateStringsArray, ...values: string[]) => stage.app.owner(parts, ...values)

async function newDirectory(): Promise<void> {
  scim = await stage.app.createScim()
  ctx = scim.organization.ctx
}

async function events(filter: Partial<ProvisioningFilter> = {}) {
  await stage.app.provisioning.flush()
  return listProvisioningEvents(ctx, { limit: 100, ...filter })
}

async function lastEvent() {
  const [event] = await events({ limit: 1 })
  return getProvisioningEvent(ctx, String(event?.id))
}

const send = (method: string, path: string, init: { body?: unknown; headers?: Record<string, string> } = {}) =>
  stage.request(`/scim/v2/${scim.directoryId}${path}`, {
    method,
    headers: { Authorization: `Bearer ${scim.token}`, 'Content-Type': 'application/scim+json', ...init.headers },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  })

describe('what is kept', () => {
  test('a request with its answer, whom it was about, and when', async () => {
    await newDirectory()
    const user = { schemas: [`${core}:User`], userName: 'ada@example.com', active: true }
    const answer = await send('POST', '/Users', {
      body: user,
      headers: { 'User-Agent': 'Okta SCIM Client 1.0.0', 'X-Request-Id': 'request-of-okta' },
    })
    const { id } = (await answer.json()) as { id: string }
    const event = await lastEvent()
    expect(event).toMatchObject({
      ...{ directoryId: scim.directoryId, method: 'POST', path: '/Users', status: 201, quirks: [], error: null },
      ...{ targetId: id, userAgent: 'Okta SCIM Client 1.0.0', requestId: 'request-of-okta', advice: null },
      ...{ request: user, response: { id, userName: 'ada@example.com' } },
    })
    expect(event.durationMillis).toBeGreaterThanOrEqual(0)
    await send('GET', '/Users?filter=userName%20eq%20%22ada@example.com%22')
    expect(await lastEvent()).toMatchObject({
      path: '/Users?filter=userName%20eq%20%22ada@example.com%22',
      response: { totalResults: 1 },
      request: null,
      targetId: null,
    })
    await send('GET', `/Users/${id}`)
    expect((await lastEvent()).targetId).toBe(id)
    expect(await events({ targetId: id })).toHaveLength(2)
  })

  test('a refusal with advice, by its scimType', async () => {
    await newDirectory()
    await scim.user('ada@example.com')
    await scim.post('/Users', { schemas: [`${core}:User`], userName: 'ADA@example.com', active: true })
    const refused = await lastEvent()
    expect(refused).toMatchObject({ status: 409, error: { scimType: 'uniqueness', detail: expect.any(String) } })
    expect(refused.advice).toContain('this userName already')
    await scim.get('/Users?filter=shoeSize eq 9')
    expect((await lastEvent()).advice).toContain('filter')
    await scim.get('/Users/usr_nobody')
    expect(await lastEvent()).toMatchObject({ status: 404, advice: expect.stringContaining('address') })
    expect(await events({ status: 'failed' })).toHaveLength(3)
    expect(await events({ status: 'changed' })).toHaveLength(1)
  })

  test('a body that cannot be read, an unknown endpoint, and the address of another directory', async () => {
    await newDirectory()
    const { directoryId } = await stage.app.createDirectory(scim.organization)
    const broken = await stage.request(`/scim/v2/${scim.directoryId}/Users`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${scim.token}`, 'Content-Type': 'application/json' },
      body: '{"userName": ',
    })
    expect(broken.status).toBe(400)
    expect(await lastEvent()).toMatchObject({ status: 400, request: null, error: { scimType: 'invalidSyntax' } })
    await send('GET', '/Bananas')
    expect(await lastEvent()).toMatchObject({ status: 404, path: '/Bananas' })
    await stage.request(`/scim/v2/${directoryId}/Users`, { headers: { Authorization: `Bearer ${scim.token}` } })
    expect(await lastEvent()).toMatchObject({ status: 404, directoryId: scim.directoryId })
    await send('GET', '')
    expect(await events()).toHaveLength(4)
  })

  test('a token that was revoked, and nothing of one that nobody knows', async () => {
    await newDirectory()
    await scim.get('/Users')
    await owner`update directory_tokens set revoked_at = now() where directory_id = ${scim.directoryId}`
    expect((await scim.get('/Users')).status).toBe(401)
    expect(await lastEvent()).toMatchObject({ status: 401, advice: expect.stringContaining('Issue a new token') })
    const [{ count: before } = {}] = await owner`select count(*)::int from provisioning_events`
    const unknown = { headers: { Authorization: 'Bearer rct_unknown' } }
    expect((await stage.request(`/scim/v2/${scim.directoryId}/Users`, unknown)).status).toBe(401)
    await stage.app.provisioning.flush()
    const [{ count: after } = {}] = await owner`select count(*)::int from provisioning_events`
    expect(after).toBe(before)
  })

  test('no secrets, in whatever form', async () => {
    await newDirectory()
    const id = await scim.user('ada@example.com')
    await scim.post('/Users', { userName: 'b@example.com', password: 'hunter2-a', PassWord2: 'hunter2-b' })
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'password', value: 'hunter2-c' })
    await scim.patch(`/Users/${id}`, { op: 'replace', value: { password: 'hunter2-d', title: 'Boss' } })
    await scim.patch(`/Users/${id}`, { OP: 'replace', Path: 'x', path: 'urn:x:apiToken', value: { a: 'hunter2-e' } })
    await scim.get('/Users?access_token=hunter2-f&count=1')
    await scim.put(`/Users/${id}`, { userName: 'ada@example.com', 'urn:x:Vendor': { clientSecret: 'hunter2-g' } })
    await stage.app.provisioning.flush()
    const [row] = await owner`select string_agg(e::text, ' ') as text from provisioning_events e
      where directory_id = ${scim.directoryId}`
    expect(row?.['text']).not.toContain('hunter2-a')
    for (const letter of 'bcdefg') expect(row?.['text'], letter).not.toContain(`hunter2-${letter}`)
    expect(row?.['text']).not.toContain(scim.token)
    expect(row?.['text']).toContain('[redacted]')
    expect((await events({ q: 'Boss' })).length).toBeGreaterThan(0)
  })

  test('bodies cut to size, lists with a count, and characters that cannot be stored', async () => {
    await newDirectory()
    const members = Array.from({ length: 3_000 }, (_, index) => ({ value: `usr_${index}` }))
    await scim.post('/Groups', { schemas: [`${core}:Group`], displayName: 'Everybody', members })
    const { request } = (await lastEvent()) as { request: { members: unknown[] } }
    expect(request.members).toHaveLength(21)
    expect(request.members.at(-1)).toBe('… and 2980 more')
    await scim.post('/Users', {
      userName: 'long@example.com',
      title: 'x'.repeat(10_000),
      nickName: 'NUL \0 and half \uD800',
      'urn:x:Vendor': Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`n${index}`, 'y'.repeat(400)])),
    })
    const long = await lastEvent()
    expect(JSON.stringify(long.request).length).toBeLessThan(9_000)
    expect(long.request).toHaveProperty('cut')
    const [row] = await owner`select max(length(request::text)) as longest from provisioning_events`
    expect(row?.['longest']).toBeLessThan(9_000)
  })

  test('how the directory is doing', async () => {
    await newDirectory()
    expect(await getDirectoryActivity(ctx, scim.directoryId)).toBeNull()
    await send('GET', '/Users', { headers: { 'User-Agent': 'One/1' } })
    await stage.app.provisioning.flush()
    const first = await getDirectoryActivity(ctx, scim.directoryId)
    expect(first).toMatchObject({ lastChangeAt: null, lastErrorAt: null, lastError: null, userAgent: 'One/1' })
    await scim.user('ada@example.com')
    await scim.post('/Users', { userName: 'ada@example.com' })
    await scim.get('/Users')
    await stage.app.provisioning.flush()
    const activity = await getDirectoryActivity(ctx, scim.directoryId)
    expect(activity?.firstRequestAt).toBe(first?.firstRequestAt)
    expect(activity?.lastError).toMatch(/^409 uniqueness A user with this userName exists already/)
    const times = [activity?.lastChangeAt, activity?.lastErrorAt, activity?.lastRequestAt].map(String)
    expect(times).toEqual(times.toSorted())
    expect(await listDirectoryActivity(ctx)).toEqual([activity])
  })
})

describe('quirks', () => {
  const patchUser = (...operations: unknown[]) => ({ Operations: operations, schemas: [patchOp] })
  let id: string
  let groupId: string
  beforeAll(async () => {
    await newDirectory()
    id = await scim.user('ada@example.com')
    groupId = await scim.group('Crew', [id])
  })
  const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
  const user = (more: object = {}) => ({
    schemas: [`${core}:User`],
    userName: 'ada@example.com',
    active: true,
    ...more,
  })

  type Case = [name: keyof typeof quirks, method: string, path: () => string, body?: unknown, media?: string]
  const users = () => `/Users/${id}`
  const groups = () => `/Groups/${groupId}`
  const cases: Case[] = [
    ['capitalized-operations', 'PATCH', users, patchUser({ op: 'Replace', path: 'title', value: 'A' })],
    ['boolean-as-text', 'PATCH', users, patchUser({ op: 'replace', path: 'active', value: 'True' })],
    ['operation-without-path', 'PATCH', users, patchUser({ op: 'replace', value: { title: 'B' } })],
    ['dotted-names', 'PATCH', users, patchUser({ op: 'replace', value: { 'name.givenName': 'Ada' } })],
    ['urn-names', 'PATCH', users, patchUser({ op: 'replace', value: { [`${enterprise}:department`]: 'C' } })],
    ['id-in-body', 'PUT', users, user({ id: 'whatever' })],
    ['read-only-attributes', 'PUT', users, user({ groups: [] })],
    ['unknown-attributes', 'PUT', users, user({ shoeSize: 9 })],
    ['unknown-extension', 'PUT', users, user({ 'urn:x:Vendor': { a: 1 } })],
    ['older-extension-name', 'PUT', users, user({ 'urn:scim:schemas:extension:enterprise:2.0': { department: 'D' } })],
    ['other-case', 'PUT', users, { schemas: ['x'], UserName: 'ada@example.com', active: true }],
    ['removed-by-value', 'PATCH', groups, patchUser({ op: 'remove', path: 'members', value: [{ value: 'usr_x' }] })],
    [
      'element-created-by-filter',
      'PATCH',
      users,
      patchUser({ op: 'add', path: 'emails[type eq "work"].value', value: 'ada@example.com' }),
    ],
    ['reference-as-text', 'PATCH', users, patchUser({ op: 'add', path: `${enterprise}:manager`, value: 'usr_x' })],
    ['single-value-in-list', 'PATCH', users, patchUser({ op: 'add', path: 'name', value: [{ givenName: 'A' }] })],
    ['list-as-single-value', 'PUT', users, user({ emails: { value: 'ada@example.com' } })],
    [
      'bare-member-ids',
      'PATCH',
      groups,
      patchUser({ op: 'remove', path: 'title', value: null }, { op: 'add', path: 'members', value: ['usr_x'] }),
    ],
    ['role-as-json-text', 'PUT', users, user({ roles: [{ value: '{"value":"Admin"}' }] })],
    ['several-primaries', 'PUT', users, user({ emails: ['a', 'b'].map((value) => ({ value, primary: true })) })],
    ['empty-text', 'PUT', users, user({ title: '' })],
    ['null-values', 'PUT', users, user({ title: null })],
    ['password-ignored', 'PUT', users, user({ password: 'x' })],
    ['active-missing', 'PUT', users, { schemas: ['x'], userName: 'ada@example.com' }],
    ['schemas-wrong', 'PUT', users, user({ schemas: [`${core}:Group`] })],
    ['names-without-urn', 'PATCH', users, patchUser({ op: 'add', path: 'department', value: 'D' })],
    ['same-value-twice', 'PUT', users, user({ emails: [{ value: 'ada@example.com' }, { value: 'ada@example.com' }] })],
    ['ornament-dropped', 'PUT', users, user({ photos: [{ value: 5 }] })],
    ['double-slash', 'GET', () => '//Users'],
    ['schemas-missing', 'PUT', users, { userName: 'ada@example.com', active: true }],
    ['empty-operations', 'PATCH', users, patchUser()],
    ['unknown-operation-members', 'PATCH', users, patchUser({ op: 'add', path: 'title', value: 'E', name: 'x' })],
    ['unquoted-filter-value', 'GET', () => '/Users?filter=externalId%20eq%20abc'],
    ['plus-for-space', 'GET', () => '/Users?filter=userName+eq+%22x%22'],
    ['trailing-slash', 'GET', () => '/Users/'],
    ['dangling-query', 'GET', () => '/Users?'],
    ['other-media-type', 'PUT', users, user(), 'application/json'],
  ]
  test('each has a case below', () => {
    expect(cases.map(([name]) => name).sort()).toEqual(Object.keys(quirks).sort())
  })
  test.each(cases)('%s', async (name, method, path, body, media = 'application/scim+json') => {
    const answer = await send(method, path(), { body, headers: { 'Content-Type': media } })
    expect([200, 204, 400], await answer.clone().text()).toContain(answer.status)
    const event = await lastEvent()
    expect(event.quirks).toContain(name)
    expect(event.explanations).toContainEqual({ name, ...quirks[name] })
  })
  test('of what the standard asks for there are none', async () => {
    await send('PUT', `/Users/${id}`, {
      body: {
        ...user({ name: { givenName: 'Ada' }, emails: [{ value: 'ada@example.com', type: 'work', primary: true }] }),
        [enterprise]: { department: 'Design', manager: { value: 'usr_x' } },
      },
    })
    expect(await lastEvent()).toMatchObject({ status: 200, quirks: [] })
    await send('PATCH', `/Groups/${groupId}`, {
      body: patchUser(
        { op: 'add', path: 'members', value: [{ value: id }] },
        { op: 'remove', path: `members[value eq "${id}"]` },
      ),
    })
    expect(await lastEvent()).toMatchObject({ status: 204, quirks: [], response: null })
    await send('GET', '/Users?filter=userName%20eq%20%22x%22&startIndex=1')
    expect((await lastEvent()).quirks).toEqual([])
  })

  test('of a PATCH that is refused, what came before its fault is told', async () => {
    const { status } = await send('PATCH', `/Users/${id}`, {
      body: patchUser({ op: 'Replace', path: 'active', value: 'True' }, { op: 'bogus', path: 'title' }),
    })
    expect(status).toBe(400)
    expect((await lastEvent()).quirks.toSorted()).toEqual(['boolean-as-text', 'capitalized-operations'])
  })
})

describe('in the API', () => {
  test('requests are listed by directory, outcome and text, page by page, and read with their bodies', async () => {
    await newDirectory()
    const key = await stage.app.createApiKey(scim.organization)
    const get = async (path: string) => {
      const answer = await stage.request(`/api/v1/${path}`, { headers: { Authorization: `Bearer ${key}` } })
      return read(answer)
    }
    for (const name of ['a', 'b', 'c']) await scim.user(`${name}@example.com`)
    await scim.get('/Users/usr_x')
    await stage.app.provisioning.flush()
    const page = (await get(`provisioning-events?limit=2&directoryId=${scim.directoryId}`)).body
    expect(page.items.map(({ status }: { status: number }) => status)).toEqual([404, 201])
    const rest = (await get(`provisioning-events?limit=2&cursor=${page.nextCursor}`)).body
    expect(rest).toMatchObject({ items: [{ status: 201 }, { status: 201 }], nextCursor: null })
    expect((await get('provisioning-events?status=failed')).body.items).toHaveLength(1)
    expect((await get('provisioning-events?q=B%40Example')).body.items).toHaveLength(1)
    expect((await get('provisioning-events?q=100%25')).body.items).toHaveLength(0)
    const one = (await get(`provisioning-events/${page.items[0].id}`)).body
    expect(one).toMatchObject({ advice: expect.any(String), explanations: [], response: { status: '404' } })
    const directory = (await get(`directories/${scim.directoryId}`)).body
    expect(directory.activity).toMatchObject({
      lastChangeAt: expect.stringMatching(/Z$/),
      lastError: expect.any(String),
    })
    const other = await stage.createClient()
    expect((await other.get(`provisioning-events/${one.id}`)).status).toBe(404)
    expect((await other.get('provisioning-events')).body.items).toEqual([])
    await expect(listProvisioningEvents({ ...ctx, permissions: new Set() }, { limit: 1 })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('writing', () => {
  const lines: string[] = []
  const log = createLog('warn', { destination: { write: (line: string) => lines.push(line) } })
  const answered = (more: Partial<AnsweredRequest> = {}): AnsweredRequest => ({
    ...{ organizationId: scim.organization.id, directoryId: scim.directoryId, method: 'GET', path: '/Users' },
    ...{
      status: 200,
      durationMillis: 1.4,
      request: undefined,
      requestLength: 0,
      response: null,
      quirks: () => [],
      targetId: null,
    },
    ...{ userAgent: null, requestId: 'req_x', ...more },
  })
  const count = async () => (await listProvisioningEvents(ctx, { limit: 10_000 })).length

  test('happens by itself within moments, in few statements, and for a last time at the end', async () => {
    await newDirectory()
    const { database } = stage.services
    let transactions = 0
    const counting = {
      transaction: (...args: Parameters<typeof database.transaction>) => {
        transactions += 1
        return database.transaction(...args)
      },
    } as unknown as Database
    const own = createProvisioningLog({ ...stage.services, database: counting }, log, {
      flushMillis: 50,
      pauseMillis: 10,
    })
    for (let index = 0; index < 500; index += 1) own.record(answered())
    await expect.poll(count).toBe(500)
    expect(transactions).toBe(3)
    own.record(answered())
    await own.stop()
    expect(await count()).toBe(501)
  })

  test('gives up the oldest where there are too many, questions before changes, and says how many', async () => {
    await newDirectory()
    lines.length = 0
    const own = createProvisioningLog(stage.services, log, { capacity: 50, flushMillis: 60_000 })
    for (let index = 0; index < 80; index += 1) {
      own.record(answered({ path: `/Users/${index}`, method: index % 10 === 0 ? 'PUT' : 'GET' }))
    }
    await own.stop()
    const kept = await listProvisioningEvents(ctx, { limit: 100 })
    expect(kept.length + own.dropped).toBe(80)
    expect(kept.length).toBeLessThanOrEqual(50)
    expect(kept.length).toBeGreaterThanOrEqual(45)
    expect(kept.filter(({ method }) => method === 'PUT')).toHaveLength(8)
    expect(kept[0]?.path).toBe('/Users/79')
    expect(kept.some(({ path }) => path === '/Users/1')).toBe(false)
    expect(lines.join()).toContain(`The provisioning log has given up ${own.dropped} entries`)
  })

  test('keeps what it has while the database is away, complains once, and catches up', async () => {
    await newDirectory()
    lines.length = 0
    let isAway = true
    const away = new Database({
      ...databaseDefaults,
      lanes: 1,
      url: new Secret('postgres://127.0.0.1:1/none'),
      role: undefined,
    })
    const database = {
      transaction: (...args: Parameters<Database['transaction']>) =>
        (isAway ? away : stage.services.database).transaction(...args),
    } as unknown as Database
    const own = createProvisioningLog({ ...stage.services, database }, log, { flushMillis: 20 })
    own.record(answered())
    await sleep(200)
    own.record(answered())
    await sleep(100)
    expect(lines).toHaveLength(1)
    isAway = false
    await expect.poll(count).toBe(2)
    expect(own.dropped).toBe(0)
    await own.stop()
    await away.close()
  })

  test('passes over the activity of a directory that is gone', async () => {
    await newDirectory()
    lines.length = 0
    const own = createProvisioningLog(stage.services, log)
    own.record(answered({ directoryId: 'dir_gone' }))
    await own.stop()
    expect(lines).toEqual([])
    expect(await count()).toBe(1)
  })
})
