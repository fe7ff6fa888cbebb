// Backups of our own: whole, sealed, restored on another machine, and refused where they are not what was written.
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { startEmbedded } from '#db/embedded/embedded.ts'
import { knownMigrations, migrateUpTo } from '#db/migrate.ts'
import { Secret } from '#platform/secret.ts'
import { backUp, rehearse, restore } from '#src/backup.ts'
import { type Config, loadConfig } from '#src/config.ts'
import { databaseSchema } from '../../scripts/database-schema/database-schema.ts'
import { goodPassword, type Person, provisionLocalUser, tryPassword } from '../support/accounts.ts'
import { startTestApp, type TestApp, type TestOrganization } from '../support/app.ts'
import { furnishSignIn } from '../support/furnish.ts'
import { signIn } from '../support/sessions.ts'
import { createTestBrowser } from '../support/sign-in.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolecall-backup-'))
const closing: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closing.toReversed()) await close()
  rmSync(folder, { recursive: true, force: true })
})

const passphrase = 'the horse that staples batteries'
const typed = async (): Promise<string> => passphrase
const keys = `test:${Buffer.alloc(32, 7).toString('base64')}`

let files = 0
const newPath = (name: string): string => {
  files += 1
  return join(folder, `${name}-${files}`)
}

const configOf = (environment: Record<string, string>): Config =>
  loadConfig({ DATA_DIR: newPath('data'), ...environment })

const configFor = ({ databaseUrl, ownerUrl }: Pick<TestApp, 'databaseUrl' | 'ownerUrl'>): Config =>
  configOf({ DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: ownerUrl, ENCRYPTION_KEYS: keys })

async function started(options: Parameters<typeof startTestApp>[0] = {}): Promise<TestApp> {
  const app = await startTestApp(options)
  closing.push(() => app.close())
  return app
}

/** The server on what was restored into a data directory. */
async function startedIn({ dataDir }: Config): Promise<TestApp> {
  const embedded = await startEmbedded({ dataDir, randomBytes, mode: 'own', isOnPort: true })
  closing.push(() => embedded.stop())
  return started({ databaseUrl: embedded.serverUrl.reveal(), ownerUrl: embedded.url.reveal() })
}

let app: TestApp
let organization: TestOrganization
let person: Person
let cookie: string
let scim: Awaited<ReturnType<TestApp['createScim']>>
let file: string
/** What each table held when it was backed up. */
let before: Map<string, string>

beforeAll(async () => {
  app = await started()
  organization = await app.createOrganization('acme')
  person = await provisionLocalUser(organization, 'ada@example.com')
  scim = await app.createScim()
  // What COPY has to write in another way: breaks, tabs, backslashes, a row longer than a piece, changes with a history.
  const long = await scim.user('long@example.com', { displayName: 'Tab\tbreak\nback\\slash \\. end' })
  for (const title of ['a', 'b']) await scim.patch(`/Users/${long}`, { op: 'replace', path: 'title', value: title })
  await scim.group('Group', [long])
  await app.owner`update users set attributes = attributes || jsonb_build_object('nickName', repeat('ü', 150000)) where id = ${long}`
  await furnishSignIn(app.owner, scim.organization.id, long)
  cookie = (await signIn(organization, person.id)).cookie
  file = newPath('backup')
  // Requests are written down a moment after they were answered.
  await vi.waitFor(async () => {
    const [events] = await app.owner`select count(*)::int as count from provisioning_events`
    expect(events?.['count']).toBeGreaterThanOrEqual(4)
  }, 20_000)
  before = await contentsOf(app.owner)
  await backUp(configFor(app), file, typed)
}, 180_000)

/** A sum of the rows of every table. */
async function contentsOf(owner: postgres.Sql): Promise<Map<string, string>> {
  const tables = await owner<{ name: string }[]>`select c.oid::regclass::text as name from pg_class c
    join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname in ('public', 'history')`
  const sums = new Map<string, string>()
  for (const { name } of tables) {
    const [row] = await owner.unsafe<{ sum: string }[]>(
      `select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as sum from ${name} t`,
    )
    sums.set(name, row?.sum ?? '')
  }
  return sums
}

/** What ends by being restored, and what is written down of that. */
const touched = new Set([
  ...['instance_places', 'audit_events', 'sessions', 'application_logouts', 'application_sessions'],
  ...['provider_artifacts', 'sign_in_requests', 'password_resets', 'setup_links', 'instance_keys'],
])

const without = (sums: Map<string, string>): Map<string, string> =>
  new Map([...sums].filter(([table]) => !touched.has(table)))

describe('a backup restored into an empty folder of another machine', () => {
  let config: Config
  let restored: TestApp
  beforeAll(async () => {
    config = configOf({})
    const done = await restore(config, file, typed)
    expect(done).toMatchObject({ hasKeys: true, migrations: 0, tables: before.size })
    restored = await startedIn(config)
  }, 180_000)

  test('has each row of each table, the past included', async () => {
    const after = await contentsOf(restored.owner)
    expect(without(after)).toEqual(without(before))
    expect([...before].filter(([name, sum]) => name.startsWith('history.') && !sum.startsWith('0 '))).not.toEqual([])
    const count = (sums: Map<string, string>, table: string): number => Number(sums.get(table)?.split(' ')[0])
    expect(count(after, 'sessions')).toBe(count(before, 'sessions'))
    expect(count(after, 'audit_events')).toBe(count(before, 'audit_events') + 2)
  })

  test('has the schema, row-level security, grants and triggers', async () => {
    const committed = readFileSync(new URL('../../schemas/database.sql', import.meta.url), 'utf8')
    expect(await databaseSchema(restored.owner)).toBe(committed)
    expect(await restored.owner`select tgname from pg_trigger where not tgisinternal and tgenabled <> 'O'`).toEqual([])
    const asServer = restored.serverRole()
    expect(await asServer`select 1 from users`).toEqual([])
  })

  test('goes on counting where the backup stopped', async () => {
    const [next] =
      await restored.owner`select nextval('audit_positions') > (select max(position) from audit_events) as "isNew"`
    expect(next?.['isNew']).toBe(true)
  })

  test('lets nobody in by an old session, and everybody anew; directories go on', async () => {
    const withCookie = { headers: { cookie } }
    expect((await app.request('/session', withCookie)).status).toBe(200)
    expect((await restored.request('/session', withCookie)).status).toBe(401)
    expect(await restored.owner`select 1 from sessions where ended_at is null`).toEqual([])
    const browser = createTestBrowser(restored.request, restored.urls.origin)
    await tryPassword(browser, person.userName, goodPassword, { organization: organization.slug })
    expect((await browser.session())?.user.userName).toBe(person.userName)
    const again = await restored.request(`${scim.base}/Users?count=1`, {
      headers: { authorization: `Bearer ${scim.token}` },
    })
    expect(again.status).toBe(200)
  })

  test('has the encryption key, for its owner alone', () => {
    const path = join(config.dataDir, 'encryption.key')
    expect(readFileSync(path, 'utf8')).toBe(`${keys}\n`)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('is refused a second time, and nothing is changed', async () => {
    await expect(restore(config, file, typed)).rejects.toThrow(/has a database already/)
    expect((await restored.request('/readyz')).status).toBe(200)
  })
})

describe('into a PostgreSQL of the operator’s own', () => {
  const emptyDatabase = async (): Promise<{ databaseUrl: string; ownerUrl: string }> => {
    const name = `test_${randomUUID().replaceAll('-', '')}`
    const admin = postgres(inject('clusterUrl').replace(/\/rolecall$/, '/postgres'), { max: 1 })
    await admin.unsafe(`create database ${name}`)
    await admin.end()
    const named = (url: string): string => url.replace(/\/rolecall$/, `/${name}`)
    return { databaseUrl: named(inject('clusterServerUrl')), ownerUrl: named(inject('clusterUrl')) }
  }

  test('an empty database is filled, one that is not is refused', { timeout: 180_000 }, async () => {
    const target = await emptyDatabase()
    await restore(configFor(target), file, typed)
    const restored = await started(target)
    expect(without(await contentsOf(restored.owner))).toEqual(without(before))
    expect((await restored.request('/session', { headers: { cookie } })).status).toBe(401)
    await expect(restore(configFor(target), file, typed)).rejects.toThrow(/The database is not empty \(it has /)
    await expect(restore(configFor(app), file, typed)).rejects.toThrow(/The database is not empty/)
  })

  test('an owner who is no superuser backs up and restores', { timeout: 180_000 }, async () => {
    const role = `owner_${randomUUID().replaceAll('-', '')}`
    const admin = postgres(inject('clusterUrl').replace(/\/rolecall$/, '/postgres'), { max: 1, onnotice: () => {} })
    await admin.unsafe(`create role ${role} login password 'x' in role rolecall_server`)
    await admin.unsafe(`create database ${role} owner ${role}`)
    await admin.end()
    const target = {
      databaseUrl: inject('clusterServerUrl').replace(/\/rolecall$/, `/${role}`),
      ownerUrl: inject('clusterUrl')
        .replace(/\/\/[^@]*@/, `//${role}:x@`)
        .replace(/\/rolecall$/, `/${role}`),
    }
    await restore(configFor(target), file, typed)
    const again = newPath('backup')
    expect(await backUp(configFor(target), again, typed)).toMatchObject({ tables: before.size })
    const restored = await started(target)
    expect(without(await contentsOf(restored.owner))).toEqual(without(before))
  })

  test('all access ends even where the backup does not know its place', { timeout: 180_000 }, async () => {
    const source = await started({ ...(await copyOf()) })
    await source.owner`delete from instance_places`
    const elsewhere = newPath('backup')
    await backUp(configFor(source), elsewhere, undefined)
    const target = await emptyDatabase()
    await restore(configFor(target), elsewhere, typed)
    const restored = await started(target)
    expect(await restored.owner`select 1 from sessions where ended_at is null`).toEqual([])
  })

  /** A database with a session that lives. */
  async function copyOf(): Promise<{ databaseUrl: string; ownerUrl: string }> {
    const source = await started()
    const other = await source.createOrganization()
    await signIn(other, (await provisionLocalUser(other, 'grace@example.com')).id)
    return { databaseUrl: source.databaseUrl, ownerUrl: source.ownerUrl }
  }

  test('a backup of an older version is brought forward; one of a newer version is refused', {
    timeout: 180_000,
  }, async () => {
    const older = await emptyDatabase()
    const owner = postgres(older.ownerUrl, { max: 1, onnotice: () => {} })
    const level = knownMigrations().at(-8)
    await migrateUpTo(owner, level?.when ?? 0)
    await owner`insert into organizations (id, slug, name, created_at, updated_at) values ('org_1', 'old', 'Old', now(), now())`
    const path = newPath('backup')
    await backUp(configFor(older), path, undefined)
    const target = await emptyDatabase()
    expect(await restore(configFor(target), path, typed)).toMatchObject({ migrations: 7 })
    const restored = await started(target)
    expect(await restored.owner`select slug from organizations`).toMatchObject([{ slug: 'old' }])
    const committed = readFileSync(new URL('../../schemas/database.sql', import.meta.url), 'utf8')
    expect(await databaseSchema(restored.owner)).toBe(committed)

    await owner`insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 9999999999999)`
    await owner.end()
    const newer = newPath('backup')
    await backUp(configFor(older), newer, undefined)
    await expect(restore(configFor(target), newer, typed)).rejects.toThrow(
      /migrations that this version .* does not know/,
    )
  })
})

describe('refused', () => {
  const intact = (): Buffer => readFileSync(file)
  const written = (bytes: Buffer): string => {
    const path = newPath('damaged')
    writeFileSync(path, bytes)
    return path
  }
  const refusal = (path: string, how = typed): Promise<Error> => {
    const config = configOf({})
    return restore(config, path, how).then(
      () => new Error('It was restored'),
      (error: Error) => (existsSync(config.dataDir) ? new Error('It left something behind') : error),
    )
  }

  test('a file that was cut off, at any place', async () => {
    for (const share of [0, 0.001, 0.5, 0.99]) {
      const path = written(intact())
      truncateSync(path, Math.floor(statSync(file).size * share))
      expect((await refusal(path)).message).toMatch(/truncated or altered/)
    }
    const cut = gzipSync(gunzipSync(intact()).subarray(0, -200))
    expect((await refusal(written(cut))).message).toMatch(/truncated or altered/)
  })

  test('a file in which something was altered', async () => {
    for (const share of [0.3, 0.6, 0.9]) {
      const bytes = intact()
      const at = Math.floor(bytes.length * share)
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
      expect((await refusal(written(bytes))).message).toMatch(/truncated or altered/)
    }
    const text = gunzipSync(intact()).toString('latin1')
    const changed = gzipSync(Buffer.from(text.replace('ada@example.com', 'eve@example.com'), 'latin1'))
    expect((await refusal(written(changed))).message).toMatch(/truncated or altered/)
    expect((await refusal(written(Buffer.from('no backup at all')))).message).toMatch(/truncated or altered/)
    expect((await refusal(newPath('missing'))).message).toMatch(/cannot be read/)
  })

  test('a file whose checksums were computed anew, by its sealed keys', async () => {
    const lines = gunzipSync(intact()).toString('latin1').trimEnd().split('\n')
    const end = JSON.parse(lines.pop() ?? '')
    const head = { ...JSON.parse(lines.shift() ?? ''), createdAt: '2020-01-01T00:00:00.000Z' }
    const body = `${[JSON.stringify(head), ...lines].join('\n')}\n`
    const sha256 = createHash('sha256').update(body, 'latin1').digest('hex')
    const forged = Buffer.from(`${body}${JSON.stringify({ ...end, sha256 })}\n`, 'latin1')
    expect((await refusal(written(gzipSync(forged)))).message).toMatch(/passphrase is wrong, or the backup was altered/)
  })

  test('a form of a later version, by its name', async () => {
    const later = gzipSync(Buffer.from('{"format":"rolecall-backup","version":2}\n'))
    expect((await refusal(written(later))).message).toMatch(/newer version of Rolecall/)
  })

  test('a wrong passphrase', async () => {
    expect((await refusal(file, async () => 'another passphrase')).message).toMatch(/passphrase is wrong/)
  })

  test('other keys than those of the backup, and none at all', { timeout: 90_000 }, async () => {
    const other = `other:${Buffer.alloc(32, 9).toString('base64')}`
    await expect(restore(configOf({ ENCRYPTION_KEYS: other }), file, typed)).rejects.toThrow(/lacks keys of the backup/)
    await expect(backUp({ ...configFor(app), ...keysAs(other) }, newPath('backup'), typed)).rejects.toThrow(
      /sealed with the key test/,
    )
    const keyless = newPath('backup')
    expect(await backUp(configFor(app), keyless, undefined)).toMatchObject({ hasKeys: false })
    expect(gunzipSync(readFileSync(keyless)).toString('latin1')).toMatch(/"keys":null\}\n$/)
    expect((await refusal(keyless)).message).toMatch(/made without keys: set ENCRYPTION_KEYS/)
    expect(await rehearse(configOf({}), keyless, typed)).toMatchObject({ hasKeys: false, tables: before.size })
  })

  const keysAs = (text: string) => {
    const [id = '', key = ''] = text.split(':')
    return { encryptionKeys: [{ id, key: new Secret(key) }] }
  }
})

test('the file is for its owner alone, holds no key in the clear, and replaces nothing', async () => {
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(gunzipSync(readFileSync(file)).toString('latin1')).not.toContain(keys.split(':')[1])
  await expect(backUp(configFor(app), file, typed)).rejects.toThrow(/exists already/)
})

test('a last row longer than what the driver holds keeps no backup waiting', { timeout: 60_000 }, async () => {
  const source = await started()
  const { id } = await source.createOrganization()
  await source.owner`insert into brands (organization_id, id, slug, name, created_at, updated_at)
    select ${id}, 'brd_' || n, 'b' || n, 'x', now(), now() from generate_series(1, 3) n`
  for (let round = 0; round < 8; round += 1) {
    await source.owner`update brands set name = ${'x'.repeat(65_000 + round * 1500)}`
    expect(await backUp(configFor(source), newPath('backup'), undefined)).toMatchObject({ tables: before.size })
  }
})
