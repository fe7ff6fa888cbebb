// An administrator switches somebody on again, and says what of their direct assignments comes back with them. What groups give
// comes back by itself; old sessions and keys never do.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { reactivation } from '#directory/reactivation.ts'
import { isDirectorysHold, isLiftedByAnyone } from '#directory/status-word.ts'
import { lockUserRow, type UserRecord } from '#directory/users.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { dropAssignments } from '../../grants/assignments/drop-assignments.ts'
import { takeBackWithin } from '../hand-over/take-back.ts'
import { endAbsence } from './end-absence.ts'

const ReactivateUserInput = z.object({
  userId: z.string(),
  /** All direct assignments that have not ended, none, or those with these ids. */
  restore: z.union([z.enum(['all', 'none']), z.array(z.string()).max(1_000)]).default('all'),
  /** Whoever has a password chooses a new one at the next sign-in. */
  mustChangePassword: z.boolean().default(false),
  /** What was handed over to others, and is still theirs as it was, returns. */
  takeBack: z.boolean().default(false),
})

export type ReactivateUserInput = z.input<typeof ReactivateUserInput>

const requireNewPassword = prepared<{ organizationId: string; userId: string }, never>(
  (p) => sql`update passwords set must_change = true
    where organization_id = ${p.organizationId} and user_id = ${p.userId}`,
)

const holder = prepared<{ organizationId: string; directoryId: string | null }, { name: string }>(
  (p) => sql`select d.name from directories d
    where d.organization_id = ${p.organizationId} and d.id = ${p.directoryId} and d.status = 'active'`,
)

/** What their directory switched off is the directory's to lift. @throws AppError conflict (reason `held_by_directory`) */
export async function requireOurs(
  tx: Transaction,
  ctx: CallContext,
  user: Pick<UserRecord, 'directoryId' | 'statusReason'>,
): Promise<void> {
  if (!isDirectorysHold(user.statusReason)) return
  const { organizationId } = ctx
  const [directory] = await tx.run(holder({ organizationId, directoryId: user.directoryId }))
  if (directory === undefined || (await isLiftedByAnyone(tx, ctx))) return
  const message = `The directory ${directory.name} switched this person off, and only it can lift that: reactivate them at the identity provider`
  throw new AppError('conflict', message, { reason: 'held_by_directory' })
}

/**
 * Nothing changes for somebody who is not inactive; whom the directory, too, says to be gone, it holds from then on. @throws AppError invalid, not_found; forbidden (reason `ceiling`) where they
 * would hold more than the caller, or lose what goes beyond the caller's rights; conflict (reason `held_by_directory`)
 */
export const reactivateUser = (ctx: CallContext, input: ReactivateUserInput): Promise<UserRecord> =>
  inTransaction(ctx, (tx) => reactivateUserWithin(tx, ctx, input))

/** The same in a transaction of the caller's. */
export async function reactivateUserWithin(
  tx: Transaction,
  ctx: CallContext,
  input: ReactivateUserInput,
): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  const { userId, restore, mustChangePassword, takeBack } = parseInput(ReactivateUserInput, input)
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const { organizationId } = ctx
  const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
  if (user.status !== 'inactive') return user
  await requireOurs(tx, ctx, user)
  await endAbsence(tx, ctx, { userId, outcome: ctx.actor.type === 'system' ? 'returned' : 'ended_early' })
  const [written] = await withinCeiling(tx, ctx, { users: [userId] }, async () => {
    if (restore !== 'all') {
      const kept = restore === 'none' ? [] : restore
      await dropAssignments(tx, ctx, { userId, kept, at: 'reactivation' })
    }
    if (mustChangePassword) await tx.run(requireNewPassword({ organizationId, userId }))
    return tx.run(reactivation(ctx, userId, 'administrator'))
  })
  if (takeBack && written?.status === 'active') await takeBackWithin(tx, ctx, userId)
  return { ...user, ...written }
}
