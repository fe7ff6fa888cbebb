// What a person holds in short, for sessions and tokens: the roles in the organization, and the brands with theirs.
import type { EffectiveAccess } from './effective-access.ts'
import { byStrategy, type EffectiveAssignment, rolesKeptApart } from './evaluate.ts'

export type RoleName = { key: string; name: string }

export type HeldRoles = {
  roles: RoleName[]
  brands: { id: string; slug: string; name: string; roles: RoleName[] }[]
}

/**
 * Each role once a scope, whatever it comes through; under the strategy `highest`, the highest alone. A role that separation of
 * duties withholds is none that they have.
 */
export function heldRoles({ assignments, policy }: Pick<EffectiveAccess, 'assignments' | 'policy'>): HeldRoles {
  const namesIn = (brandId: string | undefined): RoleName[] => {
    const apart = rolesKeptApart({ assignments, policy, brandId })
    const counting = byStrategy(
      assignments.filter(({ brand }) => brand?.id === brandId),
      policy.roleStrategy,
    )
    return namesOf(counting.filter(({ role }) => role.kind === 'role' && !apart.has(role.id)))
  }
  const brands = new Map(
    assignments.flatMap(({ brand, role }) => (brand === null || role.kind !== 'role' ? [] : [[brand.id, brand]])),
  )
  return {
    roles: namesIn(undefined),
    brands: [...brands.values()].map((brand) => ({ ...brand, roles: namesIn(brand.id) })),
  }
}

const namesOf = (assignments: readonly EffectiveAssignment[]): RoleName[] => [
  ...new Map(assignments.map(({ role: { key, name } }) => [key, { key, name }])).values(),
]
