// The client's patience, its errors and its observer.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FakeScimServer, startFakeScimServer } from './fakes/scim-server.ts'
import { createScimClient, type Exchange, ScimError, waitSeconds } from './scim-client.ts'

let server: FakeScimServer

beforeEach(async () => {
  server = await startFakeScimServer()
})

afterEach(() => server.close())

test('waits as Retry-After says and tries again, within bounds', async () => {
  let refusals = 0
  server.interfere(() => {
    refusals += 1
    return refusals <= 2 ? { status: refusals === 1 ? 429 : 503, headers: { 'Retry-After': '0' } } : undefined
  })
  const exchanges: Exchange[] = []
  const client = createScimClient({ ...server, onExchange: (exchange) => exchanges.push(exchange) })
  await client.send({ method: 'GET', path: '/Users' })
  expect(exchanges.map((exchange) => exchange.status)).toEqual([429, 503, 200])
  expect(client.exchanges()).toBe(3)
})

test('gives up after the last retry with the refusal itself', async () => {
  server.interfere(() => ({ status: 429, headers: { 'Retry-After': '0' } }))
  const client = createScimClient({ ...server, maxRetries: 2 })
  await expect(client.send({ method: 'GET', path: '/Users' })).rejects.toMatchObject({ status: 429 })
  expect(server.requests).toHaveLength(3)
})

test('reads Retry-After as seconds, as a date, and doubles without it', () => {
  const now = Date.parse('2026-11-21T10:00:00Z')
  expect(waitSeconds('7', 0, now)).toBe(7)
  expect(waitSeconds('Sat, 21 Nov 2026 10:00:05 GMT', 0, now)).toBe(5)
  expect(waitSeconds('Sat, 21 Nov 2026 09:00:00 GMT', 0, now)).toBe(0)
  expect([0, 1, 2].map((attempt) => waitSeconds(null, attempt, now))).toEqual([0.25, 0.5, 1])
})

test('an error carries status, scimType, detail and the request line', async () => {
  const body = { status: '400', scimType: 'invalidFilter', detail: 'No such attribute' }
  server.interfere(() => ({ status: 400, body }))
  const client = createScimClient({ ...server })
  const error = await client.send({ method: 'GET', path: '/Users', query: { filter: 'nope eq "1"' } }).catch((e) => e)
  expect(error).toBeInstanceOf(ScimError)
  expect(error).toMatchObject({ status: 400, scimType: 'invalidFilter', detail: 'No such attribute' })
  expect(error.request).toBe('GET /Users?filter=nope eq "1"')
})

test('a server that cannot be reached is an error with status 0', async () => {
  await server.close()
  const client = createScimClient({ ...server })
  await expect(client.send({ method: 'GET', path: '/Users' })).rejects.toMatchObject({ status: 0 })
})
