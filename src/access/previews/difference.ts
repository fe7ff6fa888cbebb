// Who gains and who loses what before and after a change: by the evaluator itself,
// so that what is foretold is what will be decided.
import { type AccessModel, conflictsIn, createReader, elsewhere, type Scopes } from '../decisions/access-model.ts'
import { administrative } from '../decisions/permissions.ts'

/** People who stood alike before and stand alike after. */
export type Movement = { before: Scopes; after: Scopes; count: number; sample: readonly string[]; digest: string }

export type DifferenceEntry = {
  /** Null: the organization; `others`: each brand where they have no membership and that no policy names. */
  brandId: string | null | 'others'
  gained: string[]
  lost: string[]
  /** Ids of roles that they hold there now, or no longer. */
  rolesGained: string[]
  rolesLost: string[]
  /** True where somebody gains or loses a right over other people's access. */
  isPrivileged: boolean
  count: number
  sample: string[]
  digests: string[]
}

/** People who come to hold what a rule of separation keeps apart. */
export type ConflictEntry = { rule: { id: string; name: string }; isEnforced: boolean; count: number; sample: string[] }

export type Difference = {
  entries: DifferenceEntry[]
  conflicts: ConflictEntry[]
  gaining: number
  losing: number
  withoutAccess: { count: number; sample: string[] }
}

/** `gone`: ids of brands that are there before, and not after. */
type Sides = { before: AccessModel; after: AccessModel; permissions: readonly string[]; gone: readonly string[] }

/** Sorted: what touches rights over others first, then by how many people it concerns. */
export function differenceOf(movements: readonly Movement[], sides: Sides): Difference {
  const { allowed } = createReader(sides.permissions)
  const entries = new Map<string, DifferenceEntry>()
  const conflicts = new Map<string, ConflictEntry>()
  const total = { gaining: 0, losing: 0, withoutAccess: { count: 0, sample: [] as string[] } }
  for (const movement of movements) {
    const { before, after, count } = movement
    addConflicts(conflicts, movement, sides)
    const found = scopesOf(movement, sides).map((scope) => {
      const had = [...allowed(sides.before, before, scope)]
      const has = sides.gone.includes(scope) ? [] : [...allowed(sides.after, after, scope)]
      return { scope, had, has, roles: rolesMoved(before[scope] ?? [], after[scope] ?? []) }
    })
    for (const { scope, had, has, roles } of found) {
      const change = { gained: without(has, had), lost: without(had, has), ...roles }
      if (Object.values(change).every((list) => list.length === 0)) continue
      add(entries, scope, change, movement)
    }
    const [hadAny, hasAny] = [found.some(({ had }) => had.length > 0), found.some(({ has }) => has.length > 0)]
    if (found.some(({ had, has }) => without(has, had).length > 0)) total.gaining += count
    if (found.some(({ had, has }) => without(had, has).length > 0)) total.losing += count
    if (!hadAny || hasAny) continue
    total.withoutAccess.count += count
    total.withoutAccess.sample.push(...movement.sample)
  }
  const sorted = [...entries.values()].toSorted(
    (a, b) => Number(b.isPrivileged) - Number(a.isPrivileged) || b.lost.length - a.lost.length || b.count - a.count,
  )
  return { ...total, entries: sorted, conflicts: [...conflicts.values()] }
}

function scopesOf({ before, after }: Movement, sides: Sides): string[] {
  const held = ['', ...Object.keys(before), ...Object.keys(after), ...sides.gone]
  const policies = [sides.before.policy, sides.after.policy]
  const isImplicit = policies.some(({ administratorBrandAccess }) => administratorBrandAccess === 'implicit')
  const ruled = policies.flatMap(({ rules }) => rules.flatMap(({ brandId }) => brandId ?? []))
  return [...new Set(isImplicit ? [...held, ...ruled, elsewhere] : held)].sort()
}

/** Whoever held both before is in no new conflict. */
function addConflicts(found: Map<string, ConflictEntry>, movement: Movement, { before, after }: Sides): void {
  if (after.policy.separations.length === 0) return
  const scopes = ['', ...Object.keys(movement.after)]
  const broken = new Map(
    scopes.flatMap((scope) => conflictsIn(after, movement.after, scope)).map((rule) => [rule.id, rule]),
  )
  const was = new Set(scopes.flatMap((scope) => conflictsIn(before, movement.before, scope)).map(({ id }) => id))
  for (const { id, name, mode } of broken.values()) {
    if (was.has(id)) continue
    const known = found.get(id) ?? { rule: { id, name }, isEnforced: mode === 'enforce', count: 0, sample: [] }
    known.count += movement.count
    known.sample.push(...movement.sample)
    found.set(id, known)
  }
}

type Change = Pick<DifferenceEntry, 'gained' | 'lost' | 'rolesGained' | 'rolesLost'>

function add(entries: Map<string, DifferenceEntry>, scope: string, change: Change, movement: Movement): void {
  const { gained, lost } = change
  const key = JSON.stringify([scope, change])
  const known = entries.get(key)
  const brandId = scope === '' ? null : scope === elsewhere ? 'others' : scope
  const isPrivileged = [...gained, ...lost].some((permission) => administrative.includes(permission))
  const entry = known ?? { brandId, ...change, isPrivileged, count: 0, sample: [], digests: [] }
  entry.count += movement.count
  entry.sample.push(...movement.sample)
  entry.digests.push(movement.digest)
  entries.set(key, entry)
}

const without = (left: readonly string[], right: readonly string[]): string[] => {
  const gone = new Set(right)
  return left.filter((each) => !gone.has(each))
}

const rolesMoved = (before: readonly string[], after: readonly string[]) => ({
  rolesGained: without(after, before),
  rolesLost: without(before, after),
})
