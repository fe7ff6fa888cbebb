// `rolecall keys …`
import type { Command } from 'commander'
import { rotateSigningKeys } from '#access/applications/signing-keys.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, instanceContext } from './runtime.ts'

export function addKeysCommands(program: Command, runtime: CliRuntime): void {
  const keys = program.command('keys').description('keys that sign what host applications are told')
  keys
    .command('rotate')
    .description('make new keys; they sign from five minutes on, the old ones stay published for a week')
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions) => {
      const made = await runtime.withServices((services) => rotateSigningKeys(instanceContext(services)))
      const added = made.map(({ kid, alg }) => ({ kid, alg }))
      print(runtime, options, { json: { added }, human: () => added.map(({ kid, alg }) => `Added ${kid} (${alg})`) })
    })
}
