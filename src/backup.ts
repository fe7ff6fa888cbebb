// Backups as a process makes them: of whichever database is configured, with the keys that open what is sealed in it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireSealingKeys } from '#access/organizations/sealing-check.ts'
import type { BackedUp, Passphrase, Restored } from '#cli/runtime.ts'
import { rowsOf } from '#db/backup/format.ts'
import { type Backup, readBackup } from '#db/backup/read-backup.ts'
import { requireKnownMigrations, restoreBackup } from '#db/backup/restore-backup.ts'
import { writeBackup } from '#db/backup/write-backup.ts'
import { hasCluster, removeCluster } from '#db/embedded/state.ts'
import { systemClock } from '#platform/clock.ts'
import { systemRandom } from '#platform/crypto.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { hasKeys, readKeys, writeKeys, writtenKeys } from '#platform/key-file.ts'
import { openByPassphrase, sealByPassphrase } from '#platform/passphrase.ts'
import type { SealingKey, SealPlace } from '#platform/sealing.ts'
import type { Secret } from '#platform/secret.ts'
import type { Config } from './config.ts'
import { createServices, keysOf, openDatabase } from './services.ts'

/** Of this backup alone: sealed keys do not go with another one, nor with this one once it was altered. */
const placeOf = (sha256: string): SealPlace => ['backup', 'keys', 'instance', sha256]

/**
 * Writes a backup while the server runs. @param passphrase undefined for a backup without keys
 * @throws AppError conflict where the file exists; Error where the keys at hand are not those of the database
 */
export async function backUp(config: Config, file: string, passphrase: Passphrase | undefined): Promise<BackedUp> {
  const typed = await passphrase?.()
  const opened = await openDatabase(config, 'share')
  try {
    if (typed !== undefined) await requireKeysOf(config, opened.url)
    const contents = await writeBackup({
      ...{ owner: opened.ownerUrl, file, now: systemClock.now() },
      sealKeys: async (sha256) => (typed === undefined ? null : sealed(keysOf(config), typed, sha256)),
    })
    return { file, hasKeys: typed !== undefined, tables: contents.tables.length, rows: rowsOf(contents) }
  } finally {
    await opened.close()
  }
}

const sealed = (keys: readonly SealingKey[], passphrase: string, sha256: string) =>
  sealByPassphrase(writtenKeys(keys), { passphrase, place: placeOf(sha256), randomBytes: systemRandom })

async function requireKeysOf(config: Config, url: Secret): Promise<void> {
  const services = createServices(config, url)
  try {
    await requireSealingKeys(services)
  } finally {
    await services.database.close()
    await services.outgoing.close()
  }
}

/**
 * Restores a backup into an empty data directory or an empty database. Nothing is changed where the file is not whole, the passphrase
 * is wrong, or keys are missing.
 * @throws AppError invalid, conflict
 */
export async function restore(config: Config, file: string, passphrase: Passphrase): Promise<Restored> {
  const backup = await readBackup(file)
  requireKnownMigrations(backup.head)
  const isEmbedded = config.databaseUrl === undefined
  if (isEmbedded && hasCluster(config.dataDir)) {
    throw new AppError('conflict', `${config.dataDir} has a database already: give an empty folder as DATA_DIR`)
  }
  provideKeys(config, await keysIn(backup, passphrase))
  try {
    return await restoreInto(config, file, backup)
  } catch (error) {
    // So that it can be tried again.
    if (isEmbedded) removeCluster(config.dataDir)
    throw error
  }
}

/** Restores into a database that is thrown away afterwards. @throws as `restore` does */
export async function rehearse(config: Config, file: string, passphrase: Passphrase): Promise<Restored> {
  const backup = await readBackup(file)
  requireKnownMigrations(backup.head)
  const keys = await keysIn(backup, passphrase)
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-rehearsal-'))
  const scratch = { ...config, dataDir, databaseUrl: undefined, databaseOwnerUrl: undefined }
  try {
    return await restoreInto({ ...scratch, encryptionKeys: keys ?? [] }, file, backup)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function restoreInto(config: Config, file: string, backup: Backup): Promise<Restored> {
  const opened = await openDatabase(config, 'own')
  try {
    const migrations = await restoreBackup(backup, { owner: opened.ownerUrl, server: opened.url, file })
    const { contents, head } = backup
    const has = { hasKeys: backup.keys !== null, tables: contents.tables.length, rows: rowsOf(contents) }
    // Whoever left the keys out may rehearse without them.
    if (has.hasKeys || config.encryptionKeys.length > 0 || hasKeys(config.dataDir)) {
      await requireKeysOf(config, opened.url)
    }
    return { file, ...has, createdAt: head.createdAt, migrations }
  } finally {
    await opened.close()
  }
}

async function keysIn({ keys, sha256 }: Backup, passphrase: Passphrase): Promise<SealingKey[] | undefined> {
  if (keys === null) return undefined
  const how = { passphrase: await passphrase(), place: placeOf(sha256), randomBytes: systemRandom }
  return readKeys(await openByPassphrase(keys, how))
}

/** The keys of the backup into the data directory, unless the environment has them. */
function provideKeys({ encryptionKeys, dataDir }: Config, keys: SealingKey[] | undefined): void {
  const isAtHand = encryptionKeys.length > 0
  if (keys === undefined) {
    if (isAtHand || hasKeys(dataDir)) return
    throw invalid('The backup was made without keys: set ENCRYPTION_KEYS, or put encryption.key into DATA_DIR first')
  }
  if (!isAtHand) {
    writeKeys(dataDir, keys, systemRandom)
    return
  }
  const known = new Set(encryptionKeys.map((key) => writtenKeys([key])))
  const missing = keys.filter((key) => !known.has(writtenKeys([key])))
  if (missing.length === 0) return
  const names = missing.map(({ id }) => id).join(', ')
  throw invalid(`ENCRYPTION_KEYS lacks keys of the backup, or has others by their names: ${names}`)
}
