// A role that somebody was given directly becomes another: the old assignment ends and a new one begins, in one transaction, and
// why, by whose word and until when stays, where nothing else is said.
import { invalidField } from '#platform/input.ts'
import { type CallContext, nowOf, requirePermissionIn, type Transaction } from '#src/context.ts'
import { requireTargets } from '../managers/targets.ts'
import type { AssignmentRecord } from './assignments.ts'
import { endAssignment } from './delete-assignment.ts'
import { giveRole } from './give-role.ts'
import { requireVouching } from './vouching.ts'

/**
 * @param before locked by the caller
 * @param after the same with other terms, where they change
 * @returns the new assignment
 * @throws AppError invalid (an exception has no other role, the end is to come); not_found; forbidden; against_policy; conflict
 *   where they hold the other role already, or a rule keeps it apart from what they hold
 */
export async function changeRole(
  tx: Transaction,
  ctx: CallContext,
  { before, after, roleId }: { before: AssignmentRecord; after: AssignmentRecord; roleId: string },
): Promise<AssignmentRecord> {
  const { user, brand, kind } = before
  if (kind !== 'role')
    throw invalidField('roleId', 'is for a role: revoke an override of one permission and make a new one')
  requirePermissionIn(ctx, 'assignments.write', brand?.id ?? null)
  const { role } = await requireTargets(tx, ctx, { userId: user.id, roleId, brandId: brand?.id ?? null })
  const { reason, sponsor, validFrom, expiresAt, reviewAt } = after
  if (sponsor !== before.sponsor) await requireVouching(tx, ctx, user.id)
  await endAssignment(tx, ctx, before)
  const begins = validFrom !== null && validFrom > nowOf(ctx) ? validFrom : null
  const terms = { reason, sponsor, validFrom: begins, expiresAt, reviewAt }
  return giveRole(tx, ctx, { user, role, brand, kind, override: null, terms, insteadOf: before })
}
