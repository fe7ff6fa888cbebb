// What one person holds, as a table: roles down, the organization and its brands across, each cell with its sources; and what is
// yet to begin or has ended.
import { sql } from 'drizzle-orm'
import { isoTime, prepared } from '#db/statement.ts'
import type { StatusReason, UserStatus } from '#directory/users.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  brandsPermitted,
  type CallContext,
  inTransaction,
  refuseUnknown,
  requirePermissionSomewhere,
} from '#src/context.ts'
import { fromHeld, type HeldRole, type HoldingSource, heldRoleJson } from './sources.ts'

type Brand = { id: string; slug: string; name: string }
type Role = HeldRole['role']

/** A direct assignment that is not in force: not yet, or not any more. */
export type IdleAssignment = {
  id: string
  role: { id: string; key: string; name: string }
  brand: Brand | null
  reason: string
  sponsor: string | null
  validFrom: string | null
  expiresAt: string | null
  createdAt: string
  createdBy: string
}

export type MatrixCell = {
  /** Null: the organization. */
  brandId: string | null
  /** False where the organization counts the highest role of a scope alone, and this is a lower one; or on top of no role. */
  counts: boolean
  sources: HoldingSource[]
}

export type MatrixRow = { role: Role; cells: MatrixCell[] }

export type AccessMatrix = {
  user: Person
  /** The organization (null) first, then the brands in which they hold something, by name. */
  scopes: (Brand | null)[]
  /** The highest role first; a cell for each scope in which it is held. */
  rows: MatrixRow[]
  upcoming: IdleAssignment[]
  ended: IdleAssignment[]
}

type Person = {
  id: string
  userName: string
  displayName: string | null
  status: UserStatus
  statusReason: StatusReason | null
}

type Found = { user: Person; strategy: 'union' | 'highest'; held: HeldRole[]; idle: IdleAssignment[] }

const find = prepared<{ organizationId: string; userId: string }, Found>(
  (
    p,
  ) => sql`select json_build_object('id', u.id, 'userName', u.user_name, 'displayName', u.display_name, 'status', u.status,
        'statusReason', u.status_reason) as "user", o.role_strategy as strategy,
      (select coalesce(json_agg(${heldRoleJson} order by r.rank desc, r.key, b.name nulls first, e.source, e.source_id, e.group_path), '[]')
        from ${fromHeld} where e.organization_id = u.organization_id and e.user_id = u.id) as held,
      (select coalesce(json_agg(json_build_object('id', a.id, 'reason', a.reason, 'sponsor', a.sponsor,
          'role', json_build_object('id', r.id, 'key', r.key, 'name', r.name),
          'brand', case when b.id is not null then json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) end,
          'validFrom', ${isoTime(sql`a.valid_from`)}, 'expiresAt', ${isoTime(sql`a.expires_at`)}, 'createdAt', ${isoTime(sql`a.created_at`)}, 'createdBy', a.created_by)
          order by coalesce(a.expires_at, a.valid_from), a.id), '[]')
        from assignments a join roles r on r.organization_id = a.organization_id and r.id = a.role_id
        left join brands b on b.organization_id = a.organization_id and b.id = a.brand_id
        where a.organization_id = u.organization_id and a.user_id = u.id
          and (a.valid_from > now() or a.expires_at <= now())) as idle
    from users u join organizations o on o.id = u.organization_id
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.deleted_at is null`,
)

/**
 * Whoever manages single brands sees those brands alone. @throws AppError forbidden; not_found, also for somebody who has nothing
 * to do with the caller's brands
 */
export async function getAccessMatrix(ctx: CallContext, userId: string): Promise<AccessMatrix> {
  requirePermissionSomewhere(ctx, 'access.read')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(find({ organizationId: ctx.organizationId, userId })))
  const found = rows?.[0]
  if (found === undefined) throw notFound('User')
  const isSeen = visibleScopes(ctx)
  const held = found.held.filter(({ brand }) => isSeen(brand?.id ?? null))
  const idle = found.idle.filter(({ brand }) => isSeen(brand?.id ?? null))
  if (!isSeen(null) && held.length === 0 && idle.length === 0) throw notFound('User')
  const hasBegun = ({ expiresAt }: IdleAssignment): boolean =>
    expiresAt !== null && new Date(expiresAt) <= ctx.clock.now()
  return {
    user: found.user,
    scopes: [...(isSeen(null) ? [null] : []), ...brandsOf(held)],
    rows: rowsOf(held, found.strategy),
    upcoming: idle.filter((each) => !hasBegun(each)),
    ended: idle.filter(hasBegun),
  }
}

/** Which scopes the caller sees: all, or their brands. */
export function visibleScopes(ctx: CallContext): (brandId: string | null) => boolean {
  const brands = brandsPermitted(ctx, 'access.read')
  return (brandId) => brands === 'all' || (brandId !== null && brands.includes(brandId))
}

const brandsOf = (held: readonly HeldRole[]): Brand[] => {
  const brands = new Map(held.flatMap(({ brand }) => (brand === null ? [] : [[brand.id, brand] as const])))
  return [...brands.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
}

function rowsOf(held: readonly HeldRole[], strategy: Found['strategy']): AccessMatrix['rows'] {
  const top = new Map<string | null, number>()
  for (const { role, brand } of held.filter((each) => each.role.kind === 'role'))
    top.set(brand?.id ?? null, Math.max(role.rank, top.get(brand?.id ?? null) ?? role.rank))
  const rows = new Map<string, { role: Role; cells: MatrixCell[] }>()
  for (const { role, brand, source } of held) {
    const brandId = brand?.id ?? null
    const row = rows.get(role.id) ?? { role, cells: [] }
    rows.set(role.id, row)
    const known = row.cells.find((cell) => cell.brandId === brandId)
    if (known === undefined) {
      const highest = top.get(brandId)
      // What somebody has on top of roles counts where they hold one.
      const isOnTop = role.kind !== 'role' && highest !== undefined
      const counts = isOnTop || (role.kind === 'role' && (strategy === 'union' || role.rank === highest))
      row.cells.push({ brandId, counts, sources: [source] })
    } else known.sources.push(source)
  }
  return [...rows.values()]
}
