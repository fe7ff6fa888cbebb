// Policies: rules that take a permission away from everybody in their scope but the holders of some roles. The most restrictive
// rule holds (ADR 0028), so there is no policy that gives.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { invalid, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { everybody } from '../../ceiling/holdings.ts'
import { permissionFault } from '../../decisions/permissions.ts'

type Named = { id: string; key: string; name: string }

export type PolicyRecord = {
  id: string
  name: string
  permission: string
  /** Null: everywhere in the organization, its brands included. */
  brand: { id: string; slug: string; name: string } | null
  /** Whoever holds one of these roles where it is asked is not concerned. */
  exceptRoles: Named[]
  createdAt: string
  createdBy: string
}

const columns = sql`p.id, p.name, p.permission,
  case when b.id is not null then json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) end as brand,
  (select coalesce(json_agg(json_build_object('id', r.id, 'key', r.key, 'name', r.name) order by r.rank desc, r.key), '[]')
    from roles r where r.organization_id = p.organization_id and p.except_role_ids ? r.id) as "exceptRoles",
  p.created_at as "createdAt", p.created_by as "createdBy"`

const from = sql`from policies p left join brands b on b.organization_id = p.organization_id and b.id = p.brand_id`

const selectPolicies = prepared<{ organizationId: string }, PolicyRecord>(
  (p) => sql`select ${columns} ${from} where p.organization_id = ${p.organizationId} order by p.id`,
)

const policyById = prepared<{ organizationId: string; policyId: string }, PolicyRecord>(
  (p) => sql`select ${columns} ${from} where p.organization_id = ${p.organizationId} and p.id = ${p.policyId}`,
)

/** All of them, in order of creation; there are few. */
export async function listPolicies(ctx: CallContext): Promise<PolicyRecord[]> {
  requirePermission(ctx, 'roles.read')
  const { organizationId } = ctx
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(selectPolicies({ organizationId })))
  return rows ?? []
}

const NewPolicyInput = z.object({
  name: nameSchema,
  permission: z.string(),
  brandId: z.string().nullish(),
  exceptRoleIds: z.array(z.string()).max(50).default([]),
})

export type NewPolicy = z.input<typeof NewPolicyInput>

type Columns = {
  organizationId: string
  id: string
  name: string
  permission: string
  brandId: string | null
  exceptRoleIds: string
  now: string
  createdBy: string
}

const insertPolicy = prepared<Columns, never>(
  (
    p,
  ) => sql`insert into policies (organization_id, id, name, permission, brand_id, except_role_ids, created_at, created_by)
    values (${p.organizationId}, ${p.id}, ${p.name}, ${p.permission}, ${p.brandId}, ${p.exceptRoleIds}::jsonb,
      ${p.now}::timestamptz, ${p.createdBy})`,
)

const countTargets = prepared<
  { organizationId: string; brandId: string | null; roleIds: readonly string[] },
  { brands: number; roles: number }
>(
  (p) => sql`select
    (select count(*)::int from brands where organization_id = ${p.organizationId} and id = ${p.brandId}) as brands,
    (select count(*)::int from roles where organization_id = ${p.organizationId} and kind = 'role'
      and id = any (${p.roleIds}::text[])) as roles`,
)

/**
 * @throws AppError invalid; not_found for a brand or role that is not there; conflict where the name is taken; forbidden (reason
 *   `ceiling`) where it takes something from somebody above the caller
 */
export async function createPolicyWithin(tx: Transaction, ctx: CallContext, input: NewPolicy): Promise<PolicyRecord> {
  requirePermission(ctx, 'roles.write')
  const { name, permission, brandId = null, exceptRoleIds } = parseInput(NewPolicyInput, input)
  const fault = permissionFault(permission)
  if (fault !== undefined) throw invalid(fault, 'invalidValue')
  const { organizationId } = ctx
  const roleIds = [...new Set(exceptRoleIds)]
  const [found] = await tx.run(countTargets({ organizationId, brandId, roleIds }))
  if (brandId !== null && found?.brands !== 1) throw notFound('Brand')
  if (found?.roles !== roleIds.length) throw notFound('Role')
  const [id, now] = [ctx.ids.next('pol'), nowOf(ctx)]
  const row = { organizationId, id, name, permission, brandId, exceptRoleIds: JSON.stringify(roleIds) }
  const insert = insertPolicy({ ...row, now, createdBy: ctx.actor.id })
  await withinCeiling(tx, ctx, { ...everybody, changesModel: true }, () => tx.run(insert))
  const entry = { action: 'policy.create', targetType: 'policy', targetId: id } as const
  await tx.run(recordAudit(ctx, { ...entry, detail: { name, permission, brandId, exceptRoleIds: roleIds } }))
  const [made] = await tx.run(policyById({ organizationId, policyId: id }))
  if (made === undefined) throw notFound('Policy')
  return made
}

const remove = prepared<{ organizationId: string; policyId: string }, never>(
  (p) => sql`delete from policies where organization_id = ${p.organizationId} and id = ${p.policyId}`,
)

/** As it is now, in a transaction of the caller's; undefined where it is not there. */
export async function findPolicy(
  tx: Transaction,
  { organizationId }: CallContext,
  policyId: string,
): Promise<PolicyRecord | undefined> {
  const [policy] = await tx.run(policyById({ organizationId, policyId: isId('pol', policyId) ? policyId : '' }))
  return policy
}

/** @throws AppError not_found; forbidden (reason `ceiling`) where it binds the caller, or gives somebody more than they hold */
export async function deletePolicyWithin(tx: Transaction, ctx: CallContext, policyId: string): Promise<void> {
  requirePermission(ctx, 'roles.write')
  const key = { organizationId: ctx.organizationId, policyId }
  const policy = await findPolicy(tx, ctx, policyId)
  if (policy === undefined) throw notFound('Policy')
  await withinCeiling(tx, ctx, { ...everybody, changesModel: true }, () => tx.run(remove(key)))
  const { name, permission, brand, exceptRoles } = policy
  const detail = { name, permission, brandId: brand?.id ?? null, exceptRoleIds: exceptRoles.map(({ id }) => id) }
  await tx.run(recordAudit(ctx, { action: 'policy.delete', targetType: 'policy', targetId: policyId, detail }))
}
