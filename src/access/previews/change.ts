// Changes of what groups, roles and policies give: each is a verb of its own, here under one name, so that every one of them can
// be tried before it is made.

import { type SQL, sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { userFilterPath } from '#directory/filter/filter-path.ts'
import { isId } from '#platform/ids.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { deleteAssignmentWithin } from '../grants/assignments/delete-assignment.ts'
import { deleteBrandWithin } from '../grants/brands/delete-brand.ts'
import { createMappingWithin, type NewMapping } from '../grants/mappings/create-mapping.ts'
import { deleteMappingWithin } from '../grants/mappings/delete-mapping.ts'
import type { MappingRecord } from '../grants/mappings/mappings.ts'
import {
  createPolicyWithin,
  deletePolicyWithin,
  type NewPolicy,
  type PolicyRecord,
} from '../grants/policies/policies.ts'
import type { RoleRecord } from '../grants/roles/roles.ts'
import { type RoleChange, updateRoleWithin } from '../grants/roles/update-role.ts'
import type { OrganizationRecord } from '../organizations/organizations.ts'
import { type OrganizationChange, updateOrganizationWithin } from '../organizations/update-organization.ts'
import { deleteLocalGroupWithin, removeMembersWithin } from '../people/local.ts'
import { admitArrivalsWithin, lockArrivals } from '../people/status/admit-arrivals.ts'
import type { Affected } from './held-roles.ts'

type Changes = {
  create_mappings: { mappings: readonly NewMapping[] }
  delete_mappings: { mappingIds: readonly string[] }
  update_role: { role: RoleChange }
  create_policy: { policy: NewPolicy }
  delete_policy: { policyId: string }
  update_organization: { organization: OrganizationChange }
  delete_assignments: { assignmentIds: readonly string[] }
  remove_members: { groupId: string; memberIds: readonly string[] }
  delete_group: { groupId: string }
  delete_brand: { brandId: string }
  admit_arrivals: { directoryId: string }
}

/** What each kind of change leaves: the records as they are now, or the ids of what is gone. */
type Outcomes = {
  create_mappings: MappingRecord[]
  delete_mappings: Gone[]
  update_role: RoleRecord[]
  create_policy: PolicyRecord[]
  delete_policy: Gone[]
  update_organization: OrganizationRecord[]
  delete_assignments: Gone[]
  remove_members: Gone[]
  delete_group: Gone[]
  delete_brand: Gone[]
  admit_arrivals: { id: string }[]
}
type Gone = { id: string }

export type ChangeKind = keyof Changes
export type OutcomeOf<Kind extends ChangeKind> = Outcomes[Kind]
export type AccessChange = { [Kind in ChangeKind]: { kind: Kind } & Changes[Kind] }[ChangeKind]
export type ChangeOf<Kind extends ChangeKind> = AccessChange & { kind: Kind }

type Verb<Kind extends ChangeKind> = (
  tx: Transaction,
  ctx: CallContext,
  change: ChangeOf<Kind>,
) => Promise<Outcomes[Kind]>

const verbs: { [Kind in ChangeKind]: Verb<Kind> } = {
  create_mappings: (tx, ctx, { mappings }) => oneByOne(mappings, (each) => createMappingWithin(tx, ctx, each)),
  delete_mappings: (tx, ctx, { mappingIds }) => without(mappingIds, (id) => deleteMappingWithin(tx, ctx, id)),
  update_role: (tx, ctx, { role }) => oneByOne([role], (each) => updateRoleWithin(tx, ctx, each)),
  create_policy: (tx, ctx, { policy }) => oneByOne([policy], (each) => createPolicyWithin(tx, ctx, each)),
  delete_policy: (tx, ctx, { policyId }) => without([policyId], (id) => deletePolicyWithin(tx, ctx, id)),
  update_organization: (tx, ctx, { organization }) =>
    oneByOne([organization], (each) => updateOrganizationWithin(tx, ctx, each)),
  delete_assignments: (tx, ctx, { assignmentIds }) =>
    without(assignmentIds, (id) => deleteAssignmentWithin(tx, ctx, id)),
  remove_members: async (tx, ctx, change) => {
    await removeMembersWithin(tx, ctx, change)
    return change.memberIds.map((id) => ({ id }))
  },
  delete_group: (tx, ctx, { groupId }) => without([groupId], (id) => deleteLocalGroupWithin(tx, ctx, id)),
  admit_arrivals: async (tx, ctx, { directoryId }) =>
    (await admitArrivalsWithin(tx, ctx, directoryId)).map((id) => ({ id })),
  delete_brand: (tx, ctx, { brandId }) => without([brandId], (id) => deleteBrandWithin(tx, ctx, id)),
}

async function oneByOne<Input, Output>(
  inputs: readonly Input[],
  make: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const made: Output[] = []
  for (const input of inputs) made.push(await make(input))
  return made
}

const without = (ids: readonly string[], remove: (id: string) => Promise<void>): Promise<Gone[]> =>
  oneByOne(ids, async (id) => {
    await remove(id)
    return { id }
  })

/** Makes the change. @throws whatever the verb throws */
export const applyWithin = <Kind extends ChangeKind>(
  tx: Transaction,
  ctx: CallContext,
  change: ChangeOf<Kind>,
): Promise<OutcomeOf<Kind>> => verbs[change.kind as Kind](tx, ctx, change)

/** Whether it can touch anybody's access; names, purposes and dates of review cannot. */
export function isAboutAccess(change: AccessChange): boolean {
  if (change.kind === 'update_role') return ['allows', 'denies', 'rank'].some((field) => field in change.role)
  if (change.kind !== 'update_organization') return true
  return ['administratorBrandAccess', 'roleStrategy'].some((field) => field in change.organization)
}

/** Ids of the brands that are not there afterwards. */
export const brandsGone = (change: AccessChange): string[] => (change.kind === 'delete_brand' ? [change.brandId] : [])

type Target = { groupId: string | null; filterPath: string | null }

const mappingTargets = prepared<{ organizationId: string; ids: readonly string[] }, Target>(
  (p) => sql`select group_id as "groupId", filter_path as "filterPath" from mappings
    where organization_id = ${p.organizationId} and id = any (${p.ids}::text[])`,
)

const assignmentUsers = prepared<{ organizationId: string; ids: readonly string[] }, { userId: string }>(
  (p) => sql`select user_id as "userId" from assignments
    where organization_id = ${p.organizationId} and id = any (${p.ids}::text[])`,
)

// Where administrators may do everything in each brand, so may they in this one.
const isInBrand = (p: { [column in keyof InBrand]: SQL }): SQL =>
  sql`t.organization_id = ${p.organizationId} and (t.brand_id = ${p.brandId} or t.brand_id is null and exists (
    select from organizations o where o.id = t.organization_id and o.administrator_brand_access = 'implicit'))`

type InBrand = { organizationId: string; brandId: string }

const targetsInBrand = prepared<InBrand, Target>(
  (p) => sql`select t.group_id as "groupId", t.filter_path as "filterPath" from mappings t where ${isInBrand(p)}`,
)

const usersInBrand = prepared<InBrand, { userId: string }>(
  (p) => sql`select distinct t.user_id as "userId" from assignments t where ${isInBrand(p)}`,
)

const usersBelow = prepared<{ organizationId: string; groupId: string }, { userId: string }>(
  (p) => sql`with recursive below (group_id) as (
      select ${p.groupId}::text
      union select n.child_group_id from below b join group_nestings n
        on n.organization_id = ${p.organizationId} and n.group_id = b.group_id)
    select distinct gm.user_id as "userId" from below b join group_members gm
      on gm.organization_id = ${p.organizationId} and gm.group_id = b.group_id`,
)

const nobody: Exclude<Affected, 'everybody'> = { userIds: [], groupIds: [], filterPaths: [] }

const groupsAndFiltersOf = (targets: readonly Target[]): Pick<typeof nobody, 'groupIds' | 'filterPaths'> => ({
  groupIds: targets.flatMap(({ groupId }) => groupId ?? []),
  filterPaths: targets.flatMap(({ filterPath }) => filterPath ?? []),
})

/** Whom it may concern. What is not there concerns nobody: the verb will say so. @throws AppError invalid */
export async function affectedBy(tx: Transaction, ctx: CallContext, change: AccessChange): Promise<Affected> {
  const { organizationId } = ctx
  switch (change.kind) {
    case 'create_mappings': {
      const filters = change.mappings.flatMap(({ filter }) => filter ?? [])
      const groupIds = change.mappings.flatMap(({ groupId }) => groupId ?? [])
      return { ...nobody, groupIds, filterPaths: filters.map(userFilterPath) }
    }
    case 'delete_mappings':
      return {
        ...nobody,
        ...groupsAndFiltersOf(await tx.run(mappingTargets({ organizationId, ids: change.mappingIds }))),
      }
    case 'delete_assignments': {
      const users = await tx.run(assignmentUsers({ organizationId, ids: change.assignmentIds }))
      return { ...nobody, userIds: users.map(({ userId }) => userId) }
    }
    case 'admit_arrivals':
      return { ...nobody, userIds: await lockArrivals(tx, ctx, change.directoryId) }
    case 'remove_members': {
      const groupIds = change.memberIds.filter((id) => isId('grp', id))
      return { ...nobody, userIds: change.memberIds.filter((id) => isId('usr', id)), groupIds }
    }
    case 'delete_group': {
      // Each by themselves: once it is gone, nobody is found through it.
      const users = await tx.run(usersBelow({ organizationId, groupId: change.groupId }))
      return { ...nobody, userIds: users.map(({ userId }) => userId) }
    }
    case 'delete_brand': {
      const key = { organizationId, brandId: change.brandId }
      const users = await tx.run(usersInBrand(key))
      return { ...groupsAndFiltersOf(await tx.run(targetsInBrand(key))), userIds: users.map(({ userId }) => userId) }
    }
    default:
      return 'everybody'
  }
}
