// `rolecall ownership put|list|changes|delete`: what people own or approve in applications.
import type { Command } from 'commander'
import { requireAssetReference } from '#access/decisions/asset-access.ts'
import { resolveBrand, resolveUser } from '#access/grants/managers/references.ts'
import { listOwnershipChanges, listOwnerships, type OwnershipKind } from '#access/grants/ownerships/ownerships.ts'
import { deleteOwnerships, putOwnerships } from '#access/grants/ownerships/put-ownerships.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }
type PutOptions = Scope & {
  asset: string
  kind: OwnershipKind
  user: string
  name: string
  url?: string
  brand?: string
}

export function addOwnershipCommands(program: Command, runtime: CliRuntime): void {
  const ownership = program.command('ownership').description('what people own or approve in applications')
  const command = (name: string, description: string): Command =>
    ownership
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .option('--json', 'print one JSON line')
  command('put', 'register who owns or approves something')
    .requiredOption('--asset <type/id>', 'such as campaign/42')
    .requiredOption('--user <name>', 'userName or id')
    .requiredOption('--name <text>', 'for people to read')
    .option('--kind <kind>', 'owner or approver', 'owner')
    .option('--url <url>', 'where it is looked at')
    .option('--brand <slug>', 'slug or id; without it, of the organization')
    .action((options: PutOptions) => put(runtime, options))
  command('list', 'list what people own or approve')
    .option('--user <name>', 'userName or id')
    .action((options: Scope & { user?: string }) => list(runtime, options))
  command('changes', 'list what was handed over, oldest first')
    .option('--cursor <cursor>', 'nextCursor of the time before')
    .action((options: Scope & { cursor?: string }) => changes(runtime, options))
  command('delete', 'withdraw who owns and approves something')
    .requiredOption('--asset <type/id>', 'such as campaign/42')
    .option('--kind <kind>', 'owner or approver; without it, both')
    .action((options: Scope & { asset: string; kind?: OwnershipKind }) => remove(runtime, options))
}

async function put(runtime: CliRuntime, options: PutOptions): Promise<void> {
  const { kind, user, name, url = null } = options
  const key = requireAssetReference(options.asset)
  const result = await inOrganization(runtime, options.organization, async (ctx) => {
    const brandId = options.brand === undefined ? null : (await resolveBrand(ctx, options.brand)).id
    return putOwnerships(ctx, { ownerships: [{ ...key, kind, user, name, url, brandId }] })
  })
  print(runtime, options, { json: result, human: () => [`${options.asset} is registered`] })
}

async function list(runtime: CliRuntime, options: Scope & { user?: string }): Promise<void> {
  const { items } = await inOrganization(runtime, options.organization, async (ctx) => {
    const userId = options.user === undefined ? undefined : (await resolveUser(ctx, options.user)).id
    return listOwnerships(ctx, { filter: { userId }, limit: 1_000 })
  })
  printList(runtime, options, items, {
    ASSET: ({ type, id }) => `${type}/${id}`,
    NAME: ({ name }) => name,
    KIND: ({ kind }) => kind,
    'USER NAME': ({ user }) => user.userName,
  })
}

async function changes(runtime: CliRuntime, options: Scope & { cursor?: string }): Promise<void> {
  const found = await inOrganization(runtime, options.organization, (ctx) =>
    listOwnershipChanges(ctx, { cursor: options.cursor, limit: 1_000 }),
  )
  const human = () => [
    ...found.items.map(({ type, id, kind, from, to }) => `${type}/${id} (${kind}): ${from.userName} to ${to.userName}`),
    `next: ${found.nextCursor}`,
  ]
  print(runtime, options, { json: found, human })
}

async function remove(runtime: CliRuntime, options: Scope & { asset: string; kind?: OwnershipKind }): Promise<void> {
  const key = requireAssetReference(options.asset)
  await inOrganization(runtime, options.organization, (ctx) => deleteOwnerships(ctx, { ...key, kind: options.kind }))
  print(runtime, options, { json: { deleted: options.asset }, human: () => [`${options.asset} is withdrawn`] })
}
