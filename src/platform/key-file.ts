// The keys for secrets at rest where none are configured: made once, kept beside the data, readable by their owner alone. The file
// is written as ENCRYPTION_KEYS is.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RandomBytes } from './crypto.ts'
import { AppError } from './errors.ts'
import type { SealingKey } from './sealing.ts'
import { Secret } from './secret.ts'

const fileName = 'encryption.key'

/** @throws AppError conflict where the folder has other keys already */
export function writeKeys(folder: string, keys: readonly SealingKey[], randomBytes: RandomBytes): void {
  const line = writtenKeys(keys)
  if ((read(join(folder, fileName)) ?? create(folder, line, randomBytes)).trim() === line) return
  throw new AppError('conflict', `${join(folder, fileName)} holds other keys than the backup: move it away first`)
}

export const hasKeys = (folder: string): boolean => read(join(folder, fileName)) !== undefined

/**
 * Reads the keys of `folder`, or makes one; of two processes that start at once, both get the same.
 * @throws Error where the folder cannot be written, or the file holds no key
 */
export function keysFromFile(folder: string, randomBytes: RandomBytes): SealingKey[] {
  const path = join(folder, fileName)
  const text = read(path) ?? create(folder, `file-1:${randomBytes(32).toString('base64')}`, randomBytes)
  const keys = readKeys(text)
  if (keys === undefined)
    throw new Error(`${path} does not hold a key; restore it from a backup, or set ENCRYPTION_KEYS`)
  return keys
}

/** As in ENCRYPTION_KEYS: each with its id, the current one first, commas between. */
export const writtenKeys = (keys: readonly SealingKey[]): string =>
  keys.map(({ id, key }) => `${id}:${key.reveal()}`).join(',')

/** Undefined where the text is not written so. */
export function readKeys(text: string): SealingKey[] | undefined {
  const pairs = text.trim().split(',')
  const keys = pairs.map((pair) => ({ id: pair.split(':')[0] ?? '', key: pair.split(':')[1] ?? '' }))
  if (keys.some(({ id, key }) => id === '' || Buffer.from(key, 'base64').length !== 32)) return undefined
  return keys.map(({ id, key }) => ({ id, key: new Secret(key) }))
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

// Written elsewhere and linked, so that nobody reads half a key and the first one wins.
function create(folder: string, line: string, randomBytes: RandomBytes): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, fileName)
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, `${line}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
  return readFileSync(path, 'utf8')
}
