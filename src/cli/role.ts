// `rolecall role …`
import type { Command } from 'commander'
import { listRoles } from '#access/grants/roles/roles.ts'
import { type OutputOptions, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

export function addRoleCommands(program: Command, runtime: CliRuntime): void {
  const role = program.command('role').description('named sets of permissions')
  role
    .command('list')
    .description('list the roles with their purpose')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions & { organization: string }) => {
      const items = await inOrganization(runtime, options.organization, (ctx) => listRoles(ctx))
      printList(runtime, options, items, {
        KEY: ({ key }) => key,
        NAME: ({ name }) => name,
        RANK: ({ rank }) => rank,
        PACK: ({ pack }) => pack ?? 'custom',
        PURPOSE: ({ purpose }) => purpose,
        ID: ({ id }) => id,
      })
    })
}
