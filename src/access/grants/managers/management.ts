// What the roles of a person let them do here in Rolecall: permissions of the catalogue become management permissions, in the
// organization or, delegated, in single brands.
import type { HeldPermissions, ManagementPermission } from '#src/context.ts'
import {
  type AccessPolicy,
  byStrategy,
  type EffectiveAssignment,
  evaluate,
  rolesKeptApart,
  separationsBroken,
} from '../../decisions/evaluate.ts'

export type ManagementRights = {
  permissions: ReadonlySet<ManagementPermission>
  brandPermissions: ReadonlyMap<string, ReadonlySet<ManagementPermission>>
  /** What they hold, by their roles and less what policies take; a deny of one brand's policy counts there. */
  held: { organization: HeldPermissions; brands: ReadonlyMap<string, HeldPermissions> }
  /** True where nothing is denied to them, anywhere: their changes need not be judged. */
  holdsEverything: boolean
}

const aboutPeople = [
  ...['users.read', 'groups.read', 'brands.read', 'roles.read', 'mappings.read', 'assignments.read'],
  ...['access.read', 'invitations.read', 'teams.read', 'assets.read'],
] as const satisfies readonly ManagementPermission[]

const aboutSettings = [
  ...['organization.read', 'directories.read', 'connections.read', 'applications.read', 'mails.read', 'sign_ins.read'],
  'webhooks.read',
] as const satisfies readonly ManagementPermission[]

/** By the permission of the catalogue that gives them. */
const grants: Record<string, readonly ManagementPermission[]> = {
  'users.read': aboutPeople,
  'users.invite': ['brands.read', 'roles.read', 'invitations.read', 'invitations.write'],
  'users.manage': [
    ...aboutPeople,
    ...(['users.write', 'groups.write', 'accounts.write', 'sessions.read', 'sessions.write', 'sign_ins.read'] as const),
  ],
  'teams.manage': [...aboutPeople, 'teams.write', 'assets.write'],
  'roles.assign': [...aboutPeople, 'assignments.write'],
  'roles.manage': [...aboutPeople, 'roles.write', 'mappings.write'],
  'brands.create': ['brands.read', 'brands.write'],
  'brands.manage': ['brands.read', 'brands.write'],
  'settings.view': aboutSettings,
  'settings.manage': [...aboutSettings, 'organization.write', 'applications.write', 'api_keys.write'],
  'settings.integrations': [...aboutSettings, 'directories.write', 'connections.write', 'webhooks.write'],
  'audit.view': ['audit.read'],
  'audit.write': ['audit.write'],
  'events.read': ['events.read'],
}

/** The permission of the catalogue that lets somebody do this and the least besides. */
export const grantOf = (permission: ManagementPermission): string | undefined =>
  Object.entries(grants)
    .filter(([, given]) => given.includes(permission))
    .toSorted(([, one], [, other]) => one.length - other.length)[0]?.[0]

/** What means something in a single brand; everything else concerns the organization as a whole. */
const delegable = new Set<ManagementPermission>([
  ...['users.read', 'brands.read', 'roles.read', 'assignments.read', 'access.read', 'invitations.read'],
  ...['teams.read', 'teams.write', 'assets.read', 'assets.write'],
  ...['assignments.write', 'invitations.write', 'audit.read', 'audit.write'],
] as const satisfies readonly ManagementPermission[])

/** The names of the catalogue that let somebody do something here. */
export const managing: readonly string[] = Object.keys(grants)

type Held = { assignments: readonly EffectiveAssignment[]; policy: AccessPolicy }

/**
 * What somebody with these effective assignments may do as a manager of the organization or of brands: decided as everything else
 * is, denies and policies included.
 */
export function managementRights(held: Held): ManagementRights {
  const organization = heldIn(held, undefined)
  const brandIds = new Set(held.assignments.flatMap(({ brand }) => (brand === null ? [] : [brand.id])))
  const brands = new Map([...brandIds].map((id) => [id, heldIn(held, id)]))
  const brandPermissions = new Map(
    [...brandIds].map((id) => [id, new Set(granted(held, id).filter((name) => delegable.has(name)))]),
  )
  const denies = [organization, ...brands.values()].flatMap((each) => each.denies)
  return {
    ...{ permissions: new Set(granted(held, undefined)), brandPermissions, held: { organization, brands } },
    holdsEverything:
      organization.allows.includes('*') &&
      denies.length === 0 &&
      held.policy.rules.length + held.policy.separations.length === 0,
  }
}

/** The permissions of the roles that count there, and what the policies take from somebody who holds these. */
function heldIn({ assignments, policy }: Held, brandId: string | undefined): HeldPermissions {
  const counting = byStrategy(
    assignments.filter(({ brand }) => brand?.id === brandId),
    policy.roleStrategy,
  )
  const ruled = policy.rules.filter(
    (rule) =>
      (rule.brandId === null || rule.brandId === brandId) &&
      !counting.some(({ role }) => rule.exceptRoleIds.includes(role.id)),
  )
  const apart = separationsBroken({ assignments, policy, brandId }).filter(({ mode }) => mode === 'enforce')
  const withheld = rolesKeptApart({ assignments, policy, brandId })
  const taken = [
    ...counting.flatMap(({ role }) => role.denies),
    ...ruled.map(({ permission }) => permission),
    ...apart.flatMap(({ second }) => second.permission ?? []),
  ]
  return {
    allows: [...new Set(counting.flatMap(({ role }) => (withheld.has(role.id) ? [] : role.allows)))],
    denies: [...new Set(taken)],
  }
}

const granted = ({ assignments, policy }: Held, brandId: string | undefined): ManagementPermission[] =>
  Object.entries(grants).flatMap(([permission, permissions]) =>
    evaluate({ status: 'active', policy, assignments, permission, brandId }).allowed ? permissions : [],
  )

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
