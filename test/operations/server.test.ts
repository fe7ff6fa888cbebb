// The server as a process on its embedded database: start, commands beside it, hostile requests over a real socket, and
// every way to end, an orderly one and a kill in the middle of writes.
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { core, type ScimClient, scimClient } from '../support/scim.ts'
import { processesOf, rolecall, rolecallUnread, type ServerProcess, startServer } from '../support/server-process.ts'

const directories: string[] = []
const servers: ServerProcess[] = []
afterAll(async () => {
  for (const server of servers) server.signal('SIGKILL')
  await Promise.all(servers.map(({ finished }) => finished))
  for (const directory of directories) await gone(directory)
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

function dataDirectory(): { DATA_DIR: string } {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'rolecall-server-'))
  directories.push(DATA_DIR)
  return { DATA_DIR }
}

async function started(environment: Record<string, string>): Promise<ServerProcess> {
  const server = await startServer(environment)
  servers.push(server)
  return server
}

type Created = { directoryId: string; baseUrl: string; token: string }

async function newDirectory(environment: { DATA_DIR: string }, organization: string): Promise<Created> {
  const name = ['--organization', organization, '--name', 'Directory', '--create-organization', '--json']
  const { code, stdout, stderr } = await rolecall(environment, 'directory', 'create', ...name)
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout)
}

const clientOf = (server: ServerProcess, created: Created): ScimClient =>
  scimClient((path, init) => fetch(server.origin + path, init), created)

/** Waits until no process works on the directory any more. */
async function gone(directory: string): Promise<number> {
  const start = Date.now()
  while (processesOf(directory).length > 0 && Date.now() - start < 15_000) await sleep(50)
  return processesOf(directory).length
}

test('nothing can be added to what every object inherits', { timeout: 60_000 }, async () => {
  const look = 'process.on("exit",()=>process.stderr.write("sealed:"+Object.isSealed(Object.prototype)))'
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(look)}`
  expect(await rolecall({ NODE_OPTIONS }, 'help')).toMatchObject({ code: 0, stderr: 'sealed:true' })
})

test('the link to the first administrator is printed for people, whatever is logged', { timeout: 60_000 }, async () => {
  const link = /^ {2}(http:\/\/[\w.:]+)(\/first\/[\w-]{43})$/m
  const server = await startServer({ ...dataDirectory(), LOG_LEVEL: 'fatal' }, { link })
  servers.push(server)
  expect(server.log()).toBe('')
  server.signal('SIGTERM')
  const { stdout } = await server.finished
  expect(stdout).toMatch(/Create your organization and its first administrator here/)
  expect(stdout).toMatch(link)
})

describe('a server on its embedded database', () => {
  test('from its start over commands and hostile requests to SIGTERM', { timeout: 90_000 }, async () => {
    const environment = dataDirectory()
    const server = await started({ ...environment, SHUTDOWN_SECONDS: '3' })

    const health = await fetch(`${server.origin}/healthz`)
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
    const ready = await fetch(`${server.origin}/readyz`, { headers: { 'x-request-id': 'request-of-mine' } })
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }])
    expect(ready.headers.get('x-request-id')).toBe('request-of-mine')
    expect(health.headers.get('x-request-id')).toMatch(/^req_[0-9a-z]{26}$/)

    // A second server on the same data.
    const second = await rolecall({ ...environment, PORT: '0' }, 'serve')
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/is in use by another process .*DATA_DIR/s)
    expect(second.stderr).not.toMatch(/^\s+at /m)
    expect((await fetch(`${server.origin}/readyz`)).status).toBe(200)

    // Commands while the server runs.
    const created = await newDirectory(environment, 'acme')
    const scim = clientOf(server, created)
    const userId = await scim.user('private.person@example.com', { emails: [{ value: 'private.person@example.com' }] })
    await scim.group('Quiet', [userId])
    expect((await scim.get(`/Users/${userId}`)).status).toBe(200)
    const key = JSON.parse(
      (await rolecall(environment, 'api-key', 'create', '--organization', 'acme', '--name', 'Host', '--json')).stdout,
    ).key
    expect((await fetch(`${server.origin}/api/v1/users`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(
      200,
    )
    const users = await rolecall(environment, 'user', 'list', '--organization', 'acme', '--json')
    expect(users.stdout).toContain('private.person@example.com')

    // Over a real socket: what only HTTP itself can do.
    const filter = `${'('.repeat(20_000)}userName pr${')'.repeat(20_000)}`
    const url = `${server.origin}${scim.base}/Users?filter=${filter.replaceAll(' ', '+')}`
    const long = await fetch(url, { headers: { authorization: `Bearer ${created.token}` } })
    expect(long.status).toBe(400)
    expect(await long.json()).toMatchObject({ scimType: 'invalidFilter', status: '400' })
    const large = await fetch(`${server.origin}/healthz`, { headers: { 'x-large': 'x'.repeat(70_000) } })
    expect(large.status).toBe(431)
    const searched = await scim.post('/Users/.search', { schemas: [], filter })
    expect(searched).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
    const chunks = async function* () {
      yield Buffer.from(`{"schemas":[],"userName":"big@example.com","x":"`)
      for (let sent = 0; sent < 40; sent += 1) yield Buffer.alloc(65_536, 120)
      yield Buffer.from('"}')
    }
    const chunked = await fetch(`${server.origin}${scim.base}/Users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${created.token}`, 'content-type': 'application/scim+json' },
      body: ReadableStream.from(chunks()),
      duplex: 'half',
    } as RequestInit)
    expect(chunked.status).toBe(413)
    const declared = await scim.send('POST', '/Users', 'x'.repeat(3_000_000))
    expect(declared).toMatchObject({ status: 413, body: { status: '413' } })
    expect(await scim.list('Users', 'userName eq "private.person@example.com"')).toMatchObject({
      status: 200,
      body: { totalResults: 1 },
    })
    expect((await scim.list('Users', 'userName eq "unfindable@example.com" and __proto__ pr')).status).toBe(400)
    expect(
      (await fetch(`${server.origin}${scim.base}/Users`, { headers: { authorization: 'Bearer rcs_wrong-token' } }))
        .status,
    ).toBe(401)

    // SIGTERM with requests under way: each is answered.
    const inFlight = [...Array(40)].map((_, index) =>
      scim.post('/Users', { schemas: [`${core}:User`], userName: `late-${index}@example.com` }),
    )
    await sleep(15)
    server.signal('SIGTERM')
    const answers = await Promise.allSettled(inFlight)
    const answered = answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value.status] : []))
    expect(new Set(answered)).toEqual(new Set([201]))
    expect(answered.length).toBeGreaterThan(0)
    const { code, stderr } = await server.finished
    expect(code).toBe(0)
    expect(stderr).toContain('Stopped')
    expect(await gone(environment.DATA_DIR)).toBe(0)
    await expect(fetch(`${server.origin}/healthz`)).rejects.toThrow()

    // The log of all this tells what happened and nothing that is secret or private.
    expect(stderr).toContain('POST answered 201')
    expect(stderr).toContain(userId)
    for (const secret of [
      created.token,
      key,
      'wrong-token',
      'private.person',
      'late-1',
      'unfindable',
      '@example.com',
    ]) {
      expect(stderr).not.toContain(secret)
    }

    // Commands alone, without a server; and every acknowledged write is there.
    const after = await rolecall(environment, 'user', 'list', '--organization', 'acme', '--json')
    expect(after.code, after.stderr).toBe(0)
    const late = after.stdout.match(/late-\d+@example\.com/g) ?? []
    expect(new Set(late).size).toBeGreaterThanOrEqual(answered.length)
    expect(await gone(environment.DATA_DIR)).toBe(0)
  })

  test('a command that is refused ends at once, beside a server as without one', { timeout: 90_000 }, async () => {
    const environment = dataDirectory()
    const organization = ['organization', 'create', '--slug', 'twice', '--name', 'Twice']
    const brand = ['brand', 'create', '--organization', 'twice', '--slug', 'twice', '--name', 'Twice']
    const others = ['--organization', 'twice', '--directory', 'nowhere']
    const refusals: readonly [args: string[], code: number, said: string][] = [
      [organization, 1, 'exists already'],
      [brand, 1, 'exists already'],
      [['user', 'deactivate', '--organization', 'twice', '--user', 'nobody'], 1, 'User nobody not found'],
      [['directory', 'client', 'create', ...others, '--name', 'X'], 1, 'Directory nowhere not found'],
      [['directory', 'client', 'create', ...others], 2, "required option '--name"],
    ]
    const refusedSoon = async ([args, code, said]: (typeof refusals)[number]): Promise<void> => {
      const late = sleep(20_000, { code: 'it goes on' }, { ref: false })
      const refused = { code, stdout: '', stderr: expect.stringContaining(said) }
      expect(await Promise.race([rolecall(environment, ...args), late])).toMatchObject(refused)
    }
    for (const args of [organization, brand]) expect((await rolecall(environment, ...args)).code).toBe(0)
    for (const refusal of refusals) await refusedSoon(refusal)
    expect(await gone(environment.DATA_DIR)).toBe(0)
    await started(environment)
    await Promise.all(refusals.map(refusedSoon))
  })

  test('a command whose reader has gone ends quietly, and takes its PostgreSQL with it', {
    timeout: 60_000,
  }, async () => {
    const environment = dataDirectory()
    await rolecall(environment, 'organization', 'create', '--slug', 'acme', '--name', 'Acme')
    const { code, stderr } = await rolecallUnread(environment, 'organization', 'list', '--json')
    expect([code, stderr]).toEqual([0, ''])
    expect(await gone(environment.DATA_DIR)).toBe(0)
  })

  test('kill -9 in the middle of writes: no acknowledged one is lost, no PostgreSQL is left over', {
    timeout: 90_000,
  }, async () => {
    const environment = dataDirectory()
    const server = await started(environment)
    const created = await newDirectory(environment, 'acme')
    const scim = clientOf(server, created)
    const groupId = await scim.group('Everybody')
    const acknowledged = { users: [] as string[], members: [] as string[], inactive: [] as string[] }
    let isKilled = false
    const writer = async (name: number): Promise<void> => {
      for (let serial = 0; !isKilled; serial += 1) {
        const { body } = await scim.post('/Users', {
          schemas: [`${core}:User`],
          userName: `w${name}-${serial}@example.com`,
        })
        acknowledged.users.push(body.id)
        const added = await scim.patch(`/Groups/${groupId}`, {
          op: 'add',
          path: 'members',
          value: [{ value: body.id }],
        })
        if (added.status === 204) acknowledged.members.push(body.id)
        const off = await scim.patch(`/Users/${body.id}`, { op: 'replace', path: 'active', value: false })
        if (off.status === 200) acknowledged.inactive.push(body.id)
      }
    }
    const writers = [...Array(8)].map((_, name) => writer(name))
    // The kill comes once enough has been acknowledged, however long a loaded machine takes over it.
    await expect.poll(() => acknowledged.inactive.length, { timeout: 45_000, interval: 20 }).toBeGreaterThan(20)
    server.signal('SIGKILL')
    isKilled = true
    await Promise.allSettled(writers)
    expect(await gone(environment.DATA_DIR)).toBe(0)

    const again = await started(environment)
    const client = clientOf(again, created)
    const members = new Set<string>(
      (await client.get(`/Groups/${groupId}`)).body.members.map((each: { value: string }) => each.value),
    )
    expect(acknowledged.members.filter((id) => !members.has(id))).toEqual([])
    for (const id of acknowledged.users) {
      const { status, body } = await client.get(`/Users/${id}`)
      expect(status).toBe(200)
      if (acknowledged.inactive.includes(id)) expect(body.active).toBe(false)
    }
    expect((await client.get('/Users?count=0')).body.totalResults).toBeGreaterThanOrEqual(acknowledged.users.length)
  })

  test('a kill right after the start, and a start right after a kill', { timeout: 90_000 }, async () => {
    const environment = dataDirectory()
    const server = await started(environment)
    server.signal('SIGKILL')
    await server.finished
    const next = await started({ ...environment, SHUTDOWN_SECONDS: '1' })
    expect((await fetch(`${next.origin}/readyz`)).status).toBe(200)
    // A connection that never asks anything keeps the server no longer than it is given.
    const { hostname, port } = new URL(next.origin)
    const idle = connect(Number(port), hostname)
    await new Promise((done) => idle.once('connect', done))
    idle.on('error', () => {})
    next.signal('SIGTERM')
    expect((await next.finished).code).toBe(0)
    idle.destroy()
  })

  test('an environment that is not usable is told in one error, without the values', async () => {
    const { code, stderr } = await rolecall({ PORT: 'secret-port', DATABASE_URL: 'mysql://user:hunter2@db' }, 'serve')
    expect(code).toBe(1)
    expect(stderr).toMatch(/DATABASE_URL/)
    expect(stderr).toMatch(/PORT/)
    expect(stderr).not.toMatch(/hunter2|secret-port/)
  })
})
