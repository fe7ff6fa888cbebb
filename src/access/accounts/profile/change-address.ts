// A new sign-in address, by the person: it is theirs once the link that was sent to it has been opened by whoever asked for it. The
// old address is told.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { isEmailAddress } from '#directory/email-address.ts'
import { emailsOf, withPrimary } from '#directory/emails.ts'
import { fold } from '#directory/fold.ts'
import type { UserContent } from '#directory/user-content.ts'
import { issueToken, sha256 } from '#platform/crypto.ts'
import { AppError } from '#platform/errors.ts'
import { invalidField } from '#platform/input.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { addressChangedLetter, confirmAddressLetter } from '#words/letters/address.ts'
import { countAttempt } from '../../ground/count-attempts.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import { queueMail } from '../../notices/mail/queue-mail.ts'
import { emailProof } from '../../sign-in/email-proofs.ts'
import { limits } from '../account/rate-limits.ts'
import { changeOwnContent, getOwnProfile, type OwnProfile } from './own-profile.ts'

const hours = 24

type Key = { organizationId: string; userId: string }

const keep = prepared<Key & { tokenHash: string; email: string; hours: number }, never>(
  (p) => sql`insert into address_changes (organization_id, user_id, token_hash, email, created_at, expires_at)
    values (${p.organizationId}, ${p.userId}, ${p.tokenHash}, ${p.email}, now(), now() + make_interval(hours => ${p.hours}::int))
    on conflict (organization_id, user_id) do update set token_hash = excluded.token_hash, email = excluded.email,
      created_at = excluded.created_at, expires_at = excluded.expires_at, used_at = null`,
)

const use = prepared<Key & { tokenHash: string }, { email: string }>(
  (p) => sql`update address_changes set used_at = now() where organization_id = ${p.organizationId}
    and user_id = ${p.userId} and token_hash = ${p.tokenHash} and used_at is null and expires_at > now()
    returning email`,
)

/** @throws AppError conflict (reasons `managed_by_directory`, `emergency_account`), against_policy (reason `email_immutable`) */
function requireChangeable({ directory, mayChangeEmail, isEmergencyAccount }: OwnProfile): void {
  if (directory !== null)
    throw new AppError('conflict', 'Your directory decides your address; ask whoever runs it', {
      reason: 'managed_by_directory',
    })
  if (isEmergencyAccount)
    throw new AppError('conflict', 'An emergency account has what was sealed', { reason: 'emergency_account' })
  if (!mayChangeEmail)
    throw new AppError('against_policy', 'Addresses are not changed by people themselves in this organization', {
      reason: 'email_immutable',
    })
}

/**
 * Sends a link to the new address; nothing changes before it is opened. Asking again replaces what was asked before.
 * @throws AppError invalid, too_many, and as above
 */
export async function requestAddressChange(ctx: CallContext, { email }: { email: string }): Promise<void> {
  const userId = ownUserId(ctx)
  const wanted = email.trim()
  if (!isEmailAddress(wanted) || wanted.length > 320) throw invalidField('email', 'must be an e-mail address')
  const profile = await getOwnProfile(ctx)
  requireChangeable(profile)
  const seconds = await countAttempt(ctx.database, { limit: limits.addressChangePerAccount, key: userId })
  if (seconds > 0) throw new AppError('too_many', 'Too many links were sent; wait an hour')
  const { plain, hash } = issueToken(ctx.randomBytes)
  const { userName, organizationName: organization } = profile
  const letter = confirmAddressLetter({
    userName,
    organization,
    url: ctx.urls.page(`/account/profile/address/${plain}`),
    hours,
  })
  await inTransaction(ctx, async (tx) => {
    await tx.run(keep({ organizationId: ctx.organizationId, userId, tokenHash: hash, email: wanted, hours }))
    await queueMail(tx, ctx, { kind: 'address_change', to: wanted, readerId: userId, targetId: userId, letter })
    const audit = { action: 'user.request_address_change', targetType: 'user', targetId: userId } as const
    await tx.commitWith(recordAudit(ctx, audit))
  })
}

/**
 * By the link, in a session of whoever asked. @returns the address that is theirs now
 * @throws AppError not_found for a link that is over or somebody else's; conflict (reason `uniqueness`) where somebody has the
 *   address by now
 */
export async function confirmAddressChange(ctx: CallContext, { token }: { token: string }): Promise<string> {
  const userId = ownUserId(ctx)
  const profile = await getOwnProfile(ctx)
  requireChangeable(profile)
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const [change] = await tx.run(use({ organizationId, userId, tokenHash: sha256(token) }))
    if (change === undefined) throw new AppError('not_found', 'The link is over; ask for a new one')
    const { email } = change
    await changeOwnContent(tx, ctx, (before) => withAddress(before, profile.email, email))
    await tx.run(emailProof(ctx, { userId, email, how: 'reset' }))
    if (profile.email !== null) {
      const letter = addressChangedLetter({ ...profile, email, organization: profile.organizationName })
      await queueMail(tx, ctx, {
        kind: 'address_change',
        to: profile.email,
        readerId: userId,
        targetId: userId,
        letter,
      })
    }
    const audit = { action: 'user.change_own_address', targetType: 'user', targetId: userId } as const
    await tx.commitWith(recordAudit(ctx, audit))
    return email
  })
}

/** In place of the old one; a userName that was the old address follows it. */
function withAddress(before: UserContent, old: string | null, email: string): UserContent {
  const follows = old !== null && fold(before.userName) === fold(old)
  const emails = withPrimary(emailsOf(before.attributes), email)
  return {
    ...before,
    userName: follows ? email : before.userName,
    attributes: { ...before.attributes, emails },
  }
}
