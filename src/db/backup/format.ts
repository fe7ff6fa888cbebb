// The form of a backup file: gzip, and in it a head, each table as PostgreSQL's COPY writes it, what is in it by number and
// checksum, and at the end the checksum of all that with the keys. Whoever reads it needs nothing but zcat and psql.
//
//   {"format":"rolecall-backup","version":1,…}    the head
//   {"table":"public.users","columns":[…]}        for each table, those that others refer to first
//   65536 <bytes>65536 <bytes>… 0                 its rows, in pieces of a length told before; the length stands on a line
//   {"tables":[…],"sequences":[…]}                counts and checksums
//   {"sha256":"…","keys":…}                       of everything before this line
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '#platform/errors.ts'

export const formatName = 'rolecall-backup'
/** Grows when an older reader would not understand the file. */
export const formatVersion = 1
/** The longest piece of a table's rows. */
export const pieceBytes = 65_536

const sum = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().min(0)

/** The newest migration of the database that was backed up, by its time in drizzle's journal, and how many it had. */
export const headSchema = z.object({
  format: z.literal(formatName),
  version: z.literal(formatVersion),
  createdAt: z.iso.datetime(),
  postgres: z.string(),
  migration: z.int(),
  migrations: count,
})

export const tableSchema = z.object({ table: z.string(), columns: z.array(z.string()).min(1) })

export const contentsSchema = z.object({
  tables: z.array(z.object({ table: z.string(), rows: count, sha256: sum })),
  sequences: z.array(z.object({ name: z.string(), value: z.string().regex(/^\d+$/), isCalled: z.boolean() })),
})

/** `keys`: sealed by a passphrase, or left out. */
export const endSchema = z.object({ sha256: sum, keys: z.unknown() })

export type BackupHead = z.infer<typeof headSchema>
export type BackedUpTable = z.infer<typeof tableSchema>
export type BackupContents = z.infer<typeof contentsSchema>

export const rowsOf = (contents: Pick<BackupContents, 'tables'>): number =>
  contents.tables.reduce((all, { rows }) => all + rows, 0)

export const notABackup = (cause?: unknown): AppError =>
  new AppError('invalid', 'The backup is truncated or altered, or it is none; nothing was restored', { cause })

/** Counts rows and sums up bytes as they pass: COPY ends each row by a line break and writes no other. */
export function tally(): { add(piece: Buffer): void; result(): { rows: number; sha256: string } } {
  const hash = createHash('sha256')
  let rows = 0
  return {
    add: (piece) => {
      hash.update(piece)
      for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, at + 1)) rows += 1
    },
    result: () => ({ rows, sha256: hash.digest('hex') }),
  }
}
