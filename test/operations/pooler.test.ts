// A pooler that gives each transaction another connection: nothing of a session is relied upon, the role least of all. And the hint
// that each transaction carries for a proxy that keeps organizations on several primaries.
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Database, type DatabaseOptions, databaseDefaults } from '#db/database.ts'
import { once } from '#db/statement.ts'
import { Secret } from '#platform/secret.ts'
import { enterOrganization } from '#src/context.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { cloneTemplate, type TestDatabase } from '../support/database.ts'
import { type PgBouncer, pgbouncerVersion, startPgBouncer } from '../support/pgbouncer.ts'

let clone: TestDatabase
const cleanUps: (() => unknown)[] = []
beforeAll(async () => {
  clone = await cloneTemplate()
})
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp()
})

const entry = (organizationId: string) => enterOrganization({ organizationId })

type Seen = {
  login: string
  role: string
  timeout: string
  plans: string
  readOnly: string
  organization: string
  hint: string
}

const look = once<Seen>(sql`select session_user::text as login, current_user::text as role,
  current_setting('statement_timeout') as timeout, current_setting('plan_cache_mode') as plans,
  current_setting('transaction_read_only') as "readOnly", current_setting('rolecall.organization_id', true) as organization,
  current_setting('pgdog.sharding_key', true) as hint`)

function open(url: string, options: Partial<DatabaseOptions> = {}): Database {
  const database = new Database({
    ...databaseDefaults,
    url: new Secret(url),
    role: 'rolecall_server',
    lanes: 2,
    ...options,
  })
  cleanUps.push(() => database.close())
  return database
}

describe('each transaction sets what it needs', () => {
  test('role, time limits and plans, whichever way it is carried out; outside of it the connection has none of it', async () => {
    const database = open(clone.databaseUrl, { isPooled: true, isPreparing: false, lanes: 1 })
    const fit = {
      login: 'rolecall_login',
      role: 'rolecall_server',
      timeout: '5s',
      plans: 'force_generic_plan',
      readOnly: 'off',
    }
    const [inTransaction] = await database.transaction(entry('org_a'), (tx) => tx.run(look), 'org_a')
    expect(inTransaction).toMatchObject({ ...fit, organization: 'org_a' })
    expect((await database.trial(entry('org_a'), (tx) => tx.run(look), 'org_a'))[0]).toMatchObject(fit)
    expect((await database.read(look))[0]).toMatchObject({ ...fit, organization: '' })
    expect((await database.run(look))[0]).toMatchObject(fit)
    const connection = postgres(clone.ownerUrl, { max: 1, onnotice: () => {} })
    cleanUps.push(() => connection.end())
    const [session] = await connection`select count(*)::int as others from pg_stat_activity
      where application_name = 'rolecall' and datname = current_database()`
    expect(session?.['others']).toBe(1)
  })

  test('positive control: without it, the role comes with the connection', async () => {
    const [seen] = await open(clone.databaseUrl).read(look)
    expect(seen).toMatchObject({ role: 'rolecall_server', timeout: '5s', readOnly: 'on' })
  })

  test('a role that may not be taken is refused before any work', async () => {
    const database = open(clone.databaseUrl, { isPooled: true, role: 'rolecall' })
    await expect(database.check()).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('a hint for a proxy', () => {
  test('each transaction of an organization carries its id, and nothing else does', async () => {
    const database = open(clone.databaseUrl, { routingSetting: 'pgdog.sharding_key' })
    const hints = await Promise.all(
      ['org_a', 'org_b'].map(async (id) => (await database.transaction(entry(id), (tx) => tx.run(look), id))[0]?.hint),
    )
    expect(hints).toEqual(['org_a', 'org_b'])
    expect((await database.read(look))[0]?.hint ?? '').toBe('')
    const [odd] = await database.transaction(entry("o'x"), (tx) => tx.run(look), "o'x")
    expect(odd?.hint).toBe("o'x")
  })

  test('with it everything goes on as without', async () => {
    const app = await startTestApp({ access: { routingSetting: 'pgdog.sharding_key' } })
    cleanUps.push(() => app.close())
    const scim = await app.createScim()
    await scim.user('dora@example.com')
    expect((await scim.get('/Users')).body).toMatchObject({ totalResults: 1 })
  })
})

const version = pgbouncerVersion()

describe.skipIf(version === undefined)(`through PgBouncer (${version ?? 'not installed here'})`, () => {
  const through = async (mode: 'session' | 'transaction', connections?: number): Promise<PgBouncer> => {
    const bouncer = await startPgBouncer(clone.databaseUrl, mode, connections)
    cleanUps.push(() => bouncer.stop())
    return bouncer
  }

  async function provisioned(app: TestApp): Promise<void> {
    const scim = await app.createScim()
    const people = await Promise.all(
      Array.from({ length: 40 }, (_, number) => scim.user(`person${number}-${scim.organization.slug}@example.com`)),
    )
    const group = await scim.group('Everybody', people.slice(0, 20))
    await Promise.all(
      people
        .slice(20)
        .map((id) => scim.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: id }] })),
    )
    await Promise.all(people.map((id) => scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false })))
    expect((await scim.get(`/Groups/${group}`)).body['members']).toHaveLength(40)
    expect((await scim.get('/Users?filter=active eq true')).body).toMatchObject({ totalResults: 0 })
  }

  test('transaction mode: forty people at once over three connections, two organizations apart', async () => {
    const bouncer = await through('transaction')
    const access = { isPooled: true, isPreparing: false }
    const app = await startTestApp({ databaseUrl: bouncer.url, ownerUrl: clone.ownerUrl, lanes: 20, access })
    cleanUps.push(() => app.close())
    await Promise.all([provisioned(app), provisioned(app)])
  })

  test('transaction mode without being told: the connection is refused before any work', async () => {
    const bouncer = await through('transaction')
    await expect(open(bouncer.url).check()).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('session mode, where statements may be prepared', async () => {
    const own = await cloneTemplate()
    const bouncer = await startPgBouncer(own.databaseUrl, 'session', 20)
    cleanUps.push(() => bouncer.stop())
    const access = { isPooled: true, isPreparing: true }
    const app = await startTestApp({ databaseUrl: bouncer.url, ownerUrl: own.ownerUrl, access })
    cleanUps.push(() => app.close())
    await provisioned(app)
  })
})
