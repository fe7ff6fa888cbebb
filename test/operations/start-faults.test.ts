// A database that is lost while the server starts: the process ends, says why, and says so by its exit code.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cuttingProxy } from '../support/cutting-proxy.ts'
import { cloneTemplate, type TestDatabase } from '../support/database.ts'
import { launch, rolecall } from '../support/server-process.ts'

let database: TestDatabase
const folder = mkdtempSync(join(tmpdir(), 'rolecall-start-'))
beforeAll(async () => {
  database = await cloneTemplate()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const through = (url: string, port: number): string => url.replace(/:\d+\//, `:${port}/`)

test.each([
  ['is gone before migrations', 'current_user', 'refuse'],
  ['is gone once the server listens', 'has_organizations', 'refuse'],
  ['falls silent once the server listens', 'has_organizations', 'hang'],
  ['answers no more once the server listens', 'has_organizations', 'stall'],
  ['is gone when keys are proven', 'instance_keys', 'refuse'],
] as const)('it %s', { timeout: 60_000 }, async (_, statement, how) => {
  const proxy = await cuttingProxy(database.databaseUrl, { statement, how })
  const started = Date.now()
  const environment = {
    ...{ PORT: '0', DATA_DIR: folder },
    DATABASE_URL: through(database.databaseUrl, proxy.port),
    DATABASE_OWNER_URL: database.ownerUrl,
  }
  const { code, stderr } = await rolecall(environment, 'serve')
  await proxy.close()
  expect([code, Date.now() - started < 40_000]).toEqual([1, true])
  expect(stderr).toMatch(/cannot reach its database.*: \S+/)
})

test('SIGTERM is heard while the database keeps the start waiting', async () => {
  const proxy = await cuttingProxy(database.ownerUrl, { statement: 'pg_try_advisory_lock', how: 'stall' })
  const environment = {
    ...{ DATA_DIR: folder, DATABASE_URL: database.databaseUrl },
    DATABASE_OWNER_URL: through(database.ownerUrl, proxy.port),
  }
  const { child, finished } = launch({ PORT: '0', ...environment }, ['serve'])
  await expect.poll(() => proxy.isCut(), { timeout: 20_000 }).toBe(true)
  child.kill('SIGTERM')
  expect(await finished).toMatchObject({ code: 0, stderr: expect.stringContaining('Stopped before it had started') })
  await proxy.close()
})
