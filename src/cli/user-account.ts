// `rolecall user create` and `rolecall user set-password`
import type { Command } from 'commander'
import { createLocalUser } from '#access/accounts/create-local-user.ts'
import { setUserPassword } from '#access/accounts/passwords/change-password.ts'
import { resolveBrand, resolveRole, resolveUser } from '#access/grants/managers/references.ts'
import { invalid } from '#platform/errors.ts'
import { type OutputOptions, print } from './output.ts'
import { givenPassword, type PasswordOptions } from './password.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }

type CreateOptions = Scope &
  PasswordOptions & { keep?: true; userName: string; email?: string; name?: string; role?: string; brand?: string[] }

const collect = (value: string, before: string[] = []): string[] => [...before, value]

export function addUserAccountCommands(user: Command, runtime: CliRuntime): void {
  user
    .command('create')
    .description('create a local user with a password, which they change at their first sign-in')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--user-name <name>', 'what they sign in with, such as their e-mail address')
    .option('--email <address>', 'where mail goes; the user name where that is one')
    .option('--name <name>', 'their name')
    .option('--role <key>', 'key or id: what they hold')
    .option('--brand <slug>', 'slug or id: the role is held in this brand; may be repeated', collect)
    .option('--password <password>', 'better: --stdin, which leaves no trace in the history of the shell')
    .option('--stdin', 'read the password from standard input')
    .option('--keep', 'the password need not be changed')
    .option('--json', 'print one JSON line')
    .action((options: CreateOptions) => create(runtime, options))
  user
    .command('set-password')
    .description('give a local user a password; all of their sessions end')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--user <name>', 'userName or id')
    .option('--password <password>', 'better: --stdin, which leaves no trace in the history of the shell')
    .option('--stdin', 'read the password from standard input')
    .option('--keep', 'the password need not be changed at the next sign-in')
    .option('--json', 'print one JSON line')
    .action((options: Scope & PasswordOptions & { keep?: true; user: string }) => setPassword(runtime, options))
}

async function passwordOf(runtime: CliRuntime, options: PasswordOptions): Promise<string> {
  const given = await givenPassword(runtime, options)
  if (given === undefined) throw invalid('Give the password by --stdin (or --password)')
  return given
}

async function create(runtime: CliRuntime, options: CreateOptions): Promise<void> {
  const { userName, email, name, keep } = options
  const password = await passwordOf(runtime, options)
  const made = await inOrganization(runtime, options.organization, async (ctx) => {
    const role = options.role === undefined ? undefined : await resolveRole(ctx, options.role)
    const brands = await Promise.all((options.brand ?? []).map((brand) => resolveBrand(ctx, brand)))
    if (role === undefined && brands.length > 0) throw invalid('Say by --role what the user holds in the brand')
    const holdings =
      role === undefined
        ? []
        : brands.length === 0
          ? [{ roleId: role.id, brandId: null }]
          : brands.map(({ id }) => ({ roleId: role.id, brandId: id }))
    const person = { userName, email: email ?? null, displayName: name ?? null }
    return createLocalUser(ctx, { ...person, password, mustChange: keep !== true, holdings })
  })
  const { id, status } = made
  const json = { id, userName, displayName: made.displayName, status, mustChangePassword: keep !== true }
  print(runtime, options, { json, human: () => [`Created the user ${userName} (${id})`] })
}

async function setPassword(
  runtime: CliRuntime,
  options: Scope & PasswordOptions & { keep?: true; user: string },
): Promise<void> {
  const password = await passwordOf(runtime, options)
  const mustChange = options.keep !== true
  const user = await inOrganization(runtime, options.organization, async (ctx) => {
    const found = await resolveUser(ctx, options.user)
    await setUserPassword(ctx, { userId: found.id, password, mustChange })
    return found
  })
  const json = { ...user, mustChangePassword: mustChange }
  print(runtime, options, { json, human: () => [`${user.userName} has a new password, and all sessions ended`] })
}
