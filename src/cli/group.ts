// `rolecall group …`
import type { Command } from 'commander'
import { listGroups } from '#access/people/list-groups.ts'
import { type OutputOptions, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

export function addGroupCommands(program: Command, runtime: CliRuntime): void {
  const group = program.command('group').description('groups of directories, and local ones')
  group
    .command('list')
    .description('list the groups')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions & { organization: string }) => {
      const groups = await inOrganization(runtime, options.organization, (ctx) => listGroups(ctx))
      const items = groups.map(({ id, displayName, directoryId, externalId, createdAt, updatedAt }) => ({
        ...{ id, displayName, directoryId, externalId, createdAt, updatedAt },
      }))
      printList(runtime, options, items, {
        NAME: ({ displayName }) => displayName,
        DIRECTORY: ({ directoryId }) => directoryId ?? '(local)',
        ID: ({ id }) => id,
      })
    })
}
