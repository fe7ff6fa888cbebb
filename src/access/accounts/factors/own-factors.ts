// How a person signs in, for themselves, and whether there is anything that they may set up.

import { AppError, notFound } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { inTransaction } from '#src/context.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import { findAccount, isLocal, type LocalAccount } from '../account/account.ts'
import { type Passkey, passkeysOf } from './passkeys.ts'
import { recoveryCodesLeft } from './recovery-codes.ts'

export type OwnFactors = { account: LocalAccount; passkeys: Passkey[]; recoveryCodesLeft: number }

/** How the person signs in. @throws AppError not_found */
export async function getOwnFactors(ctx: CallContext): Promise<OwnFactors> {
  const userId = ownUserId(ctx)
  const account = await findAccount(ctx, userId)
  if (account === undefined) throw notFound('User')
  const [passkeys = [], left = []] = await inTransaction(ctx, (tx) =>
    tx.commitWith<unknown>(passkeysOf(ctx.organizationId, userId), recoveryCodesLeft(ctx, userId)),
  )
  return {
    account,
    passkeys: passkeys as Passkey[],
    recoveryCodesLeft: (left as { left: number }[])[0]?.left ?? 0,
  }
}

/** @throws AppError conflict (reason `not_local`) for people who come through a provider */
export async function requireLocalAccount(ctx: CallContext): Promise<LocalAccount> {
  const account = await findAccount(ctx, ownUserId(ctx))
  if (account !== undefined && isLocal(account) && !account.isEmergencyAccount && !account.organization.isEnforced)
    return account
  const message = 'You sign in through your organization’s identity provider; there is nothing to set up here'
  throw new AppError('conflict', message, { reason: 'not_local' })
}

/** For the last second factor where the organization wants one. */
export const lastFactor = (): AppError =>
  new AppError('conflict', 'Your organization wants a second factor; add another one first', {
    reason: 'second_factor_required',
  })
