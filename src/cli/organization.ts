// `rolecall organization …`
import type { Command } from 'commander'
import { createOrganization } from '#access/organizations/create-organization.ts'
import { exportOrganization } from '#access/organizations/export-organization.ts'
import { listOrganizations } from '#access/organizations/organizations.ts'
import { changeOrganization } from '#access/platform/organizations/change-organization.ts'
import { deleteOrganization } from '#access/platform/organizations/delete-organization.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization, instanceContext } from './runtime.ts'
import { addSignInPolicyCommand } from './sign-in-policy.ts'

type CreateOptions = OutputOptions & { slug: string; name: string; rolePack?: string }

export function addOrganizationCommands(program: Command, runtime: CliRuntime): void {
  const organization = program.command('organization').description('customers; each is isolated from the others')
  organization
    .command('create')
    .description('create an organization with its role pack')
    .requiredOption('--slug <slug>', 'short name: a-z, 0-9 and "-"')
    .requiredOption('--name <name>', 'name for people')
    .option('--role-pack <key>', 'mixer3 (default), mixer5, owner5, workspace or simple2')
    .option('--json', 'print one JSON line')
    .action((options: CreateOptions) => create(runtime, options))
  organization
    .command('list')
    .description('list all organizations')
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions) => {
      const items = await runtime.withServices((services) => listOrganizations(instanceContext(services)))
      printList(runtime, options, items, {
        SLUG: ({ slug }) => slug,
        NAME: ({ name }) => name,
        STATUS: ({ status }) => status,
        ID: ({ id }) => id,
      })
    })
  organization
    .command('export')
    .description('print everything of an organization, without secrets, as lines of JSON with table and row')
    .requiredOption('--organization <slug>', 'slug or id')
    .action((options: { organization: string }) =>
      inOrganization(runtime, options.organization, async (ctx) => {
        for await (const part of await exportOrganization(ctx)) runtime.print(part.trimEnd())
      }),
    )
  addSignInPolicyCommand(organization, runtime)
  organization
    .command('delete')
    .description(
      'suspend an organization at once and erase it when the retention ends; until then, resume brings it back',
    )
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--retention-days <days>', 'how long it can be had back, 0 to 365; 30 unless said otherwise', Number)
    .option('--json', 'print one JSON line')
    .action((options: DeleteOptions) => remove(runtime, options))
  addStatusCommand(organization, runtime, { verb: 'suspend', status: 'suspended', done: 'is suspended' })
  addStatusCommand(organization, runtime, { verb: 'resume', status: 'active', done: 'is active' })
}

async function create(runtime: CliRuntime, { slug, name, rolePack, json }: CreateOptions): Promise<void> {
  const pack = rolePack === undefined ? {} : { rolePack }
  const made = await runtime.withServices((services) =>
    createOrganization(instanceContext(services), { slug, name, ...pack }),
  )
  const human = () => [`Created the organization ${made.slug} (${made.id})`]
  print(runtime, json === undefined ? {} : { json }, { json: made, human })
}

type DeleteOptions = OutputOptions & { organization: string; retentionDays?: number }

async function remove(runtime: CliRuntime, options: DeleteOptions): Promise<void> {
  const retention = options.retentionDays === undefined ? {} : { retentionDays: options.retentionDays }
  const deleted = await runtime.withServices((services) =>
    deleteOrganization(instanceContext(services), options.organization, retention),
  )
  const human = () => [`The organization ${deleted.slug} is suspended, and is erased after ${deleted.deletionDueAt}`]
  print(runtime, options, { json: deleted, human })
}

function addStatusCommand(
  organization: Command,
  runtime: CliRuntime,
  { verb, status, done }: { verb: string; status: 'active' | 'suspended'; done: string },
): void {
  organization
    .command(verb)
    .description(`${verb} an organization; nothing is lost by a suspension`)
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions & { organization: string }) => {
      const changed = await runtime.withServices((services) =>
        changeOrganization(instanceContext(services), options.organization, { status }),
      )
      const human = () => [`The organization ${changed.slug} ${done}`]
      print(runtime, options, { json: changed, human })
    })
}
