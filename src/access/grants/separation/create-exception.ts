// Somebody may hold what a rule keeps apart: in one place, for a reason, until a date.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { instantSchema, parseInput } from '#platform/input.ts'
import { type CallContext, requirePermission, type Transaction } from '#src/context.ts'
import { requireGivable, requireGivablePermission } from '../../ceiling/ceiling.ts'
import type { AssignmentRecord } from '../assignments/assignments.ts'
import { giveRole, termsFields, termsOf } from '../assignments/give-role.ts'
import { findRule, type SeparationRecord } from './rules.ts'

const CreateExceptionInput = z.object({
  ruleId: z.string(),
  userId: z.string(),
  /** Absent or null: in the organization. */
  brandId: z.string().nullish(),
  ...termsFields,
  expiresAt: instantSchema,
})

export type NewException = z.input<typeof CreateExceptionInput>

const findPlace = prepared<
  { organizationId: string; userId: string; brandId: string | null },
  { user: AssignmentRecord['user'] | null; brand: AssignmentRecord['brand'] }
>(
  (p) => sql`select
    (select json_build_object('id', id, 'userName', user_name) from users
      where organization_id = ${p.organizationId} and id = ${p.userId} and deleted_at is null) as "user",
    (select json_build_object('id', id, 'slug', slug, 'name', name) from brands
      where organization_id = ${p.organizationId} and id = ${p.brandId}) as brand`,
)

/** Whoever makes an exception could give both sides themselves. @throws AppError forbidden (reason `ceiling`) */
async function requireBothGivable(
  tx: Transaction,
  ctx: CallContext,
  { first, second }: SeparationRecord,
  scope: string,
): Promise<void> {
  for (const { role, permission } of [first, second]) {
    if (role !== null) await requireGivable(tx, ctx, [{ scope, roleId: role.id }])
    if (permission !== null) await requireGivablePermission(tx, ctx, { permission, scope })
  }
}

/**
 * It ends by its date, or as an assignment does.
 * @throws AppError invalid (a reason and an end are required), not_found; forbidden (reasons `permission`, `ceiling`); conflict
 *   where they have it already, or (reason `yourself`) for oneself
 */
export async function createExceptionWithin(
  tx: Transaction,
  ctx: CallContext,
  input: NewException,
): Promise<AssignmentRecord> {
  const { ruleId, userId, brandId = null, ...terms } = parseInput(CreateExceptionInput, input)
  requirePermission(ctx, 'roles.write')
  if (ctx.actor.type === 'user' && ctx.actor.id === userId)
    throw new AppError('conflict', 'Somebody else has to make an exception for you', { reason: 'yourself' })
  const rule = await findRule(tx, ctx, ruleId)
  const [place] = await tx.run(findPlace({ organizationId: ctx.organizationId, userId, brandId }))
  if (place === undefined || place.user === null) throw notFound('User')
  if (brandId !== null && place.brand === null) throw notFound('Brand')
  await requireBothGivable(tx, ctx, rule, brandId ?? '')
  const role = { id: rule.exceptionRoleId, key: `!${rule.id}`, name: `Exception from ${rule.name}` }
  const { user, brand } = place
  return giveRole(tx, ctx, { user, role, brand, kind: 'exception', override: null, terms: termsOf(terms) })
}
