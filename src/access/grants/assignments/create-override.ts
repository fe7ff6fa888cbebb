// One permission more, or one less, for one person: an exception on top of their roles, with a reason and an end.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { instantSchema, invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, requirePermissionIn, type Transaction } from '#src/context.ts'
import { requireGivablePermission } from '../../ceiling/ceiling.ts'
import { requireKnownPermissionsWithin } from '../../decisions/catalogue.ts'
import { permissionFault } from '../../decisions/permissions.ts'
import { lockRoles, newRole } from '../roles/write-role.ts'
import type { AssignmentRecord, Override } from './assignments.ts'
import { giveRole, termsFields, termsOf } from './give-role.ts'

const CreateOverrideInput = z.object({
  userId: z.string(),
  permission: z.string(),
  effect: z.enum(['allow', 'deny']),
  /** Absent or null: in the organization. */
  brandId: z.string().nullish(),
  ...termsFields,
  expiresAt: instantSchema,
})

export type NewOverride = z.input<typeof CreateOverrideInput>

type Targets = {
  user: AssignmentRecord['user'] | null
  brand: AssignmentRecord['brand']
  holdsRole: boolean
}

const findTargets = prepared<{ organizationId: string; userId: string; brandId: string | null }, Targets>(
  (p) => sql`select
    (select json_build_object('id', id, 'userName', user_name) from users
      where organization_id = ${p.organizationId} and id = ${p.userId} and deleted_at is null) as "user",
    (select json_build_object('id', id, 'slug', slug, 'name', name) from brands
      where organization_id = ${p.organizationId} and id = ${p.brandId}) as brand,
    exists (select from effective_assignments e
      join roles r on r.organization_id = e.organization_id and r.id = e.role_id and r.kind = 'role'
      where e.organization_id = ${p.organizationId} and e.user_id = ${p.userId}
        and e.brand_id is not distinct from ${p.brandId}::text) as "holdsRole"`,
)

const roleByKey = prepared<{ organizationId: string; key: string }, AssignmentRecord['role']>(
  (p) => sql`select id, key, name from roles where organization_id = ${p.organizationId} and key = ${p.key}`,
)

/** @throws AppError invalid for what is not one permission of the catalogue */
export async function requireSinglePermission(tx: Transaction, ctx: CallContext, permission: string): Promise<void> {
  const fault = permission.includes('*') ? 'an override is about a single permission' : permissionFault(permission)
  if (fault !== undefined) throw invalidField('permission', fault)
  await requireKnownPermissionsWithin(tx, ctx, [permission])
}

/** What carries the permission, one for all people who have it alike. No key that somebody chooses begins like these. */
export async function overrideRole(
  tx: Transaction,
  ctx: CallContext,
  { permission, effect }: Override,
): Promise<AssignmentRecord['role']> {
  const { organizationId } = ctx
  await tx.run(lockRoles({ organizationId }))
  const key = `${effect === 'allow' ? '+' : '-'}${permission}`
  const [known] = await tx.run(roleByKey({ organizationId, key }))
  if (known !== undefined) return known
  const name = `Override: ${effect === 'allow' ? 'may' : 'may not'} ${permission}`
  const { record, statements } = newRole(ctx, {
    ...{ key, name, purpose: 'One permission for one person', rank: 0, pack: null, isBuiltIn: false, kind: 'override' },
    ...{ owner: null, reviewAt: null },
    ...{ allows: effect === 'allow' ? [permission] : [], denies: effect === 'deny' ? [permission] : [] },
  })
  for (const statement of statements) await tx.run(statement)
  return { id: record.id, key, name }
}

/**
 * @throws AppError invalid (a reason and an end are required, the end is to come); not_found; forbidden (reasons `permission`,
 *   `other_brand`, `ceiling`); against_policy (reason `guest_end_date`); conflict where they have it already, or hold no role
 *   there (reason `no_role`)
 */
export async function createOverrideWithin(
  tx: Transaction,
  ctx: CallContext,
  input: NewOverride,
): Promise<AssignmentRecord> {
  const { userId, permission, effect, brandId = null, ...terms } = parseInput(CreateOverrideInput, input)
  requirePermissionIn(ctx, 'assignments.write', brandId)
  await requireSinglePermission(tx, ctx, permission)
  const [found] = await tx.run(findTargets({ organizationId: ctx.organizationId, userId, brandId }))
  if (found === undefined || found.user === null) throw notFound('User')
  if (brandId !== null && found.brand === null) throw notFound('Brand')
  if (!found.holdsRole) {
    const message = `They hold no role in ${found.brand?.name ?? 'the organization'}; give them one first, and the override on top`
    throw new AppError('conflict', message, { reason: 'no_role' })
  }
  if (effect === 'allow') await requireGivablePermission(tx, ctx, { permission, scope: brandId ?? '' })
  const override = { permission, effect }
  const role = await overrideRole(tx, ctx, override)
  const { user, brand } = found
  return giveRole(tx, ctx, { user, role, brand, kind: 'override', override, terms: termsOf(terms) })
}
