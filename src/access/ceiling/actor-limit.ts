// What whoever makes a change holds, as it was when the transaction began: what they give themselves in it does not count.

import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { CallContext, Ceiling, HeldPermissions, Transaction } from '#src/context.ts'
import { catalogueOf } from '../decisions/catalogue.ts'
import type { RoleHeld } from '../decisions/evaluate.ts'
import { createReader, type Meaning, meaningNow, patternsOf } from '../decisions/meaning.ts'
import { essential } from '../decisions/permissions.ts'
import { universeOf } from '../decisions/universe.ts'
import { forEver, type Grant, type Holder, holdersOf, scopesAt } from './holdings.ts'
import type { Limit } from './judge.ts'

export type ActorLimit = Limit & { now: number }

const known = new WeakMap<Transaction, Promise<ActorLimit | undefined>>()

/** Undefined for whoever has no limit. Asked for again in the same transaction, it is what it was at first. */
export function actorLimit(tx: Transaction, ctx: CallContext): Promise<ActorLimit | undefined> {
  const { ceiling } = ctx
  if (ceiling === undefined) return Promise.resolve(undefined)
  const limit = known.get(tx) ?? readLimit(tx, ctx, ceiling)
  known.set(tx, limit)
  return limit
}

async function readLimit(tx: Transaction, ctx: CallContext, ceiling: Ceiling): Promise<ActorLimit | undefined> {
  const now = ctx.clock.now().getTime()
  const limit = await standingOf(tx, ctx, ceiling)
  const scopes = scopesAt(limit.holder.grants, now)
  const catalogue = (await catalogueOf(tx, ctx)).map(({ name }) => name)
  const permissions = [...universeOf(catalogue, ['*', ...patternsOf(limit.meaning)]).keys()]
  const { allowed } = createReader(permissions)
  const may = allowed(limit.meaning, scopes, '')
  if (permissions.every((permission) => may.has(permission))) return undefined
  const holdsWildcard = (scopes[''] ?? []).some((id) => limit.meaning.roles.get(id)?.allows.includes('*'))
  const isAdministrator =
    ctx.actor.type === 'user' && holdsWildcard && essential.every((permission) => may.has(permission))
  if (isAdministrator && !(await isAnybodyAbove(tx, ctx, { limit, now, permissions, allowed }))) return undefined
  return { ...limit, now }
}

/** A person holds what the database says of them; anybody else (a key with scopes) what came with the context. */
async function standingOf(tx: Transaction, ctx: CallContext, ceiling: Ceiling): Promise<Limit> {
  const meaning = await meaningNow(tx, ctx)
  const { type, id } = ctx.actor
  if (type === 'user') {
    const found = (await holdersOf(tx, ctx, { users: [id] })).get(id)
    return { id, meaning, holder: found ?? { isActive: false, grants: [] } }
  }
  const given: [string, HeldPermissions][] = [['', ceiling.organization], ...ceiling.brands]
  const own = given.map(([scope, held]): RoleHeld => ({ ...ownRole, id: `${ownRole.id}:${scope}`, ...copied(held) }))
  const grants = given.map(([scope]): Grant => ({ scope, roleId: `${ownRole.id}:${scope}`, from: 0, until: forEver }))
  const roles = new Map([...meaning.roles, ...own.map((role) => [role.id, role] as const)])
  const holder: Holder = { isActive: true, grants }
  return { id, holder, meaning: { ...meaning, roles } }
}

const ownRole: RoleHeld = { id: 'rol_own', key: 'own', name: 'own', rank: 0, allows: [], denies: [] }

const copied = ({ allows, denies }: HeldPermissions) => ({ allows: [...allows], denies: [...denies] })

const administrators = prepared<Record<string, never>, { userId: string }>(
  () => sql`select user_id as "userId" from effective_administrators() order by 1 limit 100`,
)

// A policy that binds all administrators alike must not be there for ever: where nobody holds more, they may lift it.
async function isAnybodyAbove(
  tx: Transaction,
  ctx: CallContext,
  side: {
    limit: Limit
    now: number
    permissions: readonly string[]
    allowed: ReturnType<typeof createReader>['allowed']
  },
): Promise<boolean> {
  const users = (await tx.run(administrators({}))).map(({ userId }) => userId)
  const holders = await holdersOf(tx, ctx, { users: users.filter((id) => id !== side.limit.id) })
  return [...holders.values()].some(({ grants }) => {
    const may = side.allowed(side.limit.meaning satisfies Meaning, scopesAt(grants, side.now), '')
    return side.permissions.every((permission) => may.has(permission))
  })
}
