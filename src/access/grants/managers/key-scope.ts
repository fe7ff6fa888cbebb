// What an API key may do. It is decided when the key is issued and never changes, so that it may be remembered with the key.
import { z } from 'zod'
import { addressRange, isInRanges } from '#platform/address-ranges.ts'
import { invalidField } from '#platform/input.ts'
import type { CallContext, Ceiling, ManagementPermission } from '#src/context.ts'
import { requireReachWithin } from '../../ceiling/reach.ts'
import type { AccessPolicy, EffectiveAssignment, RoleHeld } from '../../decisions/evaluate.ts'
import { permissionFault } from '../../decisions/permissions.ts'
import { managementRights } from './management.ts'

export type KeyScope = {
  /** `decisions`: may somebody do something, and nothing else. `permissions`: what the list of them lets people do. */
  access: 'everything' | 'decisions' | 'permissions'
  /** Names of the catalogue, as roles have them; null unless `access` is `permissions`. */
  permissions: string[] | null
  /** Null: in the whole organization. */
  brandIds: string[] | null
  /** CIDR, IPv4 or IPv6; null: from anywhere. */
  addressRanges: string[] | null
}

const permission = z.string().superRefine((name, check) => {
  const fault = permissionFault(name)
  if (fault !== undefined) check.addIssue({ code: 'custom', message: fault })
})

export const keyScopeFields = {
  access: z.enum(['everything', 'decisions', 'permissions']).default('everything'),
  permissions: z.array(permission).min(1, 'choose at least one').max(200).nullish(),
  brandIds: z.array(z.string()).min(1, 'choose at least one').max(200).nullish(),
  addressRanges: z.array(z.string().trim()).max(50, 'must have at most 50 entries').nullish(),
}

type Given = z.output<z.ZodObject<typeof keyScopeFields>>

/** @throws AppError invalid where the parts do not fit together, or an address range is none */
export function keyScopeOf({ access, permissions = null, brandIds = null, addressRanges = null }: Given): KeyScope {
  if ((access === 'permissions') !== (permissions !== null))
    throw invalidField('permissions', 'belong to keys whose access is `permissions`, and only to those')
  if (access === 'everything' && brandIds !== null)
    throw invalidField('brandIds', 'a key that may do everything is not bound to brands')
  return { access, permissions, brandIds, addressRanges: addressRangesOf(addressRanges) }
}

/** In one notation; null for none, which is anywhere. @throws AppError invalid */
export const addressRangesOf = (texts: readonly string[] | null): string[] | null =>
  texts === null || texts.length === 0 ? null : texts.map(rangeOf)

function rangeOf(text: string): string {
  const range = addressRange(text)
  if (range !== undefined) return range
  throw invalidField('addressRanges', `${text.slice(0, 100)} is no address and no range such as 192.0.2.0/24`)
}

/** @param ip where a request comes from; null where nothing tells */
export function isWithinRanges({ addressRanges }: Pick<KeyScope, 'addressRanges'>, ip: string | null): boolean {
  return addressRanges === null || isInRanges(addressRanges, ip)
}

type Rights = Pick<CallContext, 'permissions' | 'brandPermissions'> & { ceiling?: Ceiling }

/** What a key with this scope may do, as part of its context. */
export function rightsOfKey({ access, permissions, brandIds }: KeyScope): Rights {
  if (access === 'everything') return { permissions: 'all' }
  if (access === 'decisions') {
    const asks: ReadonlySet<ManagementPermission> = new Set(['access.read'])
    const ceiling: Ceiling = { ...nothing, requireReach: requireReachWithin }
    if (brandIds === null) return { permissions: asks, ceiling }
    return { permissions: new Set(), brandPermissions: new Map(brandIds.map((id) => [id, asks])), ceiling }
  }
  const role: RoleHeld = {
    id: 'rol_key',
    key: 'key',
    name: 'key',
    kind: 'role',
    rank: 0,
    allows: permissions ?? [],
    denies: [],
  }
  const source = { type: 'direct', assignmentId: '', reason: '', expiresAt: null } as const
  const assignments = (brandIds ?? [null]).map(
    (id): EffectiveAssignment => ({ role, source, brand: id === null ? null : { id, slug: id, name: id } }),
  )
  const { held, ...rights } = managementRights({ assignments, policy: unruled })
  const { permissions: general, brandPermissions } = rights
  return { permissions: general, brandPermissions, ceiling: { ...held, requireReach: requireReachWithin } }
}

const nothing = { organization: { allows: [], denies: [] }, brands: new Map() }

/** Policies are about people; a key has what it was given. */
const unruled: AccessPolicy = {
  organizationStatus: 'active',
  administratorBrandAccess: 'explicit',
  roleStrategy: 'union',
  rules: [],
  separations: [],
}
