// `rolecall directory adoptions`, `adopt`, `refuse`, `policy`, `move`
import type { Command } from 'commander'
import { resolveDirectory } from '#access/grants/managers/references.ts'
import { listAdoptionRequests } from '#access/people/adoption/adoption-requests.ts'
import { type AdoptionOutcome, decideAdoptions } from '#access/people/adoption/decide-adoption.ts'
import { outlookOfMove } from '#access/people/adoption/outlook-of-move.ts'
import { updateDirectory } from '#connections/directories/update-directory.ts'
import { AppError } from '#platform/errors.ts'
import type { AdoptionPolicy } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import { confirmOption, makeChange } from './make-change.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string; directory: string }
type DecideOptions = Scope & { request?: string[] }
type MoveOptions = OutputOptions & { organization: string; from: string; to: string; group?: string[]; yes?: true }

export function addAdoptionCommands(directory: Command, runtime: CliRuntime): void {
  const command = (name: string, description: string): Command =>
    directory
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .requiredOption('--directory <name>', 'name or id')
      .option('--json', 'print one JSON line')
  command('policy', 'what happens to people whom it brings and the organization has from elsewhere')
    .requiredOption('--adoption <policy>', 'verified_domain, always, confirm or never')
    .action((options: Scope & { adoption: string }) => setPolicy(runtime, options))
  command('adoptions', 'list the people whom it asked for').action((options: Scope) => list(runtime, options))
  for (const decision of ['adopt', 'refuse'] as const)
    command(decision, `${decision} people whom it asked for: all that wait, or some`)
      .option('--request <id...>', 'ids of requests')
      .action((options: DecideOptions) => decide(runtime, options, decision))
  directory
    .command('move')
    .description('hand people and mappings over to another directory, and switch the old one off')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--from <name>', 'name or id of the old directory')
    .requiredOption('--to <name>', 'name or id of the new directory')
    .option('--group <old=new...>', 'ids of groups whose mappings go over; those of the same name unless given')
    .option(...confirmOption)
    .option('--json', 'print one JSON line')
    .action((options: MoveOptions) => move(runtime, options))
}

async function setPolicy(runtime: CliRuntime, options: Scope & { adoption: string }): Promise<void> {
  const changed = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveDirectory(ctx, options.directory)
    return updateDirectory(ctx, { directoryId: id, adoption: options.adoption as AdoptionPolicy })
  })
  print(runtime, options, { json: changed, human: () => [`${changed.name}: ${changed.adoption}`] })
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveDirectory(ctx, options.directory)
    return listAdoptionRequests(ctx, { directoryId: id, limit: 1_000 })
  })
  printList(runtime, options, items, {
    ID: ({ id }) => id,
    PERSON: ({ user }) => user.userName,
    'COMES FROM': ({ user }) => user.directory?.name,
    WHY: ({ reason }) => reason,
    STATUS: ({ status }) => status,
    'LAST ASKED': ({ lastSeenAt }) => lastSeenAt,
  })
}

async function decide(runtime: CliRuntime, options: DecideOptions, decision: 'adopt' | 'refuse'): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveDirectory(ctx, options.directory)
    return decideAdoptions(ctx, { directoryId: id, requests: options.request ?? 'all', decision })
  })
  const done = decision === 'adopt' ? 'taken over' : 'refused'
  const line = ({ id, userName, error }: AdoptionOutcome) =>
    error === null ? `${userName}: ${done}` : `${id}: ${error}`
  print(runtime, options, { json: { items }, human: () => (items.length === 0 ? ['Nobody waits'] : items.map(line)) })
}

type Moved = { people: { moved: number; waiting: number; left: number }; groups: readonly unknown[] }

const moveInWords = ({ people, groups }: Moved): string =>
  `${counted(people.waiting, 'person who waits is', 'people who wait are')} taken over, ${people.moved} are of the new directory already, ${people.left} stay with the old one; the mappings of ${counted(groups.length, 'group')} go over`

async function move(runtime: CliRuntime, options: MoveOptions): Promise<void> {
  const made = await inOrganization(runtime, options.organization, async (ctx) => {
    const fromDirectoryId = (await resolveDirectory(ctx, options.from)).id
    const toDirectoryId = (await resolveDirectory(ctx, options.to)).id
    const { people, groups } = await outlookOfMove(ctx, { fromDirectoryId, toDirectoryId })
    const suggested = groups.flatMap(({ id, suggested: to }) => (to === null ? [] : [{ from: id, to }]))
    const given = options.group?.map((pair) => ({ from: pair.split('=')[0] ?? '', to: pair.split('=')[1] ?? '' }))
    const pairs = given ?? suggested
    const change = { kind: 'move_directory', fromDirectoryId, toDirectoryId, groups: pairs } as const
    const foretold = `${moveInWords({ people, groups: pairs })}, and ${options.from} is switched off`
    const { effect } = await makeChange(ctx, change, { ...options, wantsWord: true }).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'precondition_required') throw error
      throw new AppError(error.code, `${error.message}. It would do this: ${foretold}`)
    })
    const kept = groups.filter(({ id }) => !pairs.some(({ from }) => from === id)).map(({ displayName }) => displayName)
    return { people, groups: pairs, kept, effect }
  })
  const { people, groups, kept, effect } = made
  const human = () => [
    moveInWords({ people, groups }),
    `${options.from} is switched off; "rolecall directory enable" switches it on again`,
    ...(people.left === 0 ? [] : [`${counted(people.left, 'person has', 'people have')} no working directory`]),
    ...(kept.length === 0 ? [] : [`Groups that keep theirs: ${kept.join(', ')}`]),
    effect,
  ]
  print(runtime, options, { json: made, human })
}
