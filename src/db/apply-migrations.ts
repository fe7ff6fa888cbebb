// Carries out the migrations of a folder in their order: those between two that build indexes beside running writes share one
// transaction each, and such a build runs outside of one, statement by statement, since PostgreSQL wants it so.
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import type postgres from 'postgres'

export type Journal = { entries: Migration[] }
type Migration = { when: number; tag: string }

/** The first line of a migration that runs outside of a transaction. It must bear being begun again where it was killed. */
const outsideMark = '-- outside of a transaction'
const breakpoint = '--> statement-breakpoint'

const journalIn = (folder: string): string => join(folder, 'meta/_journal.json')

export const readJournal = (folder: string): Journal => JSON.parse(readFileSync(journalIn(folder), 'utf8')) as Journal

const textOf = (folder: string, { tag }: Migration): string => readFileSync(join(folder, `${tag}.sql`), 'utf8')

/**
 * Applies what the database does not have yet. What was done before a failure stays done, in whole transactions and whole indexes.
 * @param last the newest migration to apply, by its `when`
 * @throws whatever the database says
 */
export async function applyMigrations(
  owner: postgres.Sql,
  folder: string,
  last = Number.POSITIVE_INFINITY,
): Promise<void> {
  const newest = await newestApplied(owner)
  const pending = readJournal(folder).entries.filter(({ when }) => when > newest && when <= last)
  for (const outside of pending.filter((one) => textOf(folder, one).startsWith(outsideMark))) {
    await inOneTransaction(owner, folder, outside.when - 1)
    await outOfTransaction(owner, outside, textOf(folder, outside))
  }
  await inOneTransaction(owner, folder, last)
}

async function newestApplied(owner: postgres.Sql): Promise<number> {
  const [table] = await owner`select to_regclass('drizzle.__drizzle_migrations') is not null as "isThere"`
  if (table?.['isThere'] !== true) return 0
  const [row] = await owner`select max(created_at) as newest from drizzle.__drizzle_migrations`
  return Number(row?.['newest'] ?? 0)
}

async function inOneTransaction(owner: postgres.Sql, migrationsFolder: string, last: number): Promise<void> {
  const journal = readJournal(migrationsFolder)
  const entries = journal.entries.filter(({ when }) => when <= last)
  if (entries.length === journal.entries.length) return migrate(drizzle(owner), { migrationsFolder })
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-migrations-'))
  try {
    cpSync(migrationsFolder, folder, { recursive: true })
    writeFileSync(journalIn(folder), JSON.stringify({ ...journal, entries }))
    await migrate(drizzle(owner), { migrationsFolder: folder })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Noted as done in the words of the library, and only once all of it is. */
async function outOfTransaction(owner: postgres.Sql, { when }: Migration, text: string): Promise<void> {
  for (const statement of text.split(breakpoint)) await owner.unsafe(statement)
  const hash = createHash('sha256').update(text).digest('hex')
  await owner`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${when})`
}
