// Changes of what groups, roles and policies give: each is a verb of its own, here under one name, so that every one of them can
// be tried before it is made.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { createMappingWithin, type NewMapping } from '../mappings/create-mapping.ts'
import { deleteMappingWithin } from '../mappings/delete-mapping.ts'
import { type OrganizationChange, updateOrganizationWithin } from '../organizations/update-organization.ts'
import { createPolicyWithin, deletePolicyWithin, type NewPolicy } from '../policies/policies.ts'
import { type RoleChange, updateRoleWithin } from '../roles/update-role.ts'
import type { Concerned } from './standing.ts'

export type AccessChange =
  | { kind: 'create_mappings'; mappings: readonly NewMapping[] }
  | { kind: 'delete_mappings'; mappingIds: readonly string[] }
  | { kind: 'update_role'; role: RoleChange }
  | { kind: 'create_policy'; policy: NewPolicy }
  | { kind: 'delete_policy'; policyId: string }
  | { kind: 'update_organization'; organization: Omit<OrganizationChange, 'organizationId' | 'name'> }

/** Makes the change. @returns the ids of what was made or changed. @throws whatever the verb throws */
export async function applyWithin(tx: Transaction, ctx: CallContext, change: AccessChange): Promise<string[]> {
  switch (change.kind) {
    case 'create_mappings': {
      const ids: string[] = []
      for (const mapping of change.mappings) ids.push((await createMappingWithin(tx, ctx, mapping)).id)
      return ids
    }
    case 'delete_mappings':
      for (const id of change.mappingIds) await deleteMappingWithin(tx, ctx, id)
      return [...change.mappingIds]
    case 'update_role':
      return [(await updateRoleWithin(tx, ctx, change.role)).id]
    case 'create_policy':
      return [(await createPolicyWithin(tx, ctx, change.policy)).id]
    case 'delete_policy':
      await deletePolicyWithin(tx, ctx, change.policyId)
      return [change.policyId]
    case 'update_organization':
      return [
        (await updateOrganizationWithin(tx, ctx, { ...change.organization, organizationId: ctx.organizationId })).id,
      ]
  }
}

const mappingTargets = prepared<
  { organizationId: string; ids: readonly string[] },
  { groupId: string | null; filterPath: string | null }
>(
  (p) => sql`select group_id as "groupId", filter_path as "filterPath" from mappings
    where organization_id = ${p.organizationId} and id = any (${p.ids}::text[])`,
)

/** Whom it may concern. @throws AppError not_found, invalid */
export async function concernedBy(tx: Transaction, ctx: CallContext, change: AccessChange): Promise<Concerned> {
  if (change.kind === 'create_mappings') {
    const { mappings } = change
    return {
      groupIds: mappings.flatMap(({ groupId }) => (groupId === null || groupId === undefined ? [] : [groupId])),
      filterPaths: mappings.flatMap(({ filter }) =>
        filter === null || filter === undefined ? [] : [ctx.userFilterPath(filter)],
      ),
    }
  }
  if (change.kind !== 'delete_mappings') return 'everybody'
  const targets = await tx.run(mappingTargets({ organizationId: ctx.organizationId, ids: change.mappingIds }))
  if (targets.length !== new Set(change.mappingIds).size) throw notFound('Mapping')
  return {
    groupIds: targets.flatMap(({ groupId }) => groupId ?? []),
    filterPaths: targets.flatMap(({ filterPath }) => filterPath ?? []),
  }
}
