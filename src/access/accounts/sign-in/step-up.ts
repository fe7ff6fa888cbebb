// Proving again who one is, before what matters. The session goes on under a new token, with a fresh time of proof.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { issueToken } from '#platform/crypto.ts'
import { verifyNobody, verifyPassword } from '#platform/password.ts'
import { type CallContext, inTransaction, nowOf, type Services } from '#src/context.ts'
import { countAttempt } from '../../ground/count-attempts.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import { isProofFresh, type LiveSession } from '../../sign-in/sessions/resolve-session.ts'
import { findAccount, findPolicy, type LocalAccount } from '../account/account.ts'
import { barrierOf } from '../account/barriers.ts'
import { ownChange } from '../account/own-change.ts'
import { limits } from '../account/rate-limits.ts'
import { listPasskeys, passkeyQuestion } from '../factors/passkeys.ts'
import { isSecondFactor } from './second-factor.ts'

/** Whether the person has proven lately who they are, as their organization sees it. @throws AppError unavailable */
export async function isRecent(ctx: CallContext, session: Pick<LiveSession, 'authenticatedAt'>): Promise<boolean> {
  const policy = await findPolicy(ctx)
  return policy !== undefined && isProofFresh(ctx, session, policy.freshProofMinutes)
}

/** Whether a password of theirs may prove who they are: not where it would open no session either. */
export const mayProveByPassword = (account: LocalAccount): boolean =>
  account.passwordHash !== null && (account.isEmergencyAccount || barrierOf(account, 'password') === undefined)

/** The same for a passkey. */
export const mayProveByPasskey = (account: LocalAccount): boolean =>
  account.passkeys > 0 && barrierOf(account, 'passkey') === undefined

const renew = prepared<
  { organizationId: string; sessionId: string; tokenHash: string; hasSecondFactor: boolean },
  { expiresAt: string }
>(
  (p) => sql`update sessions set token_hash = ${p.tokenHash}, authenticated_at = now(),
      has_second_factor = has_second_factor or ${p.hasSecondFactor}::boolean
    where organization_id = ${p.organizationId} and id = ${p.sessionId} and ended_at is null
    returning expires_at as "expiresAt"`,
)

export type StepUpProof = { password: string; code: string | undefined; credential: string | undefined }

export type StepUp =
  | { kind: 'done'; token: string; expiresAt: string }
  | { kind: 'wrong' }
  | { kind: 'rate_limited'; seconds: number }

const purposeOf = (sessionId: string): string => `step-up:${sessionId}`

/** What the browser is asked for a passkey of this person. */
export async function stepUpQuestion(ctx: CallContext, { sessionId }: { sessionId: string }) {
  return passkeyQuestion(ctx, purposeOf(sessionId), await listPasskeys(ctx, ownUserId(ctx)))
}

/**
 * With the password, and with the second factor where there is one; or with a passkey alone.
 * @throws AppError unavailable; unauthenticated where the session has ended meanwhile
 */
export async function stepUp(
  services: Services,
  ctx: CallContext,
  input: StepUpProof & { sessionId: string },
): Promise<StepUp> {
  const { password, code, credential, sessionId } = input
  const userId = ownUserId(ctx)
  const seconds = await countAttempt(services.database, { limit: limits.secondFactorPerUser, key: userId })
  if (seconds > 0) return { kind: 'rate_limited', seconds }
  const account = await findAccount(ctx, userId)
  if (account === undefined) return { kind: 'wrong' }
  const proof = { account, purpose: purposeOf(sessionId) }
  const isByPasskey = credential !== undefined && credential !== ''
  const isProven = isByPasskey
    ? mayProveByPasskey(account) && (await isSecondFactor(services, ctx, { ...proof, code: undefined, credential }))
    : (await isPassword(password, mayProveByPassword(account) ? account.passwordHash : null)) &&
      (!account.hasTotp || (await isSecondFactor(services, ctx, { ...proof, code, credential: undefined })))
  if (!isProven) return { kind: 'wrong' }
  const { plain, hash } = issueToken(ctx.randomBytes)
  const hasSecondFactor = isByPasskey || account.hasTotp
  const { organizationId } = ctx
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith<unknown>(
      renew({ organizationId, sessionId, tokenHash: hash, hasSecondFactor }),
      ownChange(ctx, userId, 'session.step_up', { sessionId, at: nowOf(ctx) }),
    ),
  )
  const [renewed] = (rows ?? []) as { expiresAt: string }[]
  return renewed === undefined ? { kind: 'wrong' } : { kind: 'done', token: plain, expiresAt: renewed.expiresAt }
}

async function isPassword(password: string, hash: string | null): Promise<boolean> {
  if (hash !== null) return verifyPassword(password, hash)
  await verifyNobody(password)
  return false
}
