// Why may somebody do something, and why not: the decision with its chain, and for a no what was missing and the nearest grant
// that would have allowed it.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { type CallContext, inTransaction, requirePermissionIn, requirePermissionSomewhere } from '#src/context.ts'
import { type AssetAccess, type AssetReference, asAsked, assetAccessOf } from './asset-access.ts'
import { effectiveAccessOf } from './effective-access.ts'
import { byStrategy, type Decision, type EffectiveAssignment, evaluate } from './evaluate.ts'
import { covers } from './permissions.ts'

type RoleName = { id: string; key: string; name: string; rank: number; purpose: string }

/** What would have allowed it, the least first. */
export type NearestGrant =
  | { kind: 'group'; group: { id: string; displayName: string }; mappingId: string; role: RoleName }
  | { kind: 'role'; role: RoleName }

export type Explanation = {
  user: { id: string; name: string; status: string; statusReason: string | null }
  permission: string
  brand: { id: string; slug: string; name: string } | null
  /** The thing that was asked about, with the teams that it is for. */
  asset: AssetAccess['asset']
  decision: Decision
  /** Roles that they hold where it was asked, and that count there. */
  considered: EffectiveAssignment[]
  /** In the organization they could; in this brand, its own assignments replace those. */
  isReplacedByBrand: boolean
  /** Null for a yes, and where no role could give it. */
  nearest: NearestGrant | null
}

type Question = {
  userId: string
  permission: string
  /** An id or a slug; null for the organization. */
  brand?: string | null
  /** It brings its brand with it. */
  asset?: AssetReference | undefined
}

type Candidate = RoleName & {
  allows: string[]
  denies: string[]
  mappings: { id: string; groupId: string; displayName: string }[]
}

const brandOf = prepared<
  { organizationId: string; reference: string | null },
  { id: string; slug: string; name: string }
>(
  (p) => sql`select id, slug, name from brands
    where organization_id = ${p.organizationId} and (id = ${p.reference} or slug = ${p.reference})`,
)

const candidates = prepared<{ organizationId: string; brandId: string | null }, Candidate>(
  (p) => sql`select r.id, r.key, r.name, r.rank, r.purpose,
      (select coalesce(json_agg(permission) filter (where effect = 'allow'), '[]') from role_permissions rp
        where rp.organization_id = r.organization_id and rp.role_id = r.id) as allows,
      (select coalesce(json_agg(permission) filter (where effect = 'deny'), '[]') from role_permissions rp
        where rp.organization_id = r.organization_id and rp.role_id = r.id) as denies,
      (select coalesce(json_agg(json_build_object('id', m.id, 'groupId', g.id, 'displayName', g.display_name) order by m.id), '[]')
        from mappings m join groups g on g.organization_id = m.organization_id and g.id = m.group_id
        where m.organization_id = r.organization_id and m.role_id = r.id
          and m.brand_id is not distinct from ${p.brandId}) as mappings
    from roles r where r.organization_id = ${p.organizationId} and r.kind = 'role' order by r.rank, r.id`,
)

/** @throws AppError not_found for a user, a brand or a thing that is not there; forbidden */
export async function explainAccess(ctx: CallContext, question: Question): Promise<Explanation> {
  const { userId, permission, asset: thing } = question
  requirePermissionSomewhere(ctx, 'access.read')
  const { organizationId } = ctx
  const [access, brand, roles, about] = await inTransaction(ctx, async (tx) => {
    const found = tx.run(effectiveAccessOf(organizationId, userId))
    const asked =
      thing === undefined
        ? undefined
        : (await tx.run(assetAccessOf(organizationId, [{ user: userId, asset: thing }])))[0]
    const reference = asked?.asset?.brand?.id ?? question.brand ?? null
    const named = (await tx.run(brandOf({ organizationId, reference })))[0] ?? null
    const all = await tx.run(candidates({ organizationId, brandId: named?.id ?? null }))
    return [(await found)[0], named, all, asked] as const
  })
  if (access === undefined) throw notFound('User')
  const asset = about?.asset ?? null
  if (thing !== undefined && asset === null) throw notFound('Asset')
  if (asset === null && (question.brand ?? null) !== null && brand === null) throw notFound('Brand')
  const brandId = brand?.id ?? null
  requirePermissionIn(ctx, 'access.read', brandId)
  const { user, policy, assignments } = access
  const asked = { status: user.status, policy, assignments, permission }
  const decision = evaluate({ ...asked, brandId: brand?.id, asset: about === undefined ? undefined : asAsked(about) })
  const within = assignments.filter((assignment) => (assignment.brand?.id ?? null) === brandId)
  return {
    user: {
      ...{ id: user.id, name: user.displayName ?? user.userName },
      ...{ status: user.status, statusReason: user.statusReason },
    },
    ...{ permission, brand, asset, decision },
    considered: [...byStrategy(within, policy.roleStrategy)],
    isReplacedByBrand: brand !== null && !decision.allowed && evaluate(asked).allowed,
    nearest: decision.allowed || isBeyondRoles(decision) ? null : nearestOf(roles, permission),
  }
}

/** Another role would not help. */
const isBeyondRoles = ({ step, reason }: Decision): boolean => step === 'team' || reason === 'separation_of_duties'

/** The role that gives least among those that would do; by a group that is mapped here, if there is one. */
function nearestOf(roles: readonly Candidate[], permission: string): NearestGrant | null {
  const breadth = ({ allows }: Candidate): number =>
    allows.reduce((sum, each) => sum + (each.includes('*') ? 100 : 1), 0)
  const sufficient = roles
    .filter(
      ({ allows, denies }) =>
        allows.some((held) => covers(held, permission)) && !denies.some((denied) => covers(denied, permission)),
    )
    .toSorted((a, b) => breadth(a) - breadth(b) || a.rank - b.rank)
  const mapped = sufficient.find(({ mappings }) => mappings.length > 0)
  const [mapping] = mapped?.mappings ?? []
  if (mapped !== undefined && mapping !== undefined) {
    const group = { id: mapping.groupId, displayName: mapping.displayName }
    return { kind: 'group', group, mappingId: mapping.id, role: nameOf(mapped) }
  }
  const [least] = sufficient
  return least === undefined ? null : { kind: 'role', role: nameOf(least) }
}

const nameOf = ({ id, key, name, rank, purpose }: Candidate): RoleName => ({ id, key, name, rank, purpose })
