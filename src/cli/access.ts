// `rolecall access …`: what somebody holds and why, and whether they may do something.
import type { Command } from 'commander'
import { requireAssetReference } from '#access/decisions/asset-access.ts'
import { decideOne, getEffectiveAccess } from '#access/decisions/effective-access.ts'
import type { AssignmentSource, ChainEntry, DecisionReason, EffectiveAssignment } from '#access/decisions/evaluate.ts'
import { permissionHint } from '#access/decisions/permission-hint.ts'
import { resolveBrand, resolveUser } from '#access/grants/managers/references.ts'
import { contextOf } from '#access/ground/context-at.ts'
import { brandDifference, personDifference } from '#access/people/access-difference.ts'
import { AppError } from '#platform/errors.ts'
import { addAccessDigestCommand } from './access-digest.ts'
import { deniedExitCode } from './errors.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string; user: string; at?: string }

type DifferenceOptions = OutputOptions & {
  organization: string
  user?: string
  brand?: string
  from: string
  to?: string
}

type CheckOptions = Scope & { permission: string; brand?: string; asset?: string }

export function addAccessCommands(program: Command, runtime: CliRuntime): void {
  const access = program.command('access').description('what a user holds, and what they may do')
  access
    .command('show')
    .description('list what a user holds, each with its source')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--user <name>', 'userName or id')
    .option('--at <time>', 'as it was then, e.g. 2030-01-31T12:00:00Z')
    .option('--json', 'print one JSON line')
    .action((options: Scope) => show(runtime, options))
  access
    .command('check')
    .description('may the user do this? Exit code 0: allowed, 3: denied, 1: what is named is not here')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--user <name>', 'userName or id')
    .requiredOption('--permission <name>', 'such as content.publish')
    .option('--brand <slug>', 'slug or id; without it the organization is meant')
    .option('--asset <type/id>', 'a registered asset, such as library/42; its brand is where it is asked')
    .option('--at <time>', 'as it was then, e.g. 2030-01-31T12:00:00Z')
    .option('--json', 'print one JSON line')
    .action((options: CheckOptions) => check(runtime, options))
  access
    .command('difference')
    .description('what a user, or everybody in a brand, has gained and lost between two moments')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--user <name>', 'userName or id')
    .option('--brand <slug>', 'slug or id')
    .requiredOption('--from <time>', 'e.g. 2030-01-31T12:00:00Z')
    .option('--to <time>', 'now without it')
    .option('--json', 'print one JSON line')
    .action((options: DifferenceOptions) => difference(runtime, options))
  addAccessDigestCommand(access, runtime)
}

async function show(runtime: CliRuntime, options: Scope): Promise<void> {
  const { user, assignments } = await inOrganization(runtime, options.organization, async (ctx) =>
    getEffectiveAccess(await contextOf(ctx, options.at), options.user),
  )
  if (options.json === true) {
    const { id, userName, status } = user
    const json = { user: { id, userName, status }, assignments: assignments.map(summary) }
    print(runtime, options, { json, human: () => [] })
    return
  }
  runtime.print(`${user.userName} (${user.id}) is ${user.status}`)
  if (assignments.length === 0) runtime.print('No assignments')
  else {
    printList(runtime, options, assignments, {
      ROLE: ({ role }) => role.key,
      BRAND: ({ brand }) => brand?.slug ?? '(organization)',
      'BECAUSE OF': ({ source }) => because(source),
    })
  }
}

const summary = ({ role, brand, source }: EffectiveAssignment): object => ({
  role: role.key,
  brand: brand?.slug ?? null,
  source: sourceSummary(source),
})

function sourceSummary(source: AssignmentSource): object {
  if (source.type === 'direct') {
    const { type, assignmentId, reason, expiresAt } = source
    return { type, reason, expiresAt, assignmentId }
  }
  if (source.type === 'team') {
    const { type, team, reason, expiresAt, teamRoleId } = source
    return { type, team: team.name, teamId: team.id, reason, expiresAt, teamRoleId }
  }
  const mapped = source.path.at(-1)
  const { type, mappingId, path, filter } = source
  return { type, group: mapped?.displayName ?? null, groupId: mapped?.id ?? null, filter, mappingId, path }
}

function because(source: ChainEntry['source']): string {
  if (source.type === 'policy') return `policy ${source.name}`
  if (source.type === 'separation') return `separation of duties: ${source.name}`
  if (source.type === 'mapping' && source.filter !== null) return `filter ${source.filter}`
  if (source.type === 'mapping') return `group ${source.path.map(({ displayName }) => displayName).join(' → ')}`
  const until = source.expiresAt === null ? '' : ` until ${source.expiresAt}`
  if (source.type === 'team') return `team ${source.team.name}${until}`
  return `direct assignment${until}: ${source.reason}`
}

/** A name that is not here is no denial of somebody's: whoever asks has mistyped it, or asks the wrong organization. */
const unknownReasons: Partial<Record<DecisionReason, string>> = {
  organization_unknown: 'There is no such organization',
  user_unknown: 'There is no such user',
  brand_unknown: 'There is no such brand',
  asset_unknown: 'There is no such asset in that brand',
}

async function check(runtime: CliRuntime, options: CheckOptions): Promise<void> {
  const { user, permission, brand, at } = options
  const asset = options.asset === undefined ? undefined : requireAssetReference(options.asset)
  const { decision, hint } = await inOrganization(runtime, options.organization, async (ctx) => ({
    decision: await decideOne(await contextOf(ctx, at), { user, permission, brand, asset }),
    hint: await permissionHint(ctx, permission),
  }))
  const { allowed, step, reason, chain } = decision
  const missing = unknownReasons[reason]
  if (missing !== undefined) throw new AppError('not_found', `${missing}; nothing was decided`)
  const verdict = `${allowed ? 'allowed' : 'denied'}: ${reason} (decided by ${step})`
  print(runtime, options, { json: decision, human: () => [verdict, ...chain.map(chainLine)] })
  if (!allowed && hint !== undefined) runtime.printError(`hint: ${hint}`)
  runtime.setExitCode(allowed ? 0 : deniedExitCode)
}

const chainLine = ({ effect, permission, role, brand, source }: ChainEntry): string => {
  const through = role === null ? '' : ` → role ${role.key} in ${brand ?? 'the organization'}`
  return `  ${because(source)}${through} → ${effect} ${permission}`
}

async function difference(runtime: CliRuntime, options: DifferenceOptions): Promise<void> {
  const { user, brand, from, to } = options
  if ((user === undefined) === (brand === undefined)) throw new AppError('invalid', 'Name one of --user and --brand')
  const { json, gained, lost } = await inOrganization(runtime, options.organization, async (ctx) => {
    if (brand !== undefined) {
      const { id: brandId } = await resolveBrand(ctx, brand)
      const found = await brandDifference(ctx, { brandId, from, to })
      const line = ({ userName, roleName }: (typeof found.gained)[number]): string => `${userName}: ${roleName}`
      return { json: found as object, gained: found.gained.map(line), lost: found.lost.map(line) }
    }
    const { id: userId } = await resolveUser(ctx, user ?? '')
    const found = await personDifference(ctx, { userId, from, to })
    const line = ({ role, brand: where }: (typeof found.roles.gained)[number]): string =>
      `${role.key} in ${where?.slug ?? 'the organization'}`
    return { json: found as object, gained: found.roles.gained.map(line), lost: found.roles.lost.map(line) }
  })
  const human = () => [
    ...(gained.length + lost.length === 0 ? ['Nothing has changed'] : []),
    ...gained.map((line) => `+ ${line}`),
    ...lost.map((line) => `- ${line}`),
  ]
  print(runtime, options, { json, human })
}
