// Why something cannot be done to one of the selected, as far as it can be told beforehand.
import { type CallContext, requirePermission, requirePermissionIn, type Transaction } from '#src/context.ts'
import { requireTargets } from '../../grants/managers/targets.ts'
import type { BulkAction, Selected } from './selection.ts'

export type Blocker = { reason: string; message: string }

/** Deactivating and reactivating: nobody does it to somebody above them. */
export const decidesWhoIsIn = (
  action: BulkAction,
): action is Extract<BulkAction, { kind: 'deactivate' | 'reactivate' }> =>
  action.kind === 'deactivate' || action.kind === 'reactivate'

/**
 * Whether the caller may do it at all.
 * @throws AppError forbidden (reasons `permission`, `other_brand`, `ceiling`); not_found for a role or brand that is not there
 */
export async function requireAction(tx: Transaction, ctx: CallContext, action: BulkAction): Promise<void> {
  if (decidesWhoIsIn(action)) {
    requirePermission(ctx, 'users.write')
    return
  }
  requirePermissionIn(ctx, 'assignments.write', action.brandId)
  await requireTargets(tx, ctx, { roleId: action.roleId, brandId: action.brandId })
}

const blocker = (reason: string, message: string): Blocker => ({ reason, message })

/** Undefined where nothing is in the way. */
export function blockerOf(
  ctx: CallContext,
  action: BulkAction,
  person: Selected & { isAbove?: boolean },
): Blocker | undefined {
  if (person.isAbove === true) return blocker('ceiling', 'May do more than you; this takes somebody with their rights')
  switch (action.kind) {
    case 'deactivate':
      if (ctx.actor.type === 'user' && ctx.actor.id === person.id)
        return blocker('yourself', 'This is you; somebody else has to deactivate you')
      return person.status === 'inactive' ? blocker('inactive', 'Is inactive already') : undefined
    case 'reactivate':
      return person.status === 'inactive' ? undefined : blocker('not_inactive', `Is ${person.status}`)
    case 'assign':
      return person.assignmentId === null ? undefined : blocker('held', 'Holds the role there directly already')
    case 'unassign':
      return person.assignmentId === null
        ? blocker('not_direct', 'Does not hold the role there directly; what a group gives is changed in the group')
        : undefined
  }
}
