// One person who waits is let in.
import { activation } from '#directory/activation.ts'
import { lockUserRow, type UserRecord } from '#directory/users.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'

/**
 * After a first sign-in that wants an approval, or since a directory brought them while its arrivals are staged; an active one
 * stays as they are.
 * @throws AppError not_found; forbidden (reason `ceiling`) where they would hold more than the caller
 */
export async function approveUser(ctx: CallContext, userId: string): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  return inTransaction(ctx, async (tx) => {
    const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
    const [written] = await withinCeiling(tx, ctx, { users: [userId] }, () =>
      tx.run(activation(ctx, user.id, 'approval')),
    )
    return { ...user, ...written }
  })
}
