// `rolecall emergency …`: accounts for when the identity provider does not work.
import type { Command } from 'commander'
import {
  createEmergencyAccount,
  listEmergencyAccounts,
  type NewEmergencyAccount,
  resealEmergencyAccount,
} from '#access/accounts/emergency/emergency.ts'
import { resolveUser } from '#access/grants/managers/references.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }

export function addEmergencyCommands(program: Command, runtime: CliRuntime): void {
  const emergency = program.command('emergency').description('sealed accounts for when sign-in does not work')
  emergency
    .command('create')
    .description('make an emergency account; what is printed is not shown again')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--name <name>', 'where it is kept, e.g. "Safe of the head office"')
    .option('--json', 'print one JSON line')
    .action((options: Scope & { name: string }) => create(runtime, options))
  emergency
    .command('list')
    .description('list the emergency accounts, and whether they are proven to work')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--json', 'print one JSON line')
    .action((options: Scope) => list(runtime, options))
  emergency
    .command('reseal')
    .description('new password, authenticator and codes for an account whose envelope was opened')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--user <name>', 'user name or id of the emergency account')
    .option('--json', 'print one JSON line')
    .action((options: Scope & { user: string }) => reseal(runtime, options))
}

async function create(runtime: CliRuntime, options: Scope & { name: string }): Promise<void> {
  const made = await inOrganization(runtime, options.organization, async (ctx, { urls }) => ({
    ...(await createEmergencyAccount(ctx, { name: options.name })),
    signInUrl: urls.page('/emergency'),
  }))
  printEnvelope(runtime, options, { ...made, title: `The emergency account ${options.name}` })
}

async function reseal(runtime: CliRuntime, options: Scope & { user: string }): Promise<void> {
  const made = await inOrganization(runtime, options.organization, async (ctx, { urls }) => {
    const { id } = await resolveUser(ctx, options.user)
    return { ...(await resealEmergencyAccount(ctx, id)), signInUrl: urls.page('/emergency') }
  })
  printEnvelope(runtime, options, { ...made, title: 'What was in the old envelope is void' })
}

type Printed = NewEmergencyAccount & { signInUrl: string; title: string }

function printEnvelope(runtime: CliRuntime, options: Scope, { title, ...made }: Printed): void {
  const human = () => [
    `${title}. Print this, seal it, and then try it once as a drill to prove that it works.`,
    `  Sign in at      ${made.signInUrl}`,
    `  User name       ${made.userName}`,
    `  Password        ${made.password}`,
    `  Authenticator   ${made.totpUri}`,
    `  Recovery codes  ${made.recoveryCodes.slice(0, 5).join('  ')}`,
    `                  ${made.recoveryCodes.slice(5).join('  ')}`,
    'None of it is shown again.',
  ]
  print(runtime, options, { json: made, human })
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) => listEmergencyAccounts(ctx))
  printList(runtime, options, items, {
    'USER NAME': ({ userName }) => userName,
    NAME: ({ displayName }) => displayName,
    STATUS: ({ status }) => status,
    'LAST USED': ({ lastUsedAt }) => lastUsedAt ?? 'never',
    PROVEN: ({ isProven, isOpened }) =>
      isOpened ? 'opened, seal it anew' : isProven ? 'yes' : 'no, try it as a drill',
  })
}
