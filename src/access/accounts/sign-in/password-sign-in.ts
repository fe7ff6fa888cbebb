// Signing in with a password. Whether there is such a person is not to be learnt from the answer nor from its time: each
// attempt looks up once, verifies once, and says the same.
import { fold } from '#directory/fold.ts'
import { needsRehash, verifyNobody, verifyPassword } from '#platform/password.ts'
import { type CallContext, inTransaction, type Services } from '#src/context.ts'
import { addressKey, countAttempt, forgetAttempts, forgiveAttempt } from '../../ground/count-attempts.ts'
import { newTrace } from '../../sign-in/trace.ts'
import type { LocalAccount } from '../account/account.ts'
import { type Barrier, barrierOf } from '../account/barriers.ts'
import {
  type Candidate,
  countCandidates,
  findCandidates,
  findWithoutPassword,
  nameCounter,
} from '../account/candidates.ts'
import { limits } from '../account/rate-limits.ts'
import { signInContext } from '../account/sign-in-context.ts'
import { passwordRehash } from '../passwords/passwords.ts'
import { type Browser, type Completion, completeSignIn, refuseAccount } from './complete-sign-in.ts'

export type PasswordAttempt = {
  /** An e-mail address or userName, as typed. */
  name: string
  password: string
  /** The organization that it is for, where that is known; otherwise any that has such a person. */
  organizationId: string | undefined
  /** Where an attempt for nobody is recorded: the organization that owns the address's domain. */
  homeOrganizationId: string | undefined
  browser: Browser
  requestId: string
}

export type PasswordOutcome =
  | Exclude<Completion, { kind: 'refused' }>
  | { kind: 'refused' }
  | { kind: 'rate_limited'; seconds: number }
  /** The same password opens several organizations: the person has to say which. */
  | { kind: 'several'; organizations: { slug: string; name: string }[] }

/** @throws AppError unavailable, too_many */
export async function signInWithPassword(services: Services, attempt: PasswordAttempt): Promise<PasswordOutcome> {
  const { name, password, organizationId, requestId, browser } = attempt
  const { database } = services
  const key = fold(name.trim())
  const address = addressKey(browser.visitor.ip)
  const perAddress = { limit: limits.passwordPerAddress, key: address }
  const tooMany = await countAttempt(database, perAddress)
  if (tooMany > 0) return { kind: 'rate_limited', seconds: tooMany }
  const candidates = await findCandidates(services, { key, organizationId, requestId })
  const counting = await countCandidates(services, limits.passwordPerAccount, candidates, { key, organizationId })
  if (counting.seconds > 0) return { kind: 'rate_limited', seconds: counting.seconds }
  const judged = await judge(counting.open, password)
  const open = judged.filter(({ refusal }) => refusal === undefined)
  const [first, ...others] = open
  if (first === undefined) return refuse(services, attempt, judged)
  await forgiveAttempt(database, perAddress, { limit: limits.discoveryPerAddress, key: address })
  if (others.length > 0) return { kind: 'several', organizations: open.map(({ account }) => account.organization) }
  const { ctx, account } = first
  const isNamed = organizationId !== undefined
  const own = { key, organizationId: ctx.organizationId, isNamed }
  await forgetAttempts(database, nameCounter(limits.passwordPerAccount, own))
  await renewHash(ctx, account, password)
  const progress = { method: 'password', hasSecondFactor: false, hasNewPassword: false } as const
  const outcome = await completeSignIn(ctx, { account, progress, browser, trace: traceOf(name) })
  return outcome.kind === 'refused' ? { kind: 'refused' } : outcome
}

type Judged = Candidate & { refusal: Barrier | undefined }

const noPassword: Barrier = { reason: 'no_password', detail: 'The person has no password here' }
const wrongPassword: Barrier = { reason: 'wrong_password', detail: 'The password is wrong' }

/** All at once, so that two accounts of one name take no longer than one. */
async function judge(candidates: Candidate[], password: string): Promise<Judged[]> {
  if (candidates.length === 0) await verifyNobody(password)
  return Promise.all(
    candidates.map(async (candidate) => {
      const isRight = await verifyPassword(password, candidate.account.passwordHash ?? '')
      return { ...candidate, refusal: isRight ? barrierOf(candidate.account, 'password') : wrongPassword }
    }),
  )
}

/** Recorded in one organization: what is tried at one's account is no other's business, be the name the same. */
async function refuse(
  services: Services,
  { name, homeOrganizationId, organizationId, browser, requestId }: PasswordAttempt,
  judged: Judged[],
): Promise<{ kind: 'refused' }> {
  const method = 'password'
  for (const { ctx, account, refusal = wrongPassword } of meant(judged))
    await refuseAccount(ctx, { ...{ account, method, browser }, ...refusal, trace: traceOf(name) })
  if (judged.length > 0) return { kind: 'refused' }
  const known = await findWithoutPassword(services, { key: fold(name.trim()), organizationId, requestId })
  const home = organizationId ?? homeOrganizationId
  if (known !== undefined) {
    const { ctx, account } = known
    await refuseAccount(ctx, { ...noPassword, account, method, browser, trace: traceOf(name) })
  } else if (home !== undefined) {
    const ctx = signInContext(services, home, requestId)
    const nobody = { reason: 'unknown_user', detail: 'Nobody with a password has this name or address' }
    await refuseAccount(ctx, { ...nobody, account: undefined, method, browser, trace: traceOf(addressOnly(name)) })
  }
  return { kind: 'refused' }
}

/** Where the password was right, that account was meant; otherwise those of the likeliest organization. */
function meant(judged: readonly Judged[]): readonly Judged[] {
  const right = judged.filter(({ refusal }) => refusal !== wrongPassword)
  if (right.length > 0) return right
  return judged.filter(({ ctx }) => ctx.organizationId === judged[0]?.ctx.organizationId)
}

// Some type their password where the name belongs; that must not be kept.
const addressOnly = (name: string): string => (name.includes('@') ? name : '(no address)')

const traceOf = (name: string) => {
  const trace = newTrace()
  trace.received['name'] = name
  return trace
}

/** A hash from the time of a lower cost becomes one of today's, now that the password is at hand. */
async function renewHash(ctx: CallContext, { userId, passwordHash }: LocalAccount, password: string): Promise<void> {
  if (passwordHash === null || !needsRehash(passwordHash)) return
  const write = await passwordRehash(ctx, { userId, password, before: passwordHash })
  await inTransaction(ctx, (tx) => tx.commitWith(write))
}
