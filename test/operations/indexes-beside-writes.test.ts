// A migration that builds an index beside running writes: outside of a transaction, begun again where it was killed.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { applyMigrations } from '#db/apply-migrations.ts'
import { openDriver } from '#db/driver.ts'
import { Secret } from '#platform/secret.ts'
import { startTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
let migrator: postgres.Sql
let folder: string
const name = 'users_beside'
const index = `-- outside of a transaction: an index beside running writes
DROP INDEX CONCURRENTLY IF EXISTS "${name}";--> statement-breakpoint
CREATE INDEX CONCURRENTLY "${name}" ON "users" USING btree ("organization_id",("attributes" ->> 'beside'));`

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

beforeEach(() => {
  migrator = openDriver(new Secret(app.ownerUrl), { max: 1, onnotice: () => {} })
  folder = mkdtempSync(join(tmpdir(), 'rolecall-migrations-'))
  cpSync('drizzle', folder, { recursive: true })
})
afterEach(async () => {
  await app.owner.unsafe(`drop index if exists ${name}; drop table if exists after_it`)
  await app.owner`delete from drizzle.__drizzle_migrations where created_at >= ${9e12}`
  await migrator.end()
  rmSync(folder, { recursive: true })
})

/** As if a later version had them. */
function addMigrations(...texts: string[]): void {
  const file = join(folder, 'meta/_journal.json')
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: object[] }
  for (const [at, text] of texts.entries()) {
    const tag = `999${at}_test`
    journal.entries.push({ idx: 9_990 + at, version: '7', when: 9e12 + at, tag, breakpoints: true })
    writeFileSync(join(folder, `${tag}.sql`), text)
  }
  writeFileSync(file, JSON.stringify(journal))
}

const applied = async (): Promise<number[]> => {
  const rows =
    await app.owner`select created_at from drizzle.__drizzle_migrations where created_at >= ${9e12} order by 1`
  return rows.map((row) => Number(row['created_at']) - 9e12)
}

const isValid = async (): Promise<boolean | undefined> => {
  const [row] = await app.owner`select indisvalid as valid from pg_index where indexrelid = to_regclass(${name})`
  return row?.['valid'] as boolean | undefined
}

const builds = () => app.owner`select pid from pg_stat_progress_create_index where datname = current_database()`

const untilBuilding = () => vi.waitFor(async () => expect(await builds()).toHaveLength(1), 10_000)

test('writes go on while the index is built, and the migrations after it follow', async () => {
  const scim = await app.createScim()
  const id = await scim.user('before@north.example.com')
  addMigrations(index, 'CREATE TABLE after_it (id text);')
  const writer = await app.owner.reserve()
  await writer`begin`
  await writer`update users set updated_at = now() where id = ${id}`
  const build = applyMigrations(migrator, folder)
  await untilBuilding()
  const later = scim.user('meanwhile@north.example.com')
  await expect(Promise.race([later, sleep(5_000, 'blocked')])).resolves.toMatch(/^usr_/)
  await writer`commit`
  writer.release()
  await build
  expect(await isValid()).toBe(true)
  expect(await applied()).toEqual([0, 1])
})

test('a build that was killed is begun again, and does not count as done before', async () => {
  const scim = await app.createScim()
  const id = await scim.user('killed@north.example.com')
  addMigrations(index)
  const writer = await app.owner.reserve()
  await writer`begin`
  await writer`update users set updated_at = now() where id = ${id}`
  const build = applyMigrations(migrator, folder)
  build.catch(() => {})
  await untilBuilding()
  const [at] = await builds()
  await app.owner`select pg_cancel_backend(${at?.['pid']}::int)`
  await expect(build).rejects.toThrow('canceling statement')
  await writer`rollback`
  writer.release()
  expect([await isValid(), await applied()]).toEqual([false, []])
  await applyMigrations(migrator, folder)
  expect([await isValid(), await applied()]).toEqual([true, [0]])
})

test('nothing is built twice', async () => {
  addMigrations(index)
  await applyMigrations(migrator, folder)
  const [before] = await app.owner`select to_regclass(${name})::oid as oid`
  await applyMigrations(migrator, folder)
  const [after] = await app.owner`select to_regclass(${name})::oid as oid`
  expect(after).toEqual(before)
})
