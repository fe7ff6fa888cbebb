// `rolecall user import`
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { type ImportOutcome, importUsers } from '#access/accounts/import/import-users.ts'
import { type ImportFormat, readRows } from '#access/accounts/import/read-rows.ts'
import { AppError } from '#platform/errors.ts'
import { parseJson } from '#platform/json.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Options = OutputOptions & {
  organization: string
  format?: ImportFormat
  dryRun?: true
  firebase?: string
  outcomes?: true
}

export function addUserImportCommand(user: Command, runtime: CliRuntime): void {
  user
    .command('import')
    .description('create people with passwords and identities of another system; doing it again changes nothing')
    .argument('<file>', 'NDJSON or CSV; the fields are in docs/import.md')
    .requiredOption('--organization <slug>', 'slug or id')
    .addOption(new Option('--format <format>', 'by the ending of the file unless given').choices(['ndjson', 'csv']))
    .option('--dry-run', 'try everything and keep nothing')
    .option('--firebase <file>', 'the hash parameters of a Firebase project, as JSON')
    .option('--outcomes', 'print what came of each row, as NDJSON')
    .option('--json', 'print one JSON line')
    .action((file: string, options: Options) => importFile(runtime, file, options))
}

const progressEvery = 1_000

async function importFile(runtime: CliRuntime, file: string, options: Options): Promise<void> {
  const { organization, dryRun = false, firebase, outcomes = false } = options
  const format = options.format ?? (file.endsWith('.csv') ? 'csv' : 'ndjson')
  const project = firebase === undefined ? null : parseJson(await read(firebase))
  const counted = { created: 0, updated: 0, unchanged: 0, failed: 0 }
  const failures: ImportOutcome[] = []
  await inOrganization(runtime, organization, async (ctx) => {
    const found = importUsers(ctx, readRows(chunksOf(file), format), { isDryRun: dryRun, firebase: project as never })
    let rows = 0
    for await (const outcome of found) {
      counted[outcome.outcome] += 1
      rows += 1
      if (outcomes) runtime.print(JSON.stringify(outcome))
      else if (outcome.outcome === 'failed' && failures.length < 20) failures.push(outcome)
      if (rows % progressEvery === 0) runtime.printError(`${rows} rows`)
    }
  })
  const human = () => [
    `${dryRun ? 'Tried, nothing kept' : 'Imported'}: ${counted.created} created, ${counted.updated} updated, ${counted.unchanged} unchanged, ${counted.failed} failed`,
    ...failures.map(
      ({ line, userName, error }) => `Line ${line}${userName === null ? '' : ` (${userName})`}: ${error}`,
    ),
    ...(counted.failed > failures.length && !outcomes ? ['Repeat it with --outcomes to see them all'] : []),
  ]
  print(runtime, options, { json: counted, human })
  if (counted.failed > 0) runtime.setExitCode(1)
}

/** @throws AppError invalid */
async function* chunksOf(file: string): AsyncGenerator<string> {
  try {
    yield* createReadStream(file, { encoding: 'utf8' }) as AsyncIterable<string>
  } catch (error) {
    throw unreadable(file, error)
  }
}

const unreadable = (file: string, cause: unknown): AppError =>
  new AppError('invalid', `The file ${file} cannot be read`, { cause })

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw unreadable(file, error)
  }
}
