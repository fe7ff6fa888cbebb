// `rolecall serve`, `migrate` and `database url`.
import type { Command } from 'commander'
import { type OutputOptions, print } from './output.ts'
import type { CliRuntime } from './runtime.ts'

export function addServerCommands(program: Command, runtime: CliRuntime): void {
  program
    .command('serve')
    .description('run the server until it is stopped')
    .action(() => runtime.serve())
  program
    .command('migrate')
    .description('bring the database to this version')
    .action(() => runtime.migrate())
  program
    .command('database')
    .description('the database in use')
    .command('url')
    .description('the connection string of the owner of the tables, for psql and pg_dump')
    .option('--server', "the server's own, for a second node")
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions & { server?: true }) => {
      const url = await runtime.databaseUrl(options.server === true ? 'server' : 'owner')
      print(runtime, options, { json: { url }, human: () => [url] })
    })
}
