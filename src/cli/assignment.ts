// `rolecall assignment …`
import { type Command, Option } from 'commander'
import { listAssignments } from '#access/grants/assignments/assignments.ts'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { resolveBrand, resolveRole, resolveUser } from '#access/grants/managers/references.ts'
import { confirmOption, makeChange } from './make-change.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }

type CreateOptions = Scope & {
  user: string
  role: string
  brand?: string
  reason: string
  from?: string
  expires?: string
}

type OverrideOptions = Scope & {
  user: string
  permission: string
  effect: 'allow' | 'deny'
  brand?: string
  reason: string
  expires: string
  yes?: true
}

type UpdateOptions = Scope & {
  assignment: string
  role?: string
  reason?: string
  sponsor?: string
  expires?: string
  yes?: true
}

export function addAssignmentCommands(program: Command, runtime: CliRuntime): void {
  const assignment = program.command('assignment').description('roles given to a user directly')
  assignment
    .command('create')
    .description('give a role to a user, for a reason')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--user <name>', 'userName or id')
    .requiredOption('--role <key>', 'key or id')
    .requiredOption('--reason <text>', 'why')
    .option('--brand <slug>', 'slug or id; without it the role is held in the organization')
    .option('--from <time>', 'when it begins, e.g. 2030-01-01T00:00:00Z')
    .option('--expires <time>', 'when it ends')
    .option('--json', 'print one JSON line')
    .action((options: CreateOptions) => create(runtime, options))
  assignment
    .command('override')
    .description('give a user one permission more, or one less, on top of their roles')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--user <name>', 'userName or id')
    .requiredOption('--permission <name>', 'a single one, such as content.publish')
    .addOption(
      new Option('--effect <effect>', 'whether they have it, or have it taken')
        .choices(['allow', 'deny'])
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--expires <time>', 'when it ends, e.g. 2030-01-01T00:00:00Z')
    .option('--brand <slug>', 'slug or id; without it, in the organization')
    .option(...confirmOption)
    .option('--json', 'print one JSON line')
    .action((options: OverrideOptions) => override(runtime, options))
  assignment
    .command('update')
    .description('change the role, the end, the reason or the sponsor; what is not mentioned stays')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--assignment <id>', 'id of the assignment')
    .option('--role <key>', 'key or id of another role: a new assignment takes the place of this one')
    .option('--reason <text>', 'why')
    .option('--sponsor <name>', 'who vouches for it; empty: nobody')
    .option('--expires <time>', 'when it ends; empty: it has no end')
    .option(...confirmOption)
    .option('--json', 'print one JSON line')
    .action((options: UpdateOptions) => update(runtime, options))
  assignment
    .command('list')
    .description('list the direct assignments')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--user <name>', 'of this user only: userName or id')
    .option('--json', 'print one JSON line')
    .action((options: Scope & { user?: string }) => list(runtime, options))
  assignment
    .command('delete')
    .description('take back a direct assignment')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--assignment <id>', 'id of the assignment')
    .option(...confirmOption)
    .option('--json', 'print one JSON line')
    .action(async (options: Scope & { assignment: string; yes?: true }) => {
      const { effect } = await inOrganization(runtime, options.organization, (ctx) =>
        makeChange(ctx, { kind: 'delete_assignments', assignmentIds: [options.assignment] }, options),
      )
      const human = () => [`The assignment ${options.assignment} is deleted. ${effect}`]
      print(runtime, options, { json: { deleted: options.assignment }, human })
    })
}

async function create(runtime: CliRuntime, options: CreateOptions): Promise<void> {
  const made = await inOrganization(runtime, options.organization, async (ctx) => {
    const [user, role, brand] = await Promise.all([
      resolveUser(ctx, options.user),
      resolveRole(ctx, options.role),
      options.brand === undefined ? undefined : resolveBrand(ctx, options.brand),
    ])
    const period = { validFrom: options.from ?? null, expiresAt: options.expires ?? null }
    const target = { userId: user.id, roleId: role.id, brandId: brand?.id ?? null }
    return createAssignment(ctx, { ...target, ...period, reason: options.reason })
  })
  const where = made.brand === null ? 'the organization' : `the brand ${made.brand.slug}`
  const human = () => [`${made.user.userName} is ${made.role.key} in ${where} (${made.id})`]
  print(runtime, options, { json: made, human })
}

async function override(runtime: CliRuntime, options: OverrideOptions): Promise<void> {
  const { permission, effect: way, reason, expires: expiresAt } = options
  const { outcome, effect } = await inOrganization(runtime, options.organization, async (ctx) => {
    const [user, brand] = await Promise.all([
      resolveUser(ctx, options.user),
      options.brand === undefined ? undefined : resolveBrand(ctx, options.brand),
    ])
    const wanted = { userId: user.id, brandId: brand?.id ?? null, permission, effect: way, reason, expiresAt }
    return makeChange(ctx, { kind: 'create_overrides', overrides: [wanted] }, options)
  })
  const [made] = outcome
  const human = () => [`${options.user} ${way === 'allow' ? 'may' : 'may not'} ${permission} (${made?.id}). ${effect}`]
  print(runtime, options, { json: made, human })
}

async function update(runtime: CliRuntime, options: UpdateOptions): Promise<void> {
  const { assignment: assignmentId, reason } = options
  const { outcome, effect } = await inOrganization(runtime, options.organization, async (ctx) => {
    const roleId = options.role === undefined ? undefined : (await resolveRole(ctx, options.role)).id
    const terms = { reason, sponsor: orNull(options.sponsor), expiresAt: orNull(options.expires) }
    return makeChange(ctx, { kind: 'update_assignment', assignmentId, roleId, ...terms }, options)
  })
  const [changed] = outcome
  const human = () => [`${changed?.user.userName} is ${changed?.role.key} (${changed?.id}). ${effect}`]
  print(runtime, options, { json: changed, human })
}

const orNull = (text: string | undefined): string | null | undefined => (text === '' ? null : text)

async function list(runtime: CliRuntime, options: Scope & { user?: string }): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx) => {
    const userId = options.user === undefined ? undefined : (await resolveUser(ctx, options.user)).id
    return listAssignments(ctx, { userId })
  })
  printList(runtime, options, items, {
    USER: ({ user }) => user.userName,
    ROLE: ({ role }) => role.key,
    BRAND: ({ brand }) => brand?.slug ?? '(organization)',
    EXPIRES: ({ expiresAt }) => expiresAt,
    REASON: ({ reason }) => reason,
    ID: ({ id }) => id,
  })
}
