// What a change does, as people see it: the difference with the names of people, brands and roles, and the hash that saving needs.
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { isRecord } from '#platform/json.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import type { AccessModel } from '../decisions/access-model.ts'
import type { AccessChange } from './change.ts'
import type { Difference, DifferenceEntry } from './difference.ts'
import type { EarlierEnd } from './kinds/kind.ts'

export type Person = { id: string; name: string }
type RoleName = { id: string; key: string; name: string }
type BrandName = { id: string; slug: string; name: string }

export type PreviewEntry = Omit<DifferenceEntry, 'brandId' | 'sample' | 'digests' | 'rolesGained' | 'rolesLost'> & {
  /** Null: the organization; `others`: each brand where they have no membership and that no policy names. */
  brand: BrandName | null | 'others'
  rolesGained: RoleName[]
  rolesLost: RoleName[]
  /** Some of the people. */
  sample: Person[]
}

export type Preview = {
  /** What saving needs: it holds for this change, on this state, and nothing else. */
  hash: string
  /** What touches rights over others comes first. Empty where nobody's access changes. */
  entries: PreviewEntry[]
  /** How many active people may do something more, or something less. */
  gaining: number
  losing: number
  /** Those who may do nothing at all afterwards. */
  withoutAccess: { count: number; sample: Person[] }
  administrators: { before: number; after: number }
  /** Who would come to hold what a rule of separation keeps apart. */
  conflicts: { rule: { id: string; name: string }; isEnforced: boolean; count: number; sample: Person[] }[]
  /** What ends sooner than it would have ended, in the time to come. */
  earlierEnds: EarlierEnd[]
  /** The organization wants it approved by a second person, as a draft. */
  needsSecondPerson: boolean
}

/** Of how many people names are shown. */
export const sampleSize = 20

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** Keys in one order, however the change was written down. */
const inOrder = (_key: string, value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value

const peopleNamed = prepared<{ organizationId: string; ids: readonly string[] }, Person>(
  (p) => sql`select u.id, coalesce(u.display_name, u.user_name) as name from users u
    where u.organization_id = ${p.organizationId} and u.id = any (${p.ids}::text[]) order by u.name_key, u.id`,
)

const brandsNamed = prepared<{ organizationId: string; ids: readonly string[] }, BrandName>(
  (p) => sql`select b.id, b.slug, b.name from brands b
    where b.organization_id = ${p.organizationId} and b.id = any (${p.ids}::text[])`,
)

export const brandsOf = (
  tx: Transaction,
  { organizationId }: CallContext,
  ids: readonly string[],
): Promise<BrandName[]> => tx.run(brandsNamed({ organizationId, ids: [...new Set(ids)] }))

type Result = {
  changes: readonly AccessChange[]
  difference: Difference
  gone: BrandName[]
  ends: EarlierEnd[]
  administrators: Preview['administrators']
  before: AccessModel
  after: AccessModel
}

/** @throws AppError unavailable */
export async function shownOf(
  tx: Transaction,
  ctx: CallContext,
  { changes, difference, gone, ends, administrators, before, after }: Result,
): Promise<Omit<Preview, 'needsSecondPerson'>> {
  const { organizationId } = ctx
  const { entries, conflicts, withoutAccess, gaining, losing } = difference
  const someOf = (ids: readonly string[]): string[] => ids.toSorted().slice(0, sampleSize)
  const samples = [...[...entries, ...conflicts, withoutAccess].map(({ sample }) => someOf(sample))]
  const people = await tx.run(peopleNamed({ organizationId, ids: [...new Set(samples.flat())] }))
  const brandIds = entries.flatMap(({ brandId }) => (brandId === null || brandId === 'others' ? [] : [brandId]))
  const brands = [...(await brandsOf(tx, ctx, brandIds)), ...gone]
  const rolesOf = (ids: readonly string[]): RoleName[] =>
    ids.flatMap((id) => {
      const role = after.roles.get(id) ?? before.roles.get(id)
      return role === undefined ? [] : [{ id, key: role.key, name: role.name }]
    })
  const named = (ids: readonly string[]): Person[] => {
    const wanted = new Set(someOf(ids))
    return people.filter(({ id }) => wanted.has(id))
  }
  // By key, since what carries an override has another id each time that it is tried.
  const keysOf = (ids: readonly string[]): string[] => rolesOf(ids).map(({ key }) => key)
  const read = entries.map((entry) => ({
    ...entry,
    ...{ rolesGained: keysOf(entry.rolesGained), rolesLost: keysOf(entry.rolesLost) },
  }))
  const foreseen = conflicts.map(({ rule, ...rest }) => ({ ...rest, rule: rule.name }))
  const signed = {
    changes,
    entries: read,
    conflicts: foreseen,
    ends,
    withoutAccess: withoutAccess.count,
    administrators,
  }
  return {
    hash: digestOf(JSON.stringify(signed, inOrder)),
    entries: entries.map(({ brandId, sample, digests: _, rolesGained, rolesLost, ...entry }) => ({
      ...entry,
      brand: brandId === null || brandId === 'others' ? brandId : (brands.find(({ id }) => id === brandId) ?? 'others'),
      ...{ rolesGained: rolesOf(rolesGained), rolesLost: rolesOf(rolesLost), sample: named(sample) },
    })),
    ...{ gaining, losing, administrators, earlierEnds: ends },
    conflicts: conflicts.map(({ sample, ...entry }) => ({ ...entry, sample: named(sample) })),
    withoutAccess: { count: withoutAccess.count, sample: named(withoutAccess.sample) },
  }
}
