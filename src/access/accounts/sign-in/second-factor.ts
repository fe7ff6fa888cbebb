// The steps between the password and the session: a second factor, its first set-up where the organization wants one, and a
// new password where the old one was given by somebody else.
import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import { sha256 } from '#platform/crypto.ts'
import { type CallContext, inTransaction, type Services, type Transaction } from '#src/context.ts'
import { countAttempt } from '../../ground/count-attempts.ts'
import { findSignIn, openRequestSecret, resolveSignIn, type SignInRequest, useRequest } from '../../sign-in/requests.ts'
import { newTrace, passed } from '../../sign-in/trace.ts'
import { findAccount, type LocalAccount } from '../account/account.ts'
import { barrierOf } from '../account/barriers.ts'
import { ownChange } from '../account/own-change.ts'
import { limits } from '../account/rate-limits.ts'
import { asUser, signInContext } from '../account/sign-in-context.ts'
import { listPasskeys, parsePasskeyAnswer, passkeyQuestion, passkeyUse, verifyPasskey } from '../factors/passkeys.ts'
import { newRecoveryCodes, useRecoveryCode } from '../factors/recovery-codes.ts'
import { beginTotp, type TotpSetup, useTotp } from '../factors/totp.ts'
import { requireGoodPassword, rulesOf } from '../passwords/password-policy.ts'
import { passwordWrite } from '../passwords/passwords.ts'
import {
  type Browser,
  type Completion,
  completeSignIn,
  nextStep,
  type Progress,
  refuseAccount,
  type SignInStep,
} from './complete-sign-in.ts'

export type Pending = {
  ctx: CallContext
  request: SignInRequest
  account: LocalAccount
  progress: Progress
  step: Exclude<SignInStep, 'done'>
}

type Where = { state: string; browser: Omit<Browser, 'returnTo'>; requestId: string }

/** The sign-in that waits under this state in this browser; undefined where there is none, or none any more. */
export async function findPending(
  services: Services,
  { state, browser, requestId }: Where,
): Promise<Pending | undefined> {
  const organizationId = await resolveSignIn(services.database, state)
  if (organizationId === undefined) return undefined
  const ctx = signInContext(services, organizationId, requestId)
  const request = await findSignIn(ctx, state)
  if (request === undefined || request.isOver || request.purpose !== 'second_factor' || request.userId === null)
    return undefined
  if (request.browserHash !== sha256(browser.state)) return undefined
  const account = await findAccount(ctx, request.userId)
  const progress = openRequestSecret(ctx, request) as Progress
  if (account === undefined || progress.method === 'emergency') return undefined
  if (barrierOf(account, progress.method) !== undefined) return undefined
  const step = nextStep(account, progress)
  return step === 'done' ? undefined : { ctx, request, account, progress, step }
}

export type StepOutcome =
  | Completion
  /** The sign-in is not waiting any more: begin anew. */
  | { kind: 'gone' }
  | { kind: 'wrong' }
  | { kind: 'rate_limited'; seconds: number }

type Codes = { recoveryCodes?: string[] }

/** What a person shows as second factor: digits of an authenticator or a recovery code, or a passkey's answer as JSON. */
export type Proof = { code: string | undefined; credential: string | undefined }

/** @throws AppError unavailable */
export async function passSecondFactor(services: Services, where: Where, proof: Proof): Promise<StepOutcome> {
  const pending = await findPending(services, where)
  if (pending?.step !== 'verify') return { kind: 'gone' }
  const { ctx, account } = pending
  const seconds = await countAttempt(services.database, { limit: limits.secondFactorPerUser, key: account.userId })
  if (seconds > 0) return { kind: 'rate_limited', seconds }
  const isRight = await isSecondFactor(services, ctx, { ...proof, account, purpose: `second:${where.state}` })
  if (!isRight) return wrong(pending, where)
  return continueSignIn(pending, where, { hasSecondFactor: true })
}

async function wrong({ ctx, account, progress }: Pending, { browser }: Where): Promise<StepOutcome> {
  const refusal = { reason: 'wrong_second_factor', detail: 'The code or passkey is wrong, or was used before' }
  await refuseAccount(ctx, { ...refusal, account, method: progress.method, browser })
  return { kind: 'wrong' }
}

/** Whether the proof is one of this person's, at its first use. */
export async function isSecondFactor(
  services: Services,
  ctx: CallContext,
  { code, credential, account, purpose }: Proof & { account: LocalAccount; purpose: string },
): Promise<boolean> {
  const { userId } = account
  const answer = parsePasskeyAnswer(credential)
  if (answer !== undefined) return isOwnPasskey(services, ctx, { answer, userId, purpose })
  if (code === undefined || code.trim() === '') return false
  return inTransaction(ctx, (tx) => isCode(tx, ctx, { userId, code }))
}

/** Six digits are an authenticator's, anything else a recovery code. */
export const isCode = (tx: Transaction, ctx: CallContext, proof: { userId: string; code: string }): Promise<boolean> =>
  /^[\d\s]{6,8}$/.test(proof.code)
    ? useTotp(tx, ctx, { ...proof, isConfirming: false })
    : useRecoveryCode(tx, ctx, proof)

async function isOwnPasskey(
  services: Services,
  ctx: CallContext,
  { answer, userId, purpose }: { answer: AuthenticationResponseJSON; userId: string; purpose: string },
): Promise<boolean> {
  const passkeys = await listPasskeys(ctx, userId)
  const verified = await verifyPasskey(services, { answer, passkeys, purpose, userId })
  if (typeof verified === 'string') return false
  const [noted] = await inTransaction(ctx, (tx) => tx.commitWith(passkeyUse(ctx, verified)))
  return noted?.length === 1
}

/** What the browser is asked for a passkey as second factor. */
export async function secondFactorQuestion(services: Services, where: Where) {
  const pending = await findPending(services, where)
  if (pending?.step !== 'verify') return undefined
  const passkeys = await listPasskeys(pending.ctx, pending.account.userId)
  return passkeyQuestion(services, `second:${where.state}`, passkeys)
}

/** What to set the authenticator up with, where this is the step. */
export const pendingTotp = ({ ctx, account }: Pending): Promise<TotpSetup | undefined> =>
  beginTotp(ctx, {
    ...{ userId: account.userId, userName: account.userName },
    organizationName: account.organization.name,
  })

/** The first code of a new authenticator; the recovery codes are shown this once. @throws AppError unavailable */
export async function enrolAtSignIn(services: Services, where: Where, code: string): Promise<StepOutcome & Codes> {
  const pending = await findPending(services, where)
  if (pending?.step !== 'enrol') return { kind: 'gone' }
  const { ctx, account } = pending
  const { userId } = account
  const seconds = await countAttempt(services.database, { limit: limits.secondFactorPerUser, key: userId })
  if (seconds > 0) return { kind: 'rate_limited', seconds }
  const own = asUser(ctx, userId)
  const recovery = newRecoveryCodes(own, userId)
  const isRight = await inTransaction(own, async (tx) => {
    if (!(await useTotp(tx, own, { userId, code, isConfirming: true }))) return false
    await tx.commitWith<unknown>(recovery.statement, ownChange(own, userId, 'user.totp_enrol'))
    return true
  })
  if (!isRight) return wrong(pending, where)
  const outcome = await continueSignIn(pending, where, { hasSecondFactor: true })
  return { ...outcome, recoveryCodes: recovery.codes }
}

/** A password of one's own in place of a given one. @throws AppError invalid where it is not good enough */
export async function changeAtSignIn(services: Services, where: Where, password: string): Promise<StepOutcome> {
  const pending = await findPending(services, where)
  if (pending?.step !== 'change') return { kind: 'gone' }
  const { ctx, account } = pending
  requireGoodPassword(password, rulesOf(account))
  const own = asUser(ctx, account.userId)
  const write = await passwordWrite(own, { userId: account.userId, password })
  await inTransaction(own, (tx) => tx.commitWith(write, ownChange(own, account.userId, 'user.password_change')))
  return continueSignIn(pending, where, { hasNewPassword: true })
}

/** Uses up the step that was passed; of two at once, one goes on. */
async function continueSignIn(pending: Pending, { browser }: Where, proven: Partial<Progress>): Promise<StepOutcome> {
  const { ctx, request, account, progress } = pending
  const { organizationId } = ctx
  const [used] = await inTransaction(ctx, (tx) =>
    tx.commitWith(useRequest({ organizationId, stateHash: request.stateHash })),
  )
  if (used?.[0] === undefined) return { kind: 'gone' }
  const trace = newTrace()
  trace.received['name'] = account.userName
  for (const name of Object.keys(proven)) passed(trace, name === 'hasSecondFactor' ? 'second_factor' : 'new_password')
  return completeSignIn(ctx, {
    ...{ account, trace, progress: { ...progress, ...proven } },
    browser: { ...browser, returnTo: request.returnTo },
  })
}
