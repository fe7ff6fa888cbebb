// A person's own passkeys: adding, naming and removing them.

import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { AuditAction } from '#audit/actions.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import { userSessionsEnd } from '../../sign-in/sessions/end-sessions.ts'
import { ownChange } from '../account/own-change.ts'
import { newPasskey, newPasskeyQuestion } from './new-passkey.ts'
import { lastFactor, requireLocalAccount } from './own-factors.ts'
import { listPasskeys } from './passkeys.ts'

const mostPasskeys = 20

/** What the browser is asked to make a passkey with. @throws AppError conflict */
export async function ownPasskeyQuestion(
  ctx: CallContext,
  { sessionId }: { sessionId: string },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const account = await requireLocalAccount(ctx)
  if (account.passkeys >= mostPasskeys) throw new AppError('conflict', `There are ${mostPasskeys} passkeys already`)
  const known = await listPasskeys(ctx, account.userId)
  return newPasskeyQuestion(ctx, { account, purpose: `add:${sessionId}`, known })
}

const PasskeyName = z.object({ name: nameSchema })

/** @throws AppError invalid, conflict */
export async function addOwnPasskey(
  ctx: CallContext,
  input: { credential: string | undefined; name: string; sessionId: string },
): Promise<void> {
  const { userId } = await requireLocalAccount(ctx)
  const { name } = parseInput(PasskeyName, { name: input.name === '' ? 'Passkey' : input.name })
  const purpose = `add:${input.sessionId}`
  const { passkeyId, statement } = await newPasskey(ctx, { userId, purpose, name, credential: input.credential })
  const audit = ownChange(ctx, userId, 'user.passkey_add', { passkeyId, name })
  await inTransaction(ctx, (tx) => tx.commitWith<unknown>(statement, audit))
}

type PasskeyKey = { organizationId: string; userId: string; passkeyId: string }

const rename = prepared<PasskeyKey & { name: string }, { id: string }>(
  (p) => sql`update passkeys set name = ${p.name}
    where organization_id = ${p.organizationId} and user_id = ${p.userId} and id = ${p.passkeyId} returning id`,
)

const remove = prepared<PasskeyKey, { id: string }>(
  (p) => sql`delete from passkeys
    where organization_id = ${p.organizationId} and user_id = ${p.userId} and id = ${p.passkeyId} returning id`,
)

/** @throws AppError invalid, not_found */
export async function renameOwnPasskey(ctx: CallContext, input: { passkeyId: string; name: string }): Promise<void> {
  const { name } = parseInput(PasskeyName, { name: input.name })
  const key = ownPasskey(ctx, input.passkeyId)
  await changePasskey(ctx, rename({ ...key, name }), 'user.passkey_rename', key.passkeyId)
}

/** @throws AppError not_found; conflict where it is the last way in, or the last second factor that the organization wants */
export async function removeOwnPasskey(
  ctx: CallContext,
  input: { passkeyId: string; sessionId: string },
): Promise<void> {
  const key = ownPasskey(ctx, input.passkeyId)
  const { passkeys, passwordHash, hasTotp, needsSecondFactor } = await requireLocalAccount(ctx)
  if (passkeys <= 1 && passwordHash === null)
    throw new AppError('conflict', 'This is your only way to sign in; it cannot be removed', { reason: 'last_way_in' })
  if (passkeys <= 1 && !hasTotp && needsSecondFactor) throw lastFactor()
  const others = userSessionsEnd(ctx, key.userId, { reason: 'factor_changed', exceptId: input.sessionId })
  await changePasskey(ctx, remove(key), 'user.passkey_remove', key.passkeyId, others)
}

function ownPasskey(ctx: CallContext, passkeyId: string): PasskeyKey {
  if (!isId('pky', passkeyId)) throw notFound('Passkey')
  return { organizationId: ctx.organizationId, userId: ownUserId(ctx), passkeyId }
}

async function changePasskey(
  ctx: CallContext,
  statement: Statement<{ id: string }>,
  action: AuditAction,
  passkeyId: string,
  ...more: Statement<unknown>[]
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const [changed] = await tx.run(statement)
    if (changed === undefined) throw notFound('Passkey')
    await tx.commitWith<unknown>(ownChange(ctx, ownUserId(ctx), action, { passkeyId }), ...more)
  })
}
