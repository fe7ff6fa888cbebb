// `rolecall directory client …`
import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { resolveDirectory } from '#access/grants/managers/references.ts'
import {
  createDirectoryClient,
  type NewDirectoryClient,
  revokeDirectoryClient,
} from '#connections/directories/change-directory-clients.ts'
import { listDirectoryClients } from '#connections/directories/directory-clients.ts'
import { readPublicKeys } from '#connections/directories/read-public-keys.ts'
import { rotateDirectoryClient } from '#connections/directories/rotate-directory-client.ts'
import { AppError } from '#platform/errors.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string; directory: string }

type CreateOptions = Scope & {
  name: string
  kind: 'secret' | 'private_key_jwt' | 'entra'
  keys?: string
  tenant?: string
  application?: string
  audience?: string
  expires?: string
}

type OneOptions = Scope & { client: string }

export function addDirectoryClientCommands(directory: Command, runtime: CliRuntime): void {
  const client = directory.command('client').description('who gets access tokens for a directory')
  inDirectory(
    client.command('create').description('let one more client have access tokens; a secret is shown this once'),
  )
    .requiredOption('--name <name>', 'name for people')
    .addOption(
      new Option('--kind <kind>', 'how it proves itself')
        .choices(['secret', 'private_key_jwt', 'entra'])
        .default('secret'),
    )
    .option('--keys <file>', 'private_key_jwt: its public keys, as JSON')
    .option('--tenant <id>', 'entra: the tenant whose tokens are taken')
    .option('--application <id>', 'entra: tokens of this application alone')
    .option('--audience <audience>', 'entra: other than that of applications outside of the gallery')
    .option('--expires <time>', 'when it ends, e.g. 2030-01-31T12:00:00Z')
    .action((options: CreateOptions) => create(runtime, options))
  inDirectory(client.command('list').description('list the clients, without what could be used')).action(
    (options: Scope) => list(runtime, options),
  )
  inDirectory(client.command('rotate').description('replace its secret, or its keys; the old ones are void at once'))
    .requiredOption('--client <id>', 'id of the client')
    .option('--keys <file>', 'private_key_jwt: all public keys that it has from now on, as JSON')
    .action((options: OneOptions & { keys?: string }) => rotate(runtime, options))
  inDirectory(client.command('revoke').description('end a client and its access tokens at once'))
    .requiredOption('--client <id>', 'id of the client')
    .action((options: OneOptions) => revoke(runtime, options))
}

const inDirectory = (command: Command): Command =>
  command
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--directory <name>', 'name or id')
    .option('--json', 'print one JSON line')

function keysIn(file: string | undefined) {
  if (file === undefined) return undefined
  try {
    return readPublicKeys(readFileSync(file, 'utf8'))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('invalid', `The file ${file} cannot be read`, { reason: 'keys', cause })
  }
}

async function create(runtime: CliRuntime, options: CreateOptions): Promise<void> {
  const { name, kind, expires: expiresAt } = options
  const given = {
    secret: {},
    private_key_jwt: { keys: keysIn(options.keys) ?? [] },
    entra: { tenantId: options.tenant ?? '', applicationId: options.application, audience: options.audience },
  }[kind]
  const made = await inOrganization(runtime, options.organization, async (ctx, { urls }) => {
    const { id: directoryId } = await resolveDirectory(ctx, options.directory)
    const input = { directoryId, name, kind, expiresAt, ...given } as Parameters<typeof createDirectoryClient>[1]
    return { ...(await createDirectoryClient(ctx, input)), tokenUrl: `${urls.scimBase(directoryId)}/oauth2/token` }
  })
  print(runtime, options, { json: made, human: () => shown(made) })
}

function shown({ name, id, kind, clientSecret, ...made }: NewDirectoryClient & { tokenUrl: string }): string[] {
  if (kind === 'entra') return [`The tokens of that tenant are taken, as the client ${name} (${id})`]
  return [
    `The client ${name} (${id})`,
    `  Token endpoint  ${made.tokenUrl}`,
    `  Client id       ${id}`,
    ...(clientSecret === null ? [] : [`  Client secret   ${clientSecret}`, 'The secret is not shown again.']),
  ]
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveDirectory(ctx, options.directory)
    return listDirectoryClients(ctx, id)
  })
  printList(runtime, options, items, {
    ID: ({ id }) => id,
    NAME: ({ name }) => name,
    KIND: ({ kind }) => kind,
    EXPIRES: ({ expiresAt }) => expiresAt,
    REVOKED: ({ revokedAt }) => revokedAt,
    'LAST USED': ({ lastUsedAt }) => lastUsedAt,
  })
}

async function rotate(runtime: CliRuntime, options: OneOptions & { keys?: string }): Promise<void> {
  const keys = keysIn(options.keys)
  const made = await inOrganization(runtime, options.organization, async (ctx, { urls }) => {
    const { id: directoryId } = await resolveDirectory(ctx, options.directory)
    const input = { directoryId, clientId: options.client, ...(keys === undefined ? {} : { keys }) }
    return { ...(await rotateDirectoryClient(ctx, input)), tokenUrl: `${urls.scimBase(directoryId)}/oauth2/token` }
  })
  print(runtime, options, { json: made, human: () => shown(made) })
}

async function revoke(runtime: CliRuntime, options: OneOptions): Promise<void> {
  const { client: clientId } = options
  await inOrganization(runtime, options.organization, async (ctx) => {
    const { id: directoryId } = await resolveDirectory(ctx, options.directory)
    await revokeDirectoryClient(ctx, { directoryId, clientId })
  })
  print(runtime, options, { json: { revoked: clientId }, human: () => [`The client ${clientId} is revoked`] })
}
