// Changes carried out, one after the other, in a transaction that is kept or rolled back: what they do is measured by looking at
// everybody concerned before and after.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { wantedSecondPerson } from '../ceiling/second-person.ts'
import { type AccessModel, readAccessModel, type Scopes } from '../decisions/access-model.ts'
import { catalogueOf } from '../decisions/catalogue.ts'
import { type AccessChange, affectedBy, applyWithin, brandsGone, earlierEnds, inverseOf } from './change.ts'
import { differenceOf, type Movement } from './difference.ts'
import type { Affected } from './kinds/kind.ts'
import { type Cohort, cohorts, countAdministrators, rolesOfEach } from './roles-of-affected.ts'
import { brandsOf, digestOf, type Preview, sampleSize, shownOf } from './shown.ts'

const checkAtOnce = prepared<Record<string, never>, unknown>(() => sql`set constraints all immediate`)

type CarriedOut = { preview: Preview; outcomes: { id: string }[][]; inverse: AccessChange[] }

/**
 * @param withInverse whether what undoes all of it is wanted, too
 * @throws whatever a verb throws; conflict (reason `not_undoable`)
 */
export async function carryOut(
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
