// PostgreSQL going away under load and connections running out: a client is told to come back, and never
// something untrue such as "not found" or an empty list; what was acknowledged is there afterwards, without a restart.
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'
import { type OwnPostgres, ownPostgres } from '../support/postgres.ts'
import { core, type ScimAnswer } from '../support/scim.ts'

let database: OwnPostgres
let app: TestApp
beforeAll(async () => {
  database = await ownPostgres()
  app = await startTestApp({ databaseUrl: database.serverUrl, ownerUrl: database.url })
})
afterAll(async () => {
  await app.close()
  await database.remove()
})

type Scim = Awaited<ReturnType<TestApp['createScim']>>
type Kind = 'create' | 'read' | 'look-up' | 'list' | 'patch' | 'member'

type Answered = { kind: Kind; answer: ScimAnswer; millis: number }

/** Clients that never stop asking, and a record of every answer. */
function load(scim: Scim, { userId, groupId }: { userId: string; groupId: string }) {
  const answers: Answered[] = []
  const acknowledged: string[] = []
  let isOver = false
  let serial = 0
  const asks: Record<Kind, () => Promise<ScimAnswer>> = {
    create: async () => {
      serial += 1
      const userName = `load-${serial}@example.com`
      const answer = await scim.post('/Users', { schemas: [`${core}:User`], userName })
      if (answer.status === 201) acknowledged.push(answer.body.id)
      return answer
    },
    read: () => scim.get(`/Users/${userId}`),
    'look-up': () => scim.list('Users', 'userName eq "constant@example.com"'),
    list: () => scim.get('/Groups?count=5'),
    patch: () => scim.patch(`/Users/${userId}`, { op: 'replace', path: 'title', value: String(Math.random()) }),
    member: () => scim.patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value: [{ value: userId }] }),
  }
  const client = async (kind: Kind): Promise<void> => {
    while (!isOver) {
      const start = performance.now()
      const answer = await asks[kind]()
      answers.push({ kind, answer, millis: performance.now() - start })
      // A client that is told to come back does so after a while.
      await sleep(answer.status === 503 ? 30 : 1)
    }
  }
  const clients = [...(Object.keys(asks) as Kind[]), 'create' as const].map(client)
  return {
    answers,
    acknowledged,
    end: async () => {
      isOver = true
      await Promise.all(clients)
    },
  }
}

const success: Record<Kind, number> = { create: 201, read: 200, 'look-up': 200, list: 200, patch: 200, member: 204 }

function expectTruth(answers: Answered[]): void {
  for (const { kind, answer, millis } of answers) {
    expect(millis, `${kind} must not hang on a connection that is gone`).toBeLessThan(6_000)
    const { status, body, headers } = answer
    expect([success[kind], 503], `${kind}: ${status} ${JSON.stringify(body)}`).toContain(status)
    if (status === 503) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
      expect(headers.get('content-type')).toMatch(/^application\/scim\+json/)
      expect(body).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '503' })
      expect(JSON.stringify(body)).not.toMatch(/ECONN|postgres|127\.0\.0\.1|57P0/i)
    } else if (kind === 'look-up' || kind === 'list') {
      expect(body).toMatchObject({ totalResults: 1, Resources: [expect.objectContaining({ id: expect.any(String) })] })
    }
  }
}

async function stage() {
  // A connection that the test before cut may still be noticed as such.
  while ((await app.request('/readyz')).status !== 200) await sleep(20)
  const scim = await app.createScim()
  const userId = await scim.user('constant@example.com')
  return { scim, userId, groupId: await scim.group('Constant') }
}

async function recovered(scim: Scim): Promise<number> {
  const start = performance.now()
  while ((await scim.get('/Users?count=1')).status !== 200) {
    if (performance.now() - start > 10_000) throw new Error('The server did not recover')
    await sleep(20)
  }
  return performance.now() - start
}

async function expectKept(scim: Scim, acknowledged: string[]): Promise<void> {
  const rows = await app.owner`select id from users where organization_id = ${scim.organization.id}`
  const kept = new Set(rows.map(({ id }) => id))
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([])
  // Each user that exists has its audit row, and none has it without existing: the two are one transaction.
  const audits = await app.owner`select target_id from audit_events
    where organization_id = ${scim.organization.id} and action = 'user.provision'`
  expect(new Set(audits.map((row) => row['target_id']))).toEqual(kept)
}

describe('R-003: PostgreSQL goes away under load', () => {
  test.each([
    ['is stopped', 'SIGINT'],
    ['crashes', 'SIGQUIT'],
    ['is killed', 'SIGKILL'],
  ] as const)(
    'it %s: 503 with Retry-After, then everything again without a restart',
    { timeout: 60_000 },
    async (_, signal) => {
      const { scim, ...ids } = await stage()
      const clients = load(scim, ids)
      await sleep(400)
      expect(clients.acknowledged.length).toBeGreaterThan(5)
      expect(clients.answers.filter(({ answer }) => answer.status === 503)).toEqual([])

      await database.stop(signal)
      await sleep(600)
      const ready = await app.request('/readyz')
      expect(ready.status).toBe(503)
      expect(await ready.json()).toEqual({ status: 'database_unavailable' })
      expect((await app.request('/healthz')).status).toBe(200)
      const before = clients.acknowledged.length

      await database.start()
      expect(await recovered(scim)).toBeLessThan(5_000)
      await sleep(400)
      await clients.end()
      expect(clients.acknowledged.length).toBeGreaterThan(before)
      expect(clients.answers.filter(({ answer }) => answer.status === 503).length).toBeGreaterThan(5)
      expectTruth(clients.answers)
      expect((await app.request('/readyz')).status).toBe(200)
      await expectKept(scim, clients.acknowledged)
    },
  )

  test('every connection is cut, again and again: nothing untrue, nothing lost', { timeout: 30_000 }, async () => {
    const { scim, ...ids } = await stage()
    const clients = load(scim, ids)
    let cut = 0
    for (let round = 0; round < 8; round += 1) {
      await sleep(100)
      const rows = await app.owner`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'rolecall'`
      cut += rows.length
    }
    await recovered(scim)
    await clients.end()
    expect(cut).toBeGreaterThan(8)
    expectTruth(clients.answers)
    await expectKept(scim, clients.acknowledged)
  })

  test('the database takes no connections: 503, and back', { timeout: 30_000 }, async () => {
    const { scim, userId } = await stage()
    const admin = postgres(database.url.replace(/rolecall$/, 'postgres'), { max: 1, onnotice: () => {} })
    await admin`alter database rolecall allow_connections false`
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rolecall'`
    const answers = [
      await scim.get(`/Users/${userId}`),
      await scim.get('/Users'),
      await scim.delete(`/Users/${userId}`),
    ]
    for (const answer of answers) expect(answer).toMatchObject({ status: 503, body: { status: '503' } })
    await admin`alter database rolecall allow_connections true`
    await admin.end()
    await recovered(scim)
    expect((await scim.get(`/Users/${userId}`)).body.userName).toBe('constant@example.com')
  })
})

describe('R-011: connections run out', () => {
  test('who finds none within the time is told to come back; those that wait for a lock go on', {
    timeout: 30_000,
  }, async () => {
    const { scim, userId } = await stage()
    const changes: Promise<ScimAnswer>[] = []
    await app.owner.begin(async (sql) => {
      await sql`select 1 from users where id = ${userId} for update`
      for (const value of ['1', '2', '3', '4', '5']) {
        changes.push(scim.patch(`/Users/${userId}`, { op: 'replace', path: 'title', value }))
      }
      await sleep(200)
      const start = performance.now()
      const refused = await Promise.all([...Array(20)].map(() => scim.get(`/Users/${userId}`)))
      const waited = performance.now() - start
      for (const answer of refused) {
        expect(answer).toMatchObject({ status: 503, body: { status: '503' } })
        expect(answer.headers.get('retry-after')).toBe('2')
      }
      expect(waited).toBeGreaterThan(1_500)
      expect(waited).toBeLessThan(4_000)
      expect((await app.request('/healthz')).status).toBe(200)
    })
    const settled = await Promise.all(changes)
    expect(settled.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(await recovered(scim)).toBeLessThan(1_000)
    expect((await scim.get(`/Users/${userId}`)).body.title).toMatch(/^[1-5]$/)
  })

  test('a lock that is never given up ends as 503, and nothing is changed', { timeout: 30_000 }, async () => {
    const { scim, userId } = await stage()
    await app.owner.begin(async (sql) => {
      await sql`select 1 from users where id = ${userId} for update`
      const answer = await scim.patch(`/Users/${userId}`, { op: 'replace', path: 'active', value: false })
      expect(answer).toMatchObject({ status: 503, body: { status: '503' } })
    })
    expect((await scim.get(`/Users/${userId}`)).body.active).toBe(true)
  })

  test('500 requests at once on five connections are all answered', { timeout: 30_000 }, async () => {
    const { scim, userId } = await stage()
    const answers = await Promise.all([...Array(500)].map(() => scim.get(`/Users/${userId}`)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })
})
