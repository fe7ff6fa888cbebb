// `rolecall directory brake`, and `rolecall directory mass-change list|people|leavers|confirm|restore|look-back`
import type { Command } from 'commander'
import { resolveDirectory } from '#access/grants/managers/references.ts'
import { confirmMassChange } from '#access/people/brake/confirm-mass-change.ts'
import { lookBack } from '#access/people/brake/look-back.ts'
import { listMassChangePeople, listMassChanges, type MassChange } from '#access/people/brake/mass-changes.ts'
import { noteLeavers } from '#access/people/brake/note-leavers.ts'
import { restoreMassChange } from '#access/people/brake/restore-mass-change.ts'
import { type UpdateDirectoryInput, updateDirectory } from '#connections/directories/update-directory.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string }
type OfDirectory = Scope & { directory: string }
type BrakeOptions = OfDirectory & { people?: string; share?: string; minutes?: string; learned?: true; off?: true }
type OfChange = Scope & { massChange: string }
type LeaversOptions = OfChange & { user: string[]; not?: true }

export function addBrakeCommands(directory: Command, runtime: CliRuntime): void {
  const scoped = (command: Command): Command =>
    command.requiredOption('--organization <slug>', 'slug or id').option('--json', 'print one JSON line')
  scoped(directory.command('brake'))
    .description('from how many people it may take something at once, before you are asked')
    .requiredOption('--directory <name>', 'name or id')
    .option('--people <number>', 'more than a number of people')
    .option('--share <percent>', 'more than a share of its people')
    .option('--learned', 'more than is usual for it')
    .option('--off', 'however many: do not ask')
    .option('--minutes <minutes>', 'within how many minutes, 5 to 1440')
    .action((options: BrakeOptions) => setBrake(runtime, options))
  const group = directory.command('mass-change').description('what many people lost by a directory at once')
  scoped(group.command('list'))
    .description('list them, the newest first')
    .requiredOption('--directory <name>', 'name or id')
    .action((options: OfDirectory) => list(runtime, options))
  scoped(group.command('look-back'))
    .description('what it has taken since a moment, to be put back')
    .requiredOption('--directory <name>', 'name or id')
    .requiredOption('--since <time>', 'e.g. 2030-01-31T12:00:00Z')
    .action((options: OfDirectory & { since: string }) => look(runtime, options))
  const ofChange = (name: string, description: string): Command =>
    scoped(group.command(name)).description(description).requiredOption('--mass-change <id>', 'id')
  ofChange('people', 'list everybody who lost something').action((options: OfChange) => people(runtime, options))
  ofChange('leavers', 'note who has really left, and stays out when the rest is put back')
    .requiredOption('--user <id...>', 'ids')
    .option('--not', 'they have not left after all')
    .action((options: LeaversOptions) => leavers(runtime, options))
  ofChange('confirm', 'it was meant: what waits goes').action((options: OfChange) =>
    decide(runtime, options, confirmMassChange),
  )
  ofChange('restore', 'put everybody back but those who have really left').action((options: OfChange) =>
    decide(runtime, options, restoreMassChange),
  )
}

async function setBrake(runtime: CliRuntime, options: BrakeOptions): Promise<void> {
  const { people: number, share, minutes, learned, off } = options
  if ([number, share, learned, off].filter((way) => way !== undefined).length > 1)
    throw new AppError('invalid', 'Name one of --people, --share, --learned and --off')
  const wanted: Omit<UpdateDirectoryInput, 'directoryId'> = {
    ...(off === undefined ? { brake: 'on' } : { brake: 'off' }),
    ...(number === undefined ? {} : { brakePeople: Number(number) }),
    ...(share === undefined ? {} : { brakeShare: Number(share) }),
    ...(learned === undefined ? {} : { brakePeople: null, brakeShare: null }),
    ...(minutes === undefined ? {} : { brakeMinutes: Number(minutes) }),
  }
  const changed = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveDirectory(ctx, options.directory)
    return updateDirectory(ctx, { directoryId: id, ...wanted })
  })
  const { name, brake, brakeLimit, brakeMinutes } = changed
  const limit = `${counted(brakeLimit, 'person', 'people')} within ${counted(brakeMinutes, 'minute')}`
  print(runtime, options, { json: changed, human: () => [`${name}: ${brake === 'off' ? 'off' : limit}`] })
}

async function list(runtime: CliRuntime, options: OfDirectory): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveDirectory(ctx, options.directory)
    return listMassChanges(ctx, { directoryId: id, limit: 1_000 })
  })
  printList(runtime, options, items, {
    ID: ({ id }) => id,
    BEGAN: ({ beganAt }) => beganAt,
    PEOPLE: (change) => String(change.people),
    OFF: ({ deactivated, deleted }) => String(deactivated + deleted),
    WAITS: ({ kept }) => String(kept),
    STATUS: ({ status }) => status,
  })
}

async function people(runtime: CliRuntime, options: OfChange): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) =>
    listMassChangePeople(ctx, { massChangeId: options.massChange, limit: 100_000 }),
  )
  printList(runtime, options, items, {
    ID: ({ id }) => id,
    PERSON: ({ userName }) => userName,
    LOST: ({ kinds }) => kinds.join(' '),
    GROUPS: ({ groups }) => groups.join(', '),
    'HAS LEFT': ({ hasLeft }) => (hasLeft ? 'yes' : ''),
    OUTCOME: ({ outcome }) => outcome,
  })
}

async function leavers(runtime: CliRuntime, options: LeaversOptions): Promise<void> {
  const input = { massChangeId: options.massChange, userIds: options.user, hasLeft: options.not === undefined }
  const noted = await inOrganization(runtime, options.organization, (ctx) => noteLeavers(ctx, input))
  print(runtime, options, { json: { noted }, human: () => [`Noted of ${counted(noted, 'person', 'people')}`] })
}

async function look(runtime: CliRuntime, options: OfDirectory & { since: string }): Promise<void> {
  const found = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveDirectory(ctx, options.directory)
    return lookBack(ctx, { directoryId: id, since: options.since })
  })
  print(runtime, options, { json: found, human: () => inWords(found) })
}

async function decide(
  runtime: CliRuntime,
  options: OfChange,
  verb: (ctx: CallContext, massChangeId: string) => Promise<MassChange>,
): Promise<void> {
  const decided = await inOrganization(runtime, options.organization, (ctx) => verb(ctx, options.massChange))
  print(runtime, options, { json: decided, human: () => inWords(decided) })
}

const inWords = (change: MassChange): string[] => [
  `${change.id}: ${change.status}, of ${counted(change.people, 'person', 'people')}`,
  ...(change.status === 'restored' ? [`Put back: ${change.restored}; could not be: ${change.notRestored}`] : []),
]
