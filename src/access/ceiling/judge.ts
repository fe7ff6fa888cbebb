// The ceiling (ADR 0022): a change is judged by what people may do before and after it, at every moment from now on, and never
// by its form. Pure, over what was read on both sides of the change.
import { type AccessModel, createReader, elsewhere, type Reader, type Scopes } from '../decisions/access-model.ts'
import { administrative } from '../decisions/permissions.ts'
import { type Grant, type Holder, momentsOf, scopesAt } from './holdings.ts'

/** Somebody, or whoever would hold a role or be in a group, on both sides of a change; absent where they are not there. */
export type Pair = {
  id: string
  before: Holder | undefined
  after: Holder | undefined
  /** Nobody in person: judged by what roles say, without policies, which come and go. */
  isLatent?: boolean
}

export type Breach = {
  /** `gain`: more than the actor holds. `loss`: from somebody above the actor. `restriction`: one that binds the actor. */
  kind: 'gain' | 'loss' | 'restriction'
  id: string
  permission: string
  /** `''`: the organization. */
  scope: string
}

export type Case = {
  before: AccessModel
  after: AccessModel
  /** Ids of brands that are not there afterwards. */
  gone: readonly string[]
  pairs: readonly Pair[]
  /** Every permission that could make a difference. */
  permissions: readonly string[]
  now: number
}

/** Whoever makes the change, by what held before it. */
export type Limit = {
  id: string
  holder: Holder
  model: AccessModel
  /** True: holds a role that may do everything. Policies bind them, and put nobody above them. */
  isAdministrator: boolean
  /** What a policy takes from everybody, the actor included, who is an administrator otherwise: they may lift it. */
  liftable: ReadonlySet<string>
}

const nothing: Scopes = {}

const withoutRules = new WeakMap<AccessModel, AccessModel>()

/** The same roles, read without policies and all of them counting. */
export function unruled(model: AccessModel): AccessModel {
  const known = withoutRules.get(model)
  if (known !== undefined) return known
  const bare: AccessModel = { ...model, policy: { ...model.policy, rules: [], separations: [] } }
  withoutRules.set(model, bare)
  return bare
}

/** The first thing that the actor may not bring about; undefined where all of it is within their rights. */
export function judge(limit: Limit, wanted: Case): Breach | undefined {
  const reader = createReader(wanted.permissions)
  const [may, mayOneself] = [rightsOf(toOthers(limit), reader, wanted.now), rightsOf(limit, reader, wanted.now)]
  for (const pair of wanted.pairs) {
    const breach = breachOf(pair, { limit, wanted, reader, may, mayOneself })
    if (breach !== undefined) return breach
  }
  const own = wanted.pairs.find(({ id }) => id === limit.id)
  return own === undefined ? undefined : liftedFrom(own, wanted, { reader, liftable: limit.liftable })
}

/**
 * The first right over others that somebody would come to hold by it, now or at a date to come. Whether they are active does not
 * matter: who is let in again holds what they held. A new role that nobody holds gives nobody anything.
 */
export function privilegedGain(wanted: Omit<Case, 'permissions'>): string | undefined {
  const reader = createReader(administrative)
  const asIfActive = (holder: Holder | undefined): Holder | undefined =>
    holder === undefined ? undefined : { ...holder, isActive: true }
  for (const { before, after, ...pair } of wanted.pairs) {
    if (pair.isLatent === true && before === undefined) continue
    const steps = changesOf(
      { ...pair, before: asIfActive(before), after: asIfActive(after) },
      { wanted: { ...wanted, permissions: administrative }, reader },
    )
    for (const { gained } of steps) if (gained[0] !== undefined) return gained[0]
  }
  return undefined
}

/** Of each of them who has, or will have, what the actor has not: the first such permission. */
export function* aboveIn(
  limit: Limit,
  holders: Iterable<readonly [string, Holder]>,
  side: { model: AccessModel; permissions: readonly string[]; now: number },
): Generator<Breach> {
  const reader = createReader(side.permissions)
  const may = rightsOf(toOthers(limit), reader, side.now)
  for (const [id, holder] of holders) {
    if (id === limit.id) continue
    const found = above(holder, { ...side, reader, may })
    if (found !== undefined) yield { kind: 'loss', id, ...found }
  }
}

/** Only editors publish: an administrator does not, and looks after editors all the same. */
const toOthers = (limit: Limit): Limit => (limit.isAdministrator ? { ...limit, model: unruled(limit.model) } : limit)

type Rights = (permission: string, scope: string, at?: number) => boolean

/**
 * What the actor holds: in a brand what they have there, or have in the organization and no deny or policy of the brand takes.
 */
function rightsOf({ holder, model, liftable }: Limit, reader: Reader, now: number): Rights {
  const at = new Map<number, Scopes>()
  return (permission, scope, moment = now) => {
    const scopes = at.get(moment) ?? scopesAt(holder.grants, moment)
    at.set(moment, scopes)
    if (liftable.has(permission) || reader.allowed(model, scopes, scope).has(permission)) return true
    if (scope === '' || !reader.allowed(model, scopes, '').has(permission)) return false
    // Whoever has no membership there stands in it with what they have in the organization, and with what they have on top.
    const own = scopes[scope] ?? []
    const isMember = own.some((id) => model.roles.get(id)?.kind === 'role')
    const there = isMember ? scopes : { ...scopes, [scope]: [...(scopes[''] ?? []), ...own] }
    return !reader.restricted(model, there, scope).has(permission)
  }
}

type Means = {
  limit: Limit
  wanted: Case
  reader: Reader
  /** As measured against what others have or get. */
  may: Rights
  /** As measured against what the actor gets. */
  mayOneself: Rights
}

function breachOf(pair: Pair, means: Means): Breach | undefined {
  const { id } = pair
  const isOwn = id === means.limit.id
  let lost: Place | undefined
  for (const step of changesOf(pair, means)) {
    const gained = step.gained.find((permission) => !mayGive(permission, step, means, isOwn))
    if (gained !== undefined) return { kind: 'gain', id, permission: gained, scope: step.scope }
    const [first] = step.lost
    if (first !== undefined) lost ??= { permission: first, scope: step.scope }
  }
  if (lost === undefined || isOwn || pair.before === undefined) return undefined
  const side = { ...means, model: means.wanted.before, now: means.wanted.now }
  return above(pair.before, side) === undefined ? undefined : { kind: 'loss', id, ...lost }
}

type Place = { permission: string; scope: string }

/** Nobody makes their own rights last longer; to others they may be given for good. */
const mayGive = (
  permission: string,
  { scope, moment }: HoldingChange,
  { may, mayOneself }: Means,
  isOwn: boolean,
): boolean => (isOwn ? mayOneself(permission, scope) && mayOneself(permission, scope, moment) : may(permission, scope))

type HoldingChange = { scope: string; moment: number; gained: string[]; lost: string[] }

/** What somebody gains and loses in each scope at each moment. */
function* changesOf(pair: Pair, { wanted, reader }: Pick<Means, 'wanted' | 'reader'>): Generator<HoldingChange> {
  const isLatent = pair.isLatent === true
  const [old, fresh] = isLatent ? [unruled(wanted.before), unruled(wanted.after)] : [wanted.before, wanted.after]
  for (const moment of bothMoments(pair, wanted.now)) {
    for (const [before, after] of viewsAt(pair, moment)) {
      for (const scope of scopesOf(before, after, wanted)) {
        const had = reader.allowed(old, before, scope)
        const has = wanted.gone.includes(scope) ? new Set<string>() : reader.allowed(fresh, after, scope)
        yield { scope, moment, gained: without(has, had), lost: without(had, has) }
      }
    }
  }
}

const without = (some: ReadonlySet<string>, others: ReadonlySet<string>): string[] =>
  [...some].filter((permission) => !others.has(permission))

/** What they would hold if they were active; and what they do hold, where that is what changes. */
function viewsAt({ before, after }: Pair, at: number): [Scopes, Scopes][] {
  const held = (holder: Holder | undefined): Scopes => (holder === undefined ? nothing : scopesAt(holder.grants, at))
  const effective = (holder: Holder | undefined): Scopes => (holder?.isActive === true ? held(holder) : nothing)
  const views: [Scopes, Scopes][] = [[held(before), held(after)]]
  if (before?.isActive !== after?.isActive) views.push([effective(before), effective(after)])
  return views
}

const grantsOf = (holder: Holder | undefined): readonly Grant[] => holder?.grants ?? []

const bothMoments = ({ before, after }: Pair, now: number): number[] =>
  momentsOf([...grantsOf(before), ...grantsOf(after)], now)

function scopesOf(
  before: Scopes,
  after: Scopes,
  { before: old, after: fresh }: Pick<Case, 'before' | 'after'>,
): string[] {
  const held = ['', ...Object.keys(before), ...Object.keys(after)]
  const policies = [old.policy, fresh.policy]
  if (!policies.some(({ administratorBrandAccess }) => administratorBrandAccess === 'implicit'))
    return [...new Set(held)]
  const ruled = policies.flatMap(({ rules }) => rules.flatMap(({ brandId }) => brandId ?? []))
  return [...new Set([...held, ...ruled, elsewhere])]
}

function above(
  holder: Holder,
  { model, now, reader, may }: { model: AccessModel; now: number; reader: Reader; may: Rights },
): Place | undefined {
  for (const moment of momentsOf(holder.grants, now)) {
    const scopes = scopesAt(holder.grants, moment)
    for (const scope of scopesOf(scopes, scopes, { before: model, after: model })) {
      const beyond = [...reader.allowed(model, scopes, scope)].find((permission) => !may(permission, scope))
      if (beyond !== undefined) return { permission: beyond, scope }
    }
  }
  return undefined
}

/** A deny or a policy that applies to the actor and would not any more, whether or not they gain by it at once. */
function liftedFrom(
  own: Pair,
  wanted: Case,
  { reader, liftable }: { reader: Reader; liftable: ReadonlySet<string> },
): Breach | undefined {
  if (own.after === undefined) return undefined
  const rules = [wanted.before, wanted.after].flatMap(({ policy }) =>
    policy.rules.flatMap(({ brandId }) => brandId ?? []),
  )
  for (const moment of bothMoments(own, wanted.now)) {
    const [before, after] = [scopesAt(grantsOf(own.before), moment), scopesAt(grantsOf(own.after), moment)]
    // Elsewhere, too: what binds them where they hold nothing yet would not bind them once they do.
    for (const scope of new Set(['', elsewhere, ...Object.keys(before), ...Object.keys(after), ...rules])) {
      if (wanted.gone.includes(scope)) continue
      const still = reader.restricted(wanted.after, after, scope)
      const lifted = [...reader.restricted(wanted.before, before, scope)].find(
        (permission) => !still.has(permission) && !liftable.has(permission),
      )
      if (lifted !== undefined) return { kind: 'restriction', id: own.id, permission: lifted, scope }
    }
  }
  return undefined
}
