// The emergency door: user name, password, second factor and a reason, all at once. It asks no provider and no mail server, and
// it is open while sign-in through a provider is enforced.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { verifyNobody, verifyPassword } from '#platform/password.ts'
import { type CallContext, inTransaction, nowOf, type Services } from '#src/context.ts'
import type { Letter } from '#words/letter.ts'
import { type EmergencyEvent, emergencyDrillLetter, emergencyUseLetter } from '#words/letters/emergency.ts'
import { addressKey, countAttempt, forgetAttempts, forgiveAttempt } from '../../ground/count-attempts.ts'
import { administratorRecipients } from '../../notices/alarms/recipients.ts'
import { queueMail } from '../../notices/mail/queue-mail.ts'
import { attemptStatement, newReference } from '../../sign-in/attempts.ts'
import { newTrace, passed } from '../../sign-in/trace.ts'
import type { LocalAccount } from '../account/account.ts'
import { type Candidate, countCandidates, findCandidates, nameCounter } from '../account/candidates.ts'
import { limits } from '../account/rate-limits.ts'
import { asUser } from '../account/sign-in-context.ts'
import { type Browser, openSession, refuseAccount, type SignedIn } from '../sign-in/complete-sign-in.ts'
import { isCode } from '../sign-in/second-factor.ts'

const sessionMinutes = 60
const method = 'emergency'

export type EmergencyAttempt = {
  userName: string
  password: string
  /** Of the authenticator, or a recovery code. */
  code: string
  /** Why; everybody who is alarmed reads it. */
  reason: string
  /** To show that the account works, and nothing else: no session is opened. */
  isDrill: boolean
  browser: Browser
  requestId: string
}

export type EmergencyOutcome =
  | SignedIn
  | { kind: 'proven' }
  | { kind: 'refused' }
  | { kind: 'rate_limited'; seconds: number }

const noteUse = prepared<{ organizationId: string; userId: string }, never>(
  (p) => sql`update emergency_accounts set last_used_at = now()
    where organization_id = ${p.organizationId} and user_id = ${p.userId}`,
)

/** @throws AppError unavailable */
export async function signInForEmergency(services: Services, attempt: EmergencyAttempt): Promise<EmergencyOutcome> {
  const { browser, requestId, password } = attempt
  const { database } = services
  const perAddress = { limit: limits.emergencyPerAddress, key: addressKey(browser.visitor.ip) }
  const tooMany = await countAttempt(database, perAddress)
  if (tooMany > 0) return { kind: 'rate_limited', seconds: tooMany }
  const wanted = { key: fold(attempt.userName.trim()), organizationId: undefined, requestId }
  const found = (await findCandidates(services, wanted)).filter(({ account }) => account.isEmergencyAccount)
  const { open, seconds } = await countCandidates(services, limits.emergencyPerAccount, found, wanted)
  if (seconds > 0) return { kind: 'rate_limited', seconds }
  const candidate = await meant(open, password)
  if (candidate === undefined) {
    await verifyNobody(password)
    return { kind: 'refused' }
  }
  const refusal = await faultOf(candidate, attempt)
  if (refusal !== undefined) {
    await refuseAccount(candidate.ctx, { ...refusal, account: candidate.account, method, browser })
    return { kind: 'refused' }
  }
  const outcome = attempt.isDrill ? await prove(candidate, attempt) : await enter(candidate, attempt)
  if (outcome.kind === 'refused') return outcome
  const { organizationId } = candidate.ctx
  const own = nameCounter(limits.emergencyPerAccount, { key: wanted.key, organizationId, isNamed: false })
  await Promise.all([forgetAttempts(database, own), forgiveAttempt(database, perAddress)])
  return outcome
}

/** Of emergency accounts of one name in several organizations, the one that the password opens; else the likeliest. */
async function meant(candidates: readonly Candidate[], password: string): Promise<Candidate | undefined> {
  if (candidates.length < 2) return candidates[0]
  const right = await Promise.all(candidates.map(({ account }) => verifyPassword(password, account.passwordHash ?? '')))
  return candidates.find((_, index) => right[index] === true) ?? candidates[0]
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

const insertUse = prepared<
  { organizationId: string; id: string; userId: string; reason: string; ip: string | null; now: string },
  never
>(
  (p) => sql`insert into emergency_uses (organization_id, id, user_id, reason, ip, started_at)
    values (${p.organizationId}, ${p.id}, ${p.userId}, ${p.reason}, ${p.ip}, ${p.now}::timestamptz)`,
)

async function prove({ ctx, account }: Candidate, { reason, browser }: EmergencyAttempt): Promise<EmergencyOutcome> {
  const { userId } = account
  const own = asUser(ctx, userId)
  const trace = newTrace()
  trace.received['reason'] = reason
  passed(trace, 'drill', 'Password and code are right; a drill opens no session')
  const row = {
    method,
    connectionId: null,
    userId,
    reason: null,
    outcome: 'tested',
    trace,
    ...browser.visitor,
  } as const
  const entry = { action: 'emergency.drill', targetType: 'user', targetId: userId } as const
  await inTransaction(ctx, (tx) =>
    tx.commitWith<unknown>(
      noteUse({ organizationId: ctx.organizationId, userId }),
      attemptStatement(own, { ...row, reference: newReference(ctx) }),
      recordAudit(own, { ...entry, detail: { reason, ip: browser.visitor.ip } }),
    ),
  )
  const event = eventOf(ctx, account, { reason, browser })
  await tell(own, (zone) => emergencyDrillLetter(event, zone), userId)
  return { kind: 'proven' }
}

async function enter({ ctx, account }: Candidate, { reason, browser }: EmergencyAttempt): Promise<EmergencyOutcome> {
  const { userId } = account
  const { organizationId } = ctx
  const own = asUser(ctx, userId)
  const trace = newTrace()
  trace.received['reason'] = reason
  const detail = { reason, ip: browser.visitor.ip }
  const outcome = await openSession(ctx, {
    ...{ account, browser, trace, attemptMethod: method, limitMinutes: sessionMinutes },
    progress: { method, hasSecondFactor: true, hasNewPassword: false },
    statements: [
      noteUse({ organizationId, userId }),
      insertUse({ organizationId, id: ctx.ids.next('emu'), userId, reason, ip: browser.visitor.ip, now: nowOf(ctx) }),
      recordAudit(own, { action: 'emergency.use', targetType: 'user', targetId: userId, detail }),
    ],
  })
  if (outcome.kind === 'refused') return { kind: 'refused' }
  await tell(own, useLetter(ctx, account, { reason, browser }), userId)
  return outcome
}

type Said = Pick<EmergencyAttempt, 'reason' | 'browser'>

/** A letter as it is in the reader's zone. */
type LetterIn = (zone: string | undefined) => Letter

const eventOf = (
  ctx: CallContext,
  { organization, userName, displayName }: LocalAccount,
  { reason, browser }: Said,
): EmergencyEvent => ({
  ...{ organization: organization.name, userName, displayName, reason },
  at: nowOf(ctx),
  ip: browser.visitor.ip,
})

const useLetter = (ctx: CallContext, account: LocalAccount, said: Said): LetterIn => {
  const event = eventOf(ctx, account, said)
  return (zone) => emergencyUseLetter(event, { sessionMinutes, url: ctx.urls.page('/console/emergency'), zone })
}

/** Everybody who could have done this in the usual way hears of it. */
async function tell(ctx: CallContext, letterIn: LetterIn, targetId: string): Promise<void> {
  const recipients = await administratorRecipients({ ...ctx, permissions: 'all' })
  await inTransaction(ctx, async (tx) => {
    for (const { email, zone } of recipients) {
      await queueMail(tx, ctx, { kind: 'emergency_use', to: email, letter: letterIn(zone), targetId })
    }
  })
}
