// The last step of every sign-in through a provider: the verb decides, this turns its outcome into cookies and pages.
import type { Context } from 'hono'
import { countRefusal, recordRefusal, type SignInMethod } from '#access/sign-in/attempts.ts'
import { type Arrived, finishSignIn, type SignInOutcome } from '#access/sign-in/finish-sign-in.ts'
import { isTest } from '#access/sign-in/requests.ts'
import { SignInRefused, type Trace } from '#access/sign-in/trace.ts'
import { renderPage } from '#http/pages.ts'
import { setSessionCookie } from '#http/session.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { PendingPage, RefusedPage, TestPage } from './pages.tsx'
import type { SsoEnv } from './services.ts'

export type Entrance = {
  method: SignInMethod
  connectionId: string
  visitor: Arrived['visitor']
  trace: Trace
  /** Whether this browser has begun it here, or the message is the provider's own; what anybody can send is only counted. */
  isBegun: boolean
  /** A test shows its result instead of a refusal without reasons. */
  isTest: boolean
  /** How many of the checks are about the message alone, where nothing else is to be shown. */
  messageChecks?: number
}

/** Of an answer whose request is not known yet: nothing that anybody can send is more than counted. */
export const unbegun = (entrance: Pick<Entrance, 'method' | 'connectionId' | 'visitor' | 'trace'>): Entrance => ({
  ...entrance,
  isTest: false,
  isBegun: false,
})

/** Carries the sign-in out and answers the browser. @throws AppError unavailable */
export async function arrive(
  c: Context<SsoEnv>,
  ctx: CallContext,
  arrived: Arrived,
  method: SignInMethod,
): Promise<Response> {
  const { connectionId, visitor, trace } = arrived
  const purpose = arrived.request?.purpose
  // From here on it is about people, of whom whoever holds a setup link learns nothing.
  const shown = purpose === 'setup_test' ? { messageChecks: trace.steps.length } : {}
  const entrance = { method, connectionId, visitor, trace, isTest: isTest(purpose), isBegun: true, ...shown }
  return guarded(c, ctx, entrance, async () => answer(c, ctx, await finishSignIn(ctx, arrived), shown))
}

/** Runs a part of a sign-in; a refusal is recorded and shown. Everything else that goes wrong is thrown on. */
export async function guarded(
  c: Context<SsoEnv>,
  ctx: CallContext,
  entrance: Entrance,
  work: () => Promise<Response>,
): Promise<Response> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError) || isOurs(error)) throw error
    const reason = error.reason ?? error.code
    const { isTest: isShown, isBegun, visitor, messageChecks, ...attempt } = entrance
    const refused = { ...visitor, ...attempt, reason }
    const reference = isBegun
      ? await recordRefusal(ctx, { ...refused, userId: null })
      : await countRefusal(ctx, refused)
    if (!isShown) return renderPage(c, <RefusedPage reference={reference} />, { status: 403 })
    const verdict = error instanceof SignInRefused ? error.detail : error.message
    const page = (
      <TestPage trace={entrance.trace} reference={reference} verdict={verdict} messageChecks={messageChecks} />
    )
    return renderPage(c, page, { status: 403 })
  }
}

/** Nothing is wrong with such a sign-in; it may be tried again. */
const isOurs = ({ code }: AppError): boolean => ['unavailable', 'internal', 'too_many'].includes(code)

function answer(
  c: Context<SsoEnv>,
  ctx: CallContext,
  outcome: SignInOutcome,
  { messageChecks }: Pick<Entrance, 'messageChecks'>,
): Response | Promise<Response> {
  if (outcome.kind === 'pending') return renderPage(c, <PendingPage reference={outcome.reference} />, { status: 403 })
  if (outcome.kind === 'tested')
    return renderPage(
      c,
      <TestPage trace={outcome.trace} reference={outcome.reference} verdict={null} messageChecks={messageChecks} />,
    )
  setSessionCookie(c, outcome.token, outcome.expiresAt, ctx.clock)
  return c.redirect(outcome.returnTo, 303)
}
