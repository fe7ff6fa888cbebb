// What has changed of people's access between two moments, other than by what somebody gave them or took from them by hand: roles
// gained and lost, and what roles that they hold allow by now. Of many people at once, by the views of the past (ADR 0042).
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import type { DigestLine } from '#words/letters/access-digest.ts'
import { type AccessModel, conflictsIn, readAccessModel } from '../../decisions/access-model.ts'
import { contextAt } from '../../ground/context-at.ts'
import { fromHeld, type HeldRole, heldRoleJson } from '../sources.ts'
import { type Cause, causesOf, readMakers } from './makers.ts'

type Held = { userId: string; held: HeldRole }

const holdings = prepared<{ organizationId: string; userIds: readonly string[] }, Held>(
  (p) => sql`select e.user_id as "userId", ${heldRoleJson} as held from ${fromHeld}
    where e.organization_id = ${p.organizationId} and e.user_id = any (${p.userIds}::text[])`,
)

const activeAmong = prepared<{ organizationId: string; userIds: readonly string[] }, { id: string }>(
  (
    p,
  ) => sql`select u.id from users u where u.organization_id = ${p.organizationId} and u.id = any (${p.userIds}::text[])
    and u.status = 'active' and u.deleted_at is null`,
)

type Grant = { roleId: string; permission: string; effect: 'allow' | 'deny' }

const grants = prepared<{ organizationId: string; roleIds: readonly string[] }, Grant>(
  (p) => sql`select rp.role_id as "roleId", rp.permission, rp.effect from role_permissions rp
    where rp.organization_id = ${p.organizationId} and rp.role_id = any (${p.roleIds}::text[])`,
)

export type Moments = { from: string; until: string }

async function readAll<Row>(ctx: CallContext, statement: Statement<Row>): Promise<Row[]> {
  const [rows = []] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows
}

type Cell = Omit<HeldRole, 'source'> & {
  sources: HeldRole['source'][]
  /** The name of the enforced rule of separation that keeps it from them. */
  withheldBy?: string | undefined
}
type Cells = Map<string, Map<string, Cell>>

const keyOf = ({ role, brand }: Pick<HeldRole, 'role' | 'brand'>): string => `${role.id} ${brand?.id ?? ''}`

function cellsOf(rows: readonly Held[]): Cells {
  const people: Cells = new Map()
  for (const { userId, held } of rows) {
    const key = keyOf(held)
    const own = people.get(userId) ?? new Map<string, Cell>()
    own.set(key, { ...held, sources: [...(own.get(key)?.sources ?? []), held.source] })
    people.set(userId, own)
  }
  return people
}

const placeOf = ({ brand }: Cell): string => brand?.id ?? ''

/** Marks what a rule of separation withholds, as decisions do. */
function markWithheld(model: AccessModel, cells: Map<string, Cell>): void {
  const scopes = Object.groupBy(cells.values(), placeOf)
  const held = Object.fromEntries(
    Object.entries(scopes).map(([place, of = []]) => [place, of.map(({ role }) => role.id)]),
  )
  for (const place of Object.keys(held))
    for (const { mode, second, name } of conflictsIn(model, held, place)) {
      const cell = mode === 'enforce' ? cells.get(`${second.roleId} ${place}`) : undefined
      if (cell !== undefined) cell.withheldBy = name
    }
}

type Side = Map<string, Cell> | undefined

/** In `these` and not in `those`; what is held directly was told when it was given or taken, but not when a rule lets go of it. */
const onlyIn = (these: Side, those: Side): Cell[] =>
  [...(these ?? [])].flatMap(([key, cell]) => {
    if (cell.withheldBy !== undefined || cell.role.kind !== 'role') return []
    const other = those?.get(key)
    if (other !== undefined) return other.withheldBy === undefined ? [] : [cell]
    return cell.sources.every(({ type }) => type !== 'direct') ? [cell] : []
  })

const newlyWithheld = (now: Side, then: Side): DigestLine[] =>
  [...(now ?? [])].flatMap(([key, { role, brand, sources, withheldBy: rule }]) => {
    if (rule === undefined || then?.get(key)?.withheldBy !== undefined) return []
    return [{ kind: 'withheld', role: role.name, brand: brand?.name ?? null, sources, rule, by: null }]
  })

/** An exception counts where they hold a role. */
const countsIn = (cells: Side, place: string): boolean =>
  [...(cells ?? []).values()].some(({ role, brand }) => role.kind === 'role' && (brand?.id ?? '') === place)

/** Exceptions that stayed, and count by now or do not any more. */
const movedOverrides = (now: Side, then: Side): Cell[] =>
  [...(now ?? [])].flatMap(([key, cell]) =>
    cell.role.kind === 'override' && then?.has(key) && countsIn(now, placeOf(cell)) !== countsIn(then, placeOf(cell))
      ? [cell]
      : [],
  )

type RoleChange = { allows: string[]; refuses: string[] }

async function changedRoles(
  before: CallContext,
  after: CallContext,
  roleIds: string[],
): Promise<Map<string, RoleChange>> {
  const { organizationId } = before
  const [old, fresh] = await Promise.all(
    [before, after].map((ctx) => readAll(ctx, grants({ organizationId, roleIds }))),
  )
  const changes = new Map<string, RoleChange>()
  const note = (rows: readonly Grant[] = [], others: readonly Grant[] = [], isNew = true): void => {
    const known = new Set(others.map((grant) => JSON.stringify(grant)))
    for (const grant of rows) {
      if (known.has(JSON.stringify(grant))) continue
      const change = changes.get(grant.roleId) ?? { allows: [], refuses: [] }
      change[(grant.effect === 'allow') === isNew ? 'allows' : 'refuses'].push(grant.permission)
      changes.set(grant.roleId, change)
    }
  }
  note(fresh, old)
  note(old, fresh, false)
  return changes
}

async function standingAt(ctx: CallContext, userIds: readonly string[]): Promise<Cells> {
  const [model, rows] = await Promise.all([
    inTransaction(ctx, (tx) => readAccessModel(tx, ctx)),
    readAll(ctx, holdings({ organizationId: ctx.organizationId, userIds })),
  ])
  const people = cellsOf(rows)
  for (const cells of people.values()) markWithheld(model, cells)
  return people
}

/** @returns by person, whoever was active at both moments; those for whom nothing has changed are left out */
export async function changesOf(ctx: CallContext, userIds: readonly string[], moments: Moments) {
  const { organizationId } = ctx
  const [before, after] = await Promise.all([contextAt(ctx, moments.from), contextAt(ctx, moments.until)])
  const [then, now, wereActive] = await Promise.all([
    standingAt(before, userIds),
    standingAt(after, userIds),
    readAll(before, activeAmong({ organizationId, userIds })),
  ])
  const roleIds = [...new Set([...now.values()].flatMap((cells) => [...cells.values()].map(({ role }) => role.id)))]
  const contents = await changedRoles(before, after, roleIds)
  const people = wereActive.map(({ id }) => ({
    userId: id,
    gained: onlyIn(now.get(id), then.get(id)),
    lost: onlyIn(then.get(id), now.get(id)).filter((cell) => now.get(id)?.has(keyOf(cell)) !== true),
    withheld: newlyWithheld(now.get(id), then.get(id)),
    overrides: movedOverrides(now.get(id), then.get(id)),
    kept: [...(now.get(id) ?? [])]
      .filter(([key, { withheldBy }]) => withheldBy === undefined && then.get(id)?.has(key))
      .map(([, { role }]) => role),
  }))
  const causesIn = (kind: 'gained' | 'lost', userId: string, { sources }: Cell): Cause[] =>
    sources.flatMap((source) => causesOf(source, userId, kind === 'lost'))
  const ofRole = (userId: string, targetId: string): Cause => ({ userId, targetId, members: userId, isLoss: false })
  const causes = people.flatMap(({ userId, gained, lost, kept }) => [
    ...gained.flatMap((cell) => causesIn('gained', userId, cell)),
    ...lost.flatMap((cell) => causesIn('lost', userId, cell)),
    ...kept.flatMap(({ id }) => (contents.has(id) ? ofRole(userId, id) : [])),
  ])
  const makerOf = await readMakers(ctx, causes, moments)
  const lineOf = (kind: 'gained' | 'lost', userId: string, cell: Cell): DigestLine => {
    const { role, brand, sources } = cell
    return { kind, role: role.name, brand: brand?.name ?? null, sources, by: makerOf(causesIn(kind, userId, cell)) }
  }
  const overrideIds = people.flatMap(({ overrides }) => overrides.map(({ role }) => role.id))
  const overridden = new Map(
    overrideIds.length === 0
      ? []
      : (await readAll(after, grants({ organizationId, roleIds: overrideIds }))).map((grant) => [grant.roleId, grant]),
  )
  const overrideLine = (userId: string, cell: Cell): DigestLine[] => {
    const { permission, effect } = overridden.get(cell.role.id) ?? {}
    if (permission === undefined || effect === undefined) return []
    const counts = countsIn(now.get(userId), placeOf(cell))
    return [{ kind: 'override', permission, effect, brand: cell.brand?.name ?? null, counts, by: null }]
  }
  const linesOf = ({ userId, gained, lost, withheld, overrides, kept }: (typeof people)[number]): DigestLine[] => [
    ...gained.map((cell) => lineOf('gained', userId, cell)),
    ...lost.map((cell) => lineOf('lost', userId, cell)),
    ...withheld,
    ...overrides.flatMap((cell) => overrideLine(userId, cell)),
    ...[...new Map(kept.map((role) => [role.id, role])).values()].flatMap(({ id, name }): DigestLine[] => {
      const change = contents.get(id)
      return change === undefined ? [] : [{ kind: 'role', role: name, ...change, by: makerOf([ofRole(userId, id)]) }]
    }),
  ]
  return new Map(
    people.map((person) => [person.userId, linesOf(person)] as const).filter(([, { length }]) => length > 0),
  )
}
