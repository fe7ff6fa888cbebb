// `rolecall platform-key …`
import { type Command, Option } from 'commander'
import { platformScopes } from '#access/ground/platform-rights.ts'
import {
  issuePlatformKey,
  listPlatformKeys,
  type PlatformKeyRecord,
  revokePlatformKey,
} from '#access/platform/keys/platform-keys.ts'
import { given } from '#platform/input.ts'
import { organizationIdsOf } from './organization-ids.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, instanceContext } from './runtime.ts'

type CreateOptions = OutputOptions & {
  name: string
  scope?: (typeof platformScopes)[number][]
  access: PlatformKeyRecord['access']
  permission?: string[]
  only?: string[]
  except?: string[]
  from?: string[]
  expires?: string
}

export function addPlatformKeyCommands(program: Command, runtime: CliRuntime): void {
  const key = program
    .command('platform-key')
    .description('keys for the product that runs Rolecall, above organizations')
  key
    .command('create')
    .description('issue a key, which is shown this once')
    .requiredOption('--name <name>', 'what the key is for')
    .addOption(new Option('--scope <scopes...>', 'what it may do above organizations').choices(platformScopes))
    .addOption(
      new Option('--access <access>', 'what it may do inside of organizations')
        .choices(['nothing', 'decisions', 'permissions', 'everything'])
        .default('nothing'),
    )
    .option('--permission <names...>', 'with --access permissions, e.g. users.manage')
    .addOption(new Option('--only <organizations...>', 'slugs or ids of those that it reaches').conflicts('except'))
    .option('--except <organizations...>', 'slugs or ids of those that it does not reach')
    .option('--from <ranges...>', 'addresses that it is good from, e.g. 192.0.2.0/24')
    .option(
      '--expires <time>',
      'when it ends, e.g. 2030-01-31T12:00:00Z, or never; a year from now unless said otherwise',
    )
    .option('--json', 'print one JSON line')
    .action((options: CreateOptions) => create(runtime, options))
  key
    .command('list')
    .description('list the keys, without what could be used')
    .option('--json', 'print one JSON line')
    .action((options: OutputOptions) => list(runtime, options))
  key
    .command('revoke')
    .description('end a key at once')
    .requiredOption('--key <id>', 'id of the key')
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions & { key: string }) => {
      await runtime.withServices((services) => revokePlatformKey(instanceContext(services), options.key))
      print(runtime, options, { json: { revoked: options.key }, human: () => [`The key ${options.key} is revoked`] })
    })
}

async function create(runtime: CliRuntime, options: CreateOptions): Promise<void> {
  const { name, scope, access, permission, only, except, from, expires } = options
  const { id, key } = await runtime.withServices(async (services) => {
    const ctx = instanceContext(services)
    return issuePlatformKey(ctx, {
      ...given({ name, scopes: scope, access, permissions: permission, addressRanges: from }),
      reach: only === undefined ? (except === undefined ? 'all' : 'except') : 'only',
      organizationIds: await organizationIdsOf(ctx, only ?? except ?? []),
      ...(expires === undefined ? {} : { expiresAt: expires === 'never' ? null : expires }),
    })
  })
  print(runtime, options, { json: { id, key }, human: () => [key, 'The key is not shown again.'] })
}

async function list(runtime: CliRuntime, options: OutputOptions): Promise<void> {
  const items = await runtime.withServices((services) => listPlatformKeys(instanceContext(services)))
  printList(runtime, options, items, {
    NAME: ({ name }) => name,
    'ENDS IN': ({ lastFour }) => `…${lastFour}`,
    SCOPES: ({ scopes }) => scopes.join(' '),
    INSIDE: ({ access, permissions }) => permissions?.join(' ') ?? access,
    REACH: ({ reach, organizationIds }) => (reach === 'all' ? 'all' : `${reach} ${organizationIds.join(' ')}`),
    EXPIRES: ({ expiresAt }) => expiresAt,
    REVOKED: ({ revokedAt }) => revokedAt,
    'LAST USED': ({ lastUsedAt }) => lastUsedAt,
    ID: ({ id }) => id,
  })
}
