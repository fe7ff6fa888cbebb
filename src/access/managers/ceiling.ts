// Nobody gives more than they hold, and nobody changes somebody who holds more (design 4). Operators, API keys and the system
// have no such limit.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext, HeldPermissions, Transaction } from '#src/context.ts'
import { effectiveAccessOf } from '../decisions/effective-access.ts'
import { covers } from '../decisions/permissions.ts'

type Role = { key: string; allows: readonly string[]; denies: readonly string[] }

/** The permissions of a role that a giver does not hold; a deny of theirs takes all that it touches. */
export function beyond(held: readonly HeldPermissions[], role: Pick<Role, 'allows'>): string[] {
  const allows = held.flatMap((each) => each.allows)
  const denies = held.flatMap((each) => each.denies)
  return role.allows.filter(
    (wanted) =>
      !allows.some((name) => covers(name, wanted)) ||
      denies.some((denied) => covers(denied, wanted) || covers(wanted, denied)),
  )
}

/** What the caller holds where they want to give something: in a brand, their rights in the organization count, too. */
function heldAt(ctx: CallContext, brandId: string | null): HeldPermissions[] | undefined {
  if (ctx.ceiling === undefined) return undefined
  const inBrand = brandId === null ? undefined : ctx.ceiling.brands.get(brandId)
  return inBrand === undefined ? [ctx.ceiling.organization] : [ctx.ceiling.organization, inBrand]
}

/** Whether the caller could give this role there. */
export function isWithinCeiling(ctx: CallContext, role: Pick<Role, 'allows'>, brandId: string | null): boolean {
  const held = heldAt(ctx, brandId)
  return held === undefined || beyond(held, role).length === 0
}

/** @throws AppError forbidden (reason `ceiling`) naming what the caller lacks */
export function requireWithinCeiling(ctx: CallContext, role: Role, brandId: string | null): void {
  const held = heldAt(ctx, brandId)
  const missing = held === undefined ? [] : beyond(held, role)
  if (missing.length === 0) return
  const named = missing.slice(0, 5).join(', ')
  throw new AppError('forbidden', `The role ${role.key} allows what you do not hold yourself: ${named}`, {
    reason: 'ceiling',
  })
}

/**
 * For changes that would let the caller act as that person or against them: their account, their status.
 * @throws AppError forbidden (reason `ceiling`) where they hold more than the caller
 */
export async function requireNotAbove(tx: Transaction, ctx: CallContext, userId: string): Promise<void> {
  if (ctx.ceiling === undefined || isWithinCeiling(ctx, { allows: ['*'] }, null)) return
  const [access] = await tx.run(effectiveAccessOf(ctx.organizationId, userId))
  const above = access?.assignments.find(({ role, brand }) => !isWithinCeiling(ctx, role, brand?.id ?? null))
  if (above === undefined) return
  throw new AppError('forbidden', `They hold the role ${above.role.name}, which goes beyond your own rights`, {
    reason: 'ceiling',
  })
}

type GivenRole = { key: string; allows: string[]; brandId: string | null }

const rolesThrough = prepared<{ organizationId: string; groupId: string }, GivenRole>(
  (p) => sql`with recursive above (group_id) as (
      select ${p.groupId}::text
      union select n.group_id from above join group_nestings n
        on n.organization_id = ${p.organizationId} and n.child_group_id = above.group_id)
    select distinct on (r.id, m.brand_id) r.key, m.brand_id as "brandId",
      (select coalesce(json_agg(rp.permission), '[]') from role_permissions rp where rp.organization_id = r.organization_id
        and rp.role_id = r.id and rp.effect = 'allow') as allows
    from above join mappings m on m.organization_id = ${p.organizationId} and m.group_id = above.group_id
    join roles r on r.organization_id = m.organization_id and r.id = m.role_id`,
)

/**
 * Whoever puts somebody into a group gives them what it is mapped to, and so does whoever takes somebody out.
 * @throws AppError forbidden (reason `ceiling`) where that is more than the caller holds
 */
export async function requireGroupWithinCeiling(tx: Transaction, ctx: CallContext, groupId: string): Promise<void> {
  if (ctx.ceiling === undefined) return
  const given = await tx.run(rolesThrough({ organizationId: ctx.organizationId, groupId }))
  for (const { key, allows, brandId } of given) requireWithinCeiling(ctx, { key, allows, denies: [] }, brandId)
}
