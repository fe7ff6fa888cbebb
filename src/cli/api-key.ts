// `rolecall api-key …`
import type { Command } from 'commander'
import { issueApiKey, listApiKeys, revokeApiKey } from '#access/organizations/api-keys/api-keys.ts'
import type { CallContext } from '#src/context.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'
import { accessHelp, type ScopeOptions, scopeOf } from './scope-options.ts'

type Scope = OutputOptions & { organization: string }

type CreateOptions = Scope &
  ScopeOptions & {
    name: string
    expires?: string
  }

export function addApiKeyCommands(program: Command, runtime: CliRuntime): void {
  const apiKey = program.command('api-key').description('keys for the management API and for decisions')
  apiKey
    .command('create')
    .description('issue a key, which is shown this once')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--name <name>', 'what the key is for', 'API key')
    .option(
      '--expires <time>',
      'when it ends, e.g. 2030-01-31T12:00:00Z, or never; a year from now unless said otherwise',
    )
    .option('--access <access>', accessHelp, 'everything')
    .option('--permission <names...>', 'what it may do, e.g. users.manage')
    .option('--brand <brands...>', 'slugs or ids, where it may do so')
    .option('--from <ranges...>', 'addresses that it is good from, e.g. 192.0.2.0/24')
    .option('--json', 'print one JSON line')
    .action(async (options: CreateOptions) => {
      const { id, key } = await inOrganization(runtime, options.organization, async (ctx) =>
        issueApiKey(ctx, await inputOf(ctx, options)),
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

async function inputOf(ctx: CallContext, options: CreateOptions): Promise<Parameters<typeof issueApiKey>[1]> {
  const { name, expires } = options
  return {
    name,
    ...(await scopeOf(ctx, options)),
    ...(expires === undefined ? {} : { expiresAt: expires === 'never' ? null : expires }),
  }
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) => listApiKeys(ctx))
  printList(runtime, options, items, {
    NAME: ({ name }) => name,
    'ENDS IN': ({ lastFour }) => `…${lastFour}`,
    'MAY DO': ({ access, permissions }) => permissions?.join(' ') ?? access,
    CREATED: ({ createdAt }) => createdAt,
    EXPIRES: ({ expiresAt }) => expiresAt,
    REVOKED: ({ revokedAt }) => revokedAt,
    'LAST USED': ({ lastUsedAt }) => lastUsedAt,
    ID: ({ id }) => id,
  })
}
