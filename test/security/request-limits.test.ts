// what one directory, key or organization asks does not slow the others, and guessing secrets is stopped by address. Whoever
// obeys Retry-After loses nothing.

import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { issueDirectoryToken } from '#connections/directories/issue-directory-token.ts'
import { revokeDirectoryToken } from '#connections/directories/revoke-directory-token.ts'
import { once } from '#db/statement.ts'
import { createScimClient } from '#sandbox/scim-client.ts'
import { enterOrganization } from '#src/context.ts'
import type { TestAppOptions } from '../support/app.ts'
import { startListeningApp } from '../support/listening.ts'

let app: Awaited<ReturnType<typeof startListeningApp>>
const start = async (options: TestAppOptions = {}): Promise<void> => {
  app = await startListeningApp({ trustedProxies: 1, ...options })
}
afterEach(() => app.close())

/** Ten at once, then one in ten seconds of a directory; an organization twice that. */
const tight = { directoryPerSecond: 0.1, apiKeyPerSecond: 0.1, organizationPerSecond: 0.2, burstSeconds: 100 }

const bearer = (token: string, ip = '192.0.2.1'): RequestInit => ({
  headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': ip },
})

const counted = (answers: Response[]): Record<number, number> => {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/** A bucket fills a little while it is emptied, on a busy machine. */
function expectAbout(counts: Record<number, number>, { passed, of }: { passed: number; of: number }): void {
  expect(counts[200]).toBeGreaterThanOrEqual(passed)
  expect(counts[200]).toBeLessThan(passed + 6)
  expect((counts[200] ?? 0) + (counts[429] ?? 0)).toBe(of)
}

describe('X-22: rates', () => {
  beforeEach(() => start({ rates: tight }))

  test('a bulk request counts as what it asks for', async () => {
    const busy = await app.createScim()
    const Operations = Array.from({ length: 20 }, () => ({ method: 'DELETE', path: '/Users/usr_x' }))
    expect((await busy.get('/Users')).status).toBe(200)
    expect((await busy.post('/Bulk', { Operations })).status).toBe(200)
    expect((await busy.get('/Users')).status).toBe(429)
  })

  test('a directory that asks too fast gets 429 in SCIM’s form with Retry-After; others are not touched', async () => {
    const [loud, quiet] = [await app.createScim(), await app.createScim()]
    const ask = ({ directoryId, token }: typeof loud) =>
      app.request(`/scim/v2/${directoryId}/Users?count=1`, bearer(token))
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask(loud)))
    expectAbout(counted(answers), { passed: 10, of: 30 })
    const refused = answers.find(({ status }) => status === 429)
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(5)
    expect(Number(refused?.headers.get('retry-after'))).toBeLessThanOrEqual(10)
    expect(refused?.headers.get('content-type')).toMatch(/^application\/scim\+json/)
    expect(await refused?.json()).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '429',
      detail: expect.stringContaining('Retry-After'),
    })
    expect((await ask(quiet)).status).toBe(200)
    app.clock.advance(10_000)
    expect((await ask(loud)).status).toBe(200)
  })

  test('an API key has its own, for decisions (AuthZEN) as for the rest; 429 as problem+json', async () => {
    const organization = await app.createOrganization()
    const [loud, other] = [await app.createApiKey(organization), await app.createApiKey(organization)]
    const question = JSON.stringify({
      subject: { type: 'user', id: 'usr_none' },
      action: { name: 'content.publish' },
      resource: { type: 'organization', id: organization.id },
    })
    const decide = (key: string) => {
      const { headers } = bearer(key)
      const json = { ...(headers as Record<string, string>), 'content-type': 'application/json' }
      return app.request('/access/v1/evaluation', { method: 'POST', body: question, headers: json })
    }
    const [first, second] = [await app.request('/api/v1/users', bearer(loud)), await decide(loud)]
    expect([first.status, second.status]).toEqual([200, 200])
    await Promise.all(Array.from({ length: 30 }, () => decide(loud)))
    for (const refused of [await app.request('/api/v1/users', bearer(loud)), await decide(loud)]) {
      expect(refused.status).toBe(429)
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
      expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect(await refused.json()).toMatchObject({ type: 'urn:rolecall:problem:too_many', reason: 'rate', status: 429 })
    }
    expect((await app.request('/api/v1/users', bearer(other))).status).toBe(200)
  })

  test('keys and directories of one organization share what the organization may ask', async () => {
    const [organization, other] = [await app.createOrganization(), await app.createOrganization()]
    const keys = await Promise.all([1, 2, 3].map(() => app.createApiKey(organization)))
    const answers = await Promise.all(
      keys.flatMap((key) => Array.from({ length: 10 }, () => app.request('/api/v1/users', bearer(key)))),
    )
    expectAbout(counted(answers), { passed: 20, of: 30 })
    expect((await app.request('/api/v1/users', bearer(await app.createApiKey(other)))).status).toBe(200)
  })

  test('a token that was revoked takes nothing from its directory', async () => {
    const organization = await app.createOrganization()
    const { directoryId, token } = await app.createDirectory(organization)
    const [row] = await app.owner`select id from directory_tokens where directory_id = ${directoryId}`
    const fresh = await issueDirectoryToken(organization.ctx, { directoryId })
    await revokeDirectoryToken(organization.ctx, { directoryId, tokenId: String(row?.['id']) })
    const ask = (secret: string, ip: string) => app.request(`/scim/v2/${directoryId}/Users`, bearer(secret, ip))
    for (let round = 0; round < 30; round += 1) expect((await ask(token, '192.0.2.66')).status).toBe(401)
    expect((await ask(fresh.token, '192.0.2.1')).status).toBe(200)
  })
})

describe('X-22: patience', () => {
  test('an identity provider that obeys Retry-After finishes its cycle without an error', {
    timeout: 60_000,
  }, async () => {
    await start({ rates: { ...tight, directoryPerSecond: 10, organizationPerSecond: 20, burstSeconds: 1 } })
    const organization = await app.createOrganization()
    const { directoryId, token } = await app.createDirectory(organization)
    const statuses: number[] = []
    const client = createScimClient({
      ...{ baseUrl: `${app.origin}/scim/v2/${directoryId}`, token },
      onExchange: ({ status }) => statuses.push(status),
    })
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
    const people = Array.from({ length: 25 }, (_, index) => `cycle${index}@example.com`)
    // Four at a time, as providers send them.
    const queue = people.values()
    const work = async (): Promise<void> => {
      for (const userName of queue) {
        await client.send({ method: 'GET', path: '/Users', query: { filter: `userName eq "${userName}"` } })
        await client.send({ method: 'POST', path: '/Users', body: { schemas, userName, active: true } })
      }
    }
    await Promise.all(Array.from({ length: 4 }, work))
    expect(statuses).toContain(429)
    expect(statuses.filter((status) => status === 201)).toHaveLength(people.length)
    expect(statuses.filter((status) => status >= 400 && status !== 429)).toEqual([])
    expect(await app.owner`select 1 from users where organization_id = ${organization.id}`).toHaveLength(people.length)
  })
})

describe('X-22: wrong tokens', () => {
  beforeEach(() => start())

  test.each([
    ['directory tokens', 'rcs_', '/scim/v2/dir_none/Users', /^application\/scim\+json/],
    ['API keys', 'rck_', '/api/v1/users', /^application\/problem\+json/],
    ['API keys at decisions', 'rck_', '/access/v1/evaluation', /^application\/problem\+json/],
  ])('two thousand %s of nobody from one address: stopped there, and nowhere else', async (_, prefix, path, type) => {
    const scim = await app.createScim()
    const key = await app.createApiKey(scim.organization)
    const right = path.startsWith('/scim')
      ? (ip: string) => app.request(`/scim/v2/${scim.directoryId}/Users`, bearer(scim.token, ip))
      : (ip: string) => app.request('/api/v1/users', bearer(key, ip))
    const guesser = '192.0.2.99'
    // Known before the flood: it goes on working even from there.
    expect((await right(guesser)).status).toBe(200)
    const answers: Response[] = []
    for (let round = 0; round < 2_000; round += 1) {
      const init = bearer(`${prefix}${round}${'x'.repeat(30)}`, guesser)
      answers.push(await app.request(path, { ...init, method: path.startsWith('/access') ? 'POST' : 'GET' }))
    }
    const counts = counted(answers)
    expect(counts[401]).toBeGreaterThanOrEqual(60)
    expect(counts[401]).toBeLessThan(150)
    expect((counts[401] ?? 0) + (counts[429] ?? 0)).toBe(2_000)
    const refused = answers.at(-1)
    expect(refused?.status).toBe(429)
    expect(refused?.headers.get('content-type')).toMatch(type)
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect((await right(guesser)).status).toBe(200)
    expect((await right('192.0.2.100')).status).toBe(200)
  })

  test('a flood that the default takes in: a full first import', async () => {
    const scim = await app.createScim()
    const answers: Response[] = []
    // A hundred at a time: more would wait for a connection to the database for longer than a busy machine lets them.
    for (let wave = 0; wave < 15; wave += 1) {
      const requests = Array.from({ length: 100 }, () =>
        app.request(`/scim/v2/${scim.directoryId}/Users?count=0`, bearer(scim.token)),
      )
      answers.push(...(await Promise.all(requests)))
    }
    expect(counted(answers)).toEqual({ 200: 1_500 })
  }, 60_000)
})

describe('X-22: connections to the database', () => {
  test('organizations take turns: who has forty units of work waiting keeps nobody else waiting', async () => {
    await start({ lanes: 4 })
    const { database } = app.services
    const slow = once(sql`select pg_sleep(0.05)`)
    const work = (owner: string) =>
      database.transaction(enterOrganization({ organizationId: owner }), (tx) => tx.run(slow), owner)
    let done = 0
    const flood = Promise.all(
      Array.from({ length: 40 }, async () => {
        await work('org_loud')
        done += 1
      }),
    )
    await work('org_quiet')
    // Of forty: those that were under way, and those that ran beside it.
    expect(done).toBeLessThan(13)
    await flood
  })

  test('one organization alone cannot have all of them', async () => {
    await start({ lanes: 10 })
    const { database } = app.services
    const long = once(sql`select pg_sleep(1)`)
    const hold = (owner: string) =>
      database.transaction(enterOrganization({ organizationId: owner }), (tx) => tx.run(long), owner)
    const held = Promise.all(Array.from({ length: 10 }, () => hold('org_loud')))
    const begun = performance.now()
    const enter = enterOrganization({ organizationId: 'org_quiet' })
    await database.transaction(enter, (tx) => tx.run(once(sql`select 1`)), 'org_quiet')
    expect(performance.now() - begun).toBeLessThan(700)
    await held
  })
})
