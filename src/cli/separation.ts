// `rolecall separation …`
import { type Command, Option } from 'commander'
import { resolveBrand, resolveRole, resolveUser } from '#access/grants/managers/references.ts'
import { listSeparations, type SideRecord } from '#access/grants/separation/rules.ts'
import type { CallContext } from '#src/context.ts'
import { confirmOption, makeChange } from './make-change.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string; yes?: true }
type CreateOptions = Scope & {
  name: string
  purpose: string
  first: string
  second: string
  mode?: 'watch' | 'enforce'
  exceptRole?: string[]
}
type ExceptOptions = Scope & { rule: string; user: string; brand?: string; reason: string; expires: string }

const collect = (value: string, before: string[] = []): string[] => [...before, value]

export function addSeparationCommands(program: Command, runtime: CliRuntime): void {
  const separation = program.command('separation').description('roles and permissions that nobody holds at once')
  const verb = (name: string, description: string): Command =>
    separation
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .option('--json', 'print one JSON line')
  verb('create', 'keep two roles or permissions apart')
    .requiredOption('--name <name>', 'what the rule is called')
    .requiredOption('--purpose <text>', 'why the two are kept apart')
    .requiredOption('--first <side>', 'role:<key> or permission:<name>')
    .requiredOption('--second <side>', 'the same; what is withheld from whoever holds both')
    .addOption(new Option('--mode <mode>', 'enforce unless told').choices(['watch', 'enforce']))
    .option('--except-role <key>', 'whoever holds it may hold both; may be repeated', collect)
    .option(...confirmOption)
    .action((options: CreateOptions) => create(runtime, options))
  verb('list', 'list the rules').action((options: Scope) => list(runtime, options))
  verb('delete', 'delete a rule and its exceptions')
    .requiredOption('--rule <id>', 'id of the rule')
    .option(...confirmOption)
    .action(async (options: Scope & { rule: string }) => {
      const { effect } = await inOrganization(runtime, options.organization, (ctx) =>
        makeChange(ctx, { kind: 'delete_separation', ruleId: options.rule }, options),
      )
      const human = () => [`The rule ${options.rule} is deleted. ${effect}`]
      print(runtime, options, { json: { deleted: options.rule }, human })
    })
  verb('except', 'let a user hold both, for a reason and until a date')
    .requiredOption('--rule <id>', 'id of the rule')
    .requiredOption('--user <name>', 'userName or id')
    .option('--brand <slug>', 'slug or id; without it, in the organization')
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--expires <time>', 'when it ends, e.g. 2030-01-01T00:00:00Z')
    .action((options: ExceptOptions) => except(runtime, options))
}

async function sideOf(ctx: CallContext, text: string) {
  const [kind, ...rest] = text.split(':')
  const name = rest.join(':')
  return kind === 'role'
    ? { roleId: (await resolveRole(ctx, name)).id }
    : { permission: kind === 'permission' ? name : text }
}

async function create(runtime: CliRuntime, options: CreateOptions): Promise<void> {
  const { name, purpose, mode } = options
  const { outcome, effect } = await inOrganization(runtime, options.organization, async (ctx) => {
    const [first, second] = await Promise.all([sideOf(ctx, options.first), sideOf(ctx, options.second)])
    const except = await Promise.all((options.exceptRole ?? []).map((key) => resolveRole(ctx, key)))
    const rule = { name, purpose, mode, first, second, exceptRoleIds: except.map(({ id }) => id) }
    return makeChange(ctx, { kind: 'create_separation', rule }, options)
  })
  const [made] = outcome
  print(runtime, options, { json: made, human: () => [`The rule ${name} is made (${made?.id}). ${effect}`] })
}

async function except(runtime: CliRuntime, options: ExceptOptions): Promise<void> {
  const { outcome } = await inOrganization(runtime, options.organization, async (ctx) => {
    const user = await resolveUser(ctx, options.user)
    const brand = options.brand === undefined ? undefined : await resolveBrand(ctx, options.brand)
    const terms = { reason: options.reason, expiresAt: options.expires }
    const exception = { ruleId: options.rule, userId: user.id, brandId: brand?.id ?? null, ...terms }
    return makeChange(ctx, { kind: 'create_exception', exception }, options)
  })
  const [made] = outcome
  const human = () => [`${options.user} may hold both until ${options.expires} (${made?.id})`]
  print(runtime, options, { json: made, human })
}

const words = ({ role, permission }: SideRecord): string =>
  role === null ? `permission:${permission}` : `role:${role.key}`

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) => listSeparations(ctx))
  printList(runtime, options, items, {
    NAME: ({ name }) => name,
    MODE: ({ mode }) => mode,
    FIRST: ({ first }) => words(first),
    SECOND: ({ second }) => words(second),
    EXCEPTIONS: ({ exceptions }) => String(exceptions.length),
    ID: ({ id }) => id,
  })
}
