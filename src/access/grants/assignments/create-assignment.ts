// Somebody gives a user a role directly: for a reason, and better until a date.
import { z } from 'zod'
import { notFound } from '#platform/errors.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, requirePermissionIn, type Transaction } from '#src/context.ts'
import { requireTargets } from '../managers/targets.ts'
import type { AssignmentRecord } from './assignments.ts'
import { giveRole, termsFields, termsOf } from './give-role.ts'

const CreateAssignmentInput = z.object({
  userId: z.string(),
  roleId: z.string(),
  /** Absent or null: the role is held in the organization. */
  brandId: z.string().nullish(),
  ...termsFields,
})

/**
 * @throws AppError invalid (a reason is required, the end is to come); not_found; forbidden (reasons `permission`,
 *   `other_brand`, `ceiling`); against_policy (reason `guest_end_date`); conflict where they hold it already
 */
export const createAssignment = (
  ctx: CallContext,
  input: z.input<typeof CreateAssignmentInput>,
): Promise<AssignmentRecord> => inTransaction(ctx, (tx) => createAssignmentWithin(tx, ctx, input))

/** The same in a transaction of the caller's. */
export async function createAssignmentWithin(
  tx: Transaction,
  ctx: CallContext,
  input: z.input<typeof CreateAssignmentInput>,
): Promise<AssignmentRecord> {
  const { userId, roleId, brandId = null, ...terms } = parseInput(CreateAssignmentInput, input)
  requirePermissionIn(ctx, 'assignments.write', brandId)
  const { user, role, brand } = await requireTargets(tx, ctx, { userId, roleId, brandId })
  if (user === null) throw notFound('User')
  return giveRole(tx, ctx, { user, role, brand, kind: 'role', override: null, terms: termsOf(terms) })
}
