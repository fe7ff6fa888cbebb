// Accepting an invitation, by whoever holds its link: with a password or a passkey of their own. Through a provider, the sign-in
// itself accepts it. The link counts once, and what is chosen is stored with its use.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { type Connection, isOpenForSignIn, listConnections } from '#connections/sign-in/connections.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { activation } from '#directory/activation.ts'
import { sha256 } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, type Services } from '#src/context.ts'
import { findAccount, type LocalAccount } from '../accounts/account/account.ts'
import { asUser, signInContext } from '../accounts/account/sign-in-context.ts'
import { newPasskey, newPasskeyQuestion } from '../accounts/factors/new-passkey.ts'
import { requireGoodPassword, rulesOf } from '../accounts/passwords/password-policy.ts'
import { passwordWrite } from '../accounts/passwords/passwords.ts'
import {
  type Browser,
  type Completion,
  completeSignIn,
  nextStep,
  openSession,
  type Progress,
} from '../accounts/sign-in/complete-sign-in.ts'
import { invitedEmailProof } from '../sign-in/email-proofs.ts'
import { newTrace } from '../sign-in/trace.ts'
import { getInvitation, type InvitationRecord } from './invitations.ts'

export type OpenInvitation = {
  ctx: CallContext
  invitation: InvitationRecord
  account: LocalAccount
  inviter: string | null
  /** The providers that the person may come through instead. */
  connections: Connection[]
  /** Whether they may come without one, and how. */
  allows: { password: boolean; passkey: boolean }
}

const resolve = prepared<{ tokenHash: string }, { organizationId: string; invitationId: string }>(
  (p) =>
    sql`select organization_id as "organizationId", invitation_id as "invitationId" from resolve_invitation(${p.tokenHash})`,
)

const inviterOf = prepared<{ organizationId: string; userId: string }, { name: string }>(
  (p) => sql`select coalesce(display_name, user_name) as name from users
    where organization_id = ${p.organizationId} and id = ${p.userId}`,
)

const lockPending = prepared<{ organizationId: string; tokenHash: string }, { userId: string }>(
  (p) => sql`select user_id as "userId" from invitations where organization_id = ${p.organizationId}
    and token_hash = ${p.tokenHash} and status = 'pending' and expires_at > now() for update`,
)

const rename = prepared<{ organizationId: string; userId: string; displayName: string; now: string }, never>(
  (p) => sql`update users set display_name = ${p.displayName}, version = version + 1, updated_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.userId} and display_name is distinct from ${p.displayName}`,
)

/** The invitation with this token, whatever has become of it; undefined where no link has this token (any more). */
export async function findInvitation(
  services: Services,
  { token, requestId }: { token: string; requestId: string },
): Promise<OpenInvitation | undefined> {
  const [owner] = await services.database.read(resolve({ tokenHash: sha256(token) }))
  if (owner === undefined) return undefined
  const { organizationId, invitationId } = owner
  const ctx = signInContext(services, organizationId, requestId)
  const invitation = await getInvitation(ctx, invitationId)
  const account = await findAccount(ctx, invitation.userId)
  if (account === undefined || !account.organization.isActive) return undefined
  const [inviters] = await inTransaction(ctx, (tx) =>
    tx.commitWith(inviterOf({ organizationId, userId: invitation.invitedBy })),
  )
  const connections = (await listConnections(ctx)).filter(isOpenForSignIn)
  const { isEnforced, passwordSignIn } = account.organization
  const allows = { password: !isEnforced && passwordSignIn === 'allowed', passkey: !isEnforced }
  return { ctx, invitation, account, inviter: inviters?.[0]?.name ?? null, connections, allows }
}

const purposeOf = (token: string): string => `invitation:${sha256(token)}`

/** What the browser is asked to make the person's first passkey with; undefined where the invitation is over. */
export async function invitationPasskeyQuestion(services: Services, where: { token: string; requestId: string }) {
  const found = await findInvitation(services, where)
  if (found?.invitation.status !== 'pending' || !found.allows.passkey) return undefined
  return newPasskeyQuestion(found.ctx, { account: found.account, purpose: purposeOf(where.token), known: [] })
}

const AcceptInput = z.object({ name: nameSchema })

export type Acceptance = {
  token: string
  name: string
  password: string
  /** A new passkey in place of a password, as JSON. */
  credential: string | undefined
  browser: Browser
  requestId: string
}

/**
 * @returns `over` where the link was used, replaced, cancelled or has run out
 * @throws AppError invalid where name or password will not do (the link stays good); forbidden where only a provider will do
 */
export async function acceptInvitation(
  services: Services,
  acceptance: Acceptance,
): Promise<Completion | { kind: 'over' }> {
  const { token, browser, requestId } = acceptance
  const found = await findInvitation(services, { token, requestId })
  if (found?.invitation.status !== 'pending') return { kind: 'over' }
  const { name } = parseInput(AcceptInput, { name: acceptance.name })
  const { account } = found
  const { userId } = account
  const ctx = asUser(found.ctx, userId)
  const { progress, statement } = await newCredential(ctx, found, { ...acceptance, name })
  const { organizationId } = ctx
  const renaming = rename({ organizationId, userId, displayName: name, now: nowOf(ctx) })
  const isAccepted = await inTransaction(ctx, async (tx) => {
    const [pending] = await tx.run(lockPending({ organizationId, tokenHash: sha256(token) }))
    if (pending === undefined) return false
    const [activated] = await tx.run(activation(ctx, userId, 'invitation'))
    if (activated === undefined) return false
    await tx.commitWith<unknown>(renaming, statement, invitedEmailProof(ctx, userId))
    return true
  })
  if (!isAccepted) return { kind: 'over' }
  const trace = newTrace()
  trace.received['invitation'] = found.invitation.id
  const active = { ...account, status: 'active' as const }
  if (nextStep(active, progress) !== 'done')
    return completeSignIn(found.ctx, { account: active, progress, browser, trace })
  return openSession(found.ctx, { account: active, progress, browser, trace, attemptMethod: 'invitation' })
}

async function newCredential(
  ctx: CallContext,
  { account, allows }: OpenInvitation,
  { name, password, credential, token }: Acceptance,
): Promise<{ progress: Progress; statement: Statement<never> }> {
  const { userId } = account
  if (credential !== undefined && credential !== '') {
    if (!allows.passkey) throw onlyByProvider()
    const made = await newPasskey(ctx, { userId, purpose: purposeOf(token), name: 'Passkey', credential })
    return { progress: { method: 'passkey', hasSecondFactor: true, hasNewPassword: false }, statement: made.statement }
  }
  if (!allows.password) throw onlyByProvider()
  const rules = rulesOf(account)
  requireGoodPassword(password, { ...rules, ownWords: [...rules.ownWords, name] })
  const statement = await passwordWrite(ctx, { userId, password })
  return { progress: { method: 'password', hasSecondFactor: false, hasNewPassword: true }, statement }
}

const onlyByProvider = (): AppError =>
  new AppError('forbidden', 'This organization signs in through its identity provider', { reason: 'sign_in_enforced' })
