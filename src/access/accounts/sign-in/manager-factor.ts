// The second factor of whoever manages something, where their sign-in had none: a session that came through a provider which
// attests none, or one from before the organization asked for it. It is shown or set up here, in the session; signing in with a
// password asks for it on the way in.
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import { issueToken } from '#platform/crypto.ts'
import { AppError, freshProofNeeded, notFound } from '#platform/errors.ts'
import { type CallContext, inTransaction, type Services } from '#src/context.ts'
import { countAttempt } from '../../ground/count-attempts.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import { managesAnything } from '../../sign-in/manages.ts'
import { userSessionsEnd } from '../../sign-in/sessions/end-sessions.ts'
import type { LiveSession } from '../../sign-in/sessions/resolve-session.ts'
import { findAccount, type LocalAccount } from '../account/account.ts'
import { ownChange } from '../account/own-change.ts'
import { limits } from '../account/rate-limits.ts'
import { listPasskeys, passkeyQuestion } from '../factors/passkeys.ts'
import { newRecoveryCodes } from '../factors/recovery-codes.ts'
import { beginTotp, type TotpSetup, useTotp } from '../factors/totp.ts'
import { isSecondFactor, type Proof } from './second-factor.ts'
import { isRecent } from './step-up.ts'

const elevate = prepared<{ organizationId: string; sessionId: string; tokenHash: string }, { expiresAt: string }>(
  (p) => sql`update sessions set token_hash = ${p.tokenHash}, has_second_factor = true
    where organization_id = ${p.organizationId} and id = ${p.sessionId} and ended_at is null
    returning expires_at as "expiresAt"`,
)

export type FactorStep =
  /** The session has one, or there is nothing that they need one for. */
  { kind: 'none' } | { kind: 'verify'; account: LocalAccount } | { kind: 'enrol'; account: LocalAccount }

/** What the person has to do before the console opens. @throws AppError not_found, unauthenticated */
export async function nextFactorStep(ctx: CallContext, session: LiveSession): Promise<FactorStep> {
  const userId = ownUserId(ctx)
  const account = await findAccount(ctx, userId)
  if (account === undefined) throw notFound('User')
  if (session.hasSecondFactor || account.isEmergencyAccount) return { kind: 'none' }
  if (account.hasTotp || account.passkeys > 0) return { kind: 'verify', account }
  const manages = await inTransaction(ctx, (tx) => managesAnything(tx, { organizationId: ctx.organizationId, userId }))
  return manages ? { kind: 'enrol', account } : { kind: 'none' }
}

/** What the browser is asked for a passkey of theirs. */
export const ownFactorQuestion = async (ctx: CallContext, { sessionId }: Pick<LiveSession, 'sessionId'>) =>
  passkeyQuestion(ctx, purposeOf(sessionId), await listPasskeys(ctx, ownUserId(ctx)))

const purposeOf = (sessionId: string): string => `own-factor:${sessionId}`

export type FactorOutcome =
  | { kind: 'done'; token: string; expiresAt: string; recoveryCodes?: string[] }
  | { kind: 'wrong' }
  | { kind: 'rate_limited'; seconds: number }

/** The session goes on under a new token, with a second factor. @throws AppError unauthenticated, unavailable */
export async function showOwnFactor(
  services: Services,
  ctx: CallContext,
  { session, ...proof }: Proof & { session: LiveSession },
): Promise<FactorOutcome> {
  const step = await nextFactorStep(ctx, session)
  if (step.kind !== 'verify') return { kind: 'wrong' }
  const { account } = step
  const seconds = await countAttempt(services.database, { limit: limits.secondFactorPerUser, key: account.userId })
  if (seconds > 0) return { kind: 'rate_limited', seconds }
  const isRight = await isSecondFactor(services, ctx, { ...proof, account, purpose: purposeOf(session.sessionId) })
  if (!isRight) return { kind: 'wrong' }
  return inTransaction(ctx, (tx) => {
    const { statement, outcome } = elevated(ctx, session)
    return tx.run(statement).then(outcome)
  })
}

/** What to set an authenticator up with. @throws AppError conflict where there is nothing to set up */
export async function beginOwnFactor(ctx: CallContext, session: LiveSession): Promise<TotpSetup> {
  const { account } = await requireEnrolment(ctx, session)
  const { userId, userName, organization } = account
  const setup = await beginTotp(ctx, { userId, userName, organizationName: organization.name })
  if (setup === undefined) throw nothingToSetUp()
  return setup
}

/**
 * The first code of a new authenticator. Their other sessions end, since they were opened under the old rules.
 * @returns with the recovery codes, shown this once
 * @throws AppError conflict where there is nothing to set up; unauthenticated (reason `fresh_proof`): whoever found the browser open
 *   must not put a factor of their own there
 */
export async function enrolOwnFactor(
  ctx: CallContext,
  { session, code }: { session: LiveSession; code: string },
): Promise<FactorOutcome> {
  const { account } = await requireEnrolment(ctx, session)
  const { userId } = account
  const seconds = await countAttempt(ctx.database, { limit: limits.secondFactorPerUser, key: userId })
  if (seconds > 0) return { kind: 'rate_limited', seconds }
  const recovery = newRecoveryCodes(ctx, userId)
  return inTransaction(ctx, async (tx) => {
    if (!(await useTotp(tx, ctx, { userId, code, isConfirming: true }))) return { kind: 'wrong' }
    await tx.run(recovery.statement)
    await tx.run(ownChange(ctx, userId, 'user.totp_enrol'))
    await tx.run(userSessionsEnd(ctx, userId, { reason: 'factor_changed', exceptId: session.sessionId }))
    const { statement, outcome } = elevated(ctx, session)
    return { ...outcome(await tx.run(statement)), recoveryCodes: recovery.codes }
  })
}

async function requireEnrolment(ctx: CallContext, session: LiveSession) {
  const step = await nextFactorStep(ctx, session)
  if (step.kind !== 'enrol') throw nothingToSetUp()
  if (!(await isRecent(ctx, session))) throw freshProofNeeded()
  return step
}

const nothingToSetUp = (): AppError =>
  new AppError('conflict', 'There is no second factor to set up here', { reason: 'factor_known' })

type Elevation = { statement: Statement<{ expiresAt: string }>; outcome(rows: { expiresAt: string }[]): FactorOutcome }

function elevated(ctx: CallContext, { sessionId }: LiveSession): Elevation {
  const { plain: token, hash: tokenHash } = issueToken(ctx.randomBytes)
  return {
    statement: elevate({ organizationId: ctx.organizationId, sessionId, tokenHash }),
    outcome: ([row]) => (row === undefined ? { kind: 'wrong' } : { kind: 'done', token, expiresAt: row.expiresAt }),
  }
}
