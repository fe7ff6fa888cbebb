// The drill of docs/operations.md, as an operator does it: a backup while people write, verified, restored on another machine.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openDriver } from '#db/driver.ts'
import { Secret } from '#platform/secret.ts'
import { core, scimClient } from '../support/scim.ts'
import { rolecall, rolecallTold, type ServerProcess, startServer } from '../support/server-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'rolecall-drill-'))
const servers: ServerProcess[] = []
afterAll(async () => {
  for (const server of servers) server.signal('SIGTERM')
  await Promise.all(servers.map(({ finished }) => finished))
  rmSync(folder, { recursive: true, force: true })
})

const passphrase = 'correct enough, and rather long'
const quiet = { PORT: '0', LOG_LEVEL: 'info' }
const here = { ...quiet, DATA_DIR: join(folder, 'here') }
const elsewhere = { ...quiet, DATA_DIR: join(folder, 'elsewhere') }
const file = join(folder, 'acme.backup')

async function started(environment: Record<string, string>): Promise<ServerProcess> {
  const server = await startServer(environment)
  servers.push(server)
  return server
}

const clientOf = ({ origin }: ServerProcess, created: { directoryId: string; token: string }) =>
  scimClient((path, init) => fetch(`${origin}${path}`, init), created)

test('backed up while writes go on, verified, restored into an empty folder, served from there', {
  timeout: 180_000,
}, async () => {
  const server = await started(here)
  const named = ['--organization', 'acme', '--name', 'Directory', '--create-organization', '--json']
  const created = JSON.parse((await rolecall(here, 'directory', 'create', ...named)).stdout)
  const scim = clientOf(server, created)
  const acknowledged: string[] = []
  let isOver = false
  const write = async (writer: number): Promise<void> => {
    for (let serial = 0; !isOver; serial += 1) {
      const userName = `writer-${writer}-${serial}@example.com`
      const answer = await scim.post('/Users', { schemas: [`${core}:User`], userName })
      expect(answer.status).toBe(201)
      acknowledged.push(answer.body.id)
    }
  }
  const writers = [1, 2, 3].map(write)
  await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(20)
  const before = [...acknowledged]
  const backup = await rolecallTold(here, `${passphrase}\n`, 'backup', file)
  const after = acknowledged.length
  isOver = true
  await Promise.all(writers)
  expect([backup.code, backup.stderr]).toEqual([0, ''])
  expect(backup.stdout).toMatch(/^Wrote [\d,]+ rows in \d+ tables to .*\n.*sealed by the passphrase/)
  expect(after, 'people wrote while it was made').toBeGreaterThan(before.length)

  const short = await rolecallTold(here, 'short\n', 'backup', `${file}.2`)
  expect([short.code, short.stderr]).toEqual([1, expect.stringMatching(/fewer than 16 characters/)])
  const verified = await rolecallTold(here, passphrase, 'backup', '--verify', file)
  expect([verified.code, verified.stderr]).toEqual([0, ''])
  expect(verified.stdout).toMatch(/is whole: [\d,]+ rows in \d+ tables/)

  const wrong = await rolecallTold(elsewhere, 'not the passphrase at all', 'restore', file)
  expect([wrong.code, wrong.stderr]).toEqual([1, 'error: The passphrase is wrong, or the backup was altered\n'])
  const restored = await rolecall({ ...elsewhere, BACKUP_PASSPHRASE: passphrase }, 'restore', file)
  expect([restored.code, restored.stderr]).toEqual([0, ''])
  expect(restored.stdout).toMatch(/^Restored .*\nAll sessions/)

  const second = await started(elsewhere)
  const owner = openDriver(new Secret((await rolecall(elsewhere, 'database', 'url')).stdout.trim()), { max: 1 })
  const people = (await owner<{ id: string }[]>`select id from users`).map(({ id }) => id)
  const provisioned = await owner`select target_id from audit_events where action = 'user.provision'`
  await owner.end()
  // One moment: what was acknowledged before is there, and each person with their audit row.
  expect(before.filter((id) => !people.includes(id))).toEqual([])
  expect(new Set(provisioned.map((row) => row['target_id']))).toEqual(new Set(people))
  const again = clientOf(second, created)
  expect((await again.get(`/Users/${before[0]}`)).status).toBe(200)
  expect((await again.post('/Users', { schemas: [`${core}:User`], userName: 'new@example.com' })).status).toBe(201)
})
