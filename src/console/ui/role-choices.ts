// What can be chosen where a role is given: the roles within the person's own rights, and the scopes in which they may give any.

import { isWithinCeiling } from '#access/ceiling/could-give.ts'
import { listBrands } from '#access/grants/brands/brands.ts'
import { listRoles, type RoleRecord } from '#access/grants/roles/roles.ts'
import { brandsPermitted, type CallContext, isPermitted, type ManagementPermission } from '#src/context.ts'

export type RoleOption = { value: string; label: string; purpose: string }

export type RoleChoices = {
  /** That they could give at least in one of the scopes. */
  roles: readonly RoleOption[]
  brands: readonly { value: string; label: string }[]
  /** Whether they may give roles in the organization. */
  hasOrganization: boolean
}

const maxBrands = 1_000

/** The value that stands for the organization where a scope is chosen. */
export const organizationScope = 'organization'

/** @param needs what lets somebody give roles here: `assignments.write`, `invitations.write` */
export async function roleChoices(ctx: CallContext, needs: ManagementPermission): Promise<RoleChoices> {
  const permitted = brandsPermitted(ctx, needs)
  const readable = { ...ctx, permissions: 'all' as const }
  const [roles, brands] = await Promise.all([listRoles(readable), listBrands(readable, { limit: maxBrands })])
  const reachable = brands.filter(({ id }) => permitted === 'all' || permitted.includes(id))
  const hasOrganization = isPermitted(ctx, needs)
  const scopes = [...(hasOrganization ? [null] : []), ...reachable.map(({ id }) => id)]
  return {
    roles: roles
      .filter((role) => scopes.some((scope) => isWithinCeiling(ctx, role, scope)))
      .toSorted((a, b) => b.rank - a.rank)
      .map(optionOf),
    brands: reachable
      .map(({ id, name }) => ({ value: id, label: name }))
      .toSorted((a, b) => a.label.localeCompare(b.label, 'en')),
    hasOrganization,
  }
}

const optionOf = ({ id, name, purpose }: RoleRecord): RoleOption => ({ value: id, label: name, purpose })

/** The scopes of a select: the organization first. */
export const scopeOptions = ({ brands, hasOrganization }: RoleChoices, organization: string) => [
  ...(hasOrganization ? [{ value: organizationScope, label: `${organization} (the organization)` }] : []),
  ...brands,
]

/** As the verbs take it: null for the organization. */
export const brandOfScope = (scope: string | undefined): string | null =>
  scope === undefined || scope === organizationScope ? null : scope
