// `rolecall api-key …`
import type { Command } from 'commander'
import { issueApiKey, listApiKeys, revokeApiKey } from '#access/api-keys/api-keys.ts'
import { withIsoTimes } from '#access/times.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }

type CreateOptions = Scope & { name: string; expires?: string }

export function addApiKeyCommands(program: Command, runtime: CliRuntime): void {
  const apiKey = program.command('api-key').description('keys for the management API and for decisions')
  apiKey
    .command('create')
    .description('issue a key, which is shown this once')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--name <name>', 'what the key is for', 'API key')
    .option('--expires <time>', 'when it ends, e.g. 2030-01-31T12:00:00Z')
    .option('--json', 'print one JSON line')
    .action(async (options: CreateOptions) => {
      const { name, expires } = options
      const { id, key } = await inOrganization(runtime, options.organization, (ctx) =>
        issueApiKey(ctx, { name, expiresAt: expires }),
      )
      print(runtime, options, { json: { id, key }, human: () => [key, 'The key is not shown again.'] })
    })
  apiKey
    .command('list')
    .description('list the keys, without what could be used')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action((options: Scope) => list(runtime, options))
  apiKey
    .command('revoke')
    .description('end a key at once')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--key <id>', 'id of the key')
    .option('--json', 'print one JSON line')
    .action(async (options: Scope & { key: string }) => {
      await inOrganization(runtime, options.organization, (ctx) => revokeApiKey(ctx, options.key))
      print(runtime, options, { json: { revoked: options.key }, human: () => [`The key ${options.key} is revoked`] })
    })
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) => listApiKeys(ctx))
  printList(runtime, options, items.map(withIsoTimes), {
    NAME: ({ name }) => name,
    'ENDS IN': ({ lastFour }) => `…${lastFour}`,
    CREATED: ({ createdAt }) => createdAt,
    EXPIRES: ({ expiresAt }) => expiresAt,
    REVOKED: ({ revokedAt }) => revokedAt,
    'LAST USED': ({ lastUsedAt }) => lastUsedAt,
    ID: ({ id }) => id,
  })
}
