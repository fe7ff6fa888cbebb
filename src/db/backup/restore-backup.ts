// Restores a backup into an empty database: its tables as they were, its rows, then whatever migrations have come since. What would
// let somebody in ends, since the database is somewhere else than it was.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '#platform/errors.ts'
import type { Secret } from '#platform/secret.ts'
import { connectToPrimary, knownMigrations, migrateDatabase, migrateUpTo } from '../migrate.ts'
import { type BackedUpTable, type BackupHead, notABackup } from './format.ts'
import { type Backup, readBackup } from './read-backup.ts'
import { backedUpTables, columnList, quoted, rowCounts, type Sql } from './tables.ts'

export type RestoreOptions = {
  /** As the owner of the tables, or of the database that is to have them. */
  owner: Secret
  /** As the server logs in. */
  server: Secret
  file: string
}

/** @throws AppError invalid where the backup comes from a newer version; before anything is changed */
export function requireKnownMigrations({ migration, migrations }: BackupHead): void {
  const upTo = knownMigrations().filter(({ when }) => when <= migration)
  if (upTo.at(-1)?.when !== migration || upTo.length !== migrations) {
    throw new AppError(
      'invalid',
      'The backup has migrations that this version of Rolecall does not know: restore it with the version that made it, or a newer one',
    )
  }
}

/**
 * @param backup what reading the file has told
 * @returns how many migrations were applied on top
 * @throws AppError conflict where the database is not empty
 */
export async function restoreBackup({ head }: Backup, { owner, server, file }: RestoreOptions): Promise<number> {
  requireKnownMigrations(head)
  const connection = await connectToPrimary(owner)
  try {
    await requireEmpty(connection)
    await migrateUpTo(connection, head.migration)
    await connection.begin((sql) => fill(sql, file))
    const state = await migrateDatabase(owner, server)
    if (state !== 'restored') await connection.unsafe('select public.end_all_access()')
    // Plans go by statistics, which no backup has.
    await connection.unsafe('analyze')
  } finally {
    await connection.end({ timeout: 5 })
  }
  return knownMigrations().length - head.migrations
}

async function requireEmpty(sql: Sql): Promise<void> {
  const [found] = await sql.unsafe<{ name: string }[]>(`select n.nspname || '.' || c.relname as name
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'e') order by 1 limit 1`)
  if (found === undefined) return
  throw new AppError(
    'conflict',
    `The database is not empty (it has ${found.name}): a backup is restored into a new one, and never over what is there`,
  )
}

async function fill(sql: Sql, file: string): Promise<void> {
  const tables = await backedUpTables(sql)
  const names = tables.map(({ table }) => quoted(table))
  // Triggers keep what changes; here nothing does. Foreign keys go on to hold.
  for (const name of names) await sql.unsafe(`alter table ${name} disable trigger user`)
  // What migrations put there by themselves is in the backup as well.
  await sql.unsafe(`truncate ${names.join(', ')}`)
  const { contents } = await readBackup(file, (table, rows) => copyIn(sql, table, rows))
  const restored = await rowCounts(
    sql,
    tables.map(({ table }) => table),
  )
  for (const { table, rows } of contents.tables) {
    if (restored.get(table) !== rows) throw new Error(`${table} has ${restored.get(table)} rows and not ${rows}`)
  }
  if (restored.size !== contents.tables.length) throw notABackup()
  for (const { name, value, isCalled } of contents.sequences) {
    await sql.unsafe('select setval($1::regclass, $2::bigint, $3::boolean)', [quoted(name), value, isCalled])
  }
  for (const name of names) await sql.unsafe(`alter table ${name} enable trigger user`)
}

async function copyIn(sql: Sql, { table, columns }: BackedUpTable, rows: AsyncIterable<Buffer>): Promise<void> {
  const query = sql.unsafe(`copy ${quoted(table)} (${columnList(columns)}) from stdin`)
  // The driver has answered once the stream is there, and would keep to itself what PostgreSQL says at its end.
  const refused = new Promise<never>((_, reject) => Object.assign(query, { reject }))
  const into = await Promise.race([query.writable(), refused])
  await Promise.race([pipeline(Readable.from(rows), into), refused])
}
