// `rolecall directory …`
import type { Command } from 'commander'
import { resolveDirectory } from '#access/grants/managers/references.ts'
import { createOrganization } from '#access/organizations/create-organization.ts'
import { findOrganization } from '#access/organizations/organizations.ts'
import { createDirectory } from '#connections/directories/create-directory.ts'
import { listDirectories } from '#connections/directories/directories.ts'
import { updateDirectory } from '#connections/directories/update-directory.ts'
import { AppError } from '#platform/errors.ts'
import { addAdoptionCommands } from './directory-adoption.ts'
import { addDirectoryAttributeCommands } from './directory-attribute.ts'
import { addBrakeCommands } from './directory-brake.ts'
import { addDirectoryClientCommands } from './directory-client.ts'
import { addDirectoryTokenCommands } from './directory-token.ts'
import { confirmOption, makeChange } from './make-change.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, type CliServices, inOrganization, instanceContext } from './runtime.ts'

type Scope = OutputOptions & { organization: string }

type CreateOptions = Scope & { name: string; createOrganization?: true; staged?: true; tokenExpires?: string }
type AdmitOptions = Scope & { directory: string; yes?: true }

export function addDirectoryCommands(program: Command, runtime: CliRuntime): void {
  const directory = program.command('directory').description('SCIM feeds of an organization')
  directory
    .command('create')
    .description('create a directory with its first token, which is shown this once')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--name <name>', 'name for people')
    .option('--create-organization', 'create the organization first where its slug is new')
    .option('--staged', 'people whom it brings wait until `directory admit` lets them in')
    .option('--token-expires <time>', 'when the token ends, e.g. 2030-01-31T12:00:00Z')
    .option('--json', 'print one JSON line')
    .action((options: CreateOptions) => create(runtime, options))
  directory
    .command('list')
    .description('list the directories')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action((options: Scope) => list(runtime, options))
  directory
    .command('admit')
    .description('let in everybody who waits, and nobody waits from then on')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--directory <id>', 'id')
    .option(...confirmOption)
    .option('--json', 'print one JSON line')
    .action((options: AdmitOptions) => admit(runtime, options))
  for (const [verb, status, description] of [
    ['enable', 'active', 'switch a directory on: what its provider sends counts again'],
    ['disable', 'disabled', 'switch a directory off: its provider is refused, and nobody changes by it'],
  ] as const)
    directory
      .command(verb)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .requiredOption('--directory <name>', 'name or id')
      .option('--json', 'print one JSON line')
      .action((options: Scope & { directory: string }) => setStatus(runtime, options, status))
  addAdoptionCommands(directory, runtime)
  addBrakeCommands(directory, runtime)
  addDirectoryTokenCommands(directory, runtime)
  addDirectoryClientCommands(directory, runtime)
  addDirectoryAttributeCommands(directory, runtime)
}

async function create(runtime: CliRuntime, options: CreateOptions): Promise<void> {
  const { organization, name, staged = false, tokenExpires } = options
  const arrivals = staged ? 'staged' : 'active'
  if (options.createOrganization) await runtime.withServices((services) => ensureOrganization(services, organization))
  const made = await inOrganization(runtime, organization, async (ctx, { urls }) => {
    const { directory, token } = await createDirectory(ctx, { name, arrivals, tokenExpiresAt: tokenExpires })
    return { directoryId: directory.id, baseUrl: urls.scimBase(directory.id), token: token.token }
  })
  const human = () => [
    `Created the directory ${name} (${made.directoryId})`,
    `  SCIM base URL  ${made.baseUrl}`,
    `  Token          ${made.token}`,
    'The token is not shown again.',
  ]
  print(runtime, options, { json: made, human })
}

async function admit(runtime: CliRuntime, options: AdmitOptions): Promise<void> {
  const change = { kind: 'admit_arrivals', directoryId: options.directory } as const
  const { outcome, effect } = await inOrganization(runtime, options.organization, (ctx) =>
    makeChange(ctx, change, options),
  )
  const human = () => [`Let in: ${outcome.length}`, effect]
  print(runtime, options, { json: { admitted: outcome.length }, human })
}

async function setStatus(
  runtime: CliRuntime,
  options: Scope & { directory: string },
  status: 'active' | 'disabled',
): Promise<void> {
  const changed = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveDirectory(ctx, options.directory)
    return updateDirectory(ctx, { directoryId: id, status })
  })
  print(runtime, options, { json: changed, human: () => [`${changed.name} is ${changed.status} now`] })
}

/** Makes the organization where its slug is new. */
export async function ensureOrganization(services: CliServices, slug: string): Promise<void> {
  const ctx = instanceContext(services)
  if ((await findOrganization(ctx, slug)) !== undefined) return
  await createOrganization(ctx, { slug, name: slug }).catch((error: unknown) => {
    // Another process may have been faster, with the same wish.
    if (!(error instanceof AppError && error.code === 'conflict')) throw error
  })
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx, { urls }) => {
    const directories = await listDirectories(ctx)
    return directories.map((directory) => ({ ...directory, baseUrl: urls.scimBase(directory.id) }))
  })
  printList(runtime, options, items, {
    NAME: ({ name }) => name,
    STATUS: ({ status }) => status,
    ARRIVALS: ({ arrivals }) => arrivals,
    ID: ({ id }) => id,
    'BASE URL': ({ baseUrl }) => baseUrl,
  })
}
