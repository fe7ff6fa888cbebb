// No statement outside of its transaction, whatever dies: read off PostgreSQL's own log of statements. And a connection
// that proves its role first, as a login that owns nothing.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Database, databaseDefaults } from '#db/database.ts'
import { startEmbedded } from '#db/embedded/embedded.ts'
import { migrateDatabase } from '#db/migrate.ts'
import { once, prepared } from '#db/statement.ts'
import { Secret } from '#platform/secret.ts'
import { enterOrganization } from '#src/context.ts'
import { type OwnPostgres, ownPostgres } from '../support/postgres.ts'
import { rolecall, startServer } from '../support/server-process.ts'
import { startupProxy } from '../support/startup-proxy.ts'

let cluster: OwnPostgres
let owner: postgres.Sql
beforeAll(async () => {
  cluster = await ownPostgres({ log_statement: 'all', log_line_prefix: '%p|%x|%a|', log_min_duration_statement: '-1' })
  owner = postgres(cluster.url, { max: 1, onnotice: () => {} })
  await owner`create table marks (name text primary key)`
  await owner`grant select, insert on marks to rolecall_server`
})
afterAll(async () => {
  await owner?.end()
  await cluster?.remove()
})

type Options = Partial<ConstructorParameters<typeof Database>[0]>

const open = (options: Options = {}): Database =>
  new Database({
    ...databaseDefaults,
    url: new Secret(cluster.serverUrl),
    role: 'rolecall_server',
    lanes: 1,
    ...options,
  })

const entry = enterOrganization({ organizationId: 'org_none' })
const mark = prepared<{ name: string }, unknown>((p) => sql`insert into marks (name) values (${p.name})`)
const marks = async (): Promise<string[]> => (await owner`select name from marks order by name`).map(({ name }) => name)

/** What each of the server's connections sent, in order, since the log had so many characters. */
function sent(since: number): Map<string, string[]> {
  const statements = new Map<string, string[]>()
  for (const line of cluster.log().slice(since).split('\n')) {
    const [, pid = '', text = ''] = /^(\d+)\|\d+\|rolecall\|LOG: {2}(?:statement|execute [^:]*): (.*)$/.exec(line) ?? []
    if (text === '') continue
    statements.set(pid, [...(statements.get(pid) ?? []), text])
  }
  return statements
}

const isProof = (text: string): boolean => /^select current_user/.test(text)
const isReading = (text: string): boolean => /^(select|with|SET default_transaction_read_only)/i.test(text)

/** Whatever changes anything stands between BEGIN READ WRITE and COMMIT or ROLLBACK of one connection. */
function expectInside(since: number): void {
  for (const [pid, texts] of sent(since)) {
    let isInside = false
    for (const text of texts) {
      if (/^BEGIN READ WRITE/.test(text)) isInside = true
      else if (/^(COMMIT|ROLLBACK)/.test(text)) isInside = false
      else expect(isInside || isProof(text) || isReading(text), `outside on ${pid}: ${text}`).toBe(true)
    }
  }
}

describe('X-25: after a failure nothing but ROLLBACK reaches the database', () => {
  test('positive control: what succeeds is there, and the log shows it in its transaction', async () => {
    const since = cluster.log().length
    const database = open()
    await database.transaction(entry, (tx) => tx.commitWith(mark({ name: 'control' })))
    await database.close()
    expect(await marks()).toContain('control')
    await sleep(100)
    expect([...sent(since).values()].flat().join('\n')).toMatch(/BEGIN READ WRITE.*insert into marks.*COMMIT/s)
    expectInside(since)
  })

  test('statements that the work sends after the first failure are not sent', async () => {
    const since = cluster.log().length
    const database = open()
    const later: unknown[] = []
    const work = database.transaction(entry, async (tx) => {
      // A branch that knows nothing of the failure of the other.
      const straggler = (async () => {
        for (let index = 0; index < 20; index += 1) {
          await sleep(10)
          later.push(await tx.run(mark({ name: `late-${index}` })).catch((error: unknown) => error))
        }
      })()
      straggler.catch(() => {})
      await tx.run(mark({ name: 'control' }))
    })
    await expect(work).rejects.toMatchObject({ code: 'conflict' })
    await expect.poll(() => later.length).toBe(20)
    expect(later.every((each) => each instanceof Error)).toBe(true)
    await database.close()
    await sleep(100)
    const texts = [...sent(since).values()].flat()
    expect(texts.at(-1)).toBe('ROLLBACK')
    expect(texts.filter((text) => text.includes('late-'))).toEqual([])
    expectInside(since)
  })

  test('an entry that refuses: the statements behind it in the pipeline are skipped, and it is rolled back', async () => {
    const since = cluster.log().length
    const database = open()
    const refusing = once<unknown>(sql`select enter_directory('org_none', 'dir_none', 'hash')`)
    const work = database.transaction(refusing, (tx) => tx.commitWith(mark({ name: 'refused' })))
    await expect(work).rejects.toMatchObject({ code: 'unauthenticated' })
    await database.close()
    expect(await marks()).not.toContain('refused')
    await sleep(100)
    expectInside(since)
  })

  test('a BEGIN that fails: what was queued behind it can change nothing', async () => {
    const database = open()
    // A statement in place of BEGIN, so that the rest of the pipeline runs outside of any transaction.
    const breaking = once<unknown>(sql`select 1; rollback; select pg_catalog.set_config('rolecall.x', 'y', false)`)
    const work = database.transaction(breaking, (tx) => tx.commitWith(mark({ name: 'outside' })))
    await expect(work).rejects.toThrow()
    await database.close()
    expect(await marks()).not.toContain('outside')
  })

  test.each([
    ['its backend is ended', (pid: number) => owner`select pg_terminate_backend(${pid})`],
    ['the server crashes', () => cluster.stop('SIGQUIT').then(() => cluster.start())],
    ['the server restarts', () => cluster.stop('SIGINT').then(() => cluster.start())],
  ] as const)(
    'the connection is lost (%s) with statements queued: none goes to another connection',
    {
      timeout: 60_000,
    },
    async (name, lose) => {
      const since = cluster.log().length
      const database = open()
      const pending: Promise<unknown>[] = []
      const work = database.transaction(entry, async (tx) => {
        const [row] = await tx.run(once<{ pid: number }>(sql`select pg_backend_pid() as pid`))
        // More than the driver puts on the wire at once, so that the rest waits in its own queue.
        pending.push(tx.run(once(sql`select pg_sleep(2)`)))
        for (let index = 0; index < 250; index += 1) pending.push(tx.run(mark({ name: `${name}-${index}` })))
        for (const each of pending) each.catch(() => {})
        await lose(row?.pid ?? 0)
        await Promise.all(pending)
      })
      await expect(work).rejects.toMatchObject({ code: 'unavailable' })
      await Promise.allSettled(pending)
      // The pool goes on with another connection.
      await expect
        .poll(
          () =>
            database.read(once(sql`select 1`)).then(
              () => true,
              () => false,
            ),
          { timeout: 10_000 },
        )
        .toBe(true)
      await database.close()
      await sleep(200)
      expect((await marks()).filter((each) => each.startsWith(name))).toEqual([])
      expectInside(since)
    },
  )

  test('the deadline cuts a lane off with statements queued', async () => {
    const since = cluster.log().length
    const database = open({ statementTimeoutMillis: 300 })
    const work = database.transaction(entry, async (tx) => {
      await tx.run(mark({ name: 'deadline' }))
      await sleep(900)
      await tx.run(mark({ name: 'deadline-late' }))
    })
    await expect(work).rejects.toMatchObject({ code: 'unavailable' })
    await database.close()
    expect((await marks()).filter((each) => each.startsWith('deadline'))).toEqual([])
    await sleep(100)
    expectInside(since)
  })

  test('closing the pool under work: it may finish, or nothing of it holds; no connection is left', async () => {
    const since = cluster.log().length
    const database = open()
    const working = database.transaction(entry, async (tx) => {
      await tx.run(mark({ name: 'closing' }))
      await sleep(300)
      await tx.commitWith(mark({ name: 'closing-too' }))
    })
    await sleep(100)
    await Promise.all([database.close(), working])
    expect((await marks()).filter((each) => each.startsWith('closing'))).toEqual(['closing', 'closing-too'])
    await expect(database.transaction(entry, (tx) => tx.run(mark({ name: 'x' })))).rejects.toMatchObject({
      code: 'unavailable',
    })
    const left = () => owner`select pid from pg_stat_activity where application_name = 'rolecall'`
    await expect.poll(async () => (await left()).length).toBe(0)
    expectInside(since)
  })

  test('a trial leaves nothing, and refuses work that would stay', async () => {
    const database = open()
    const tried = database.trial(entry, async (tx) => {
      await tx.run(mark({ name: 'tried' }))
      return 'seen'
    })
    await expect(tried).resolves.toBe('seen')
    await expect(database.trial(entry, (tx) => tx.commitWith(mark({ name: 'kept' })))).rejects.toThrow(
      'must not commit',
    )
    await expect(
      database.trial(entry, async (tx) => {
        // What the database refused may not pass for a result, even where nobody waited for it.
        await tx.run({ text: 'select 1/0', values: [], isPrepared: false }).catch(() => {})
        return 'seen'
      }),
    ).rejects.toMatchObject({ code: '22012' })
    await database.run(mark({ name: 'after-the-trial' }))
    await database.close()
    expect(await marks()).toEqual(expect.arrayContaining(['after-the-trial']))
    expect(await marks()).not.toContain('tried')
  })

  test('single statements leave no writable session behind', async () => {
    const database = open({ lanes: 1 })
    await database.run(mark({ name: 'single' }))
    await expect(database.run(mark({ name: 'single' }))).rejects.toMatchObject({ code: 'conflict' })
    // A read may not write, whoever mixes the two up.
    await expect(database.read(mark({ name: 'by-reading' }))).rejects.toMatchObject({
      ...{ code: 'unavailable', cause: { code: '25006' } },
    })
    await database.run(mark({ name: 'by-running' }))
    await database.close()
    expect(await marks()).toEqual(expect.arrayContaining(['single', 'by-running']))
    expect(await marks()).not.toContain('by-reading')
  })

  test('commands that fail end at once, by themselves', { timeout: 120_000 }, async () => {
    const environment = { DATABASE_URL: cluster.serverUrl, DATA_DIR: '/tmp', ENCRYPTION_KEYS: testKey }
    const organization = ['organization', 'create', '--slug', 'twice', '--name', 'Twice']
    const began = performance.now()
    expect(await rolecall(environment, 'organization', 'list')).toMatchObject({ code: 0 })
    // Two seconds; more only where a command that succeeds takes long, since the machine is busy.
    const bound = Math.max(2_000, (performance.now() - began) * 4)
    const brand = ['brand', 'create', '--organization', 'twice', '--slug', 'one', '--name', 'One']
    for (const [args, said] of [
      [organization, 'An organization with this slug exists already'],
      [brand, 'exists already'],
      [['user', 'show', '--organization', 'nobody', '--user', 'usr_none'], 'not found'],
    ] as const) {
      if (args[1] === 'create') expect(await rolecall(environment, ...args)).toMatchObject({ code: 0, stderr: '' })
      const since = cluster.log().length
      const start = performance.now()
      const { code, stderr } = await rolecall(environment, ...args)
      expect(performance.now() - start).toBeLessThan(bound)
      expect([code, stderr]).toEqual([1, expect.stringContaining(said)])
      await sleep(100)
      expectInside(since)
    }
  })
})

const testKey = `test:${Buffer.alloc(32, 7).toString('base64')}`

describe('collisions', () => {
  test('two transactions that lock each other out are both done in the end, unseen by whoever asked', {
    timeout: 30_000,
  }, async () => {
    const database = open({ lanes: 2 })
    let runs = 0
    await owner`create table counters (id int primary key, total int not null)`
    await owner`grant select, update on counters to rolecall_server`
    await owner`insert into counters values (1, 0), (2, 0)`
    const add = prepared<{ id: number }, unknown>(
      (p) => sql`update counters set total = total + 1 where id = ${p.id}::int`,
    )
    const crossing = (first: number, second: number) =>
      database.transaction(entry, async (tx) => {
        runs += 1
        await tx.run(add({ id: first }))
        await sleep(runs <= 2 ? 200 : 0)
        await tx.run(add({ id: second }))
      })
    await Promise.all([crossing(1, 2), crossing(2, 1)])
    expect(runs).toBeGreaterThanOrEqual(3)
    expect((await owner`select total from counters order by id`).map(({ total }) => total)).toEqual([2, 2])

    // Serializable transactions that each read what the other writes.
    runs = 0
    const serializable = once<unknown>(sql`set transaction isolation level serializable`)
    const sum = once<{ total: number }>(sql`select sum(total)::int as total from counters`)
    const skewed = (id: number) =>
      database.transaction(serializable, async (tx) => {
        runs += 1
        await tx.run(sum)
        await sleep(runs <= 2 ? 200 : 0)
        await tx.run(add({ id }))
      })
    await Promise.all([skewed(1), skewed(2)])
    expect(runs).toBeGreaterThanOrEqual(3)
    expect((await owner`select total from counters order by id`).map(({ total }) => total)).toEqual([3, 3])
    await database.close()
  })

  test('one that never succeeds is given up, as unavailable', async () => {
    const database = open()
    let runs = 0
    const colliding = once(sql`do $$ begin raise exception 'collided' using errcode = '40001'; end $$`)
    const work = database.transaction(entry, async (tx) => {
      runs += 1
      await tx.run(colliding)
    })
    await expect(work).rejects.toMatchObject({ code: 'unavailable' })
    expect(runs).toBe(4)
    await database.close()
  })
})

describe('X-26: a connection proves its role before it is used', () => {
  test('the server’s role, on a primary: positive control', async () => {
    const database = open()
    await database.check()
    const [row] = await database.read(once<{ role: string }>(sql`select current_user::text as role`))
    expect(row?.role).toBe('rolecall_server')
    await database.close()
  })

  test('a pooler that drops the role: nothing is read, and the server says what to do and does not start', {
    timeout: 60_000,
  }, async () => {
    const proxy = await startupProxy(cluster.url, ['role'])
    for (const url of [cluster.url, cluster.serverUrl]) {
      const throughProxy = url.replace(/:\d+\//, `:${proxy.port}/`)
      const database = open({ url: new Secret(throughProxy) })
      await expect(database.read(once(sql`select id from organizations`))).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.not.stringContaining('row-level'),
      })
      await expect(database.check()).rejects.toThrow(/not as rolecall_server.*ignore_startup_parameters/)
      await database.close()
      const environment = { DATABASE_URL: throughProxy, DATA_DIR: '/tmp', ENCRYPTION_KEYS: testKey, PORT: '0' }
      for (const command of [['serve'], ['organization', 'list']]) {
        const { code, stderr } = await rolecall(environment, ...command)
        expect([code, stderr]).toEqual([1, expect.stringContaining('drops the parameter "role"')])
      }
    }
    // Beside it a pooler that drops what can be set again.
    await proxy.close()
    const settings = ['default_transaction_read_only', 'statement_timeout', 'idle_in_transaction_session_timeout']
    const harmless = await startupProxy(cluster.serverUrl, ['application_name', ...settings])
    const database = open({ url: new Secret(cluster.serverUrl.replace(/:\d+\//, `:${harmless.port}/`)) })
    const shown = once<object>(sql`select current_setting('default_transaction_read_only') as "isReadOnly",
      current_setting('statement_timeout') as timeout`)
    expect(await database.read(shown)).toEqual([{ isReadOnly: 'on', timeout: '5s' }])
    await database.close()
    await harmless.close()
  })

  test.each([
    ['bypasses row-level security', 'alter role rolecall_server bypassrls', 'alter role rolecall_server nobypassrls'],
    ['creates roles', 'alter role rolecall_server createrole', 'alter role rolecall_server nocreaterole'],
    ['may become the owner', 'grant rolecall to rolecall_server', 'revoke rolecall from rolecall_server'],
    ['owns a table', 'alter table marks owner to rolecall_server', 'alter table marks owner to rolecall'],
  ])('a role that %s is refused', async (_, give, take) => {
    await owner.unsafe(give)
    const database = open()
    try {
      await expect(database.check()).rejects.toThrow(/row-level security would not hold/)
      await expect(database.read(once(sql`select 1`))).rejects.toMatchObject({ code: 'unavailable' })
    } finally {
      await owner.unsafe(take)
    }
    // It is not asked anew at once.
    const isFit = () =>
      database.check().then(
        () => true,
        () => false,
      )
    await expect.poll(isFit).toBe(true)
    await database.close()
  })
})

describe('X-23: the server’s login owns nothing', () => {
  test('leaving the role leads nowhere', async () => {
    const environment = { DATABASE_URL: cluster.serverUrl, DATA_DIR: '/tmp', ENCRYPTION_KEYS: testKey }
    await rolecall(environment, 'organization', 'create', '--slug', 'seen', '--name', 'Seen')
    const login = postgres(cluster.serverUrl, {
      max: 1,
      onnotice: () => {},
      connection: { role: 'rolecall_server' } as object,
    })
    for (const leave of ['set role none', 'reset role', 'set session authorization default']) {
      await login.unsafe(leave)
      const [who] = await login`select current_user::text as name, session_user::text as login`
      expect(who?.['login']).toBe('rolecall_login')
      expect(await login`select id from organizations`).toEqual([])
      expect(await login`select id from users`).toEqual([])
      await expect(login.unsafe('alter table users disable row level security')).rejects.toMatchObject({
        code: '42501',
      })
      await expect(login.unsafe('set role rolecall')).rejects.toMatchObject({ code: '42501' })
      await expect(login.unsafe('set session authorization rolecall')).rejects.toMatchObject({ code: '42501' })
    }
    await login.end()
    // There is something to see, for who may.
    expect(await owner`select id from organizations`).not.toEqual([])
  })

  test('the owner as the server’s login: it works, and the log says what to do about it', {
    timeout: 60_000,
  }, async () => {
    const shared = { DATA_DIR: '/tmp', ENCRYPTION_KEYS: testKey }
    const asOwner = await startServer({ ...shared, DATABASE_URL: cluster.url })
    asOwner.signal('SIGTERM')
    await asOwner.finished
    expect(asOwner.log()).toMatch(
      /"level":"warn".*logs in to PostgreSQL as rolecall, who owns the tables.*DATABASE_OWNER_URL/,
    )
    const asServer = await startServer({ ...shared, DATABASE_URL: cluster.serverUrl })
    asServer.signal('SIGTERM')
    await asServer.finished
    expect(asServer.log()).not.toMatch(/logs in to PostgreSQL/)
  })

  test('a data directory from before gets a login at its next start', { timeout: 60_000 }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-before-'))
    const before = await startEmbedded({ dataDir, randomBytes, mode: 'own' })
    await migrateDatabase(before.url)
    await before.stop()
    const file = join(dataDir, 'postgres.json')
    const { loginPassword: _, ...old } = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify(old))
    const environment = { DATA_DIR: dataDir, ENCRYPTION_KEYS: testKey }
    expect(await rolecall(environment, 'organization', 'create', '--slug', 'a', '--name', 'A')).toMatchObject({
      code: 0,
    })
    expect((await rolecall(environment, 'organization', 'list')).stdout).toContain('a')
    expect((await rolecall(environment, 'database', 'url', '--server')).stdout).toContain('//rolecall_login:')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      password: old.password,
      loginPassword: expect.stringMatching(/^[0-9a-f]{48}$/),
    })
    rmSync(dataDir, { recursive: true, force: true })
  })

  test('migrations make the login of DATABASE_URL with the owner of DATABASE_OWNER_URL, and only they need the owner', {
    timeout: 60_000,
  }, async () => {
    await owner.unsafe('create database elsewhere')
    const owners = cluster.url.replace(/\/rolecall$/, '/elsewhere')
    const servers = owners.replace(/\/\/rolecall:[^@]*@/, '//acme_login:correct-horse@')
    const environment = { DATA_DIR: '/tmp', ENCRYPTION_KEYS: testKey }
    const before = cluster.log().length
    const both = { ...environment, DATABASE_URL: servers, DATABASE_OWNER_URL: owners }
    expect(await rolecall(both, 'migrate')).toMatchObject({ code: 0, stderr: '' })
    expect(cluster.log().slice(before)).not.toContain('correct-horse')
    // From now on without the owner.
    const alone = { ...environment, DATABASE_URL: servers }
    expect(await rolecall(alone, 'organization', 'create', '--slug', 'a', '--name', 'A')).toMatchObject({ code: 0 })
    expect((await rolecall(both, 'database', 'url')).stdout.trim()).toBe(owners)
    expect((await rolecall(both, 'database', 'url', '--server')).stdout.trim()).toBe(servers)
    // A newer version than the database, without the owner.
    const elsewhere = postgres(owners, { max: 1, onnotice: () => {} })
    await elsewhere`delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)`
    await elsewhere.end()
    const { code, stderr } = await rolecall(alone, 'organization', 'list')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/may not apply the others: set DATABASE_OWNER_URL/)])
  })
})
