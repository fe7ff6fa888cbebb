// `rolecall team members|add|remove|leave-out|let-in|fill|unfill|sources|give|take|roles`: who is in a team, and what they hold by it.
import type { Command } from 'commander'
import {
  resolveBrand,
  resolveGroup,
  resolveRole,
  resolveTeam,
  resolveUser,
} from '#access/grants/managers/references.ts'
import { listTeamPeople } from '#access/grants/teams/team-people.ts'
import { listTeamRoles } from '#access/grants/teams/team-roles.ts'
import { listTeamSources } from '#access/grants/teams/team-sources.ts'
import type { AccessChange } from '#access/previews/change.ts'
import type { CallContext } from '#src/context.ts'
import { wayWords } from '#words/team-ways.ts'
import { confirmOption, makeChange } from './make-change.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string; team: string; yes?: true }
type FillOptions = Scope & { group?: string; filter?: string }
type GiveOptions = Scope & { role: string; brand?: string; reason: string; expires?: string }

export function addTeamContentCommands(team: Command, runtime: CliRuntime): void {
  const command = (name: string, description: string): Command =>
    team
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .requiredOption('--team <name>', 'name or id')
      .option('--json', 'print one JSON line')
  const changing = (name: string, description: string): Command => command(name, description).option(...confirmOption)

  command('members', 'list the people of a team, with how they are in it').action((options: Scope) =>
    members(runtime, options),
  )
  for (const [name, kind] of [
    ['add', 'add_team_members'],
    ['remove', 'remove_team_members'],
  ] as const)
    changing(name, name === 'add' ? 'add somebody by hand' : 'take somebody out who was added by hand')
      .requiredOption('--user <name>', 'userName or id')
      .action((options: Scope & { user: string }) =>
        make(runtime, options, async (ctx, teamId) => {
          const { id } = await resolveUser(ctx, options.user)
          return { kind, teamId, userIds: [id] }
        }),
      )
  changing('leave-out', 'leave somebody out, whatever fills the team')
    .requiredOption('--user <name>', 'userName or id')
    .requiredOption('--reason <text>', 'why')
    .action((options: Scope & { user: string; reason: string }) =>
      make(runtime, options, async (ctx, teamId) => {
        const { id: userId } = await resolveUser(ctx, options.user)
        return { kind: 'leave_out_of_team', teamId, userId, reason: options.reason }
      }),
    )
  changing('let-in', 'let what fills the team count for somebody again')
    .requiredOption('--user <name>', 'userName or id')
    .action((options: Scope & { user: string }) =>
      make(runtime, options, async (ctx, teamId) => {
        const { id: userId } = await resolveUser(ctx, options.user)
        return { kind: 'let_into_team', teamId, userId }
      }),
    )
  command('sources', 'list the groups and filters that fill a team').action((options: Scope) =>
    sources(runtime, options),
  )
  changing('fill', 'have a team filled by a group, those within it included, or by a filter')
    .option('--group <name>', 'display name or id')
    .option('--filter <text>', 'in place of a group: a SCIM filter over the user, such as title eq "Counsel"')
    .action((options: FillOptions) =>
      make(runtime, options, async (ctx, teamId) => {
        const group = options.group === undefined ? undefined : await resolveGroup(ctx, options.group)
        return { kind: 'fill_team', teamId, sources: [{ groupId: group?.id ?? null, filter: options.filter ?? null }] }
      }),
    )
  changing('unfill', 'have a team no longer filled by this')
    .requiredOption('--source <id>', 'id of the source')
    .action((options: Scope & { source: string }) =>
      make(runtime, options, async (_ctx, teamId) => ({ kind: 'unfill_team', teamId, sourceIds: [options.source] })),
    )
  command('roles', 'list the roles of a team').action((options: Scope) => roles(runtime, options))
  changing('give', 'give a role to everybody in a team')
    .requiredOption('--role <key>', 'key or id')
    .option('--brand <slug>', 'slug or id; without it, in the organization, or in the brand that the team is of')
    .requiredOption('--reason <text>', 'why the team has it')
    .option('--expires <time>', 'e.g. 2030-01-31T12:00:00Z')
    .action((options: GiveOptions) => make(runtime, options, (ctx, teamId) => giving(ctx, teamId, options)))
  changing('take', 'take a role back from a team')
    .requiredOption('--team-role <id>', 'id of the role of the team')
    .action((options: Scope & { teamRole: string }) =>
      make(runtime, options, async () => ({ kind: 'take_team_roles', teamRoleIds: [options.teamRole] })),
    )
}

async function giving(ctx: CallContext, teamId: string, options: GiveOptions): Promise<AccessChange> {
  const [role, brand] = await Promise.all([
    resolveRole(ctx, options.role),
    options.brand === undefined ? undefined : resolveBrand(ctx, options.brand),
  ])
  const { reason, expires = null } = options
  return {
    ...{ kind: 'give_team_roles', teamId },
    roles: [{ roleId: role.id, brandId: brand?.id ?? null, reason, expiresAt: expires }],
  }
}

/** Makes a change of the team that is named, and says what it does. */
async function make(
  runtime: CliRuntime,
  options: Scope,
  changeOf: (ctx: CallContext, teamId: string) => Promise<AccessChange>,
): Promise<void> {
  const { outcome, effect } = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveTeam(ctx, options.team)
    return makeChange(ctx, await changeOf(ctx, id), options)
  })
  print(runtime, options, { json: { changed: outcome }, human: () => [`Done. ${effect}`] })
}

async function members(runtime: CliRuntime, options: Scope): Promise<void> {
  const { items } = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id: teamId } = await resolveTeam(ctx, options.team)
    return listTeamPeople(ctx, { teamId, limit: 10_000 })
  })
  printList(runtime, options, items, {
    USER: ({ userName }) => userName,
    STATUS: ({ status }) => status,
    HOW: ({ ways }) => wayWords(ways),
    ID: ({ id }) => id,
  })
}

async function sources(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx) =>
    listTeamSources(ctx, (await resolveTeam(ctx, options.team)).id),
  )
  printList(runtime, options, items, {
    'GROUP OR FILTER': ({ group, filter }) => group?.displayName ?? filter ?? '',
    ID: ({ id }) => id,
  })
}

async function roles(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx) =>
    listTeamRoles(ctx, (await resolveTeam(ctx, options.team)).id),
  )
  printList(runtime, options, items, {
    ROLE: ({ role }) => role.key,
    BRAND: ({ brand }) => brand?.slug ?? '(organization)',
    'HELD BY': ({ team }) => team.name,
    REASON: ({ reason }) => reason,
    UNTIL: ({ expiresAt }) => expiresAt ?? '',
    ID: ({ id }) => id,
  })
}
