// A database that has all migrations, of a PostgreSQL that is started for it and thrown away afterwards.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type postgres from 'postgres'
import { openDriver } from '../../src/db/driver.ts'
import { startEmbedded } from '../../src/db/embedded/embedded.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'

/** Nothing in it is worth keeping. */
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/** @param use gets a connection as the owner of the tables */
export async function withThrowAwayDatabase<T>(use: (database: postgres.Sql) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-schema-'))
  const cluster = await startEmbedded({ dataDir, randomBytes, mode: 'own', settings })
  const database = openDriver(cluster.url, { max: 1, onnotice: () => {} })
  try {
    await migrateDatabase(cluster.url)
    return await use(database)
  } finally {
    await database.end({ timeout: 1 })
    await cluster.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
