// `rolecall user edit`: name, roles and status of a person in one save.
import { type Command, Option } from 'commander'
import { resolveBrand, resolveRole, resolveUser } from '#access/grants/managers/references.ts'
import { getListedUser } from '#access/people/list-users.ts'
import { profileOf } from '#access/people/profile.ts'
import { invalid } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { confirmOption, makeChange } from './make-change.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Options = OutputOptions & {
  organization: string
  user: string
  name?: string
  userName?: string
  email?: string
  role?: string
  brandRole?: string[]
  reason?: string
  status?: 'active' | 'inactive'
  yes?: true
}

const collect = (value: string, before: string[] = []): string[] => [...before, value]

export function addUserEditCommand(user: Command, runtime: CliRuntime): void {
  user
    .command('edit')
    .description('change name, roles and status of a person in one save; what is not mentioned stays')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--user <name>', 'userName or id')
    .option('--name <name>', 'as others see it; of people whom no directory manages')
    .option('--user-name <name>', 'likewise')
    .option('--email <address>', 'likewise')
    .option('--role <key>', 'key or id: what they are given directly in the organization; empty: nothing')
    .option('--brand-role <brand=role>', 'the same in a brand; may be repeated', collect)
    .option('--reason <text>', 'why; needed where a role is given')
    .addOption(new Option('--status <status>').choices(['active', 'inactive']))
    .option(...confirmOption)
    .option('--json', 'print one JSON line')
    .action((options: Options) => edit(runtime, options))
}

async function edit(runtime: CliRuntime, options: Options): Promise<void> {
  const { reason, status } = options
  const { outcome, effect } = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveUser(ctx, options.user)
    const typed = { displayName: options.name, userName: options.userName, email: options.email }
    const fields = Object.entries(typed).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const profile =
      fields.length === 0 ? undefined : { ...profileOf(await getListedUser(ctx, id)), ...Object.fromEntries(fields) }
    const change = { kind: 'edit_user', userId: id, profile, reason, status } as const
    return makeChange(ctx, { ...change, roles: await rolesOf(ctx, options) }, options)
  })
  print(runtime, options, { json: outcome[0], human: () => [`${options.user} is saved. ${effect}`] })
}

async function rolesOf(ctx: CallContext, { role, brandRole = [] }: Options) {
  const idOf = async (key: string): Promise<string | null> => (key === '' ? null : (await resolveRole(ctx, key)).id)
  const inOrganizationItself = role === undefined ? [] : [{ brandId: null, roleId: await idOf(role) }]
  const inBrands = brandRole.map(async (text) => {
    const [brand = '', key, ...rest] = text.split('=')
    if (key === undefined || rest.length > 0) throw invalid(`${text} is not brand=role`)
    return { brandId: (await resolveBrand(ctx, brand)).id, roleId: await idOf(key) }
  })
  return [...inOrganizationItself, ...(await Promise.all(inBrands))]
}
