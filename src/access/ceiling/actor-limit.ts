// What whoever makes a change holds, as it was when the transaction began: what they give themselves in it does not count.

import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { CallContext, Ceiling, HeldPermissions, Transaction } from '#src/context.ts'
import { type AccessModel, createReader, patternsOf, type Reader, readAccessModel } from '../decisions/access-model.ts'
import { catalogueOf } from '../decisions/catalogue.ts'
import type { RoleHeld } from '../decisions/evaluate.ts'
import { essential } from '../decisions/permissions.ts'
import { universeOf } from '../decisions/universe.ts'
import {
  everybody,
  forEver,
  type Grant,
  type Holder,
  holdersOf,
  kindsOfHolders,
  momentsOf,
  scopesAt,
} from './holdings.ts'
import { type Limit, unruled } from './judge.ts'

export type ActorLimit = Limit & {
  now: number
  /** The names of the organization's catalogue. */
  catalogue: readonly string[]
  /** True: nothing but policies takes anything from them. */
  isOnlyRuled: boolean
}

const known = new WeakMap<Transaction, Promise<ActorLimit | undefined>>()

/** Undefined for whoever has no limit. Asked for again in the same transaction, it is what it was at first. */
export function actorLimit(tx: Transaction, ctx: CallContext): Promise<ActorLimit | undefined> {
  const { ceiling } = ctx
  if (ceiling === undefined) return Promise.resolve(undefined)
  const limit = known.get(tx) ?? readLimit(tx, ctx, ceiling)
  known.set(tx, limit)
  return limit
}

const lockChanges = prepared<{ organizationId: string }, unknown>(
  (p) => sql`select pg_advisory_xact_lock(hashtextextended('access changes ' || ${p.organizationId}, 0))`,
)

/** Changes that are judged follow each other, so that two that are harmless alone are not more together. */
async function readLimit(tx: Transaction, ctx: CallContext, ceiling: Ceiling): Promise<ActorLimit | undefined> {
  await tx.run(lockChanges({ organizationId: ctx.organizationId }))
  const now = ctx.clock.now().getTime()
  const limit = await limitOf(tx, ctx, ceiling)
  const scopes = scopesAt(limit.holder.grants, now)
  const catalogue = (await catalogueOf(tx, ctx)).map(({ name }) => name)
  const permissions = [...universeOf(catalogue, ['*', ...patternsOf(limit.model)]).keys()]
  const reader = createReader(permissions)
  const may = reader.allowed(limit.model, scopes, '')
  if (permissions.every((permission) => may.has(permission))) return undefined
  const holdsWildcard = (scopes[''] ?? []).some((id) => limit.model.roles.get(id)?.allows.includes('*'))
  const isAdministrator = ctx.actor.type === 'user' && holdsWildcard && essential.every((name) => may.has(name))
  const held = { ...limit, catalogue, now }
  if (!isAdministrator) return { ...held, isOnlyRuled: false }
  const bare = reader.allowed(unruled(limit.model), scopes, '')
  const isOnlyRuled = permissions.every((permission) => bare.has(permission))
  const ruled = permissions.filter((permission) => bare.has(permission) && !may.has(permission))
  const liftable = await liftableOf(tx, ctx, { ruled, model: limit.model, reader, now })
  return { ...held, isAdministrator, isOnlyRuled, liftable }
}

/** A person holds what the database says of them; anybody else (a key with scopes) what came with the context. */
async function limitOf(tx: Transaction, ctx: CallContext, ceiling: Ceiling): Promise<Limit> {
  const model = await readAccessModel(tx, ctx)
  const { type, id } = ctx.actor
  if (type === 'user') {
    const found = (await holdersOf(tx, ctx, { users: [id] })).get(id)
    return { id, model, ...ordinary, holder: found ?? { isActive: false, grants: [] } }
  }
  const given: [string, HeldPermissions][] = [['', ceiling.organization], ...ceiling.brands]
  const own = given.map(([scope, held]): RoleHeld => ({ ...ownRole, id: `${ownRole.id}:${scope}`, ...copied(held) }))
  const until = ceiling.until == null ? forEver : Date.parse(ceiling.until)
  const grants = given.map(([scope]): Grant => ({ scope, roleId: `${ownRole.id}:${scope}`, from: 0, until }))
  const roles = new Map([...model.roles, ...own.map((role) => [role.id, role] as const)])
  const holder: Holder = { isActive: true, grants }
  return { id, holder, ...ordinary, model: { ...model, roles } }
}

const ordinary = { isAdministrator: false, liftable: new Set<string>() }

const ownRole: RoleHeld = { id: 'rol_own', key: 'own', name: 'own', kind: 'role', rank: 0, allows: [], denies: [] }

const copied = ({ allows, denies }: HeldPermissions) => ({ allows: [...allows], denies: [...denies] })

type Ruled = { ruled: readonly string[]; model: AccessModel; reader: Reader; now: number }

/**
 * A policy that binds all administrators alike must not be there for ever. What it takes from somebody who may do everything
 * otherwise, they may lift where nobody has it, now, later, or once they are let in.
 */
async function liftableOf(
  tx: Transaction,
  ctx: CallContext,
  { ruled, model, reader, now }: Ruled,
): Promise<ReadonlySet<string>> {
  const left = new Set(ruled)
  for (const { grants } of (await kindsOfHolders(tx, ctx, everybody)).values()) {
    for (const moment of momentsOf(grants, now)) {
      const held = scopesAt(grants, moment)
      for (const scope of ['', ...Object.keys(held)])
        for (const permission of reader.allowed(model, held, scope)) left.delete(permission)
    }
  }
  return left
}
