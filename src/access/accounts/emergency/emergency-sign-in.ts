// The emergency door: user name, password, second factor and a reason, all at once. It asks no provider and no mail server, and
// it is open while sign-in through a provider is enforced.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { verifyNobody, verifyPassword } from '#platform/password.ts'
import { type CallContext, inTransaction, type Services } from '#src/context.ts'
import { queueMail } from '../../mail/queue-mail.ts'
import { newTrace } from '../../sign-in/trace.ts'
import { addressKey, countAttempt, forgetAttempts } from '../../throttle.ts'
import type { LocalAccount } from '../account.ts'
import { limits } from '../limits.ts'
import { type Browser, openSession, refuseAccount, type SignedIn } from '../sign-in/complete-sign-in.ts'
import { type Candidate, findCandidates } from '../sign-in/password-sign-in.ts'
import { isCode } from '../sign-in/second-factor.ts'
import { asPerson } from '../sign-in-context.ts'
import { administratorAddresses } from './emergency.ts'

const sessionMinutes = 60
const method = 'emergency'

export type EmergencyAttempt = {
  userName: string
  password: string
  /** Of the authenticator, or a recovery code. */
  code: string
  /** Why; everybody who is alarmed reads it. */
  reason: string
  browser: Browser
  requestId: string
}

export type EmergencyOutcome = SignedIn | { kind: 'refused' } | { kind: 'throttled'; seconds: number }

const noteUse = prepared<{ organizationId: string; userId: string }, never>(
  (p) => sql`update emergency_accounts set last_used_at = now()
    where organization_id = ${p.organizationId} and user_id = ${p.userId}`,
)

/** @throws AppError unavailable */
export async function signInForEmergency(services: Services, attempt: EmergencyAttempt): Promise<EmergencyOutcome> {
  const { browser, requestId, password } = attempt
  const key = fold(attempt.userName.trim())
  const perAccount = { limit: limits.emergencyPerAccount, key }
  const perAddress = { limit: limits.emergencyPerAddress, key: addressKey(browser.visitor.ip) }
  const seconds = await countAttempt(services.database, perAccount, perAddress)
  if (seconds > 0) return { kind: 'throttled', seconds }
  const candidates = await findCandidates(services, { key, organizationId: undefined, requestId })
  const candidate = candidates.find(({ account }) => account.isEmergencyAccount)
  if (candidate === undefined) {
    await verifyNobody(password)
    return { kind: 'refused' }
  }
  const refusal = await faultOf(candidate, attempt)
  if (refusal !== undefined) {
    await refuseAccount(candidate.ctx, { ...refusal, account: candidate.account, method, browser })
    return { kind: 'refused' }
  }
  const outcome = await enter(candidate, attempt)
  if (outcome.kind === 'signed_in') await forgetAttempts(services.database, perAccount)
  return outcome
}

// The code comes last: a wrong password must not use one up.
async function faultOf({ ctx, account }: Candidate, { password, code }: EmergencyAttempt) {
  const isPassword = await verifyPassword(password, account.passwordHash ?? '')
  if (!isPassword) return { reason: 'wrong_password', detail: 'The password is wrong' }
  if (!account.organization.isActive)
    return { reason: 'organization_suspended', detail: 'The organization is suspended' }
  if (account.status !== 'active') return { reason: 'inactive', detail: `The user is ${account.status}` }
  const { userId } = account
  const isProven = code.trim() !== '' && (await inTransaction(ctx, (tx) => isCode(tx, ctx, { userId, code })))
  if (!isProven) return { reason: 'wrong_second_factor', detail: 'The code is wrong, or was used before' }
  return undefined
}

async function enter({ ctx, account }: Candidate, { reason, browser }: EmergencyAttempt): Promise<EmergencyOutcome> {
  const { userId } = account
  const { organizationId } = ctx
  const own = asPerson(ctx, userId)
  const trace = newTrace()
  trace.received['reason'] = reason
  const detail = { reason, ip: browser.visitor.ip }
  const outcome = await openSession(ctx, {
    ...{ account, browser, trace, attemptMethod: method, limitMinutes: sessionMinutes },
    progress: { method, hasSecondFactor: true, hasNewPassword: false },
    statements: [
      noteUse({ organizationId, userId }),
      recordAudit(own, { action: 'emergency.use', targetType: 'user', targetId: userId, detail }),
    ],
  })
  if (outcome.kind === 'refused') return { kind: 'refused' }
  await alarm(own, account, { reason, browser })
  return outcome
}

/** Everybody who could have done this in the usual way hears of it. */
async function alarm(
  ctx: CallContext,
  account: LocalAccount,
  { reason, browser }: Pick<EmergencyAttempt, 'reason' | 'browser'>,
): Promise<void> {
  const addresses = await administratorAddresses({ ...ctx, permissions: 'all' })
  const { organization, userName, userId } = account
  const letter = {
    subject: `Emergency access to ${organization.name} was used`,
    paragraphs: [
      `The emergency account ${userName} (${account.displayName ?? 'without a name'}) signed in to ${organization.name} at ${ctx.clock.now().toUTCString()}${browser.visitor.ip === null ? '' : ` from ${browser.visitor.ip}`}.`,
      'The reason given was:',
    ],
    quote: reason,
    closing: [
      `The session ends after ${sessionMinutes} minutes, and all that is done in it is in the audit trail. If nobody among you did this, switch the account off at once. If somebody did, make a new emergency account afterwards and seal it.`,
    ],
  }
  await inTransaction(ctx, async (tx) => {
    for (const to of addresses) await queueMail(tx, ctx, { kind: 'emergency_use', to, letter, targetId: userId })
  })
}
