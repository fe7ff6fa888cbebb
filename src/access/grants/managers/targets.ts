// What a mapping or an assignment points to: all of it must exist in this organization.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { requireGivable } from '../../ceiling/ceiling.ts'

type Named = { id: string; slug: string; name: string }

export type Targets = {
  group: { id: string; displayName: string } | null
  user: { id: string; userName: string } | null
  role: { id: string; key: string; name: string }
  /** What the role allows and denies. */
  permissions: { allows: string[]; denies: string[] }
  brand: Named | null
}

type Found = Omit<Targets, 'role'> & { role: Targets['role'] | null }

export type TargetReferences = {
  groupId?: string | undefined
  userId?: string | undefined
  roleId: string
  brandId?: string | null | undefined
}

const findTargets = prepared<
  { organizationId: string; groupId: string | null; userId: string | null; roleId: string; brandId: string | null },
  Found
>(
  (p) => sql`select
    (select json_build_object('id', id, 'displayName', display_name) from groups
      where organization_id = ${p.organizationId} and id = ${p.groupId}) as "group",
    (select json_build_object('id', id, 'userName', user_name) from users
      where organization_id = ${p.organizationId} and id = ${p.userId} and deleted_at is null) as "user",
    (select json_build_object('id', id, 'key', key, 'name', name) from roles
      where organization_id = ${p.organizationId} and id = ${p.roleId} and kind = 'role') as role,
    (select json_build_object('allows', coalesce(json_agg(permission) filter (where effect = 'allow'), '[]'),
        'denies', coalesce(json_agg(permission) filter (where effect = 'deny'), '[]')) from role_permissions
      where organization_id = ${p.organizationId} and role_id = ${p.roleId}) as permissions,
    (select json_build_object('id', id, 'slug', slug, 'name', name) from brands
      where organization_id = ${p.organizationId} and id = ${p.brandId}) as brand`,
)

/**
 * @throws AppError not_found naming the first that is not there, also for another organization's; forbidden (reason `ceiling`)
 *   where the role allows more than the caller holds
 */
export async function requireTargets(tx: Transaction, ctx: CallContext, wanted: TargetReferences): Promise<Targets> {
  const { groupId = null, userId = null, roleId, brandId = null } = wanted
  const [found] = await tx.run(findTargets({ organizationId: ctx.organizationId, groupId, userId, roleId, brandId }))
  if (found === undefined || (groupId !== null && found.group === null)) throw notFound('Group')
  if (userId !== null && found.user === null) throw notFound('User')
  if (found.role === null) throw notFound('Role')
  if (brandId !== null && found.brand === null) throw notFound('Brand')
  await requireGivable(tx, ctx, [{ scope: brandId ?? '', roleId: found.role.id }])
  return { ...found, role: found.role }
}
