// `rolecall operator …`
import { type Command, Option } from 'commander'
import {
  addOperator,
  listOperators,
  type OperatorRole,
  operatorRoles,
  removeOperator,
} from '#access/platform/operators/operators.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, instanceContext } from './runtime.ts'

type AddOptions = OutputOptions & { organization: string; user: string; role: OperatorRole }

export function addOperatorCommands(program: Command, runtime: CliRuntime): void {
  const operator = program.command('operator').description('people who run the installation, at /platform')
  operator
    .command('add')
    .description('let somebody in at /platform, or give them the other role; all operators are of one organization')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--user <user>', 'an id or a user name')
    .addOption(
      new Option('--role <role>', 'reader looks; administrator changes things, too')
        .choices(operatorRoles)
        .default('administrator'),
    )
    .option('--json', 'print one JSON line')
    .action(async (options: AddOptions) => {
      const { organization, user, role } = options
      const added = await runtime.withServices((services) =>
        addOperator(instanceContext(services), { organization, user, role }),
      )
      print(runtime, options, { json: added, human: () => [`${added.name} is an operator (${added.role})`] })
    })
  operator
    .command('list')
    .description('list the operators')
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions) => {
      const items = await runtime.withServices((services) => listOperators(instanceContext(services)))
      printList(runtime, options, items, {
        NAME: ({ name }) => name,
        ROLE: ({ role }) => role,
        SINCE: ({ addedAt }) => addedAt,
        ID: ({ userId }) => userId,
      })
    })
  operator
    .command('remove')
    .description('take somebody out of /platform at once')
    .requiredOption('--user <id>', 'their id')
    .option('--json', 'print one JSON line')
    .action(async (options: OutputOptions & { user: string }) => {
      await runtime.withServices((services) => removeOperator(instanceContext(services), options.user))
      print(runtime, options, {
        json: { removed: options.user },
        human: () => [`${options.user} is no longer an operator`],
      })
    })
}
