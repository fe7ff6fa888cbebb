// `rolecall mapping …`
import type { Command } from 'commander'
import { resolveBrand, resolveGroup, resolveRole } from '#access/grants/managers/references.ts'
import { listMappings } from '#access/grants/mappings/mappings.ts'
import { confirmOption, makeChange } from './make-change.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }

type CreateOptions = Scope & { group?: string; filter?: string; role: string; brand?: string; yes?: true }

type DeleteOptions = Scope & { mapping: string; yes?: true }

export function addMappingCommands(program: Command, runtime: CliRuntime): void {
  const mapping = program.command('mapping').description('rules: members of a group hold a role')
  mapping
    .command('create')
    .description('give a role to the members of a group, in the organization or in a brand')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--group <name>', 'display name or id')
    .option('--filter <text>', 'in place of a group: a SCIM filter over the user, such as title eq "Counsel"')
    .requiredOption('--role <key>', 'key or id')
    .option('--brand <slug>', 'slug or id; without it the role is held in the organization')
    .option(...confirmOption)
    .option('--json', 'print one JSON line')
    .action((options: CreateOptions) => create(runtime, options))
  mapping
    .command('list')
    .description('list the mappings')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action(async (options: Scope) => {
      const items = await inOrganization(runtime, options.organization, (ctx) => listMappings(ctx))
      printList(runtime, options, items, {
        'GROUP OR FILTER': ({ group, filter }) => group?.displayName ?? filter ?? '',
        ROLE: ({ role }) => role.key,
        BRAND: ({ brand }) => brand?.slug ?? '(organization)',
        ID: ({ id }) => id,
      })
    })
  mapping
    .command('delete')
    .description('take back what a mapping gives')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--mapping <id>', 'id of the mapping')
    .option(...confirmOption)
    .option('--json', 'print one JSON line')
    .action(async (options: DeleteOptions) => {
      const { effect } = await inOrganization(runtime, options.organization, (ctx) =>
        makeChange(ctx, { kind: 'delete_mappings', mappingIds: [options.mapping] }, options),
      )
      const human = () => [`The mapping ${options.mapping} is deleted. ${effect}`]
      print(runtime, options, { json: { deleted: options.mapping }, human })
    })
}

async function create(runtime: CliRuntime, options: CreateOptions): Promise<void> {
  const { outcome, effect } = await inOrganization(runtime, options.organization, async (ctx) => {
    const [group, role, brand] = await Promise.all([
      options.group === undefined ? undefined : resolveGroup(ctx, options.group),
      resolveRole(ctx, options.role),
      options.brand === undefined ? undefined : resolveBrand(ctx, options.brand),
    ])
    const whose = { groupId: group?.id ?? null, filter: options.filter ?? null }
    const mappings = [{ ...whose, roleId: role.id, brandId: brand?.id ?? null }]
    return makeChange(ctx, { kind: 'create_mappings', mappings }, options)
  })
  for (const made of outcome) {
    const where = made.brand === null ? 'the organization' : `the brand ${made.brand.slug}`
    const who = made.group === null ? `Users with ${made.filter}` : `Members of ${made.group.displayName}`
    const human = () => [`${who} are ${made.role.key} in ${where} (${made.id}). ${effect}`]
    print(runtime, options, { json: made, human })
  }
}
