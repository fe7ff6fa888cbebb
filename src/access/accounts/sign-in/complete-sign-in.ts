// What comes after a password, a passkey or an invitation: what is still missing (second factor, a new password), one step
// at a time, and the session at the end. Between steps it waits in sign_in_requests, bound to the browser.
import type { Statement } from '#db/statement.ts'
import { issueToken } from '#platform/crypto.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import {
  attemptStatement,
  newReference,
  recordRefusal,
  type SignInMethod,
  type Visitor,
} from '../../sign-in/attempts.ts'
import { beginSignIn } from '../../sign-in/requests.ts'
import { sessionStart } from '../../sign-in/sessions/start-session.ts'
import { newTrace, passed, type Trace } from '../../sign-in/trace.ts'
import type { LocalAccount } from '../account/account.ts'
import { asUser } from '../account/sign-in-context.ts'

/** What has been proven so far. */
export type Progress = {
  method: 'password' | 'passkey' | 'emergency'
  hasSecondFactor: boolean
  hasNewPassword: boolean
}

export type SignInStep = 'verify' | 'enrol' | 'change' | 'done'

/** Who tries to come in, from where, and where they want to go. */
export type Browser = {
  /** The value of the login-state cookie. */
  state: string
  returnTo: string
  visitor: Visitor
}

export type SignedIn = {
  kind: 'signed_in'
  organizationId: string
  userId: string
  token: string
  expiresAt: string
  returnTo: string
}

/** `pending`: the next step is shown for this state, in the same browser. */
export type Completion = SignedIn | { kind: 'pending'; state: string } | { kind: 'refused'; reference: string | null }

/** What the account still has to do before it is in. */
export function nextStep(account: LocalAccount, progress: Progress): SignInStep {
  const { hasTotp, passkeys, needsSecondFactor: isRequired } = account
  if (!progress.hasSecondFactor) {
    if (hasTotp || (isRequired && passkeys > 0)) return 'verify'
    if (isRequired) return 'enrol'
  }
  return account.mustChangePassword && !progress.hasNewPassword && progress.method === 'password' ? 'change' : 'done'
}

/** @throws AppError unavailable */
export async function completeSignIn(
  ctx: CallContext,
  input: { account: LocalAccount; progress: Progress; browser: Browser; trace: Trace },
): Promise<Completion> {
  const { account, progress, browser, trace } = input
  const step = nextStep(account, progress)
  if (step === 'done') return openSession(ctx, { ...input, attemptMethod: progress.method })
  const state = issueToken(ctx.randomBytes).plain
  await beginSignIn(ctx, {
    ...{ state, purpose: 'second_factor', userId: account.userId },
    ...{ browser: browser.state, returnTo: browser.returnTo, secret: progress },
  })
  passed(trace, progress.method, `The ${progress.method} is right; still to do: ${step}`)
  return { kind: 'pending', state }
}

type Opening = {
  account: LocalAccount
  progress: Progress
  browser: Browser
  trace: Trace
  attemptMethod: SignInMethod
  limitMinutes?: number
  /** When the person proved who they are, where that was not just now. */
  authenticatedAt?: string
  /** What belongs to this sign-in and is committed with it. */
  statements?: readonly Statement<unknown>[]
}

/** A fresh session with its attempt and audit rows, in one transaction; refused where the person is not active by then. */
export async function openSession(
  ctx: CallContext,
  opening: Opening,
): Promise<SignedIn | Extract<Completion, { kind: 'refused' }>> {
  const {
    account,
    progress,
    browser,
    trace,
    attemptMethod,
    limitMinutes = null,
    authenticatedAt = null,
    statements = [],
  } = opening
  const { userId } = account
  const own = asUser(ctx, userId)
  const { method, hasSecondFactor } = progress
  const start = sessionStart(own, {
    userId,
    method,
    hasSecondFactor,
    limitMinutes,
    authenticatedAt,
    ...browser.visitor,
  })
  passed(trace, method, hasSecondFactor ? 'Proven, with a second factor' : 'Proven')
  const attempt = {
    ...browser.visitor,
    ...{ method: attemptMethod, connectionId: null, userId, reference: newReference(ctx), trace },
    outcome: 'signed_in' as const,
    reason: null,
  }
  const started = await inTransaction(ctx, async (tx) => {
    const [row] = await tx.run(start.statement)
    if (row !== undefined) await tx.commitWith<unknown>(...statements, attemptStatement(own, attempt))
    return row
  })
  if (started === undefined) {
    const refusal = { method: attemptMethod, reason: 'inactive', detail: 'The user was switched off meanwhile' }
    return { kind: 'refused', reference: await refuseAccount(ctx, { ...refusal, account, browser, trace }) }
  }
  const { organizationId } = ctx
  const { token } = start
  return { kind: 'signed_in', organizationId, userId, token, expiresAt: started.expiresAt, returnTo: browser.returnTo }
}

type Refusal = {
  account: LocalAccount | undefined
  method: SignInMethod
  reason: string
  detail: string
  browser: Pick<Browser, 'visitor'>
  trace?: Trace
}

/** Keeps the refusal, for administrators. @returns the reference */
export function refuseAccount(
  ctx: CallContext,
  { account, method, reason, detail, browser, trace }: Refusal,
): Promise<string> {
  const kept = trace ?? newTrace()
  kept.steps.push({ check: reason, result: 'failed', detail })
  const userId = account?.userId ?? null
  return recordRefusal(ctx, { ...browser.visitor, method, connectionId: null, userId, reason, trace: kept })
}
