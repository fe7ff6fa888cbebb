// Whether somebody manages anything, or is about to: then no provider's word about an address makes them theirs.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { Transaction } from '#src/context.ts'
import { type EffectiveAccess, effectiveAccessOf } from '../decisions/effective-access.ts'
import { isManager, managementRights } from '../managers/management.ts'

type Key = { organizationId: string; userId: string }

type Role = { allows: string[]; denies: string[] }

// What begins later counts as well: whoever is linked today would hold it then.
const laterRoles = prepared<Key, Role>(
  (p) => sql`select
      (select coalesce(json_agg(rp.permission), '[]') from role_permissions rp where rp.organization_id = a.organization_id
        and rp.role_id = a.role_id and rp.effect = 'allow') as allows,
      (select coalesce(json_agg(rp.permission), '[]') from role_permissions rp where rp.organization_id = a.organization_id
        and rp.role_id = a.role_id and rp.effect = 'deny') as denies
    from assignments a where a.organization_id = ${p.organizationId} and a.user_id = ${p.userId}
      and a.valid_from > now() and (a.expires_at is null or a.expires_at > now())`,
)

/**
 * Whether any one of their roles, held now (also by somebody who is invited) or from a later day on, would let them manage
 * something in the organization or a brand. Each role counts by itself: what another one denies, or outranks, may be gone
 * tomorrow.
 */
export async function managesAnything(tx: Transaction, key: Key): Promise<boolean> {
  const [[access], later] = await Promise.all([
    tx.run(effectiveAccessOf(key.organizationId, key.userId)),
    tx.run(laterRoles(key)),
  ])
  if (access === undefined) return false
  const roles: Role[] = [...access.assignments.map(({ role }) => role), ...later]
  return roles.some((role) => isManager(rightsOf(access, role)))
}

/** What the role alone gives, in the whole organization and without policies. */
const rightsOf = (access: EffectiveAccess, { allows, denies }: Role): ReturnType<typeof managementRights> =>
  managementRights({
    ...access,
    policy: { ...access.policy, roleStrategy: 'union', rules: [] },
    assignments: [
      {
        role: { id: '', key: '', name: '', rank: 0, allows, denies },
        brand: null,
        source: { type: 'direct', assignmentId: '', reason: '', expiresAt: null },
      },
    ],
  })
