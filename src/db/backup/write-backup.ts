// Writes a backup while the server runs: one snapshot of all tables, in a stream that holds a piece at a time in memory.
import { createHash } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { link, rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { AppError } from '#platform/errors.ts'
import type { Secret } from '#platform/secret.ts'
import { openDriver } from '../driver.ts'
import {
  type BackedUpTable,
  type BackupContents,
  type BackupHead,
  formatName,
  formatVersion,
  pieceBytes,
  tally,
} from './format.ts'
import { backedUpTables, columnList, quoted, type Sql, sequencesNow } from './tables.ts'

export type BackupOptions = {
  /** As the owner of the tables. */
  owner: Secret
  /** A file that is not there yet. */
  file: string
  now: Date
  /** @param sha256 of what is in the backup @returns the sealed keys, or null for a backup without them */
  sealKeys: (sha256: string) => Promise<unknown>
}

/** @returns what is in it. @throws AppError conflict where the file exists; invalid where there is nothing to back up */
export async function writeBackup({ owner, file, now, sealKeys }: BackupOptions): Promise<BackupContents> {
  const connection = openDriver(owner, { max: 1, onnotice: () => {}, connect_timeout: 10 })
  // Another one to the same file has a part of its own.
  const unfinished = `${file}.${process.pid}.${now.getTime()}.part`
  try {
    if (existsSync(file)) throw new AppError('conflict', `${file} exists already: a backup never replaces another file`)
    const tables = await tablesOf(connection)
    const contents: BackupContents = { tables: [], sequences: [] }
    await connection.begin('isolation level repeatable read read only', async (sql) => {
      await sql.unsafe('set local row_security = off')
      // Before the snapshot is taken: a migration that rewrites a table would leave it empty for this snapshot.
      await sql.unsafe(`lock table ${tables.map(({ table }) => quoted(table)).join(', ')} in access share mode`)
      await pipeline(
        written(sql, { now, contents, sealKeys }),
        createGzip({ level: 6 }),
        createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true }),
      )
    })
    await link(unfinished, file).catch((error: unknown) => {
      throw new AppError('conflict', `${file} exists already: a backup never replaces another file`, { cause: error })
    })
    await note(connection, now)
    return contents
  } finally {
    await connection.end({ timeout: 5 })
    await rm(unfinished, { force: true })
  }
}

/** So that somebody hears of it where there are none any more. A database of before is not asked to remember. */
async function note(sql: Sql, now: Date): Promise<void> {
  const [column] = await sql.unsafe(`select 1 from pg_catalog.pg_attribute
    where attrelid = 'public.instance_places'::regclass and attname = 'backed_up_at'`)
  if (column === undefined) return
  await sql.unsafe('update public.instance_places set backed_up_at = $1::timestamptz', [now.toISOString()])
}

async function tablesOf(sql: Sql): Promise<BackedUpTable[]> {
  const [found] = await sql.unsafe(`select to_regclass('drizzle.__drizzle_migrations') is not null as "isOurs"`)
  if (found?.['isOurs'] !== true) throw new AppError('invalid', 'The database has no tables of Rolecall to back up')
  return backedUpTables(sql)
}

type Writing = Pick<BackupOptions, 'now' | 'sealKeys'> & { contents: BackupContents }

async function* written(sql: Sql, { now, contents, sealKeys }: Writing): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  const counted = (piece: Buffer): Buffer => {
    hash.update(piece)
    return piece
  }
  const line = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)
  yield counted(line(await headOf(sql, now)))
  for (const table of await backedUpTables(sql)) {
    const sums = tally()
    yield counted(line(table))
    for await (const piece of rowsOf(sql, table)) {
      sums.add(piece)
      yield counted(Buffer.from(`${piece.length}\n`))
      yield counted(piece)
    }
    yield counted(Buffer.from('0\n'))
    contents.tables.push({ table: table.table, ...sums.result() })
  }
  contents.sequences = await sequencesNow(sql)
  yield counted(line(contents))
  const sha256 = hash.digest('hex')
  yield line({ sha256, keys: await sealKeys(sha256) })
}

async function headOf(sql: Sql, now: Date): Promise<BackupHead> {
  const [found] = await sql.unsafe<Pick<BackupHead, 'postgres' | 'migration' | 'migrations'>[]>(
    `select current_setting('server_version') as postgres, max(created_at)::float8 as migration, count(*)::int as migrations
      from drizzle.__drizzle_migrations`,
  )
  if (found === undefined) throw new AppError('invalid', 'The database has no migrations')
  return { format: formatName, version: formatVersion, createdAt: now.toISOString(), ...found }
}

/** PostgreSQL sends a message for each row, which would be small pieces. */
async function* rowsOf(sql: Sql, { table, columns }: BackedUpTable): AsyncGenerator<Buffer> {
  const copy = `copy ${quoted(table)} (${columnList(columns)}) to stdout`
  const rows: Readable = await sql.unsafe(copy).readable()
  let waiting: Buffer[] = []
  let bytes = 0
  for await (const row of rows as AsyncIterable<Buffer>) {
    for (let at = 0; at < row.length; at += pieceBytes) {
      const part = row.subarray(at, at + pieceBytes)
      if (bytes + part.length > pieceBytes) {
        yield Buffer.concat(waiting)
        waiting = []
        bytes = 0
      }
      waiting.push(part)
      bytes += part.length
    }
  }
  // The driver paused the socket for the last row and has no reason to go on: the word that it was the last one would never come.
  rows._read(0)
  if (bytes > 0) yield Buffer.concat(waiting)
}
