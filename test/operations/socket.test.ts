// The embedded PostgreSQL is reached by a socket in a folder of its owner, and by no port.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openDriver } from '#db/driver.ts'
import { type Embedded, startEmbedded } from '#db/embedded/embedded.ts'
import { Secret } from '#platform/secret.ts'
import { rolecall, startServer } from '../support/server-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolecall-socket-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const stateOf = (dataDir: string) =>
  JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8')) as { socket: string; port?: number }

async function ask(url: Secret, text: string): Promise<unknown> {
  const connection = openDriver(url, { max: 1 })
  try {
    const [row] = await connection.unsafe(text)
    return row?.['said']
  } finally {
    await connection.end()
  }
}

async function started(dataDir: string, use: (embedded: Embedded) => Promise<void>): Promise<void> {
  mkdirSync(dataDir, { recursive: true })
  const embedded = await startEmbedded({ dataDir, randomBytes, mode: 'own' })
  try {
    await use(embedded)
  } finally {
    await embedded.stop()
  }
}

test('it listens on no address, and who asks must still know the password', async () => {
  const dataDir = join(folder, 'plain')
  await started(dataDir, async ({ url }) => {
    expect(await ask(url, 'select inet_server_addr()::text as said')).toBeNull()
    expect(await ask(url, "select current_setting('listen_addresses') as said")).toBe('')
    expect(statSync(join(dataDir, '.s.PGSQL.5432')).mode & 0o077).toBe(0)
    const guessed = new Secret(url.reveal().replace(/:[0-9a-f]{48}@/, ':guessed@'))
    expect(await ask(guessed, 'select 1 as said').catch((error) => error.code)).toBe('28P01')
  })
  expect(existsSync(join(dataDir, '.s.PGSQL.5432'))).toBe(false)
})

test('what a kill left of a socket is in nobody’s way', async () => {
  const dataDir = join(folder, 'plain')
  writeFileSync(join(dataDir, '.s.PGSQL.5432'), '')
  // Of a process that lives, as after a restart of the machine another one may have that number.
  writeFileSync(join(dataDir, '.s.PGSQL.5432.lock'), `${process.pid}\n${dataDir}\n0\n5432\n`)
  await started(dataDir, async ({ url }) => expect(await ask(url, "select 'here' as said")).toBe('here'))
})

test('where the path of the data directory is too long it lies in a private folder, which goes with it', async () => {
  const dataDir = join(folder, 'long'.repeat(20), 'longer'.repeat(10))
  await started(dataDir, async ({ url }) => {
    const { socket } = stateOf(dataDir)
    expect(socket.startsWith(dataDir)).toBe(false)
    expect(statSync(socket).mode & 0o777).toBe(0o700)
    expect(await ask(url, "select 'here' as said")).toBe('here')
  })
  expect(existsSync(stateOf(dataDir).socket)).toBe(false)
})

test('commands beside a running server come by the same way, and a second node can', { timeout: 60_000 }, async () => {
  const dataDir = join(folder, 'beside')
  const server = await startServer({ DATA_DIR: dataDir })
  try {
    expect(stateOf(dataDir)).not.toHaveProperty('port')
    const made = await rolecall({ DATA_DIR: dataDir }, 'organization', 'create', '--slug', 'acme', '--name', 'Acme')
    expect(made).toMatchObject({ code: 0, stderr: '' })
    const { stdout } = await rolecall({ DATA_DIR: dataDir }, 'database', 'url', '--server')
    const second = await startServer({ DATABASE_URL: stdout.trim(), DATA_DIR: dataDir })
    expect((await fetch(`${second.origin}/readyz`)).status).toBe(200)
    second.signal('SIGTERM')
    await second.finished
    // The line in which PostgreSQL writes the first address that it listens on.
    expect(readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[5]).toBe('')
  } finally {
    server.signal('SIGTERM')
  }
  expect((await server.finished).code).toBe(0)
})
