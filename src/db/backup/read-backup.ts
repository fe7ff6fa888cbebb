// Reads a backup as a stream. All of it is read and summed up before anything is done with it, and once more when it is restored.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import type { z } from 'zod'
import { AppError } from '#platform/errors.ts'
import {
  type BackedUpTable,
  type BackupContents,
  type BackupHead,
  contentsSchema,
  endSchema,
  formatName,
  formatVersion,
  headSchema,
  notABackup,
  pieceBytes,
  tableSchema,
  tally,
} from './format.ts'

export type Backup = {
  head: BackupHead
  contents: BackupContents
  /** Of all but the last line. */
  sha256: string
  /** Sealed by a passphrase; null for a backup without keys. */
  keys: unknown
}

/** What to do with a table; all of its rows must be taken. */
export type TakeTable = (table: BackedUpTable, rows: AsyncIterable<Buffer>) => Promise<void>

const longestLine = 1_048_576

/** @throws AppError invalid where the file is truncated, altered or no backup, or its form is newer than this version */
export async function readBackup(file: string, takeTable: TakeTable = drained): Promise<Backup> {
  const source = createReadStream(file)
  const unzipped = createGunzip()
  // Told to whoever reads, which pipe() does not do.
  source.on('error', (error) => unzipped.destroy(error))
  try {
    return await read(new Bytes(source.pipe(unzipped)), takeTable)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') {
      throw new AppError('invalid', `${file} cannot be read: ${(error as Error).message}`, { cause: error })
    }
    if (code?.startsWith('Z_') === true || error instanceof SyntaxError) throw notABackup(error)
    throw error
  } finally {
    source.destroy()
    unzipped.destroy()
  }
}

async function read(bytes: Bytes, takeTable: TakeTable): Promise<Backup> {
  const head = headOf(JSON.parse(await bytes.line()))
  const tables: BackupContents['tables'] = []
  let next: unknown = JSON.parse(await bytes.line())
  for (let table = tableSchema.safeParse(next); table.success; table = tableSchema.safeParse(next)) {
    const sums = tally()
    await takeTable(table.data, rowsIn(bytes, sums))
    tables.push({ table: table.data.table, ...sums.result() })
    next = JSON.parse(await bytes.line())
  }
  const contents = checked(contentsSchema, next)
  const sha256 = bytes.sum()
  const end = checked(endSchema, JSON.parse(await bytes.line()))
  await bytes.requireEnd()
  if (end.sha256 !== sha256 || JSON.stringify(tables) !== JSON.stringify(contents.tables)) throw notABackup()
  return { head, contents, sha256, keys: end.keys }
}

function headOf(found: unknown): BackupHead {
  const claimed = found as { format?: unknown; version?: unknown } | null
  if (claimed?.format === formatName && Number(claimed.version) > formatVersion) {
    throw new AppError(
      'invalid',
      'The backup was made by a newer version of Rolecall: update this one, then restore it',
    )
  }
  return checked(headSchema, found)
}

function checked<Schema extends z.ZodType>(schema: Schema, found: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(found)
  if (!parsed.success) throw notABackup(parsed.error)
  return parsed.data
}

async function* rowsIn(bytes: Bytes, sums: ReturnType<typeof tally>): AsyncGenerator<Buffer> {
  for (;;) {
    const length = Number(await bytes.line())
    if (!Number.isInteger(length) || length < 0 || length > pieceBytes) throw notABackup()
    if (length === 0) return
    const piece = await bytes.take(length)
    sums.add(piece)
    yield piece
  }
}

async function drained(_table: BackedUpTable, rows: AsyncIterable<Buffer>): Promise<void> {
  for await (const _piece of rows);
}

/** Lines and pieces out of a stream of bytes, and the sum of what was taken. */
class Bytes {
  readonly #source: AsyncIterator<Buffer>
  readonly #hash = createHash('sha256')
  #held: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  async line(): Promise<string> {
    let end = this.#held.indexOf(10)
    while (end === -1 && this.#held.length < longestLine) {
      await this.#more()
      end = this.#held.indexOf(10)
    }
    if (end === -1) throw notABackup()
    return (await this.take(end + 1)).toString('utf8', 0, end)
  }

  async take(length: number): Promise<Buffer> {
    while (this.#held.length < length) await this.#more()
    const taken = this.#held.subarray(0, length)
    this.#held = this.#held.subarray(length)
    this.#hash.update(taken)
    return taken
  }

  /** Of everything that was taken so far. */
  sum(): string {
    return this.#hash.copy().digest('hex')
  }

  async requireEnd(): Promise<void> {
    if (this.#held.length > 0 || (await this.#source.next()).done !== true) throw notABackup()
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#source.next()
    if (done === true) throw notABackup()
    this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value])
  }
}
