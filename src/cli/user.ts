// `rolecall user …`
import { type Command, Option } from 'commander'
import { resolveUser } from '#access/grants/managers/references.ts'
import { listUsers } from '#access/people/list-users.ts'
import { type AccountKind, accountKinds } from '#access/people/search/user-filter.ts'
import { approveUser } from '#access/people/status/approve-user.ts'
import { getUser, type UserRecord, type UserStatus } from '#directory/users.ts'
import type { CallContext } from '#src/context.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'
import { addUserAccountCommands } from './user-account.ts'
import { addUserAddressCommand } from './user-address.ts'
import { addUserDataCommands } from './user-data.ts'
import { addUserEditCommand } from './user-edit.ts'
import { addUserImportCommand } from './user-import.ts'
import { addUserLeavingCommands } from './user-leaving.ts'
import { summaryOf, userLines } from './user-lines.ts'

type Scope = OutputOptions & { organization: string }

type ListOptions = Scope & { status?: UserStatus; search?: string; accounts: AccountKind }

type Act = (ctx: CallContext, userId: string) => Promise<UserRecord>

export function addUserCommands(program: Command, runtime: CliRuntime): void {
  const user = program.command('user').description('people')
  user
    .command('list')
    .description('list users')
    .requiredOption('--organization <slug>', 'slug or id')
    .addOption(new Option('--status <status>').choices(['invited', 'active', 'inactive', 'erased']))
    .option('--search <text>', 'part of a name or an e-mail address')
    .addOption(
      new Option('--accounts <kind>', 'people alone, the sealed emergency accounts alone, or all')
        .choices(accountKinds)
        .default('people'),
    )
    .option('--json', 'print one JSON line')
    .action((options: ListOptions) => list(runtime, options))
  addUserAccountCommands(user, runtime)
  addUserDataCommands(user, runtime)
  addUserImportCommand(user, runtime)
  addUserAddressCommand(user, runtime)
  addUserEditCommand(user, runtime)
  addUserCommand(user, runtime, 'show', {
    description: 'show one user',
    act: (ctx, userId) => getUser(ctx, { userId, directoryId: null }),
  })
  addUserCommand(user, runtime, 'approve', {
    description: 'let a user in who waits for approval after a first sign-in',
    act: (ctx, userId) => approveUser(ctx, userId),
  })
  addUserLeavingCommands(user, runtime)
}

async function list(runtime: CliRuntime, options: ListOptions): Promise<void> {
  const filter = { status: options.status, q: options.search, accounts: options.accounts }
  const items = await inOrganization(runtime, options.organization, (ctx) => listUsers(ctx, { filter }))
  printList(runtime, options, items.map(summaryOf), {
    'USER NAME': ({ userName }) => userName,
    NAME: ({ displayName }) => displayName,
    STATUS: ({ status, statusReason }) => (statusReason === null ? status : `${status} (${statusReason})`),
    ID: ({ id }) => id,
  })
}

function addUserCommand(
  user: Command,
  runtime: CliRuntime,
  verb: string,
  { description, act }: { description: string; act: Act },
): void {
  user
    .command(verb)
    .description(description)
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--user <name>', 'userName or id')
    .option('--json', 'print one JSON line')
    .action(async (options: Scope & { user: string }) => {
      const shown = await inOrganization(runtime, options.organization, async (ctx) => {
        const { id } = await resolveUser(ctx, options.user)
        return summaryOf(await act(ctx, id))
      })
      print(runtime, options, { json: shown, human: () => userLines(shown) })
    })
}
