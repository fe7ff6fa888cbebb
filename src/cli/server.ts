// `rolecall serve`, `migrate`, `database url` and `database restored`.

import type { Command } from 'commander'
import { endAllAccess } from '#access/sign-in/sessions/end-all-access.ts'
import { counted } from '#words/counts.ts'
import { differsExitCode } from './errors.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, instanceContext } from './runtime.ts'

export function addServerCommands(program: Command, runtime: CliRuntime): void {
  program
    .command('serve')
    .description('run the server until it is stopped')
    .action(() => runtime.serve())
  program
    .command('migrate')
    .description('bring the database to this version')
    .option('--check', 'say what would be done, and change nothing; exit code 0: nothing, 5: something')
    .option('--json', 'print one JSON line')
    .action((options: OutputOptions & { check?: true }) =>
      options.check === true ? checkMigrations(runtime, options) : runtime.migrate(),
    )
  const database = program.command('database').description('the database in use')
  database
    .command('url')
    .description('the connection string of the owner of the tables, for psql and pg_dump')
    .option('--server', "the server's own, for a second node")
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions & { server?: true }) => {
      const url = await runtime.databaseUrl(options.server === true ? 'server' : 'owner')
      print(runtime, options, { json: { url }, human: () => [url] })
    })
  database
    .command('restored')
    .description(
      'end every session, code, token and link: after a recovery to a point in time or from a copy of the disk',
    )
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions) => {
      const sessions = await runtime.withServices((services) => endAllAccess(instanceContext(services)))
      const human = () => [
        `Ended ${counted(sessions, 'session')}, and all sign-ins under way, tokens of applications, password links and setup links`,
      ]
      print(runtime, options, { json: { sessions }, human })
    })
}

async function checkMigrations(runtime: CliRuntime, options: OutputOptions): Promise<void> {
  const found = await runtime.pendingMigrations()
  const { pending, unknown } = found
  const human = () => [
    ...(unknown === 0 ? [] : [`A newer version was here: ${counted(unknown, 'migration')} this one does not know`]),
    ...(pending.length === 0 ? ['Nothing to do'] : [`${counted(pending.length, 'migration')} to apply:`, ...pending]),
  ]
  print(runtime, options, { json: found, human })
  runtime.setExitCode(pending.length === 0 ? 0 : differsExitCode)
}
