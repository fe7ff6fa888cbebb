// How people of an organization sign in, as far as it is not up to a provider: passwords, second factors, sessions, invitations.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { requireEverything, requireNobodyAbove } from '../../ceiling/ceiling.ts'
import { everybody } from '../../ceiling/holdings.ts'

const minutesOfMonth = 43_200

const SignInPolicyFields = z.object({
  passwordSignIn: z.enum(['allowed', 'off']),
  passwordMinLength: z.int().min(6, 'must be at least 6').max(64, 'must be at most 64'),
  secondFactor: z.enum(['optional', 'required']),
  /** Of whoever manages something, whichever way they sign in. */
  managerSecondFactor: z.enum(['optional', 'required']),
  /** How long a proof of who somebody is counts for what lets others in. */
  freshProofMinutes: z.int().min(1, 'must be at least 1').max(60, 'must be at most 60'),
  /** `neutral`: the sign-in page names neither the organization nor its ways in to whoever knows its slug. */
  signInPage: z.enum(['named', 'neutral']),
  /** `accepted`: of people with a linked account elsewhere, a local sign-in there with a second factor counts here. */
  linkedSignIn: z.enum(['own', 'accepted']),
  sessionIdleMinutes: z.int().min(5, 'must be at least 5').max(minutesOfMonth),
  sessionAbsoluteMinutes: z.int().min(5, 'must be at least 5').max(minutesOfMonth),
  invitationDays: z.int().min(1).max(90),
})

const SignInPolicyInput = SignInPolicyFields.partial()

export type SignInPolicy = z.output<typeof SignInPolicyFields>

const columns = sql`o.password_sign_in as "passwordSignIn", o.password_min_length as "passwordMinLength",
  o.second_factor as "secondFactor", o.session_idle_minutes as "sessionIdleMinutes",
  o.session_absolute_minutes as "sessionAbsoluteMinutes", o.invitation_days as "invitationDays",
  o.sign_in_page as "signInPage", o.manager_second_factor as "managerSecondFactor",
  o.fresh_proof_minutes as "freshProofMinutes", o.linked_sign_in as "linkedSignIn"`

const select = prepared<{ organizationId: string }, SignInPolicy>(
  (p) => sql`select ${columns} from organizations o where o.id = ${p.organizationId}`,
)

const lock = prepared<{ organizationId: string }, SignInPolicy>(
  (p) => sql`select ${columns} from organizations o where o.id = ${p.organizationId} for no key update`,
)

const update = prepared<SignInPolicy & { organizationId: string; now: string }, never>(
  (
    p,
  ) => sql`update organizations set password_sign_in = ${p.passwordSignIn}, password_min_length = ${p.passwordMinLength}::int,
      second_factor = ${p.secondFactor}, session_idle_minutes = ${p.sessionIdleMinutes}::int,
      session_absolute_minutes = ${p.sessionAbsoluteMinutes}::int, invitation_days = ${p.invitationDays}::int,
      sign_in_page = ${p.signInPage}, manager_second_factor = ${p.managerSecondFactor},
      fresh_proof_minutes = ${p.freshProofMinutes}::int, linked_sign_in = ${p.linkedSignIn},
      updated_at = ${p.now}::timestamptz
    where id = ${p.organizationId}`,
)

/** @throws AppError forbidden */
export async function getSignInPolicy(ctx: CallContext): Promise<SignInPolicy> {
  requirePermission(ctx, 'organization.read')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({ organizationId: ctx.organizationId })))
  const policy = rows?.[0]
  if (policy === undefined) throw notFound('Organization')
  return policy
}

/**
 * Holds for sign-ins from now on. @returns the policy as it is now
 * @throws AppError invalid; forbidden (reasons `permission`; `ceiling` where it gets weaker by somebody who does not hold
 *   everything, or ends passwords of people above them); conflict (reason `enrol_first`) for whoever asks a second factor of managers and has none
 */
export async function updateSignInPolicy(
  ctx: CallContext,
  input: z.input<typeof SignInPolicyInput>,
): Promise<SignInPolicy> {
  requirePermission(ctx, 'organization.write')
  const changes = Object.entries(parseInput(SignInPolicyInput, input)).filter(([, value]) => value !== undefined)
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const [before] = await tx.run(lock({ organizationId }))
    if (before === undefined) throw notFound('Organization')
    const after: SignInPolicy = { ...before, ...Object.fromEntries(changes) }
    requireOrder(after)
    // It ends what opens the door to whoever has a password alone.
    if (after.passwordSignIn === 'off' && before.passwordSignIn !== 'off') await requireNobodyAbove(tx, ctx, everybody)
    if (isWeaker(before, after)) await requireEverything(tx, ctx, 'Weakening how people sign in')
    if (before.managerSecondFactor !== after.managerSecondFactor) await requireOwnFactor(tx, ctx, after)
    const detail = { before, after }
    const audit = {
      action: 'organization.sign_in_policy',
      targetType: 'organization',
      targetId: organizationId,
    } as const
    await tx.commitWith(update({ ...after, organizationId, now: nowOf(ctx) }), recordAudit(ctx, { ...audit, detail }))
    return after
  })
}

/** Numbers of which more is weaker. */
const loose = ['sessionIdleMinutes', 'sessionAbsoluteMinutes', 'freshProofMinutes', 'invitationDays'] as const

/** Whether somebody could come in, or stay, who could not before. */
const isWeaker = (before: SignInPolicy, after: SignInPolicy): boolean =>
  (before.secondFactor === 'required' && after.secondFactor !== 'required') ||
  (before.managerSecondFactor === 'required' && after.managerSecondFactor !== 'required') ||
  (before.linkedSignIn === 'own' && after.linkedSignIn !== 'own') ||
  (before.passwordSignIn === 'off' && after.passwordSignIn !== 'off') ||
  after.passwordMinLength < before.passwordMinLength ||
  loose.some((name) => after[name] > before[name])

const factorOf = prepared<{ organizationId: string; userId: string }, { hasOne: boolean }>(
  (p) => sql`select exists (select from totp_factors t where t.organization_id = ${p.organizationId}
      and t.user_id = ${p.userId} and t.confirmed_at is not null)
    or exists (select from passkeys k where k.organization_id = ${p.organizationId} and k.user_id = ${p.userId})
    or exists (select from live_sessions s where s.organization_id = ${p.organizationId} and s.user_id = ${p.userId}
      and s.has_second_factor) as "hasOne"`,
)

/** Whoever asks a second factor of managers has one, so that it is not them who are shut out. */
async function requireOwnFactor(
  tx: Transaction,
  ctx: CallContext,
  { managerSecondFactor }: SignInPolicy,
): Promise<void> {
  const { organizationId, actor } = ctx
  if (managerSecondFactor !== 'required' || actor.type !== 'user') return
  const [row] = await tx.run(factorOf({ organizationId, userId: actor.id }))
  if (row?.hasOne === true) return
  const message = `Set up a second factor of your own first, at ${ctx.urls.page('/login/second-factor')}`
  throw new AppError('conflict', message, { reason: 'enrol_first' })
}

function requireOrder({ sessionIdleMinutes, sessionAbsoluteMinutes }: SignInPolicy): void {
  if (sessionIdleMinutes <= sessionAbsoluteMinutes) return
  const message = 'must not be more than sessionAbsoluteMinutes'
  const fields = [{ path: 'sessionIdleMinutes', message }]
  throw new AppError('invalid', `sessionIdleMinutes: ${message}`, { reason: 'invalidValue', fields })
}
