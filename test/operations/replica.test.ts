// Reads from a copy of the database: lists, the audit trail and reports may be some seconds old; sessions, decisions and whatever is
// written never. A copy that falls behind or goes away is not asked.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Database, databaseDefaults } from '#db/database.ts'
import type { ReplicaOptions } from '#db/replica.ts'
import { once } from '#db/statement.ts'
import { Secret } from '#platform/secret.ts'
import { enterOrganization } from '#src/context.ts'
import { type PostgresNode, postgresNode } from '../../scripts/faults/postgres-node.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { type ConsoleClient, consoleClient, createManager } from '../support/console.ts'
import { cuttingProxy } from '../support/cutting-proxy.ts'

let primary: PostgresNode
let copy: PostgresNode
let standby: postgres.Sql
let app: TestApp
let organization: TestOrganization
let key: string
let page: ConsoleClient
const databases: Database[] = []
beforeAll(async () => {
  primary = await postgresNode()
  copy = await primary.standby()
  standby = copy.connect()
  app = await startTestApp({
    ...{ databaseUrl: primary.url('server'), ownerUrl: primary.url('owner') },
    access: { replica: { url: new Secret(copy.url('server')) } },
  })
  organization = await app.createOrganization()
  key = await app.createApiKey(organization)
  page = consoleClient(app, await createManager(organization))
  await caughtUp()
}, 120_000)
afterAll(async () => {
  for (const database of databases) await database.close()
  await app?.close()
  await standby?.end()
  await copy?.remove()
  await primary?.remove()
})

async function caughtUp(): Promise<void> {
  const [row] = await app.owner`select pg_current_wal_lsn()::text as at`
  for (let left = 200; left > 0; left -= 1) {
    const [found] = await standby`select pg_last_wal_replay_lsn() >= ${String(row?.['at'])}::pg_lsn as "isThere"`
    if (found?.['isThere'] === true) return
    await sleep(20)
  }
  throw new Error('The copy does not follow')
}

/** What is written while the copy stands still does not arrive there. */
async function whileItStands<T>(work: () => Promise<T>): Promise<T> {
  await standby`select pg_wal_replay_pause()`
  for (let left = 100; left > 0; left -= 1) {
    const [state] = await standby`select pg_get_wal_replay_pause_state() as state`
    if (state?.['state'] === 'paused') break
    await sleep(20)
  }
  try {
    return await work()
  } finally {
    await standby`select pg_wal_replay_resume()`
    await caughtUp()
  }
}

const api = async (method: string, path: string, body?: object) => {
  const response = await app.request(path, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, never> }
}

const newPerson = async (userName: string): Promise<string> =>
  String((await api('POST', '/api/v1/users', { userName, displayName: userName })).body['id'])

describe('while the copy keeps up', () => {
  test('lists of the console come from it, and after an act from the primary', async () => {
    // Looked at beside the requests, twice: what it has reached has to have been there before.
    for (let turn = 0; turn < 4; turn += 1) {
      await page.get('/console/users')
      await sleep(800)
    }
    await whileItStands(async () => {
      const ann = await newPerson('ann@example.com')
      expect((await page.get('/console/users')).text).not.toContain('ann@example.com')
      expect((await page.get('/console/users?done=saved')).text).toContain('ann@example.com')
      expect((await page.get('/console/audit')).text).not.toContain('ann@example.com')
      expect((await api('GET', `/api/v1/audit-events?targetId=${ann}`)).body['items']).toEqual([])
      // Programs go on from what they have written.
      expect((await api('GET', `/api/v1/users/${ann}`)).status).toBe(200)
    })
    expect((await page.get('/console/users')).text).toContain('ann@example.com')
  })

  test('decisions and sessions never do', async () => {
    const id = await newPerson('bea@example.com')
    const roles = (await api('GET', '/api/v1/roles')).body['items'] as unknown as { id: string; key: string }[]
    const roleId = roles.find((role) => role.key === 'viewer')?.id
    await caughtUp()
    await whileItStands(async () => {
      const ask = async () =>
        (
          await api('POST', '/access/v1/evaluation', {
            ...{ subject: { type: 'user', id }, action: { name: 'content.view' } },
            resource: { type: 'organization', id: organization.slug },
          })
        ).body['decision']
      expect(await ask()).toBe(false)
      const preview = await api('POST', '/api/v1/assignments', { userId: id, roleId, reason: 'Looks' })
      expect(preview.status).toBeLessThan(300)
      expect(await ask()).toBe(true)
      const fresh = consoleClient(app, await createManager(organization, { name: 'Dora New' }))
      expect((await fresh.get('/console/users')).status).toBe(200)
      await app.owner`update sessions set ended_at = now() where organization_id = ${organization.id}`
      expect((await page.get('/console/users')).status).toBe(303)
    })
  })
})

describe('a copy', () => {
  const where = once<{ isCopy: boolean; isReadOnly: string }>(
    sql`select pg_is_in_recovery() as "isCopy", current_setting('transaction_read_only') as "isReadOnly"`,
  )
  const open = (url: string, more: Omit<ReplicaOptions, 'url'> = {}): Database => {
    const replica = { url: new Secret(url), lookMillis: 20, restMillis: 20, ...more }
    const given = { ...databaseDefaults, url: new Secret(primary.url('server')), role: 'rolecall_server', lanes: 2 }
    const database = new Database({ ...given, replica })
    databases.push(database)
    return database
  }
  const entry = enterOrganization({ organizationId: 'org_x' })
  const ask = async (database: Database) => (await database.relaxed(entry, (tx) => tx.run(where)))[0]?.isCopy
  /** Who answers in the end: it is looked at beside the requests. */
  const settled = async (database: Database, isCopy: boolean): Promise<boolean | undefined> => {
    let answer = await ask(database)
    for (let left = 100; left > 0 && answer !== isCopy; left -= 1) {
      await sleep(50)
      answer = await ask(database)
    }
    return answer
  }

  test('takes no writes, works as the server’s role, and what fails there is asked of the primary', async () => {
    const database = open(copy.url('server'))
    expect(await settled(database, true)).toBe(true)
    const [seen] = await database.relaxed(entry, (tx) => tx.run(where))
    expect(seen).toEqual({ isCopy: true, isReadOnly: 'on' })
    const role = once<{ role: string }>(sql`select current_user::text as role`)
    expect((await database.relaxed(entry, (tx) => tx.run(role)))[0]?.role).toBe('rolecall_server')
    const write = once<{ id: string }>(sql`insert into instance_keys (id, purpose, value_sealed, created_at)
      values ('x', 'check', 'v1.test.x', now()) returning id`)
    await database.relaxed(entry, (tx) => tx.run(write))
    expect(await app.owner`delete from instance_keys where id = 'x' returning id`).toHaveLength(1)
  })

  test('that has fallen behind is not asked, and is once it has caught up; a new process asks none that it has not seen keep up', async () => {
    const database = open(copy.url('server'), { allowedMillis: 300 })
    expect(await settled(database, true)).toBe(true)
    await whileItStands(async () => {
      await newPerson('cleo@example.com')
      await sleep(400)
      expect(await ask(database)).toBe(false)
      const fresh = open(copy.url('server'))
      for (let turn = 0; turn < 10; turn += 1) {
        expect(await ask(fresh)).toBe(false)
        await sleep(40)
      }
    })
    expect(await settled(database, true)).toBe(true)
  })

  test('that is not there, is of another cluster, or is no copy, is not asked', async () => {
    const other = await postgresNode()
    const foreign = await other.standby()
    try {
      // Further in its log than ours is.
      const writer = other.connect()
      await writer`create table much as select repeat(md5(n::text), 40) as text from generate_series(1, 200000) n`
      await writer.end()
      for (const url of [
        'postgres://rolecall_login:x@127.0.0.1:9/rolecall',
        primary.url('server'),
        foreign.url('server'),
      ]) {
        const database = open(url)
        for (let turn = 0; turn < 8; turn += 1) {
          expect(await ask(database)).toBe(false)
          await sleep(40)
        }
      }
    } finally {
      await foreign.remove()
      await other.remove()
    }
  })

  test('that hangs costs one answer some time, and no more', async () => {
    const proxy = await cuttingProxy(copy.url('server'))
    const behind = new URL(copy.url('server'))
    behind.port = String(proxy.port)
    // Too seldom for a look to find it before the request does.
    const database = open(behind.href, { lookMillis: 1_500, restMillis: 60_000 })
    try {
      expect(await settled(database, true)).toBe(true)
      proxy.cut('stall')
      expect(await ask(database)).toBe(false)
      const begun = performance.now()
      for (let turn = 0; turn < 5; turn += 1) expect(await ask(database)).toBe(false)
      expect(performance.now() - begun).toBeLessThan(1_500)
    } finally {
      await proxy.close()
    }
  })

  test('that goes away costs one answer some time, and no more', async () => {
    const database = open(copy.url('server'), { restMillis: 60_000 })
    expect(await settled(database, true)).toBe(true)
    await copy.kill()
    expect(await ask(database)).toBe(false)
    const start = performance.now()
    for (let turn = 0; turn < 5; turn += 1) expect(await ask(database)).toBe(false)
    expect(performance.now() - start).toBeLessThan(1_500)
    await copy.start()
    await standby.end()
    standby = copy.connect()
    expect(await settled(open(copy.url('server')), true)).toBe(true)
  })
})
