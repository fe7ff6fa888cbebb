// Trying a change before it is made. The change is carried out for real, what it does is measured, and all of it is rolled back;
// saving does the same once more and keeps it, if it does exactly what was shown. So a preview cannot be wrong, only outdated.
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { isRecord } from '#platform/json.ts'
import { type CallContext, inTransaction, inTrial, type Transaction } from '#src/context.ts'
import { wantedSecondPerson } from '../ceiling/second-person.ts'
import { type AccessModel, readAccessModel, type Scopes } from '../decisions/access-model.ts'
import { catalogueOf } from '../decisions/catalogue.ts'
import { requireFresh } from '../ground/stale-preview.ts'
import {
  type AccessChange,
  affectedBy,
  applyWithin,
  brandsGone,
  type ChangeKind,
  type ChangeOf,
  earlierEnds,
  inverseOf,
  isAboutAccess,
  type OutcomeOf,
  passesWithoutLoss,
} from './change.ts'
import { type Difference, type DifferenceEntry, differenceOf, type Movement } from './difference.ts'
import type { Affected, EarlierEnd } from './kinds/kind.ts'
import { type Cohort, cohorts, countAdministrators, rolesOfEach } from './roles-of-affected.ts'

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

const sampleSize = 20

/** What the change would do; nothing is changed. @throws whatever making the change would throw */
export const previewChange = (ctx: CallContext, change: AccessChange): Promise<Preview> => previewChanges(ctx, [change])

/** What several changes would do together, one after the other; nothing is changed. @throws whatever making them would throw */
export async function previewChanges(ctx: CallContext, changes: readonly AccessChange[]): Promise<Preview> {
  const trial: CallContext = { ...ctx, secondPerson: 'trial' }
  const { preview } = await inTrial(trial, (tx) => carryOut(tx, trial, changes))
  return preview
}

const lockChanges = prepared<{ organizationId: string }, unknown>(
  (p) => sql`select pg_advisory_xact_lock(hashtextextended('access changes ' || ${p.organizationId}, 0))`,
)

/**
 * Makes the change if it does what its preview showed.
 * @returns what was made or changed as it is now, or the ids of what is gone
 * @throws AppError precondition_failed (reason `stale_preview`) where it would do something else by now
 */
export async function saveChange<Kind extends ChangeKind>(
  ctx: CallContext,
  change: ChangeOf<Kind>,
  hash: string,
): Promise<OutcomeOf<Kind>> {
  const { outcome } = await makeAcceptable(ctx, change, (preview) => requireFresh(hash, preview.hash))
  return outcome
}

/**
 * Makes the change if what it does is acceptable, whatever happens meanwhile.
 * @param accept throws where it is not; then nothing is changed
 */
export function makeAcceptable<Kind extends ChangeKind>(
  ctx: CallContext,
  change: ChangeOf<Kind>,
  accept: (preview: Preview) => void,
): Promise<{ outcome: OutcomeOf<Kind>; preview: Preview }> {
  return inTransaction(ctx, async (tx) => {
    await tx.run(lockChanges({ organizationId: ctx.organizationId }))
    const { preview, outcomes } = await carryOut(tx, ctx, [change])
    accept(preview)
    return { preview, outcome: outcomes[0] as OutcomeOf<Kind> }
  })
}

/**
 * Makes several changes, one after the other and in a transaction of the caller's, whatever they do.
 * @returns what they have done together @throws whatever a verb throws
 */
export async function makeWithin(
  tx: Transaction,
  ctx: CallContext,
  changes: readonly AccessChange[],
): Promise<Preview> {
  await tx.run(lockChanges({ organizationId: ctx.organizationId }))
  return (await carryOut(tx, ctx, changes)).preview
}

/**
 * Makes several changes, one after the other and in a transaction of the caller's, if together they do what their preview showed.
 * @param withInverse whether it is to be taken back as one some day
 * @returns what takes all of it back then, to be made in this order; nothing where that is not asked for
 * @throws AppError precondition_failed (reason `stale_preview`); conflict (reason `not_undoable`) for a kind that cannot be taken
 *   back; whatever a verb throws
 */
export async function saveChanges(
  tx: Transaction,
  ctx: CallContext,
  { changes, hash, withInverse }: { changes: readonly AccessChange[]; hash: string; withInverse: boolean },
): Promise<AccessChange[]> {
  await tx.run(lockChanges({ organizationId: ctx.organizationId }))
  const { preview, inverse } = await carryOut(tx, ctx, changes, { withInverse })
  requireFresh(hash, preview.hash)
  return inverse
}

/**
 * Makes the change where the caller has seen what it does, and shows it to them otherwise. What cannot touch anybody's access
 * is made at once.
 * @param hash of the preview that the caller has seen
 * @throws AppError precondition_required (reason `preview_required`) with the preview; precondition_failed (reason
 *   `stale_preview`)
 */
export async function confirmChange<Kind extends ChangeKind>(
  ctx: CallContext,
  change: ChangeOf<Kind>,
  hash: string | undefined,
): Promise<OutcomeOf<Kind>> {
  if (!isAboutAccess(change)) return inTransaction(ctx, (tx) => applyWithin(tx, ctx, change))
  if (hash !== undefined) return saveChange(ctx, change, hash)
  if (!passesWithoutLoss(change)) throw previewRequired(await previewChange(ctx, change))
  const { outcome } = await makeAcceptable(ctx, change, (preview) => {
    if (takesSomething(preview)) throw previewRequired(preview)
  })
  return outcome
}

/** Whether somebody loses something by it, now or sooner than they would have. */
export const takesSomething = ({ losing, earlierEnds: ends }: Preview): boolean => losing > 0 || ends.length > 0

function previewRequired(preview: Preview): AppError {
  const message = 'Nothing is changed yet: look at the preview, and send it again with its hash'
  return new AppError('precondition_required', message, { reason: 'preview_required', extensions: { preview } })
}

const checkAtOnce = prepared<Record<string, never>, unknown>(() => sql`set constraints all immediate`)

type CarriedOut = { preview: Preview; outcomes: { id: string }[][]; inverse: AccessChange[] }

async function carryOut(
  tx: Transaction,
  ctx: CallContext,
  changes: readonly AccessChange[],
  { withInverse = false }: { withInverse?: boolean } = {},
): Promise<CarriedOut> {
  const affected = together(await each(changes, (change) => affectedBy(tx, ctx, change)))
  const before = await observe(tx, ctx, affected)
  // Nobody can name it afterwards.
  const gone = await brandsOf(tx, ctx, changes.flatMap(brandsGone))
  const ends = (await each(changes, (change) => earlierEnds(tx, ctx, change))).flat()
  const outcomes: { id: string }[][] = []
  const inverse: AccessChange[] = []
  for (const change of changes) {
    const takenBack = withInverse ? await inverseOf(tx, ctx, change) : undefined
    const outcome = await applyWithin(tx, ctx, change)
    outcomes.push(outcome)
    inverse.unshift(...(takenBack?.(outcome) ?? []))
  }
  await tx.run(checkAtOnce({}))
  const after = await observe(tx, ctx, stillAffected(affected, before))
  const names = [...before.model.roles.values(), ...after.model.roles.values()]
  const written = names.flatMap(({ allows, denies }) => [...allows, ...denies])
  const catalogue = (await catalogueOf(tx, ctx)).map(({ name }) => name)
  const permissions = [...new Set([...catalogue, ...written.filter((name) => !name.includes('*'))])].sort()
  const sides = { before: before.model, after: after.model }
  const difference = differenceOf(pair(before, after), { ...sides, permissions, gone: gone.map(({ id }) => id) })
  const administrators = { before: before.administrators, after: after.administrators }
  const result = { changes, difference, gone, ends, administrators, ...sides }
  const preview = await shownOf(tx, ctx, result)
  return {
    outcomes,
    inverse,
    preview: {
      ...preview,
      needsSecondPerson: wantedSecondPerson(tx),
    },
  }
}

async function each<Output>(
  changes: readonly AccessChange[],
  ask: (change: AccessChange) => Promise<Output>,
): Promise<Output[]> {
  const answers: Output[] = []
  for (const change of changes) answers.push(await ask(change))
  return answers
}

/** People who are looked at one by one, and whether everybody else may be concerned besides. */
type Concerned = { listed: Exclude<Affected, 'everybody'>; isEverybody: boolean }

function together(affected: readonly Affected[]): Concerned {
  const lists = affected.filter((each) => each !== 'everybody')
  const listed = {
    userIds: lists.flatMap(({ userIds }) => userIds),
    groupIds: lists.flatMap(({ groupIds }) => groupIds),
    filterPaths: lists.flatMap(({ filterPaths }) => filterPaths),
    teamIds: lists.flatMap(({ teamIds }) => teamIds),
  }
  return { listed, isEverybody: lists.length < affected.length }
}

/** Whoever is in a team or a group no longer holds the rest of what they held as before. */
const stillAffected = ({ listed, isEverybody }: Concerned, { people }: Observation): Concerned => ({
  isEverybody,
  listed: { ...listed, userIds: [...listed.userIds, ...people.keys()] },
})

type Observation = {
  model: AccessModel
  administrators: number
  people: Map<string, Scopes>
  /** Everybody, by what they hold; none where only those who are listed are concerned. */
  everybody: Cohort[]
}

const observe = async (
  tx: Transaction,
  ctx: CallContext,
  { listed, isEverybody }: Concerned,
): Promise<Observation> => ({
  model: await readAccessModel(tx, ctx),
  administrators: await countAdministrators(tx),
  people: Object.values(listed).every((ids) => ids.length === 0) ? new Map() : await rolesOfEach(tx, ctx, listed),
  everybody: isEverybody ? await cohorts(tx, ctx, sampleSize) : [],
})

/** Who moved from where to where. Those who are not listed stay where they are, and what their roles mean changes. */
function pair(before: Observation, after: Observation): Movement[] {
  const nothing: Scopes = {}
  const moved = new Map<string, { before: Scopes; after: Scopes; userIds: string[] }>()
  for (const userId of [...new Set([...before.people.keys(), ...after.people.keys()])].sort()) {
    const sides = { before: before.people.get(userId) ?? nothing, after: after.people.get(userId) ?? nothing }
    const key = JSON.stringify(sides)
    const known = moved.get(key) ?? { ...sides, userIds: [] }
    known.userIds.push(userId)
    moved.set(key, known)
  }
  const listed = [...moved.values()].map(({ userIds, ...sides }) => ({
    ...sides,
    ...{ count: userIds.length, sample: userIds.slice(0, sampleSize), digest: digestOf(userIds.join(' ')) },
  }))
  const others = besides(before.everybody, before.people)
  return [...listed, ...others.map(({ scopes, ...rest }) => ({ ...{ before: scopes, after: scopes }, ...rest }))]
}

/** The same kinds of people without those who are looked at one by one. */
function besides(kinds: readonly Cohort[], people: ReadonlyMap<string, Scopes>): Cohort[] {
  const counted = new Map<string, number>()
  for (const scopes of people.values()) {
    const key = JSON.stringify(scopes)
    counted.set(key, (counted.get(key) ?? 0) + 1)
  }
  return kinds
    .map(({ count, sample, ...kind }) => ({
      ...{ ...kind, count: count - (counted.get(JSON.stringify(kind.scopes)) ?? 0) },
      sample: sample.filter((id) => !people.has(id)),
    }))
    .filter(({ count }) => count > 0)
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url')

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

const brandsOf = (tx: Transaction, { organizationId }: CallContext, ids: readonly string[]): Promise<BrandName[]> =>
  tx.run(brandsNamed({ organizationId, ids: [...new Set(ids)] }))

type Result = {
  changes: readonly AccessChange[]
  difference: Difference
  gone: BrandName[]
  ends: EarlierEnd[]
  administrators: Preview['administrators']
  before: AccessModel
  after: AccessModel
}

async function shownOf(
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
