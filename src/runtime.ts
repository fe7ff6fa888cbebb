// What the commands run on: the services, for the time of one command, and the server.
import { text } from 'node:stream/consumers'
import type { CliRuntime } from '#cli/runtime.ts'
import { migrateDatabase, pendingMigrations } from '#db/migrate.ts'
import { settledWarning } from '#db/settle.ts'
import { invalid } from '#platform/errors.ts'
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

export function createRuntime(config: Config, environment: NodeJS.ProcessEnv = {}): CliRuntime {
  return {
    variable: (name) => environment[name],
    withServices: async (work) => {
      const opened = await openDatabase(config, 'share')
      try {
        await migrated(opened)
        const services = createServices(config, opened.url)
        try {
          await services.database.check()
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
