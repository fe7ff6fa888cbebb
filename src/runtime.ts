// What the commands run on: the services, for the time of one command, and the server.
import { readFileSync, realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { text } from 'node:stream/consumers'
import { requireSealingKeys } from '#access/organizations/sealing-check.ts'
import { runningVersion } from '#access/upkeep/installation-version.ts'
import type { CliRuntime } from '#cli/runtime.ts'
import { hasCluster } from '#db/embedded/state.ts'
import { knownMigrations, migrateDatabase, pendingMigrations } from '#db/migrate.ts'
import { settledWarning } from '#db/settle.ts'
import { AppError, invalid } from '#platform/errors.ts'
import { passphraseMinLength } from '#platform/passphrase.ts'
import { createUrls } from '#platform/urls.ts'
import type { Config } from './config.ts'
import { createServices, type OpenDatabase, openDatabase, originOf } from './services.ts'

async function migrated({ ownerUrl, url }: OpenDatabase): Promise<void> {
  const warning = settledWarning(await migrateDatabase(ownerUrl, url))
  if (warning !== undefined) process.stderr.write(`warning: ${warning}\n`)
}

/** The first line of what was piped in. @throws AppError invalid where nobody gave it, or it is short */
async function pipedPassphrase(): Promise<string> {
  if (process.stdin.isTTY) throw invalid('Give the passphrase on standard input, or in BACKUP_PASSPHRASE')
  const [line = ''] = (await text(process.stdin)).split(/\r?\n/)
  if (line.length >= passphraseMinLength) return line
  throw invalid(`The passphrase on standard input has fewer than ${passphraseMinLength} characters`)
}

/** Of commands, who wait for what they have asked for. */
const patienceMillis = 60_000

/** Whether there is one to look at; an embedded one is made by whoever starts the server. */
const hasDatabase = ({ databaseUrl, dataDir }: Config): boolean => databaseUrl !== undefined || hasCluster(dataDir)

/** @throws AppError unavailable */
async function requireDatabase(config: Config): Promise<void> {
  if (hasDatabase(config)) return
  const message = `There is no database in ${config.dataDir}: start the server first, or set DATA_DIR or DATABASE_URL`
  throw new AppError('unavailable', message)
}

/** For commands that look and change nothing, the tables least of all. @throws AppError unavailable */
async function requireMigrated({ ownerUrl }: OpenDatabase): Promise<void> {
  const { pending } = await pendingMigrations(ownerUrl)
  if (pending.length === 0) return
  const message = `The database lacks ${pending.length} migrations of this version: run \`rolecall migrate\`, or start the server`
  throw new AppError('unavailable', message)
}

/** Where it is in truth, links followed. */
function resolved(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

/** Whether a path lies in a folder, links followed. */
function liesIn(folder: string, path: string): boolean {
  const way = relative(resolved(folder), resolved(path))
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

export function createRuntime(config: Config, environment: NodeJS.ProcessEnv = {}): CliRuntime {
  return {
    version: runningVersion(),
    variable: (name) => environment[name],
    secretFile: async (path) => {
      if (liesIn(config.dataDir, path)) throw invalid(`${path} lies in DATA_DIR, which is the server’s own`)
      try {
        return readFileSync(path, 'utf8')
      } catch (error) {
        throw invalid(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
      }
    },
    withServices: async (work, { isLooking = false } = {}) => {
      if (isLooking) await requireDatabase(config)
      const opened = await openDatabase(config, 'share')
      try {
        if (isLooking) await requireMigrated(opened)
        else await migrated(opened)
        // A document of some thousand items is carried out in one transaction.
        const services = createServices(config, opened.url, { statementTimeoutMillis: patienceMillis })
        try {
          await services.database.check()
          await requireSealingKeys(services)
          return await work({ ...services, urls: createUrls(originOf(config)) })
        } finally {
          // Also after a failure: open connections would keep the process from ending.
          await services.database.close()
          await services.outgoing.close()
        }
      } finally {
        await opened.close()
      }
    },
    // Commands do not need what the server is made of, so it is loaded only to serve.
    serve: async () => (await import('./serve.ts')).serve(config),
    migrate: async () => {
      const opened = await openDatabase(config, 'share')
      await migrated(opened).finally(() => opened.close())
    },
    diagnoseDeployment: async () => (await import('./doctor.ts')).diagnoseDeployment(config),
    pendingMigrations: async () => {
      if (!hasDatabase(config)) return { pending: knownMigrations().map(({ tag }) => tag), unknown: 0 }
      const opened = await openDatabase(config, 'share')
      return pendingMigrations(opened.ownerUrl).finally(() => opened.close())
    },
    databaseUrl: async (whose) => {
      const opened = await openDatabase(config, 'share')
      await opened.close()
      return (whose === 'server' ? opened.url : opened.ownerUrl).reveal()
    },
    backup: async (file, passphrase) => (await import('./backup.ts')).backUp(config, file, passphrase),
    restore: async (file, passphrase, { isRehearsal }) => {
      const { rehearse, restore } = await import('./backup.ts')
      return (isRehearsal ? rehearse : restore)(config, file, passphrase)
    },
    passphrase: async () => config.backupPassphrase?.reveal() ?? (await pipedPassphrase()),
    readInput: () => text(process.stdin),
    print: (line) => process.stdout.write(`${line}\n`),
    printError: (line) => process.stderr.write(`${line}\n`),
    setExitCode: (code) => {
      process.exitCode = code
    },
  }
}
