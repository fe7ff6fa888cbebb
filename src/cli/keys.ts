// `rolecall keys …`
import type { Command } from 'commander'
import { rotateSigningKeys } from '#access/applications/signing-keys.ts'
import { countSecretsByKey, type KeyUse, resealSecrets } from '#access/upkeep/reseal-secrets.ts'
import { counted } from '#words/counts.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, instanceContext } from './runtime.ts'

export function addKeysCommands(program: Command, runtime: CliRuntime): void {
  const keys = program
    .command('keys')
    .description('keys that sign what host applications are told, and keys that seal secrets')
  keys
    .command('rotate')
    .description('make new keys; they sign from five minutes on, the old ones stay published for a week')
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions) => {
      const made = await runtime.withServices((services) => rotateSigningKeys(instanceContext(services)))
      const added = made.map(({ kid, alg }) => ({ kid, alg }))
      print(runtime, options, { json: { added }, human: () => added.map(({ kid, alg }) => `Added ${kid} (${alg})`) })
    })
  keys
    .command('secrets')
    .description('how many secrets are sealed under each key of ENCRYPTION_KEYS; one that has none can be removed')
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions) =>
      printList(runtime, options, await runtime.withServices(countSecretsByKey), {
        KEY: ({ keyId }) => keyId,
        STATUS: ({ status }) => statusInWords[status],
        SECRETS: ({ secrets }) => secrets,
      }),
    )
  keys
    .command('reseal')
    .description('seal what is under old keys under the current one now; the worker does so every hour')
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions) => {
      const done = await runtime.withServices(resealSecrets)
      const human = () => [
        `${counted(done.count, 'secret is', 'secrets are')} sealed anew`,
        ...done.unopened.map((place) => `${place} cannot be opened: enter that secret anew`),
      ]
      print(runtime, options, { json: done, human })
      if (done.unopened.length > 0) runtime.setExitCode(1)
    })
}

const statusInWords: Record<KeyUse['status'], string> = {
  current: 'seals',
  old: 'opens',
  missing: 'missing: what is sealed under it cannot be opened',
}
