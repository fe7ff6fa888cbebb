// New passwords outside of sign-in: by the person, who knows the old one, and by an administrator.
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import { verifyPassword } from '#platform/password.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { requireNotAbove } from '../../ceiling/ceiling.ts'
import { requireNotActingAs } from '../../ceiling/second-person.ts'
import { countAttempt } from '../../ground/count-attempts.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import { userSessionsEnd } from '../../sign-in/sessions/end-sessions.ts'
import { findAccount } from '../account/account.ts'
import { notifyPasswordChanged } from '../account/notify-password-change.ts'
import { ownChange } from '../account/own-change.ts'
import { limits } from '../account/rate-limits.ts'
import { requireGoodPassword, rulesOf } from './password-policy.ts'
import { passwordWrite, pendingSignInsEnd } from './passwords.ts'

/**
 * The person's own, who has to know the old one; their other sessions end.
 * @throws AppError invalid (reasons of the policy; `wrong_password`), too_many; conflict where there is no password to change,
 *   or (reason `emergency_account`) it is the one in an envelope
 */
export async function changeOwnPassword(
  ctx: CallContext,
  input: { oldPassword: string; newPassword: string; sessionId: string },
): Promise<void> {
  const userId = ownUserId(ctx)
  const account = await findAccount(ctx, userId)
  if (account === undefined || account.passwordHash === null)
    throw new AppError('conflict', 'There is no password to change')
  if (account.isEmergencyAccount) throw sealedOnly()
  const seconds = await countAttempt(ctx.database, { limit: limits.secondFactorPerUser, key: userId })
  if (seconds > 0) throw new AppError('too_many', 'Too many wrong passwords; wait a few minutes')
  if (!(await verifyPassword(input.oldPassword, account.passwordHash))) throw wrongOldPassword()
  requireGoodPassword(input.newPassword, rulesOf(account))
  const write = await passwordWrite(ctx, { userId, password: input.newPassword })
  await inTransaction(ctx, async (tx) => {
    await notifyPasswordChanged(tx, ctx, account)
    await tx.commitWith<unknown>(
      ...[write, pendingSignInsEnd(ctx, userId), ownChange(ctx, userId, 'user.password_change')],
      userSessionsEnd(ctx, userId, { reason: 'password_changed', exceptId: input.sessionId }),
    )
  })
}

const sealedMessage = 'Emergency accounts are sealed anew instead (emergency reseal)'

const sealedOnly = (): AppError => new AppError('conflict', sealedMessage, { reason: 'emergency_account' })

function wrongOldPassword(): AppError {
  const message = 'This is not your present password'
  return new AppError('invalid', message, { reason: 'wrong_password', fields: [{ path: 'oldPassword', message }] })
}

const SetPasswordInput = z.object({
  userId: z.string(),
  password: z.string().max(1_000),
  /** The person chooses their own at the next sign-in. */
  mustChange: z.boolean().default(true),
})

/**
 * An administrator gives a local user a password; all of the user's sessions end.
 * @throws AppError invalid, not_found; conflict (reasons `managed_by_directory`, `sign_in_enforced`, `emergency_account`, `user_invited`)
 */
export async function setUserPassword(ctx: CallContext, input: z.input<typeof SetPasswordInput>): Promise<void> {
  requirePermission(ctx, 'accounts.write')
  const { userId, password, mustChange } = parseInput(SetPasswordInput, input)
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const account = await findAccount(ctx, userId)
  if (account === undefined) throw notFound('User')
  const refusal = refusalOf(account)
  if (refusal !== undefined) throw new AppError('conflict', refusal.message, { reason: refusal.reason })
  requireGoodPassword(password, rulesOf(account))
  const write = await passwordWrite(ctx, { userId, password, mustChange })
  const audit = { action: 'user.password_set', targetType: 'user', targetId: userId, detail: { mustChange } } as const
  await inTransaction(ctx, async (tx) => {
    await requireNotAbove(tx, ctx, userId)
    await requireNotActingAs(tx, ctx, userId)
    await notifyPasswordChanged(tx, ctx, account)
    await tx.commitWith<unknown>(
      ...[write, pendingSignInsEnd(ctx, userId), recordAudit(ctx, audit)],
      userSessionsEnd(ctx, userId, { reason: 'password_changed' }),
    )
  })
}

type Account = NonNullable<Awaited<ReturnType<typeof findAccount>>>

function refusalOf({
  directoryId,
  isEmergencyAccount,
  organization,
  status,
}: Account): { reason: string; message: string } | undefined {
  if (directoryId !== null) {
    const message = `The user is managed by the directory ${directoryId}; passwords are set at the identity provider`
    return { reason: 'managed_by_directory', message }
  }
  if (isEmergencyAccount) return { reason: 'emergency_account', message: sealedMessage }
  if (organization.isEnforced)
    return {
      reason: 'sign_in_enforced',
      message: 'The organization signs in through its provider; a password would open nothing',
    }
  if (status === 'invited')
    return { reason: 'user_invited', message: 'The user is invited, and chooses a password when they accept' }
  return undefined
}
