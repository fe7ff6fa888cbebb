// Separation of duties: two roles or permissions that nobody may hold at once in one place.
import { meet } from './universe.ts'

/** A role, or a single permission: one of the two. */
export type Side = { roleId: string | null; permission: string | null }

export type SeparationRule = {
  id: string
  name: string
  /** `enforce`: whoever holds both does not have the second; `watch`: they are listed. */
  mode: 'watch' | 'enforce'
  first: Side
  second: Side
  /** Whoever holds one of these there may hold both. */
  exceptRoleIds: readonly string[]
}

type Held = { role: { id: string; allows: readonly string[] } }

/**
 * The rules that somebody breaks who holds these in one place.
 * @param isDenied whether a permission is taken from them there
 */
export function brokenRules(
  rules: readonly SeparationRule[],
  held: readonly Held[],
  isDenied: (permission: string) => boolean,
): SeparationRule[] {
  const hasRole = (id: string): boolean => held.some(({ role }) => role.id === id)
  // What covers a part of it counts as well.
  const has = (permission: string): boolean =>
    held.some(({ role }) => role.allows.some((allowed) => meet(allowed, permission) !== undefined)) &&
    !isDenied(permission)
  const holds = ({ roleId, permission }: Side): boolean => (roleId === null ? has(permission ?? '') : hasRole(roleId))
  return rules.filter(
    ({ first, second, exceptRoleIds }) => !exceptRoleIds.some(hasRole) && holds(first) && holds(second),
  )
}
