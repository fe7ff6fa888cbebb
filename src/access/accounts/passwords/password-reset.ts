// A forgotten password: a link by mail, good once and for half an hour, the newest one only. Whoever asks learns nothing.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { issueToken, sha256 } from '#platform/crypto.ts'
import { type CallContext, inTransaction, type Services } from '#src/context.ts'
import { passwordResetLetter } from '#words/letters/password.ts'
import { addressKey, type Counted, countAttempt, forgetAttempts, forgiveAttempt } from '../../ground/count-attempts.ts'
import { queueMail } from '../../notices/mail/queue-mail.ts'
import type { Visitor } from '../../sign-in/attempts.ts'
import { emailProof } from '../../sign-in/email-proofs.ts'
import { userSessionsEnd } from '../../sign-in/sessions/end-sessions.ts'
import { findAccount, type LocalAccount } from '../account/account.ts'
import { barrierOf } from '../account/barriers.ts'
import { type Candidate, countCandidates, findCandidates, nameCounter } from '../account/candidates.ts'
import { notifyPasswordChanged } from '../account/notify-password-change.ts'
import { limits } from '../account/rate-limits.ts'
import { asUser, signInContext } from '../account/sign-in-context.ts'
import { requireGoodPassword, rulesOf } from './password-policy.ts'
import { passwordWrite, pendingSignInsEnd } from './passwords.ts'

const minutes = 30

type Key = { organizationId: string; userId: string }

const insert = prepared<Key & { tokenHash: string; minutes: number }, never>(
  (p) => sql`with older as (
      update password_resets set used_at = now()
      where organization_id = ${p.organizationId} and user_id = ${p.userId} and used_at is null)
    insert into password_resets (organization_id, user_id, token_hash, created_at, expires_at)
    values (${p.organizationId}, ${p.userId}, ${p.tokenHash}, now(), now() + make_interval(mins => ${p.minutes}::int))`,
)

const open = prepared<{ organizationId: string; tokenHash: string }, { userId: string }>(
  (p) => sql`select user_id as "userId" from password_resets
    where organization_id = ${p.organizationId} and token_hash = ${p.tokenHash} and used_at is null and expires_at > now()`,
)

const use = prepared<{ organizationId: string; tokenHash: string }, { userId: string }>(
  (p) => sql`update password_resets set used_at = now()
    where organization_id = ${p.organizationId} and token_hash = ${p.tokenHash} and used_at is null and expires_at > now()
    returning user_id as "userId"`,
)

const resolve = prepared<{ tokenHash: string }, Key>(
  (p) =>
    sql`select organization_id as "organizationId", user_id as "userId" from resolve_password_reset(${p.tokenHash})`,
)

const perAddress = ({ ip }: Visitor): Counted => ({ limit: limits.resetPerAddress, key: addressKey(ip) })

export type ResetRequest = { name: string; visitor: Visitor; requestId: string }

/**
 * Sends a link to whoever of this name may have one: active, with a password, and not bound to a provider. Everybody else,
 * and everybody who asks too often, is passed over in silence. @returns the seconds to wait where the address asks too often
 */
export async function requestPasswordReset(services: Services, request: ResetRequest): Promise<number> {
  const { name, visitor, requestId } = request
  const seconds = await countAttempt(services.database, perAddress(visitor))
  if (seconds > 0) return seconds
  const wanted = { key: fold(name.trim()), organizationId: undefined, requestId }
  const candidates = await findCandidates(services, wanted)
  const { open: within } = await countCandidates(services, limits.resetPerAccount, candidates, wanted)
  for (const candidate of within) await sendLink(candidate, visitor)
  return 0
}

async function sendLink({ ctx, account }: Candidate, visitor: Visitor): Promise<void> {
  const { userId, email, organization } = account
  if (email === null || barrierOf(account, 'password') !== undefined) return
  const { plain, hash } = issueToken(ctx.randomBytes)
  const { organizationId } = ctx
  const detail = { ip: visitor.ip }
  await inTransaction(ctx, async (tx) => {
    const letter = passwordResetLetter({
      ...{ userName: account.userName, organization: organization.name, minutes },
      resetUrl: ctx.urls.page(`/login/reset/${plain}`),
    })
    await queueMail(tx, ctx, { kind: 'password_reset', to: email, readerId: userId, targetId: userId, letter })
    await tx.commitWith<unknown>(
      insert({ organizationId, userId, tokenHash: hash, minutes }),
      recordAudit(ctx, { action: 'user.password_reset_request', targetType: 'user', targetId: userId, detail }),
    )
  })
}

export type OpenReset = { ctx: CallContext; account: LocalAccount }

/** Whom a link is for; undefined where it is used, replaced, run out or unknown, or the person may not sign in this way. */
export async function findPasswordReset(
  services: Services,
  { token, requestId }: { token: string; requestId: string },
): Promise<OpenReset | undefined> {
  const tokenHash = sha256(token)
  const [owner] = await services.database.read(resolve({ tokenHash }))
  if (owner === undefined) return undefined
  const { organizationId } = owner
  const ctx = signInContext(services, organizationId, requestId)
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(open({ organizationId, tokenHash })))
  if (rows?.[0] === undefined) return undefined
  const account = await findAccount(ctx, owner.userId)
  return account === undefined || barrierOf(account, 'password') !== undefined ? undefined : { ctx, account }
}

/**
 * Sets the new password and ends every session of the person. @returns false where the link is over
 * @throws AppError invalid where the password is not good enough; the link stays good then
 */
export async function resetPassword(
  services: Services,
  { token, password, visitor, requestId }: { token: string; password: string; visitor: Visitor; requestId: string },
): Promise<boolean> {
  const found = await findPasswordReset(services, { token, requestId })
  if (found === undefined) return false
  const { account } = found
  const { userId } = account
  requireGoodPassword(password, rulesOf(account))
  const ctx = asUser(found.ctx, userId)
  const { organizationId } = ctx
  const write = await passwordWrite(ctx, { userId, password })
  const isDone = await inTransaction(ctx, async (tx) => {
    const [used] = await tx.run(use({ organizationId, tokenHash: sha256(token) }))
    if (used === undefined) return false
    await notifyPasswordChanged(tx, ctx, account)
    await tx.commitWith<unknown>(
      ...[write, pendingSignInsEnd(ctx, userId)],
      recordAudit(ctx, { action: 'user.password_reset', targetType: 'user', targetId: userId }),
      userSessionsEnd(ctx, userId, { reason: 'password_changed' }),
      // The link was mailed to this address: another one since then would have made it void.
      ...(account.email === null ? [] : [emailProof(ctx, { userId, email: account.email, how: 'reset' })]),
    )
    return true
  })
  if (isDone) {
    await forgetNames(services, account)
    await forgiveAttempt(services.database, perAddress(visitor))
  }
  return isDone
}

/** Whoever was kept out by wrong passwords, be they their own or somebody else's, gets in with the new one at once. */
async function forgetNames({ database }: Services, account: LocalAccount): Promise<void> {
  const { userName, email, organization } = account
  const keys = [userName, ...(email === null ? [] : [email])].map(fold)
  for (const key of new Set(keys)) {
    for (const isNamed of [true, false]) {
      const counter = nameCounter(limits.passwordPerAccount, { key, organizationId: organization.id, isNamed })
      await forgetAttempts(database, counter)
    }
  }
}
