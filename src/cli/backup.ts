// `rolecall backup` and `rolecall restore`.
import type { Command } from 'commander'
import { counted } from '#words/counts.ts'
import { type OutputOptions, print } from './output.ts'
import type { BackedUp, CliRuntime, Restored } from './runtime.ts'

type BackupOptions = OutputOptions & { withoutKeys?: true; verify?: true }

export function addBackupCommands(program: Command, runtime: CliRuntime): void {
  program
    .command('backup')
    .description(
      'write all data into a file, while the server runs; the passphrase that seals its keys on standard input',
    )
    .argument('<file>', 'a file that is not there yet')
    .option('--without-keys', 'leave the encryption keys out; they are kept elsewhere')
    .option('--verify', 'write nothing: restore the file into a database that is thrown away, and count')
    .option('--json', 'print one JSON line')
    .action((file: string, options: BackupOptions) =>
      options.verify === true ? verify(runtime, file, options) : backUp(runtime, file, options),
    )
  program
    .command('restore')
    .description('restore a backup into an empty DATA_DIR or an empty database; the passphrase on standard input')
    .argument('<file>', 'what `rolecall backup` wrote')
    .option('--json', 'print one JSON line')
    .action((file: string, options: OutputOptions) => restore(runtime, file, options))
}

async function backUp(runtime: CliRuntime, file: string, options: BackupOptions): Promise<void> {
  const done = await runtime.backup(file, options.withoutKeys === true ? undefined : runtime.passphrase)
  const keys = done.hasKeys
    ? 'The encryption keys are in it, sealed by the passphrase: without the passphrase they are lost'
    : 'The encryption keys are not in it: keep ENCRYPTION_KEYS or encryption.key elsewhere'
  print(runtime, options, { json: done, human: () => [`Wrote ${sizeOf(done)} to ${file}`, keys] })
}

async function verify(runtime: CliRuntime, file: string, options: OutputOptions): Promise<void> {
  const done = await runtime.restore(file, runtime.passphrase, { isRehearsal: true })
  const human = () => [`${file} is whole: ${sizeOf(done)} of ${done.createdAt} were restored and counted`]
  print(runtime, options, { json: done, human })
}

async function restore(runtime: CliRuntime, file: string, options: OutputOptions): Promise<void> {
  const done = await runtime.restore(file, runtime.passphrase, { isRehearsal: false })
  const human = () => [
    `Restored ${sizeOf(done)} of ${done.createdAt}${migrated(done)}`,
    'All sessions, codes, refresh tokens, sign-ins under way, password links and setup links of the backup have ended. Let ' +
      'directories synchronize in full, and revoke again the tokens and API keys that were revoked since',
  ]
  print(runtime, options, { json: done, human })
}

const sizeOf = ({ rows, tables }: BackedUp): string => `${counted(rows, 'row')} in ${counted(tables, 'table')}`

const migrated = ({ migrations }: Restored): string =>
  migrations === 0 ? '' : `, and applied ${counted(migrations, 'newer migration')}`
