// Upgrades: the database of each release is brought to this version and goes on answering what it answered, and the last release
// works on beside this version while the database becomes newer below it.
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { readBackup } from '#db/backup/read-backup.ts'
import { restoreBackup } from '#db/backup/restore-backup.ts'
import { knownMigrations, migrateDatabase, migrateUpTo, pendingMigrations } from '#db/migrate.ts'
import { Secret } from '#platform/secret.ts'
import { endOf, freePort, startLogged, untilOk } from '../../scripts/server-process.ts'
import { fixtureKeys, people, questions, type ReleaseFacts } from '../releases/content.ts'
import { startTestApp } from '../support/app.ts'
import { checkOut } from '../support/release.ts'

const releases = join(import.meta.dirname, '../releases')
const versions = readdirSync(releases).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []))
const backupOf = (version: string): string => join(releases, `${version}.backup`)
const factsOf = (version: string): ReleaseFacts => JSON.parse(readFileSync(join(releases, `${version}.json`), 'utf8'))

const cleanUps: (() => unknown)[] = []
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp()
})

/** A database without anything. */
async function emptyDatabase(): Promise<{ ownerUrl: string; databaseUrl: string }> {
  const name = `upgrade_${randomUUID().replaceAll('-', '')}`
  const admin = postgres(inject('clusterUrl').replace(/\/rolecall$/, '/postgres'), { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name} template template0`)
  await admin.end()
  const named = (url: string): string => url.replace(/\/[^/]*$/, `/${name}`)
  return { ownerUrl: named(inject('clusterUrl')), databaseUrl: named(inject('clusterServerUrl')) }
}

const head = (token: string) => ({ authorization: `Bearer ${token}`, 'content-type': 'application/json' })

describe.each(versions)('a database of %s', (version) => {
  test('becomes this version’s, with everybody who is in it, and decides as before', async () => {
    const facts = factsOf(version)
    const { ownerUrl, databaseUrl } = await emptyDatabase()
    const file = backupOf(version)
    const backup = await readBackup(file)
    const at = { owner: new Secret(ownerUrl), server: new Secret(databaseUrl), file }
    const applied = await restoreBackup(backup, at)
    expect(applied).toBe(knownMigrations().filter(({ when }) => when > backup.head.migration).length)
    expect(await pendingMigrations(at.owner)).toEqual({ pending: [], unknown: 0 })

    const app = await startTestApp({ ownerUrl, databaseUrl })
    cleanUps.push(() => app.close())
    const scim = `/scim/v2/${facts.directoryId}`
    const read = async (path: string, token: string) => {
      const response = await app.request(path, { headers: head(token) })
      return { status: response.status, body: (await response.json()) as Record<string, never> }
    }
    expect(await read(`${scim}/Users`, facts.scimToken)).toMatchObject({
      ...{ status: 200, body: { totalResults: facts.totalUsers } },
    })
    const evaluations = questions.map(([user, name, brand]) => ({
      subject: { type: 'user', id: user },
      action: { name },
      resource: brand === null ? { type: 'organization', id: 'acme' } : { type: 'brand', id: brand },
    }))
    const answer = await app.request('/access/v1/evaluations', {
      ...{ method: 'POST', headers: head(facts.apiKey), body: JSON.stringify({ evaluations }) },
    })
    const decisions = ((await answer.json()) as { evaluations: { decision: boolean }[] }).evaluations.map(
      ({ decision }) => decision,
    )
    expect(decisions).toEqual(facts.decisions)
    for (const list of ['reviews', 'drafts', 'teams', 'invitations', 'audit-events', 'policies', 'connections'])
      expect([
        list,
        (await read(`/api/v1/${list === 'reviews' ? 'access-reviews' : list}`, facts.apiKey)).status,
      ]).toEqual([list, 200])
  })
})

test('what a migration would do is told without doing it, also of a newer version’s database', async () => {
  const { ownerUrl, databaseUrl } = await emptyDatabase()
  const owner = new Secret(ownerUrl)
  const tags = knownMigrations().map(({ tag }) => tag)
  expect(await pendingMigrations(owner)).toEqual({ pending: tags, unknown: 0 })
  const connection = postgres(ownerUrl, { max: 1, onnotice: () => {} })
  cleanUps.push(() => connection.end())
  await migrateUpTo(connection, knownMigrations()[39]?.when ?? 0)
  expect(await pendingMigrations(owner)).toEqual({ pending: tags.slice(40), unknown: 0 })
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-check-'))
  cleanUps.push(() => rmSync(dataDir, { recursive: true, force: true }))
  const env = { ...process.env, DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: ownerUrl, DATA_DIR: dataDir }
  const check = promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, '../../src/main.ts'), 'migrate', '--check'],
    { env },
  )
  await expect(check).rejects.toMatchObject({
    code: 5,
    stdout: expect.stringContaining(`${tags.length - 40} migrations to apply:`),
  })
  expect((await pendingMigrations(owner)).pending).toEqual(tags.slice(40))
  await migrateDatabase(owner)
  expect(await pendingMigrations(owner)).toEqual({ pending: [], unknown: 0 })
  await connection`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9999999999999)`
  expect(await pendingMigrations(owner)).toEqual({ pending: [], unknown: 1 })
})

type Node = { origin: string; stop(): Promise<string> }

async function startNode(program: string, place: Record<string, string>): Promise<Node> {
  const port = await freePort()
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-node-'))
  const env = {
    ...process.env,
    ...{ LOG_LEVEL: 'warn', DATA_DIR: dataDir, PORT: String(port), ENCRYPTION_KEYS: fixtureKeys },
    ...{ PUBLIC_URL: 'http://localhost:8080', SCIM_REQUESTS_PER_SECOND: '0', API_REQUESTS_PER_SECOND: '0' },
    ...{ ORGANIZATION_REQUESTS_PER_SECOND: '0', ...place },
  }
  const child = startLogged(program, ['serve'], { env, logFile: join(dataDir, 'server.log') })
  const origin = `http://127.0.0.1:${port}`
  cleanUps.push(() => rmSync(dataDir, { recursive: true, force: true }))
  await untilOk(`${origin}/readyz`, child).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${readFileSync(join(dataDir, 'server.log'), 'utf8')}`)
  })
  return { origin, stop: () => endOf(child) }
}

/** Writes and reads at the nodes in turn until it is told to stop. */
function startLoad(nodes: readonly Node[], { directoryId, scimToken, apiKey }: ReleaseFacts) {
  let isOver = false
  const written: string[] = []
  const failures: string[] = []
  let [count, retried] = [0, 0]
  const scim = `/scim/v2/${directoryId}`

  async function send(method: string, path: string, token: string, body?: object): Promise<Response> {
    for (let attempt = 0; ; attempt += 1) {
      count += 1
      const node = nodes[count % nodes.length]
      const init = { method, headers: head(token), ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
      const response = await fetch(`${node?.origin}${path}`, { ...init, signal: AbortSignal.timeout(30_000) })
      if (response.status < 500) return response
      retried += 1
      if (attempt === 1) {
        failures.push(`${method} ${path}: ${response.status} ${await response.text()}`)
        return response
      }
    }
  }

  async function client(name: string): Promise<void> {
    for (let turn = 0; !isOver; turn += 1) {
      const userName = `${name}-${turn}@example.com`
      const made = await send('POST', `${scim}/Users`, scimToken, {
        ...people[0],
        userName,
        externalId: userName,
        emails: [],
      })
      if (made.status !== 201) continue
      const { id } = (await made.json()) as { id: string }
      written.push(id)
      const operations = (value: boolean) => ({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'active', value }],
      })
      await send('PATCH', `${scim}/Users/${id}`, scimToken, operations(false))
      await send('PATCH', `${scim}/Users/${id}`, scimToken, operations(true))
      await send('GET', `${scim}/Users?filter=userName eq "${userName}"`, scimToken)
      await send('GET', `/api/v1/users/${id}/access`, apiKey)
      await send('POST', '/access/v1/evaluation', apiKey, {
        subject: { type: 'user', id: userName },
        action: { name: 'content.view' },
        resource: { type: 'brand', id: 'aurora' },
      })
    }
  }
  const clients = Promise.all([client('one'), client('two'), client('three')])
  return {
    finish: async () => {
      isOver = true
      await clients
      return { written, failures, count, retried }
    },
  }
}

test('the last release works on beside this version, while the database becomes newer below it', {
  timeout: 120_000,
}, async ({ skip }) => {
  const facts = factsOf(versions.toSorted().at(-1) ?? '')
  const old = checkOut(facts.commit)
  if (old === undefined) return skip('the history here does not go back to the last release')
  cleanUps.push(old.remove)
  const { ownerUrl, databaseUrl } = await emptyDatabase()
  const place = { DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: ownerUrl }
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-restore-'))
  cleanUps.push(() => rmSync(dataDir, { recursive: true, force: true }))
  const env = { ...process.env, ...place, ENCRYPTION_KEYS: fixtureKeys, DATA_DIR: dataDir }
  await promisify(execFile)(process.execPath, [old.program, 'restore', backupOf(facts.version)], { env })

  const before = await startNode(old.program, place)
  const nodes = [before]
  const load = startLoad(nodes, facts)
  await sleep(1_500)
  const after = await startNode(join(import.meta.dirname, '../../src/main.ts'), place)
  nodes.push(after)
  await sleep(2_500)
  nodes.shift()
  await sleep(500)
  expect(await before.stop()).toBe('exit code 0')
  await sleep(1_000)
  const { written, failures, count } = await load.finish()
  expect(failures).toEqual([])
  expect(count).toBeGreaterThan(50)
  expect(await pendingMigrations(new Secret(ownerUrl))).toEqual({ pending: [], unknown: 0 })

  const connection = postgres(ownerUrl, { max: 1, onnotice: () => {} })
  cleanUps.push(() => connection.end())
  const rows = await connection`select id from users where id = any (${written}) and status = 'active'`
  expect(rows.length).toBe(written.length)
  expect(await after.stop()).toBe('exit code 0')
})
