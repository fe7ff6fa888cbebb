// The kit's client of the management API: lists over pages, errors as a type, and requests that are sent again and done once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createManagement, type Management, RolecallError } from '#sdk/management.ts'
import { type AccessStage, type Client, createUser, startStage } from '../support/access.ts'
import { cuttingProxy } from '../support/cutting-proxy.ts'
import { type Listening, listen } from '../support/listening.ts'
import { createPlatformKey } from '../support/platform.ts'

let stage: AccessStage
let one: Client
let other: Client
let server: Listening
let client: Management

beforeAll(async () => {
  stage = await startStage()
  one = await stage.createClient()
  other = await stage.createClient()
  server = await listen(() => stage.app, '127.0.0.1')
  client = createManagement({ issuer: server.origin, key: one.key })
})
afterAll(async () => {
  await server.close()
  await stage.close()
})

/** Answers once each with what is given, and then with 200; keeps what was sent. */
function scripted(...answers: Array<Response | 'nothing'>): { fetch: typeof fetch; sent: Request[] } {
  const sent: Request[] = []
  const send: typeof fetch = async (input, init) => {
    sent.push(new Request(input, init))
    const next = answers.shift() ?? Response.json({ id: 'brd_1' })
    if (next === 'nothing') throw new TypeError('fetch failed')
    return next
  }
  return { fetch: send, sent }
}

const busy = (status: number, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify({ type: 'urn:rolecall:problem:too_many', detail: 'Later' }), { status, headers })

const against = (server: { fetch: typeof fetch }, more: { patienceMillis?: number } = {}): Management =>
  createManagement({ issuer: 'https://id.example.com', key: 'rck_1', ...server, ...more })

describe('lists', () => {
  test('go over as many pages as there are, when they are wanted', async () => {
    const ids = []
    for (let index = 0; index < 7; index += 1) ids.push(await createUser(one, `person-${index}@example.com`))
    const found = []
    for await (const { id } of client.list('/users', { query: { limit: 2 } })) found.push(id)
    expect(found).toEqual(ids)
    const first = client.list('/users', { query: { limit: 2, q: 'person-6' } })
    expect((await first.next()).value).toMatchObject({ userName: 'person-6@example.com' })
  })

  test('read no page that nobody asks for', async () => {
    const { fetch: send, sent } = scripted(Response.json({ items: [{ id: 'a' }, { id: 'b' }], nextCursor: 'c' }))
    for await (const { id } of against({ fetch: send }).list('/brands')) if (id === 'b') break
    expect(sent.length).toBe(1)
  })
})

describe('errors', () => {
  test('are of one type, with what the API says', async () => {
    const error = await client
      .post('/brands', { body: { slug: 'Not a slug', name: '' } })
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(RolecallError)
    const { code, status, errors, requestId } = error as RolecallError
    expect([code, status, errors.map(({ path }) => path).sort()]).toEqual(['invalid', 400, ['name', 'slug']])
    expect(requestId).toMatch(/^req_/)
    await client.post('/brands', { body: { slug: 'twice', name: 'Twice' } })
    const again = client.post('/brands', { body: { slug: 'twice', name: 'Twice' } })
    await expect(again).rejects.toMatchObject({ code: 'conflict', reason: 'uniqueness' })
  })

  test('another organization’s things are not found, and ids go into the path as they are', async () => {
    const theirs = await createUser(other, 'theirs@example.com')
    const notFound = { code: 'not_found', status: 404 }
    await expect(client.get('/users/{id}', { params: { id: theirs } })).rejects.toMatchObject(notFound)
    await expect(client.get('/users/{id}', { params: { id: '../settings' } })).rejects.toMatchObject({ status: 404 })
  })
})

test('a platform key names the organization that is meant', async () => {
  const { key } = await createPlatformKey(stage)
  const platform = createManagement({ issuer: server.origin, key })
  for (const { slug, organizationId } of [one, other]) {
    const { id } = await platform
      .forOrganization(slug)
      .post('/brands', { body: { slug: 'by-platform', name: 'By platform' } })
    expect(await platform.get('/organizations/{id}', { params: { id: slug } })).toMatchObject({ id: organizationId })
    const link = await platform.forOrganization(slug).post('/setup-links', { body: { label: 'Their IT' } })
    expect(link.url).toContain('/setup/')
    // What takes something away wants the hash of its preview, which is in the refusal.
    const here = platform.forOrganization(slug)
    const wanting = await here.delete('/brands/{id}', { params: { id } }).catch((caught: RolecallError) => caught)
    const { preview } = (wanting as RolecallError).problem as { preview: { hash: string } }
    const headers = { 'Preview-Hash': preview.hash }
    expect(await here.delete('/brands/{id}', { params: { id }, headers })).toBeUndefined()
  }
})

describe('sent again', () => {
  test('a POST whose answer was lost is done once, and answers with what was made', async () => {
    const proxy = await cuttingProxy(server.origin, { answer: 'HTTP/1.1 201', how: 'refuse' })
    const through = createManagement({ issuer: `http://127.0.0.1:${proxy.port}`, key: one.key })
    const making = through.post('/api-keys', { body: { name: 'Once' } })
    await expect.poll(() => proxy.isCut()).toBe(true)
    proxy.mend()
    const made = await making
    expect(made.key).toMatch(/^rck_/)
    const names = []
    for await (const { id, name } of client.list('/api-keys')) if (name === 'Once') names.push(id)
    expect(names).toEqual([made.id])
    expect(proxy.begun()).toBeGreaterThan(1)
    await proxy.close()
  })

  test('with the same Idempotency-Key each time, and another one for each call', async () => {
    const { fetch: send, sent } = scripted('nothing', busy(503), busy(429))
    const quick = against({ fetch: send })
    await quick.post('/brands', { body: { slug: 'a', name: 'A' } })
    await quick.post('/brands', { body: { slug: 'a', name: 'A' } })
    const keys = sent.map(({ headers }) => headers.get('idempotency-key'))
    expect([keys.length, new Set(keys.slice(0, 4)).size, keys[4] === keys[0]]).toEqual([5, 1, false])
    await quick.post('/brands', { body: { slug: 'a', name: 'A' }, idempotencyKey: 'task-17' })
    expect(sent.at(-1)?.headers.get('idempotency-key')).toBe('task-17')
  })

  test('after what Retry-After says, in seconds or as a date', async () => {
    const { fetch: send, sent } = scripted(busy(429, { 'Retry-After': '1' }))
    const before = Date.now()
    await against({ fetch: send }).get('/brands')
    expect([sent.length, Date.now() - before >= 1_000]).toEqual([2, true])
    const soon = new Date(Date.now() + 1_900).toUTCString()
    const dated = scripted(busy(503, { 'Retry-After': soon }))
    await against(dated).get('/brands')
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(soon))
  })

  test('no longer than it has patience, and no more than five times', async () => {
    const late = scripted(busy(429, { 'Retry-After': '3600' }))
    await expect(against(late).get('/brands')).rejects.toMatchObject({ code: 'too_many', retryAfterSeconds: 3600 })
    expect(late.sent.length).toBe(1)
    const never = scripted(...Array.from({ length: 9 }, () => busy(429, { 'Retry-After': '0' })))
    await expect(against(never).get('/brands')).rejects.toMatchObject({ status: 429 })
    expect(never.sent.length).toBe(5)
  })

  test.each([
    ['a PATCH', (c: Management) => c.patch('/brands/{id}', { params: { id: 'a' }, body: { name: 'B' } })],
    ['a DELETE', (c: Management) => c.delete('/brands/{id}', { params: { id: 'a' } })],
  ])('%s only where it was surely not done', async (_, call) => {
    const lost = scripted('nothing')
    await expect(call(against(lost))).rejects.toMatchObject({ code: 'unavailable' })
    expect(lost.sent.length).toBe(1)
    const refused = scripted(busy(429, { 'Retry-After': '0' }))
    await call(against(refused))
    expect(refused.sent.length).toBe(2)
  })

  test('nothing that is refused, and nothing that was given up', async () => {
    const wrong = scripted(busy(400))
    await expect(against(wrong).get('/brands')).rejects.toMatchObject({ status: 400 })
    expect(wrong.sent.length).toBe(1)
    const slow = scripted(busy(429, { 'Retry-After': '30' }))
    const control = new AbortController()
    const waiting = against(slow).get('/brands', { signal: control.signal })
    await expect.poll(() => slow.sent.length).toBe(1)
    control.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
  })
})
