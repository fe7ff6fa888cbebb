// What roles and policies mean at this moment, and what holding some of them comes to: decided by the evaluator itself, for
// whoever stands alike.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { permissionsColumn, rulesColumn, separationsColumn } from './effective-access.ts'
import {
  type AccessPolicy,
  type EffectiveAssignment,
  evaluate,
  type RoleHeld,
  restrictionsOn,
  separationsBroken,
} from './evaluate.ts'
import type { SeparationRule } from './separation.ts'

/** Ids of the roles held in the organization (`''`) and in brands, by the brand's id; sorted. */
export type Scopes = Readonly<Record<string, readonly string[]>>

export type AccessModel = { roles: ReadonlyMap<string, RoleHeld>; policy: AccessPolicy }

/** A brand that nobody has a membership in and that no policy names: it stands for all those. */
export const elsewhere = 'brd_elsewhere'

const selectRoles = prepared<{ organizationId: string }, RoleHeld>(
  (p) => sql`select r.id, r.key, r.name, r.kind, r.rank, ${permissionsColumn('allow')} as allows,
      ${permissionsColumn('deny')} as denies
    from roles r where r.organization_id = ${p.organizationId}`,
)

const selectPolicy = prepared<{ organizationId: string }, AccessPolicy>(
  (p) => sql`select o.status as "organizationStatus", o.administrator_brand_access as "administratorBrandAccess",
      o.role_strategy as "roleStrategy", ${rulesColumn} as rules, ${separationsColumn} as separations
    from organizations o where o.id = ${p.organizationId}`,
)

export async function readAccessModel(tx: Transaction, { organizationId }: CallContext): Promise<AccessModel> {
  const roles = tx.run(selectRoles({ organizationId }))
  const [policy] = await tx.run(selectPolicy({ organizationId }))
  if (policy === undefined) throw new Error('The organization of the context is there')
  return { roles: new Map((await roles).map((role) => [role.id, role])), policy }
}

/** Everything that roles and policies say, as it is written. */
export const patternsOf = ({ roles, policy }: AccessModel): string[] => [
  ...[...roles.values()].flatMap(({ allows, denies }) => [...allows, ...denies]),
  ...policy.rules.map(({ permission }) => permission),
  ...policy.separations.flatMap(({ first, second }) => [first.permission ?? [], second.permission ?? []].flat()),
]

export type Reader = {
  /** The permissions that somebody has in a scope who holds these roles. */
  allowed(model: AccessModel, scopes: Scopes, scope: string): ReadonlySet<string>
  /** The permissions that a deny or a policy takes from them there, whether or not they would have them otherwise. */
  restricted(model: AccessModel, scopes: Scopes, scope: string): ReadonlySet<string>
}

/** Few kinds of holdings are asked for again and again, so answers are remembered. @param permissions what is asked about */
export function createReader(permissions: readonly string[]): Reader {
  const remembered = (decide: (model: AccessModel, scopes: Scopes, scope: string) => string[]) => {
    const known = new Map<AccessModel, Map<string, ReadonlySet<string>>>()
    return (model: AccessModel, scopes: Scopes, scope: string): ReadonlySet<string> => {
      const cache = known.get(model) ?? new Map<string, ReadonlySet<string>>()
      known.set(model, cache)
      const key = JSON.stringify([scope, scopes[scope] ?? null, scopes[''] ?? null])
      const answer = cache.get(key) ?? new Set(decide(model, scopes, scope))
      cache.set(key, answer)
      return answer
    }
  }
  return {
    allowed: remembered((model, scopes, scope) => {
      const question = { status: 'active', ...questionOf(model, scopes, scope) } as const
      return permissions.filter((permission) => evaluate({ ...question, permission }).allowed)
    }),
    restricted: remembered((model, scopes, scope) => {
      const question = questionOf(model, scopes, scope)
      return permissions.filter((permission) => restrictionsOn({ ...question, permission }).length > 0)
    }),
  }
}

/** The rules of separation that whoever holds these roles breaks there, enforced or not. */
export const conflictsIn = (model: AccessModel, scopes: Scopes, scope: string): SeparationRule[] =>
  model.policy.separations.length === 0 ? [] : separationsBroken(questionOf(model, scopes, scope))

function questionOf({ roles, policy }: AccessModel, scopes: Scopes, scope: string) {
  const held = (brandId: string): EffectiveAssignment[] =>
    (scopes[brandId] ?? []).flatMap((id) => {
      const role = roles.get(id)
      const brand = brandId === '' ? null : { id: brandId, slug: brandId, name: brandId }
      const source = { type: 'direct', assignmentId: '', reason: '', expiresAt: null } as const
      return role === undefined ? [] : [{ role, brand, source }]
    })
  const assignments = scope === '' ? held('') : [...held(''), ...held(scope)]
  return { policy, assignments, brandId: scope === '' ? undefined : scope }
}
