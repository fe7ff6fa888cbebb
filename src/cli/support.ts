// `rolecall support …`: operators in the consoles of organizations. Letting one in is the organization's alone.
import type { Command } from 'commander'
import { endSupport, listSupportAccesses } from '#access/organizations/support/support-accesses.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Options = OutputOptions & { organization: string }

export function addSupportCommands(program: Command, runtime: CliRuntime): void {
  const support = program.command('support').description('operators in the consoles of organizations')
  support
    .command('list')
    .description('list who asked to come into an organization’s console, and what became of it')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action(async (options: Options) => {
      const items = await inOrganization(runtime, options.organization, listSupportAccesses)
      printList(runtime, options, items, {
        OPERATOR: ({ operator }) => operator,
        STATUS: ({ status }) => status,
        MAY: ({ mayWrite }) => (mayWrite ? 'write' : 'read'),
        ASKED: ({ requestedAt }) => requestedAt,
        REASON: ({ reason }) => reason,
        ID: ({ id }) => id,
      })
    })
  support
    .command('end')
    .description('end an access at once')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--access <id>', 'its id')
    .option('--json', 'print one JSON line')
    .action(async (options: Options & { access: string }) => {
      await inOrganization(runtime, options.organization, (ctx) => endSupport(ctx, options.access))
      print(runtime, options, { json: { ended: options.access }, human: () => [`${options.access} is over`] })
    })
}
