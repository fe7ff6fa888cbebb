// The rights of whoever began something, as they are by now: for what the worker goes on with in their name.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { type Actor, type CallContext, type Ceiling, inTransaction } from '#src/context.ts'
import { requireReachWithin } from '../../ceiling/reach.ts'
import { type KeyScope, rightsOfKey } from './key-scope.ts'
import { asManager } from './manager.ts'

type ActorStatus = { isGood: boolean; isEmergency: boolean; scope: KeyScope | null }

const actorStatus = prepared<{ organizationId: string; type: string; id: string }, ActorStatus>(
  (p) => sql`select case ${p.type}
      when 'user' then exists (select from users u where u.organization_id = ${p.organizationId} and u.id = ${p.id}
        and u.status = 'active' and u.deleted_at is null)
      when 'api_key' then exists (select from api_keys k where k.organization_id = ${p.organizationId} and k.id = ${p.id}
        and k.revoked_at is null and (k.expires_at is null or k.expires_at > now()))
      when 'application' then exists (select from applications a where a.organization_id = ${p.organizationId}
        and a.id = ${p.id} and a.status = 'active')
      when 'support' then false
      else true end as "isGood",
    exists (select from emergency_accounts e where e.organization_id = ${p.organizationId} and e.user_id = ${p.id})
      as "isEmergency",
    coalesce((select json_build_object('access', k.access, 'permissions', k.permissions, 'brandIds', k.brand_ids,
        'addressRanges', k.address_ranges) from api_keys k
      where k.organization_id = ${p.organizationId} and k.id = ${p.id}),
      (select a.rights::json from applications a where a.organization_id = ${p.organizationId} and a.id = ${p.id})) as scope`,
)

/**
 * What support has begun ends with them: nobody goes on in their name.
 * @param system the worker's context
 * @returns undefined where the actor may do nothing any more: deactivated, switched off, or a key that is revoked or has expired
 */
export async function actorContext(system: CallContext, actor: Actor): Promise<CallContext | undefined> {
  const question = actorStatus({ organizationId: system.organizationId, ...actor })
  const [rows] = await inTransaction(system, (tx) => tx.commitWith(question))
  const [{ isGood, isEmergency, scope } = { isGood: false, isEmergency: false, scope: null }] = rows ?? []
  if (!isGood) return undefined
  const ctx: CallContext = { ...system, actor }
  if (scope !== null) return { ...ctx, ...rightsOfKey(scope) }
  if (actor.type !== 'user') return ctx
  return (await asManager({ ...ctx, permissions: new Set() }, { isEmergency })).ctx
}

const makers = [
  ['usr', 'user'],
  ['key', 'api_key'],
  ['app', 'application'],
  ['sup', 'support'],
] as const

/**
 * The rights of whoever is written down as having made something, as they are by now; without limit where the operator made it.
 * @param createdBy their id
 * @returns undefined where they may do nothing any more
 */
export async function makersContext(ctx: CallContext, createdBy: string): Promise<CallContext | undefined> {
  const [, type] = makers.find(([prefix]) => isId(prefix, createdBy)) ?? []
  return type === undefined ? ctx : actorContext(ctx, { type, id: createdBy })
}

/**
 * A setup link may do what whoever made it may by now, and no more; one that the operator made has no limit.
 * @param ctx the link's
 */
export async function withinMakersCeiling(ctx: CallContext, createdBy: string): Promise<CallContext> {
  const maker = await makersContext(ctx, createdBy)
  const ceiling = maker === undefined ? nothing : maker.ceiling
  return ceiling === undefined ? ctx : { ...ctx, ceiling }
}

const nothing: Ceiling = {
  organization: { allows: [], denies: [] },
  brands: new Map(),
  requireReach: requireReachWithin,
}
