// A person's own authenticator and recovery codes. Adding or taking away a second factor ends their other sessions, which
// were opened under the old rules.
import type { AuditAction } from '#audit/actions.ts'
import type { Statement } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { countAttempt } from '../../ground/count-attempts.ts'
import { userSessionsEnd } from '../../sign-in/sessions/end-sessions.ts'
import { ownChange } from '../account/own-change.ts'
import { limits } from '../account/rate-limits.ts'
import { lastFactor, requireLocalAccount } from './own-factors.ts'
import { newRecoveryCodes, recoveryCodesRemoval } from './recovery-codes.ts'
import { beginTotp, type TotpSetup, totpRemoval, useTotp } from './totp.ts'

/** What to set an authenticator up with. @throws AppError conflict where there is one, or for whoever is not local */
export async function beginOwnTotp(ctx: CallContext): Promise<TotpSetup> {
  const { userId, userName, organization } = await requireLocalAccount(ctx)
  const setup = await beginTotp(ctx, { userId, userName, organizationName: organization.name })
  if (setup === undefined) throw new AppError('conflict', 'There is an authenticator already; remove it first')
  return setup
}

/** The first code makes it count. @returns the recovery codes, shown this once. @throws AppError invalid, too_many */
export async function confirmOwnTotp(ctx: CallContext, input: { code: string; sessionId: string }): Promise<string[]> {
  const { userId } = await requireLocalAccount(ctx)
  const seconds = await countAttempt(ctx.database, { limit: limits.secondFactorPerUser, key: userId })
  if (seconds > 0) throw new AppError('too_many', 'Too many wrong codes; wait a few minutes')
  const recovery = newRecoveryCodes(ctx, userId)
  await inTransaction(ctx, async (tx) => {
    if (!(await useTotp(tx, ctx, { userId, code: input.code, isConfirming: true }))) throw wrongCode()
    await tx.commitWith<unknown>(recovery.statement, ...factorChange(ctx, userId, 'user.totp_enrol', input.sessionId))
  })
  return recovery.codes
}

function wrongCode(): AppError {
  const message = 'This code is wrong or too old; enter the one that is shown now'
  return new AppError('invalid', message, { reason: 'wrong_code', fields: [{ path: 'code', message }] })
}

const factorChange = (
  ctx: CallContext,
  userId: string,
  action: AuditAction,
  sessionId: string,
): Statement<unknown>[] => [
  ownChange(ctx, userId, action),
  userSessionsEnd(ctx, userId, { reason: 'factor_changed', exceptId: sessionId }),
]

/**
 * Takes the authenticator and the recovery codes away. Taking nothing away is no error.
 * @throws AppError conflict (reason `second_factor_required`) where the organization wants a second factor and there is no other
 */
export async function removeOwnTotp(ctx: CallContext, input: { sessionId: string }): Promise<void> {
  const { userId, needsSecondFactor, passkeys, hasTotp } = await requireLocalAccount(ctx)
  if (!hasTotp) return
  if (needsSecondFactor && passkeys === 0) throw lastFactor()
  await inTransaction(ctx, (tx) =>
    tx.commitWith<unknown>(
      ...[totpRemoval(ctx, userId), recoveryCodesRemoval(ctx, userId)],
      ...factorChange(ctx, userId, 'user.totp_remove', input.sessionId),
    ),
  )
}

/** New recovery codes; the old ones are void. @throws AppError conflict where there is no authenticator that they are for */
export async function renewOwnRecoveryCodes(ctx: CallContext): Promise<string[]> {
  const { userId, hasTotp } = await requireLocalAccount(ctx)
  if (!hasTotp) throw new AppError('conflict', 'Recovery codes come with an authenticator; set one up first')
  const { codes, statement } = newRecoveryCodes(ctx, userId)
  await inTransaction(ctx, (tx) => tx.commitWith<unknown>(statement, ownChange(ctx, userId, 'user.recovery_codes')))
  return codes
}
