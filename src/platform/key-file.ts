// The key for secrets at rest where none is configured: made once, kept beside the data, readable by its owner alone.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RandomBytes } from './crypto.ts'
import type { SealingKey } from './sealing.ts'
import { Secret } from './secret.ts'

const fileName = 'encryption.key'

/**
 * Reads the key of `folder`, or makes one; of two processes that start at once, both get the same.
 * @throws Error where the folder cannot be written, or the file is not a key
 */
export function keyFromFile(folder: string, randomBytes: RandomBytes): SealingKey {
  const path = join(folder, fileName)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const text = read(path) ?? create(path, randomBytes)
  const [id, key] = text.trim().split(':')
  if (id === undefined || key === undefined || Buffer.from(key, 'base64').length !== 32) {
    throw new Error(`${path} does not hold a key; restore it from a backup, or set ENCRYPTION_KEYS`)
  }
  return { id, key: new Secret(key) }
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
function create(path: string, randomBytes: RandomBytes): string {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, `file-1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
  return readFileSync(path, 'utf8')
}
