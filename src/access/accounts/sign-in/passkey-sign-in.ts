// Signing in with a passkey alone: it is found by its credential id, and proves possession and the person in one.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { inTransaction, type Services } from '#src/context.ts'
import { addressKey, countAttempt, forgiveAttempt } from '../../ground/count-attempts.ts'
import { newTrace, type Trace } from '../../sign-in/trace.ts'
import { findAccount, type LocalAccount } from '../account/account.ts'
import { barrierOf } from '../account/barriers.ts'
import { limits } from '../account/rate-limits.ts'
import { signInContext } from '../account/sign-in-context.ts'
import { listPasskeys, parsePasskeyAnswer, passkeyQuestion, passkeyUse, verifyPasskey } from '../factors/passkeys.ts'
import { type Browser, type Completion, completeSignIn, refuseAccount } from './complete-sign-in.ts'

const resolve = prepared<{ credentialId: string }, { organizationId: string; userId: string }>(
  (p) => sql`select organization_id as "organizationId", user_id as "userId" from resolve_passkey(${p.credentialId})`,
)

const purposeOf = (browser: Pick<Browser, 'state'>): string => `sign-in:${browser.state}`

/** What the browser is asked before it is known who comes. */
export const passkeySignInQuestion = (services: Services, browser: Pick<Browser, 'state'>) =>
  passkeyQuestion(services, purposeOf(browser))

export type PasskeyOutcome =
  | Exclude<Completion, { kind: 'refused' }>
  | { kind: 'refused' }
  | { kind: 'rate_limited'; seconds: number }

/** @param credential the answer of `navigator.credentials.get`, as JSON. @throws AppError unavailable */
export async function signInWithPasskey(
  services: Services,
  { credential, browser, requestId }: { credential: string | undefined; browser: Browser; requestId: string },
): Promise<PasskeyOutcome> {
  const key = addressKey(browser.visitor.ip)
  const perAddress = { limit: limits.passkeyPerAddress, key }
  const seconds = await countAttempt(services.database, perAddress)
  if (seconds > 0) return { kind: 'rate_limited', seconds }
  const answer = parsePasskeyAnswer(credential)
  if (answer === undefined) return { kind: 'refused' }
  const [owner] = await services.database.read(resolve({ credentialId: answer.id }))
  if (owner === undefined) return { kind: 'refused' }
  const ctx = signInContext(services, owner.organizationId, requestId)
  const account = await findAccount(ctx, owner.userId)
  if (account === undefined) return { kind: 'refused' }
  const trace = traceOf(account)
  const method = 'passkey'
  const { userId } = account
  const passkeys = await listPasskeys(ctx, userId)
  const verified = await verifyPasskey(services, { answer, passkeys, purpose: purposeOf(browser), userId })
  const barrier =
    typeof verified === 'string' ? { reason: 'wrong_passkey', detail: verified } : barrierOf(account, 'passkey')
  if (barrier !== undefined || typeof verified === 'string') {
    const refusal = barrier ?? { reason: 'wrong_passkey', detail: '' }
    await refuseAccount(ctx, { ...refusal, account, method, browser, trace })
    return { kind: 'refused' }
  }
  const [noted] = await inTransaction(ctx, (tx) => tx.commitWith(passkeyUse(ctx, verified)))
  if (noted?.length !== 1) return { kind: 'refused' }
  await forgiveAttempt(services.database, perAddress, { limit: limits.passkeyQuestionPerAddress, key })
  trace.mapped['passkey'] = verified.passkey.id
  const progress = { method, hasSecondFactor: true, hasNewPassword: false } as const
  const outcome = await completeSignIn(ctx, { account, progress, browser, trace })
  return outcome.kind === 'refused' ? { kind: 'refused' } : outcome
}

function traceOf({ userName }: LocalAccount): Trace {
  const trace = newTrace()
  trace.received['name'] = userName
  return trace
}
