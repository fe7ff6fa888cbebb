// An administrator switches somebody on again, and says what of their direct assignments comes back with them. What groups give
// comes back by itself; old sessions and keys never do.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { reactivation } from '#directory/reactivation.ts'
import { lockUserRow, type UserRecord } from '#directory/users.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { dropAssignments } from '../../grants/assignments/drop-assignments.ts'

const ReactivateUserInput = z.object({
  userId: z.string(),
  /** All direct assignments that have not ended, none, or those with these ids. */
  restore: z.union([z.enum(['all', 'none']), z.array(z.string()).max(1_000)]).default('all'),
  /** Whoever has a password chooses a new one at the next sign-in. */
  mustChangePassword: z.boolean().default(false),
})

export type ReactivateUserInput = z.input<typeof ReactivateUserInput>

const requireNewPassword = prepared<{ organizationId: string; userId: string }, never>(
  (p) => sql`update passwords set must_change = true
    where organization_id = ${p.organizationId} and user_id = ${p.userId}`,
)

/**
 * Nothing changes for somebody who is not inactive. @throws AppError invalid, not_found; forbidden (reason `ceiling`) where they
 * would hold more than the caller, or lose what goes beyond the caller's rights
 */
export async function reactivateUser(ctx: CallContext, input: ReactivateUserInput): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  const { userId, restore, mustChangePassword } = parseInput(ReactivateUserInput, input)
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
    if (user.status !== 'inactive') return user
    const [written] = await withinCeiling(tx, ctx, { users: [userId] }, async () => {
      if (restore !== 'all') {
        const kept = restore === 'none' ? [] : restore
        await dropAssignments(tx, ctx, { userId, kept, at: 'reactivation' })
      }
      if (mustChangePassword) await tx.run(requireNewPassword({ organizationId, userId }))
      return tx.run(reactivation(ctx, userId, 'administrator'))
    })
    return { ...user, ...written }
  })
}
