// Brings the database to this version's tables. Nodes that start at once take turns by an advisory lock; each run is one
// transaction, so a killed migration leaves nothing behind.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import type { Secret } from '#platform/secret.ts'
import type { Database } from './database.ts'
import { serverRole } from './schema/common.ts'
import { prepared } from './statement.ts'

const migrationsFolder = fileURLToPath(new URL('../../drizzle', import.meta.url))
const lockKey = 7_265_636_101

/** @param url a connection as the owner of the tables. @throws what the database says, e.g. a missing privilege */
export async function migrateDatabase(url: Secret): Promise<void> {
  const connection = postgres(url.reveal(), { max: 1, onnotice: () => {}, connect_timeout: 10 })
  try {
    await connection`select pg_advisory_lock(${lockKey})`
    await migrate(drizzle(connection), { migrationsFolder })
    await connection.unsafe(`grant usage on schema drizzle to ${serverRole.name}`)
    await connection.unsafe(`grant select on all tables in schema drizzle to ${serverRole.name}`)
  } finally {
    await connection.end({ timeout: 5 })
  }
}

const countApplied = prepared<Record<string, never>, { applied: number }>(
  () => sql`select count(*)::int as applied from drizzle.__drizzle_migrations`,
)

/** How many of this version's migrations the database has; for the readiness check. @throws AppError unavailable */
export async function migrationState(database: Database): Promise<{ applied: number; known: number }> {
  const journal = JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, 'utf8')) as { entries: unknown[] }
  const [row] = await database.run(countApplied({}))
  return { applied: row?.applied ?? 0, known: journal.entries.length }
}
