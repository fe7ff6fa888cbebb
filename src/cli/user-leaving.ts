// `rolecall user deactivate|reactivate|delete|restore|deleted|left-behind|hand-over|take-back|leavers`
import type { Command } from 'commander'
import { resolveUser } from '#access/grants/managers/references.ts'
import { handOver } from '#access/people/hand-over/hand-over.ts'
import { getLeftBehind, listLeftBehind } from '#access/people/hand-over/left-behind.ts'
import { takeBack } from '#access/people/hand-over/take-back.ts'
import type { Work, WorkKind } from '#access/people/hand-over/work.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { deletePerson } from '#access/people/status/delete-person.ts'
import { listDeletedPeople } from '#access/people/status/deleted-people.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import { restoreDeleted } from '#access/people/status/restore-deleted.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import type { CallContext } from '#src/context.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'
import { summaryOf, userLines } from './user-lines.ts'

type Scope = OutputOptions & { organization: string }
type OfUser = Scope & { user: string }
type HandingOver = OfUser & { to: string; kind?: WorkKind; item?: string }

export function addUserLeavingCommands(user: Command, runtime: CliRuntime): void {
  const command = (name: string, description: string): Command =>
    user
      .command(name)
      .description(description)
      .requiredOption('--organization <slug>', 'slug or id')
      .option('--json', 'print one JSON line')
  const ofUser = (name: string, description: string): Command =>
    command(name, description).requiredOption('--user <name>', 'userName or id')
  ofUser('deactivate', 'switch a user off and close everything they hold')
    .option('--hand-over-to <name>', 'who takes over what they leave behind: userName, id or address')
    .action((options: OfUser & { handOverTo?: string }) => deactivate(runtime, options))
  ofUser('reactivate', 'switch a user on again; old sessions and keys stay closed')
    .option('--take-back', 'with what was handed over and is still as it was')
    .action((options: OfUser & { takeBack?: true }) => reactivate(runtime, options))
  ofUser('left-behind', 'what hangs on a user').action((options: OfUser) => show(runtime, options))
  ofUser('hand-over', 'hand over what a user leaves behind')
    .requiredOption('--to <name>', 'userName, id or address of somebody active')
    .option('--kind <kind>', 'ownership, sponsored, team, review, review_line, task or asset; without it, everything')
    .option('--item <key>', 'one thing of the kind')
    .action((options: HandingOver) => hand(runtime, options))
  ofUser('take-back', 'give a user who is active again what was handed over').action((options: OfUser) =>
    take(runtime, options),
  )
  ofUser('delete', 'delete a user: shut out, hidden, and restorable until the retention ends')
    .option('--hand-over-to <name>', 'who takes over what they leave behind: userName, id or address')
    .action((options: OfUser & { handOverTo?: string }) => remove(runtime, options))
  command('restore', 'restore a deleted user as they were')
    .requiredOption('--user <name>', 'userName or id, as `user deleted` lists them')
    .action((options: OfUser) => restore(runtime, options))
  command('deleted', 'who is deleted and not erased yet').action((options: Scope) => deleted(runtime, options))
  command('leavers', 'who has gone and left work behind').action((options: Scope) => leavers(runtime, options))
}

/** Nobody finds the deleted by name. */
const idOf = async (ctx: CallContext, name: string): Promise<string> =>
  isId('usr', name) ? name : (await resolveUser(ctx, name)).id

/** The names of several who are deleted may be the same. @throws AppError not_found; conflict */
async function deletedIdOf(ctx: CallContext, name: string): Promise<string> {
  if (isId('usr', name)) return name
  const found = (await listDeletedPeople(ctx, { limit: 10_000 })).filter(({ userName }) => userName === name)
  if (found.length === 1 && found[0] !== undefined) return found[0].id
  if (found.length === 0)
    throw new AppError('not_found', 'Nobody who is deleted is called so: `user deleted` lists them')
  const ids = found.map(({ id, deletedAt }) => `${id} (${deletedAt})`).join(', ')
  throw new AppError('conflict', `Several who are deleted were called so, name one by its id: ${ids}`)
}

async function deactivate(runtime: CliRuntime, options: OfUser & { handOverTo?: string }): Promise<void> {
  const { handOverTo } = options
  const shown = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id: userId } = await resolveUser(ctx, options.user)
    const handed = handOverTo === undefined ? {} : { handOver: { to: handOverTo } }
    const user = summaryOf(await deactivateUser(ctx, { userId, ...handed }))
    return { ...user, leftBehind: (await getLeftBehind(ctx, userId)).work }
  })
  print(runtime, options, { json: shown, human: () => [...userLines(shown), ...leftLines(shown.leftBehind)] })
}

async function reactivate(runtime: CliRuntime, options: OfUser & { takeBack?: true }): Promise<void> {
  const shown = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id: userId } = await resolveUser(ctx, options.user)
    return summaryOf(await reactivateUser(ctx, { userId, takeBack: options.takeBack === true }))
  })
  print(runtime, options, { json: shown, human: () => userLines(shown) })
}

const lineOf = ({ kind, item, name, about }: Work): string =>
  `  ${kind} ${item}: ${name}${about === null ? '' : ` (${about})`}`

const leftLines = (work: readonly Work[]): string[] =>
  work.length === 0 ? [] : ['They leave behind, to be handed over by `rolecall user hand-over`:', ...work.map(lineOf)]

async function show(runtime: CliRuntime, options: OfUser): Promise<void> {
  const found = await inOrganization(runtime, options.organization, async (ctx) =>
    getLeftBehind(ctx, await idOf(ctx, options.user)),
  )
  print(runtime, options, { json: found, human: () => [found.user.userName, ...found.work.map(lineOf)] })
}

async function hand(runtime: CliRuntime, options: HandingOver): Promise<void> {
  const { to, kind, item } = options
  const wanted = kind === undefined ? { to } : { items: [{ kind, ...(item === undefined ? {} : { item }), to }] }
  const outcome = await inOrganization(runtime, options.organization, async (ctx) =>
    handOver(ctx, { userId: await idOf(ctx, options.user), ...wanted }),
  )
  const human = () => [
    `Handed over: ${outcome.handedOver.length}; left behind: ${outcome.left.length}`,
    ...outcome.left.map(lineOf),
  ]
  print(runtime, options, { json: outcome, human })
}

async function take(runtime: CliRuntime, options: OfUser): Promise<void> {
  const takenBack = await inOrganization(runtime, options.organization, async (ctx) =>
    takeBack(ctx, (await resolveUser(ctx, options.user)).id),
  )
  print(runtime, options, { json: { takenBack }, human: () => ['Undone:', ...takenBack.map(lineOf)] })
}

async function leavers(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) => listLeftBehind(ctx, { limit: 1_000 }))
  printList(runtime, options, items, {
    'USER NAME': ({ user }) => user.userName,
    SINCE: ({ since }) => since,
    LEFT: ({ total }) => String(total),
    ID: ({ user }) => user.id,
  })
}

async function remove(runtime: CliRuntime, options: OfUser & { handOverTo?: string }): Promise<void> {
  const { handOverTo } = options
  const gone = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id: userId } = await resolveUser(ctx, options.user)
    const handed = handOverTo === undefined ? {} : { handOver: { to: handOverTo } }
    return deletePerson(ctx, { userId, ...handed })
  })
  print(runtime, options, {
    json: { deleted: gone.id },
    human: () => [`${gone.userName} is deleted; restore them by their id, ${gone.id}`],
  })
}

async function restore(runtime: CliRuntime, options: OfUser): Promise<void> {
  const shown = await inOrganization(runtime, options.organization, async (ctx) =>
    summaryOf(await restoreDeleted(ctx, await deletedIdOf(ctx, options.user))),
  )
  print(runtime, options, { json: shown, human: () => userLines(shown) })
}

async function deleted(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, (ctx) => listDeletedPeople(ctx, { limit: 1_000 }))
  printList(runtime, options, items, {
    'USER NAME': ({ userName }) => userName,
    DELETED: ({ deletedAt }) => deletedAt,
    'RESTORABLE UNTIL': ({ restorableUntil, isDue }) => (isDue ? 'over' : restorableUntil),
    ID: ({ id }) => id,
  })
}
