// The last step of every sign-in through a provider: the verb decides, this turns its outcome into cookies and pages.
import type { Context } from 'hono'
import { countRefusal, recordCancelled, recordRefusal, type SignInMethod } from '#access/sign-in/attempts.ts'
import { finishSignIn, type SignInAnswer, type SignInOutcome } from '#access/sign-in/finish-sign-in.ts'
import { isTest } from '#access/sign-in/requests.ts'
import { cancelled, SignInRefused, type Trace } from '#access/sign-in/trace.ts'
import { renderPage } from '#http/pages.ts'
import { setSessionCookie } from '#http/session.ts'
import { makeRoom } from '#http/sessions-beside.ts'
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import { CancelledPage, CancelledTestPage, PendingPage, RefusedPage, TestPage } from './pages.tsx'
import type { SsoEnv } from './services.ts'

export type AttemptContext = {
  method: SignInMethod
  connectionId: string
  visitor: SignInAnswer['visitor']
  trace: Trace
  /** Whether this browser has begun it here, or the message is the provider's own; what anybody can send is only counted. */
  isBegun: boolean
  /** A test shows its result instead of a refusal without reasons. */
  isTest: boolean
  /** How many of the checks are about the message alone, where nothing else is to be shown. */
  messageChecks?: number
}

/** Of an answer whose request is not known yet: nothing that anybody can send is more than counted. */
export const attemptWithoutRequest = (
  attempt: Pick<AttemptContext, 'method' | 'connectionId' | 'visitor' | 'trace'>,
): AttemptContext => ({
  ...attempt,
  isTest: false,
  isBegun: false,
})

/** Carries the sign-in out and answers the browser. @throws AppError unavailable */
export async function answerSignIn(
  c: Context<SsoEnv>,
  ctx: CallContext,
  answer: SignInAnswer,
  method: SignInMethod,
): Promise<Response> {
  const { connectionId, visitor, trace } = answer
  const purpose = answer.request?.purpose
  // From here on it is about people, of whom whoever holds a setup link learns nothing.
  const shown = purpose === 'setup_test' ? { messageChecks: trace.steps.length } : {}
  const attempt = { method, connectionId, visitor, trace, isTest: isTest(purpose), isBegun: true, ...shown }
  return withRefusalPage(c, ctx, attempt, async () => showOutcome(c, ctx, await finishSignIn(ctx, answer), shown))
}

/** Runs a part of a sign-in; a refusal is recorded and shown. Everything else that goes wrong is thrown on. */
export async function withRefusalPage(
  c: Context<SsoEnv>,
  ctx: CallContext,
  attempt: AttemptContext,
  work: () => Promise<Response>,
): Promise<Response> {
  c.set('shownFor', ctx.organizationId)
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof AppError) || isOurs(error)) throw error
    return error.reason === cancelled ? answerCancelled(c, ctx, attempt) : answerRefused(c, ctx, attempt, error)
  }
}

async function answerCancelled(c: Context<SsoEnv>, ctx: CallContext, attempt: AttemptContext): Promise<Response> {
  const { isTest: isShown, isBegun, visitor, messageChecks: _, ...made } = attempt
  const trace: Trace = isShown ? { ...made.trace, isTest: true } : made.trace
  if (isBegun) await recordCancelled(ctx, { ...visitor, ...made, trace })
  return renderPage(c, isShown ? <CancelledTestPage /> : <CancelledPage />)
}

async function answerRefused(
  c: Context<SsoEnv>,
  ctx: CallContext,
  attempt: AttemptContext,
  error: AppError,
): Promise<Response> {
  const { isTest: isShown, isBegun, visitor, messageChecks, ...made } = attempt
  const reason = error.reason ?? error.code
  const verdict = error instanceof SignInRefused ? error.detail : error.message
  // What no check refused, such as a provider that does not answer, has to be in the trace as well.
  if (!(error instanceof SignInRefused)) made.trace.steps.push({ check: reason, result: 'failed', detail: verdict })
  const trace: Trace = isShown ? { ...made.trace, isTest: true } : made.trace
  const refused = { ...visitor, ...made, trace, reason }
  const reference = isBegun
    ? await recordRefusal(ctx, { ...refused, userId: knownIn(trace) })
    : await countRefusal(ctx, refused)
  if (!isShown) return renderPage(c, <RefusedPage reference={reference} />, { status: 403 })
  const page = <TestPage trace={made.trace} reference={reference} verdict={verdict} messageChecks={messageChecks} />
  return renderPage(c, page, { status: 403 })
}

/** Whom the identity belongs to, where it is known. */
const knownIn = ({ mapped }: Trace): string | null => (typeof mapped['userId'] === 'string' ? mapped['userId'] : null)

/** Nothing is wrong with such a sign-in; it may be tried again. */
const isOurs = ({ code }: AppError): boolean => ['unavailable', 'internal', 'too_many'].includes(code)

async function showOutcome(
  c: Context<SsoEnv>,
  ctx: CallContext,
  outcome: SignInOutcome,
  { messageChecks }: Pick<AttemptContext, 'messageChecks'>,
): Promise<Response> {
  if (outcome.kind === 'pending') return renderPage(c, <PendingPage reference={outcome.reference} />, { status: 403 })
  if (outcome.kind === 'tested')
    return renderPage(
      c,
      <TestPage trace={outcome.trace} reference={outcome.reference} verdict={null} messageChecks={messageChecks} />,
    )
  await makeRoom(c, ctx, ctx.organizationId)
  setSessionCookie(c, outcome.token, outcome.expiresAt, ctx.clock)
  return c.redirect(outcome.returnTo, 303)
}
