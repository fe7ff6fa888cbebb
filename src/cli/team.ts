// `rolecall team …`
import type { Command } from 'commander'
import { resolveBrand, resolveTeam, resolveUser } from '#access/grants/managers/references.ts'
import { listTeams } from '#access/grants/teams/teams.ts'
import { confirmOption, makeChange } from './make-change.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'
import { addTeamContentCommands } from './team-content.ts'

type Scope = OutputOptions & { organization: string }
type Confirmed = Scope & { yes?: true }
type CreateOptions = Confirmed & { name: string; brand?: string; within?: string; leader?: string }
type UpdateOptions = Confirmed & { team: string; name?: string; within?: string; leader?: string }
type ListOptions = Scope & { brand?: string; user?: string }

/** What takes something away where a name is wanted. */
const none = 'none'

export function addTeamCommands(program: Command, runtime: CliRuntime): void {
  const team = program.command('team').description('people who hold roles together')
  team
    .command('create')
    .description('create a team of the organization or of a brand')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--name <text>', 'for people to read')
    .option('--brand <slug>', 'slug or id; without it, a team of the organization')
    .option('--within <team>', 'name or id of the team that it is within')
    .option('--leader <name>', 'userName or id of somebody who may add people and take them out')
    .option(...confirmOption)
    .option('--json', 'print one JSON line')
    .action((options: CreateOptions) => create(runtime, options))
  team
    .command('list')
    .description('list the teams, by name')
    .requiredOption('--organization <slug>', 'slug or id')
    .option('--brand <slug>', 'those of this brand')
    .option('--user <name>', 'those that this user is in')
    .option('--json', 'print one JSON line')
    .action((options: ListOptions) => list(runtime, options))
  team
    .command('update')
    .description('rename a team, or change its leader or the team that it is within')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--team <name>', 'name or id')
    .option('--name <text>', 'the new name')
    .option('--within <team>', `name or id; ${none}: within no other team`)
    .option('--leader <name>', `userName or id; ${none}: nobody leads it`)
    .option(...confirmOption)
    .option('--json', 'print one JSON line')
    .action((options: UpdateOptions) => update(runtime, options))
  team
    .command('delete')
    .description('delete a team, and what it gives')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--team <name>', 'name or id')
    .option(...confirmOption)
    .option('--json', 'print one JSON line')
    .action(async (options: Confirmed & { team: string }) => {
      const { id, effect } = await inOrganization(runtime, options.organization, async (ctx) => {
        const { id: teamId } = await resolveTeam(ctx, options.team)
        return { id: teamId, ...(await makeChange(ctx, { kind: 'delete_team', teamId }, options)) }
      })
      print(runtime, options, { json: { deleted: id }, human: () => [`The team ${id} is deleted. ${effect}`] })
    })
  addTeamContentCommands(team, runtime)
}

async function create(runtime: CliRuntime, options: CreateOptions): Promise<void> {
  const { outcome, effect } = await inOrganization(runtime, options.organization, async (ctx) => {
    const [brand, parent, leader] = await Promise.all([
      options.brand === undefined ? undefined : resolveBrand(ctx, options.brand),
      options.within === undefined ? undefined : resolveTeam(ctx, options.within),
      options.leader === undefined ? undefined : resolveUser(ctx, options.leader),
    ])
    const fields = { brandId: brand?.id ?? null, parentId: parent?.id ?? null, leaderId: leader?.id ?? null }
    return makeChange(ctx, { kind: 'create_team', name: options.name, ...fields }, options)
  })
  for (const made of outcome)
    print(runtime, options, { json: made, human: () => [`The team ${made.name} is created (${made.id}). ${effect}`] })
}

async function list(runtime: CliRuntime, options: ListOptions): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx) => {
    const [brand, user] = await Promise.all([
      options.brand === undefined ? undefined : resolveBrand(ctx, options.brand),
      options.user === undefined ? undefined : resolveUser(ctx, options.user),
    ])
    return (await listTeams(ctx, { filter: { brandId: brand?.id, userId: user?.id }, limit: 10_000 })).items
  })
  printList(runtime, options, items, {
    TEAM: ({ name }) => name,
    BRAND: ({ brand }) => brand?.slug ?? '(organization)',
    WITHIN: ({ parent }) => parent?.name ?? '',
    LEADER: ({ leader }) => leader?.userName ?? '',
    PEOPLE: ({ people }) => String(people),
    ID: ({ id }) => id,
  })
}

async function update(runtime: CliRuntime, options: UpdateOptions): Promise<void> {
  const { outcome, effect } = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id: teamId } = await resolveTeam(ctx, options.team)
    const { name, within, leader } = options
    const change = {
      ...{ kind: 'update_team' as const, teamId },
      ...(name === undefined ? {} : { name }),
      ...(within === undefined ? {} : { parentId: within === none ? null : (await resolveTeam(ctx, within)).id }),
      ...(leader === undefined ? {} : { leaderId: leader === none ? null : (await resolveUser(ctx, leader)).id }),
    }
    return makeChange(ctx, change, options)
  })
  for (const made of outcome)
    print(runtime, options, { json: made, human: () => [`The team ${made.name} is changed. ${effect}`] })
}
