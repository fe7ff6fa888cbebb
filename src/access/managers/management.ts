// What the roles of a person let them do here in Rolecall: permissions of the catalogue become management permissions, in the
// organization or, delegated, in single brands.
import type { Ceiling, HeldPermissions, ManagementPermission } from '#src/context.ts'
import { type AccessPolicy, byStrategy, type EffectiveAssignment } from '../decisions/evaluate.ts'
import { covers } from '../decisions/permissions.ts'

export type ManagementRights = {
  permissions: ReadonlySet<ManagementPermission>
  brandPermissions: ReadonlyMap<string, ReadonlySet<ManagementPermission>>
  ceiling: Ceiling
}

const aboutPeople = [
  ...['users.read', 'groups.read', 'brands.read', 'roles.read', 'mappings.read', 'assignments.read'],
  ...['access.read', 'invitations.read'],
] as const satisfies readonly ManagementPermission[]

const aboutSettings = [
  ...['organization.read', 'directories.read', 'connections.read', 'applications.read', 'mails.read', 'sign_ins.read'],
] as const satisfies readonly ManagementPermission[]

/** By the permission of the catalogue that gives them. */
const grants: Record<string, readonly ManagementPermission[]> = {
  'users.read': aboutPeople,
  'users.invite': ['brands.read', 'roles.read', 'invitations.read', 'invitations.write'],
  'users.manage': [
    ...aboutPeople,
    ...(['users.write', 'groups.write', 'accounts.write', 'sessions.read', 'sessions.write', 'sign_ins.read'] as const),
  ],
  'roles.assign': [...aboutPeople, 'assignments.write'],
  'roles.manage': [...aboutPeople, 'roles.write', 'mappings.write'],
  'brands.create': ['brands.read', 'brands.write'],
  'brands.manage': ['brands.read', 'brands.write'],
  'settings.view': aboutSettings,
  'settings.manage': [...aboutSettings, 'organization.write', 'applications.write', 'api_keys.write'],
  'settings.integrations': [...aboutSettings, 'directories.write', 'connections.write'],
  'audit.view': ['audit.read'],
}

/** What means something in a single brand; everything else concerns the organization as a whole. */
const delegable = new Set<ManagementPermission>([
  ...['users.read', 'brands.read', 'roles.read', 'assignments.read', 'access.read', 'invitations.read'],
  ...['assignments.write', 'invitations.write', 'audit.read'],
] as const satisfies readonly ManagementPermission[])

/** What somebody with these effective assignments may do as a manager of the organization or of brands. */
export function managementRights(held: {
  assignments: readonly EffectiveAssignment[]
  policy: AccessPolicy
}): ManagementRights {
  const heldIn = (brandId: string | undefined): HeldPermissions =>
    permissionsOf(
      byStrategy(
        held.assignments.filter(({ brand }) => brand?.id === brandId),
        held.policy.roleStrategy,
      ),
    )
  const organization = heldIn(undefined)
  const brandIds = new Set(held.assignments.flatMap(({ brand }) => (brand === null ? [] : [brand.id])))
  const brands = new Map([...brandIds].map((id) => [id, heldIn(id)]))
  const brandPermissions = new Map(
    [...brands].map(([id, permissions]) => [id, new Set(granted(permissions).filter((name) => delegable.has(name)))]),
  )
  return { permissions: new Set(granted(organization)), brandPermissions, ceiling: { organization, brands } }
}

const permissionsOf = (assignments: readonly EffectiveAssignment[]): HeldPermissions => ({
  allows: [...new Set(assignments.flatMap(({ role }) => role.allows))],
  denies: [...new Set(assignments.flatMap(({ role }) => role.denies))],
})

const granted = ({ allows, denies }: HeldPermissions): ManagementPermission[] =>
  Object.entries(grants).flatMap(([name, permissions]) => {
    const isHeld = allows.some((held) => covers(held, name)) && !denies.some((denied) => covers(denied, name))
    return isHeld ? permissions : []
  })

/** Whether there is anything at all for this person in the console. */
export const isManager = ({ permissions, brandPermissions }: ManagementRights): boolean =>
  permissions.size > 0 || [...brandPermissions.values()].some((held) => held.size > 0)

/** What an emergency is for: connections, directories, who administers, and seeing what happened. */
const repairs = new Set<ManagementPermission>([
  ...['organization.read', 'connections.read', 'connections.write', 'directories.read', 'directories.write'],
  ...['users.read', 'users.write', 'groups.read', 'brands.read', 'roles.read', 'mappings.read', 'assignments.read'],
  ...['assignments.write', 'access.read', 'invitations.read', 'invitations.write', 'accounts.write'],
  ...['sessions.read', 'sessions.write', 'sign_ins.read', 'mails.read', 'audit.read'],
] as const satisfies readonly ManagementPermission[])

/** The same rights as far as repairing goes, and nothing in single brands. */
export const repairRights = (rights: ManagementRights): ManagementRights => ({
  ...rights,
  permissions: new Set([...rights.permissions].filter((permission) => repairs.has(permission))),
  brandPermissions: new Map(),
})
