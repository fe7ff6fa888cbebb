// One rule for every change (ADR 0022): nobody gives what they do not hold, takes from somebody who holds more, or sheds what
// restricts themselves, by whatever detour. The change is carried out, what people may do before and after is compared by the
// evaluator, and the transaction is undone where it goes too far. Operators, the system, and whoever holds everything have no limit.
import { AppError } from '#platform/errors.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { type AccessModel, patternsOf, readAccessModel } from '../decisions/access-model.ts'
import { universeOf } from '../decisions/universe.ts'
import { type ActorLimit, actorLimit } from './actor-limit.ts'
import { type Grant, type Holder, type HolderSelection, holdersOf, kindsOfHolders, momentsOf } from './holdings.ts'
import { aboveIn, type Breach, judge, type Pair, privilegedGain, unruled } from './judge.ts'
import { breachError } from './refusal.ts'
import { refuseAlone, secondPersonError, wantsSecondPerson } from './second-person.ts'

/** A role in a scope, as an assignment or a mapping gives it. */
export type Given = Pick<Grant, 'scope' | 'roleId'>

export type AffectedBy<T> = HolderSelection & {
  /** True where what roles, policies or the organization's settings mean may change, and nobody's holdings do. */
  changesModel?: boolean
  /** What is given or taken as such, by an assignment or a mapping, whoever holds it by now or will some day. */
  grants?: readonly { before?: Given; after?: Given }[]
  /** People who are there only afterwards. */
  arrivals?: (result: T) => readonly string[]
  /** Ids of brands that are not there afterwards. */
  gone?: readonly string[]
  /** True where no draft can hold the change, so that under four eyes it is an operator's. */
  operatorOnly?: boolean
}

/**
 * Carries out `work` within the rights of the caller. It must not commit, since it is judged afterwards.
 * @throws AppError forbidden (reason `ceiling`) naming the person and the permission; against_policy (reason `second_person`) where
 *   it gives rights over others, and the organization wants that approved; whatever `work` throws
 */
export async function withinCeiling<T>(
  tx: Transaction,
  ctx: CallContext,
  affected: AffectedBy<T>,
  work: () => Promise<T>,
): Promise<T> {
  const limit = await actorLimit(tx, ctx)
  const isWatched = await wantsSecondPerson(tx, ctx)
  if (limit === undefined && !isWatched) return work()
  const observed = { ...affected, users: [...(affected.users ?? []), ...(limit === undefined ? [] : [limit.id])] }
  const before = await observe(tx, ctx, observed)
  const result = await work()
  const arrived = affected.arrivals?.(result) ?? []
  // Where the model changes, everybody holds what they held.
  const after = affected.changesModel
    ? { ...before, model: await readAccessModel(tx, ctx) }
    : await observe(tx, ctx, { ...observed, users: [...before.holders.keys(), ...observed.users, ...arrived] })
  const pairs = [...pairsOf(before.holders, after.holders), ...grantPairs(affected.grants)]
  const wanted = {
    ...{ before: before.model, after: after.model, gone: affected.gone ?? [], now: before.now },
    pairs: affected.changesModel === true ? [...pairs, ...rolePairs(before.model, after.model)] : pairs,
  }
  if (limit !== undefined) {
    const permissions = permissionsOf(limit, [before.model, after.model])
    const breach = judge(limit, { ...wanted, permissions: [...permissions.keys()] })
    if (breach !== undefined) throw await breachError(tx, ctx, written(breach, permissions))
  }
  const gain = isWatched ? privilegedGain(wanted) : undefined
  if (gain !== undefined) refuseAlone(tx, ctx, secondPersonError(gain, affected.operatorOnly))
  return result
}

/**
 * For what would let the caller act as that person or against them: their account, their sessions, their status.
 * @throws AppError forbidden (reason `ceiling`) where they hold, or will hold, more than the caller
 */
export const requireNotAbove = (tx: Transaction, ctx: CallContext, ...userIds: string[]): Promise<void> =>
  requireNobodyAbove(tx, ctx, { users: userIds })

/** @throws AppError forbidden (reason `ceiling`) where one of them holds, or will hold, more than the caller */
export async function requireNobodyAbove(tx: Transaction, ctx: CallContext, affected: HolderSelection): Promise<void> {
  const limit = await actorLimit(tx, ctx)
  if (limit === undefined) return
  const { model, holders, now } = await observe(tx, ctx, affected)
  await requireNone(tx, ctx, { limit, model, holders, now })
}

/** The ids of those among them who hold, or will hold, more than the caller. */
export async function aboveAmong(
  tx: Transaction,
  ctx: CallContext,
  userIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const limit = await actorLimit(tx, ctx)
  if (limit === undefined) return new Set()
  const { model, holders, now } = await observe(tx, ctx, { users: userIds })
  const permissions = [...permissionsOf(limit, [model]).keys()]
  return new Set([...aboveIn(limit, holders, { model, now, permissions })].map(({ id }) => id))
}

/**
 * Whether the caller may give these, whoever gets them.
 * @throws AppError forbidden (reason `ceiling`)
 */
export async function requireGivable(tx: Transaction, ctx: CallContext, grants: readonly Given[]): Promise<void> {
  if (grants.length === 0) return
  const limit = await actorLimit(tx, ctx)
  if (limit === undefined) return
  const holders = grants.map((grant) => [grant.roleId, holding(grant)] as const)
  await requireNone(tx, ctx, { limit, model: unruled(limit.model), holders, now: limit.now })
}

/**
 * Whether the caller may give this single permission there, whoever gets it, and whatever keeps it from having an effect now.
 * @throws AppError forbidden (reason `ceiling`)
 */
export async function requireGivablePermission(
  tx: Transaction,
  ctx: CallContext,
  { permission, scope }: { permission: string; scope: string },
): Promise<void> {
  const limit = await actorLimit(tx, ctx)
  if (limit === undefined) return
  const role = { ...wantedRole, allows: [permission], denies: [] }
  const model = unruled({ ...limit.model, roles: new Map([...limit.model.roles, [role.id, role] as const]) })
  await requireNone(tx, ctx, {
    limit,
    model,
    holders: [[role.id, holding({ scope, roleId: role.id })]],
    now: limit.now,
  })
}

const wantedRole = { id: 'rol_wanted', key: 'wanted', name: 'wanted', kind: 'role' as const, rank: 0 }

/**
 * Whether the caller holds all of these permissions, in each of the scopes, until that time (null: for good): for a key that
 * gets them.
 * @throws AppError forbidden (reason `ceiling`)
 */
export async function requireHolding(
  tx: Transaction,
  ctx: CallContext,
  { allows, scopes, until }: { allows: readonly string[]; scopes: readonly string[]; until: string | null },
): Promise<void> {
  const actor = await actorLimit(tx, ctx)
  if (actor === undefined) return
  // Policies bind no key, so that they have to bind whoever gives it.
  const limit = { ...actor, isAdministrator: false }
  const role = {
    id: 'rol_wanted',
    key: 'wanted',
    name: 'wanted',
    kind: 'role' as const,
    rank: 0,
    allows: [...allows],
    denies: [],
  }
  const roles = new Map([...limit.model.roles, [role.id, role] as const])
  const model = unruled({ ...limit.model, roles })
  const holders = scopes.map((scope) => [role.id, holding({ scope, roleId: role.id })] as const)
  const end = until === null ? Number.MAX_SAFE_INTEGER : Date.parse(until)
  // At each moment until then, so that what is given away does not outlast what the giver holds.
  for (const now of momentsOf(limit.holder.grants, limit.now).filter((moment) => moment < end))
    await requireNone(tx, ctx, { limit, model, holders, now })
}

/**
 * @param unless what else is enough: `ruled`, to hold everything by roles, whatever policies take
 * @throws AppError forbidden (reason `ceiling`) for whoever does not hold everything
 */
export async function requireEverything(
  tx: Transaction,
  ctx: CallContext,
  what: string,
  unless: 'ruled' | 'nothing' = 'ruled',
): Promise<void> {
  const limit = await actorLimit(tx, ctx)
  if (limit === undefined || (unless === 'ruled' && limit.isOnlyRuled)) return
  throw new AppError('forbidden', `${what} takes all rights there are, which you do not hold yourself`, {
    reason: 'ceiling',
  })
}

type Side = { limit: ActorLimit; model: AccessModel; now: number }

async function requireNone(
  tx: Transaction,
  ctx: CallContext,
  { limit, holders, model, now }: Side & { holders: Iterable<readonly [string, Holder]> },
): Promise<void> {
  const permissions = permissionsOf(limit, [model])
  const [breach] = aboveIn(limit, holders, { model, now, permissions: [...permissions.keys()] })
  if (breach !== undefined) throw await breachError(tx, ctx, { ...written(breach, permissions), kind: 'above' })
}

type Observation = { model: AccessModel; holders: Map<string, Holder>; now: number }

/** Those who are named are read one by one, the rest by their kinds. */
async function observe(
  tx: Transaction,
  ctx: CallContext,
  { which, mappedGroups, ...named }: HolderSelection,
): Promise<Observation> {
  const model = await readAccessModel(tx, ctx)
  const isAboutMany = which !== undefined || mappedGroups === true
  const kinds = isAboutMany ? await kindsOfHolders(tx, ctx, { which, mappedGroups }) : []
  const holders = new Map([...kinds, ...(await holdersOf(tx, ctx, named))])
  return { model, holders, now: ctx.clock.now().getTime() }
}

/** Catalogue and all that is written, as names to ask about, each with the pattern that it stands for. */
const permissionsOf = ({ catalogue, model }: ActorLimit, models: readonly AccessModel[]): Map<string, string> =>
  universeOf(catalogue, [model, ...models].flatMap(patternsOf))

const pairsOf = (before: ReadonlyMap<string, Holder>, after: ReadonlyMap<string, Holder>): Pair[] =>
  [...new Set([...before.keys(), ...after.keys()])].map((id) => ({ id, before: before.get(id), after: after.get(id) }))

const always = { from: 0, until: Number.MAX_SAFE_INTEGER }

const holding = (grant: Given): Holder => ({
  isActive: true,
  grants: [{ ...always, ...grant }],
})

const grantPairs = (grants: AffectedBy<unknown>['grants'] = []): Pair[] =>
  grants.map(({ before, after }) => ({
    id: (after ?? before)?.roleId ?? '',
    before: before === undefined ? undefined : holding(before),
    after: after === undefined ? undefined : holding(after),
  }))

/** Of each role, whoever holds it and nothing else, in the organization: by what it says, since policies come and go. */
function rolePairs(before: AccessModel, after: AccessModel): Pair[] {
  const holderIn = ({ roles }: AccessModel, id: string): Holder | undefined =>
    roles.has(id) ? holding({ scope: '', roleId: id }) : undefined
  const ids = new Set([...before.roles.keys(), ...after.roles.keys()])
  return [...ids].map((id) => ({ id, before: holderIn(before, id), after: holderIn(after, id), isLatent: true }))
}

const written = (breach: Breach, permissions: ReadonlyMap<string, string>): Breach => ({
  ...breach,
  permission: permissions.get(breach.permission) ?? breach.permission,
})
