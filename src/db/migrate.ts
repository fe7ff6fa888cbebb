// Brings the database to this version's tables. Nodes that start at once take turns by an advisory lock; a run is one
// transaction as long as no index is built beside writes, so a killed migration leaves nothing behind.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type postgres from 'postgres'
import { systemRandom } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import type { Secret } from '#platform/secret.ts'
import { applyMigrations, type Journal, readJournal } from './apply-migrations.ts'
import type { Database } from './database.ts'
import { openDriver } from './driver.ts'
import { codeOf } from './errors.ts'
import { hostsOf, timeLimitOf } from './hosts.ts'
import { provideLogin } from './login.ts'
import { prove } from './proof.ts'
import { serverRole } from './schema/common.ts'
import { type Settled, settle } from './settle.ts'
import { prepared } from './statement.ts'

/** By package.json, which is where it was wherever the build has put us. */
const migrationsFolder = join(createRequire(import.meta.url).resolve('#drizzle/meta/_journal.json'), '../..')
const lockKey = 7_265_636_101
const turnMillis = 100

/**
 * @param owner a connection as the owner of the tables; as somebody else it is only looked at whether there is anything to do
 * @param server how the server itself logs in, where that is another user: it is made if need be
 * @returns whether the database is where it was
 * @throws AppError unavailable where something is missing, saying what to do; what else the database says
 */
export async function migrateDatabase(owner: Secret, server?: Secret): Promise<Settled> {
  const connection = await connectToPrimary(owner)
  try {
    if (await isForeign(connection)) {
      await requireCurrent(connection)
      return await settle({ sql: connection })
    }
    await takeTurn(connection)
    await applyMigrations(connection, migrationsFolder)
    await connection.unsafe(`grant usage on schema drizzle to ${serverRole.name}`)
    await connection.unsafe(`grant select on all tables in schema drizzle to ${serverRole.name}`)
    if (server !== undefined) await provideLogin(connection, { server, randomBytes: systemRandom })
    return await settle({ sql: connection })
  } finally {
    await connection.end({ timeout: 5 })
  }
}

/** By asking again: whoever stood waiting inside of a statement would keep an index that is built beside it from getting done. */
async function takeTurn(connection: postgres.Sql): Promise<void> {
  for (;;) {
    const [row] = await connection`select pg_try_advisory_lock(${lockKey}) as "isOurs"`
    if (row?.['isOurs'] === true) return
    await sleep(turnMillis)
  }
}

/** @returns a connection of one's own to the first host of the URL that takes writes. @throws what the last one said */
export async function connectToPrimary(owner: Secret): Promise<postgres.Sql> {
  const hosts = hostsOf(owner)
  let failure: unknown
  for (const url of hosts) {
    const limit = timeLimitOf(hosts) / 1000
    const connection = openDriver(url, { max: 1, onnotice: () => {}, connect_timeout: limit })
    try {
      await prove({ sql: connection }, undefined)
      return connection
    } catch (error) {
      failure = error
      await connection.end({ timeout: 0 })
    }
  }
  throw failure
}

/** Whether the tables are there already, and another user's. */
async function isForeign(connection: postgres.Sql): Promise<boolean> {
  const [found] = await connection`select not pg_has_role(c.relowner, 'USAGE') as "isForeign" from pg_class c
    where c.oid = to_regclass('drizzle.__drizzle_migrations')`
  return found?.['isForeign'] === true
}

async function requireCurrent(connection: postgres.Sql): Promise<void> {
  const [row] = await connection`select count(*)::int as applied from drizzle.__drizzle_migrations`.catch(
    (error: unknown) => {
      if (codeOf(error) !== '42501') throw error
      throw new AppError('unavailable', `${whoseLogin} may not even read them: grant ${serverRole.name} to it`)
    },
  )
  const [applied, known] = [Number(row?.['applied']), knownMigrations().length]
  if (applied >= known) return
  throw new AppError(
    'unavailable',
    `The database has ${applied} of ${known} migrations. ${whoseLogin} may not apply the others: set DATABASE_OWNER_URL, ` +
      'or run "rolecall migrate" with it, which may be done beforehand and from elsewhere',
  )
}

const whoseLogin = 'The tables belong to another user, and the login of DATABASE_URL'

const countApplied = prepared<Record<string, never>, { applied: number }>(
  () => sql`select count(*)::int as applied from drizzle.__drizzle_migrations`,
)

/** This version's migrations in their order; `when` is what tells one from another. */
export const knownMigrations = (): Journal['entries'] => readJournal(migrationsFolder).entries

export type PendingMigrations = {
  /** Names of this version's migrations that the database does not have. */
  pending: string[]
  /** How many it has that this version does not know: a newer version was here. */
  unknown: number
}

/** What a start of this version would do to the database; nothing is changed. @throws whatever the database says */
export async function pendingMigrations(owner: Secret): Promise<PendingMigrations> {
  const connection = await connectToPrimary(owner)
  try {
    const [table] = await connection`select to_regclass('drizzle.__drizzle_migrations') is not null as "isThere"`
    const rows =
      table?.['isThere'] === true ? await connection`select created_at from drizzle.__drizzle_migrations` : []
    const applied = new Set(rows.map((row) => Number(row['created_at'])))
    const known = knownMigrations()
    return {
      pending: known.filter(({ when }) => !applied.has(when)).map(({ tag }) => tag),
      unknown: [...applied].filter((when) => !known.some((migration) => migration.when === when)).length,
    }
  } finally {
    await connection.end({ timeout: 5 })
  }
}

/**
 * Makes the tables that an older version had, for its backup. @param last the newest migration to apply, by its `when`
 */
export const migrateUpTo = (owner: postgres.Sql, last: number): Promise<void> =>
  applyMigrations(owner, migrationsFolder, last)

/** How many of this version's migrations the database has; for the readiness check. @throws AppError unavailable */
export async function migrationState(database: Database): Promise<{ applied: number; known: number }> {
  const known = knownMigrations().length
  const [row] = await database.read(countApplied({}))
  return { applied: row?.applied ?? 0, known }
}
