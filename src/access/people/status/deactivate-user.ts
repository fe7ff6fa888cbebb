// An administrator switches somebody off: by the one verb, with words for the audit trail, and until a date where it is meant to
// pass.
import { z } from 'zod'
import { administratorsHold, deactivation } from '#directory/deactivation.ts'
import { lockUserRow, type StatusReason, type UserRecord } from '#directory/users.ts'
import { isId } from '#platform/ids.ts'
import { instantSchema, parseInput, requireFuture } from '#platform/input.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'
import { requireNotAbove, withinCeiling } from '../../ceiling/ceiling.ts'
import { requireSomebodyElse } from '../../ground/somebody-else.ts'
import { type HandOver, handOverFields, handOverWithin } from '../hand-over/hand-over.ts'
import { endAbsence } from './end-absence.ts'

/** In somebody's words, for the audit trail. */
export const noteSchema = z
  .string()
  .trim()
  .max(1_000, 'must have at most 1000 characters')
  .refine((text) => !text.includes('\0'), 'must not contain NUL')
  .nullish()

const DeactivateUserInput = z.object({
  userId: z.string(),
  note: noteSchema,
  /** When they are expected back: then their reactivation is proposed. */
  returnsAt: instantSchema.nullish(),
  /** Who takes over what they leave behind; without it, it waits for somebody. */
  handOver: z.strictObject(handOverFields).nullish(),
})

export type DeactivateUserInput = z.input<typeof DeactivateUserInput>

/**
 * Switches somebody off. Doing it twice is no error; memberships and assignments stay for a reactivation, credentials are gone for
 * good.
 * @param reason why, where it is not an administrator who does it
 * @throws AppError invalid (a successor too), not_found; forbidden (reason `ceiling`) where they hold more than the
 * caller; conflict (reasons `last_administrator`, `yourself`)
 */
export const deactivateUser = (
  ctx: CallContext,
  input: DeactivateUserInput,
  reason?: StatusReason,
): Promise<UserRecord> => inTransaction(ctx, (tx) => deactivateUserWithin(tx, ctx, input, reason))

/** The same in a transaction of the caller's, which has to end after it. */
export async function deactivateUserWithin(
  tx: Transaction,
  ctx: CallContext,
  input: DeactivateUserInput,
  reason: StatusReason = 'administrator',
): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  const { userId, note, returnsAt = null, handOver } = parseInput(DeactivateUserInput, input)
  requireFuture(returnsAt, ctx.clock.now(), 'returnsAt')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const words = note === undefined || note === '' ? null : note
  return deactivateWithin(tx, ctx, { userId, reason, note: words, returnsAt, handOver: handOver ?? null })
}

type Leaving = {
  userId: string
  reason: StatusReason
  note: string | null
  returnsAt: string | null
  handOver?: HandOver | null
}

/** What was checked already, in a transaction of the caller's, which has to end after it. */
export async function deactivateWithin(
  tx: Transaction,
  ctx: CallContext,
  { userId, handOver = null, ...why }: Leaving,
): Promise<UserRecord> {
  requireSomebodyElse(ctx, userId, 'deactivate you')
  const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
  await requireNotAbove(tx, ctx, userId)
  if (handOver !== null) await handOverWithin(tx, ctx, { userId, handOver })
  const isHeldAlready = user.status === 'inactive' && why.reason === 'administrator'
  // Somebody means it for good, whatever was planned.
  if (isHeldAlready) await endAbsence(tx, ctx, { userId, outcome: 'deactivated', returnsAt: why.returnsAt })
  const statement = isHeldAlready ? administratorsHold(ctx, userId) : deactivation(ctx, userId, why)
  const [written] = await withinCeiling(tx, ctx, { users: [userId] }, () => tx.run(statement))
  return { ...user, ...written }
}
