// Guests: people from outside, whom no directory manages and who have no address in a domain that the organization has
// verified. An organization may say how long they hold what they are given directly, and at which domains they are invited.
import { sql } from 'drizzle-orm'
import { domainOf, isVerifiedDomain } from '#connections/domains/domains.ts'
import { isPerson } from '#db/emergency.ts'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, requirePermissionSomewhere, type Transaction } from '#src/context.ts'
import { someOf } from '#words/counts.ts'

export type GuestTerms = {
  /** Days; null: also without end. */
  maxDays: number | null
  /** Null: any. */
  domains: string[] | null
}

const terms = prepared<{ organizationId: string }, GuestTerms>(
  (p) => sql`select o.guest_max_days as "maxDays", o.guest_domains as domains from organizations o
    where o.id = ${p.organizationId}`,
)

// No row where the person is no guest, whatever their address.
const addressOf = prepared<{ organizationId: string; userId: string }, { email: string | null }>(
  (p) => sql`select ${emailColumn} as email from users u
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.directory_id is null
      and ${isPerson}`,
)

/** What holds for guests, for whoever may invite or give a role. @throws AppError forbidden */
export async function getGuestTerms(ctx: CallContext): Promise<GuestTerms> {
  requirePermissionSomewhere(ctx, 'invitations.write')
  return inTransaction(ctx, (tx) => termsWithin(tx, ctx))
}

/**
 * Whether somebody with this address may be invited until that date.
 * @throws AppError against_policy (reasons `guest_domain`, `guest_end_date`), naming the field
 */
export async function requireGuestInvitation(
  tx: Transaction,
  ctx: CallContext,
  { email, expiresAt }: { email: string; expiresAt: string | null },
): Promise<void> {
  const { maxDays, domains } = await termsWithin(tx, ctx)
  if ((maxDays === null && domains === null) || (await isOurs(tx, ctx, email))) return
  if (domains !== null && !domains.includes(domainOf(email) ?? '')) {
    const message = `People from outside are invited at ${domains.length === 0 ? 'no domain' : someOf(domains)} only; ask an administrator to add the domain in the settings`
    throw against('guest_domain', 'email', message)
  }
  requireEnd(ctx, maxDays, expiresAt)
}

/**
 * Whether this person may be given something until that date.
 * @throws AppError against_policy (reason `guest_end_date`)
 */
export async function requireGuestEnd(
  tx: Transaction,
  ctx: CallContext,
  { userId, expiresAt }: { userId: string; expiresAt: string | null },
): Promise<void> {
  const { maxDays } = await termsWithin(tx, ctx)
  if (maxDays === null) return
  const [person] = await tx.run(addressOf({ organizationId: ctx.organizationId, userId }))
  if (person !== undefined && !(await isOurs(tx, ctx, person.email))) requireEnd(ctx, maxDays, expiresAt)
}

async function termsWithin(tx: Transaction, { organizationId }: CallContext): Promise<GuestTerms> {
  const [found] = await tx.run(terms({ organizationId }))
  return found ?? { maxDays: null, domains: null }
}

async function isOurs(tx: Transaction, { organizationId }: CallContext, email: string | null): Promise<boolean> {
  const name = domainOf(email ?? '')
  if (name === undefined) return false
  const [found] = await tx.run(isVerifiedDomain({ organizationId, name }))
  return found?.isVerified === true
}

/** The last day counts to its end, as a date that people choose does. */
function requireEnd(ctx: CallContext, maxDays: number | null, expiresAt: string | null): void {
  if (maxDays === null) return
  const last = new Date(ctx.clock.now())
  last.setUTCDate(last.getUTCDate() + maxDays)
  last.setUTCHours(23, 59, 59, 999)
  if (expiresAt !== null && new Date(expiresAt) <= last) return
  const message = `For people from outside, choose a date until ${last.toISOString().slice(0, 10)}: ${maxDays} days are the most here`
  throw against('guest_end_date', 'expiresAt', message)
}

const against = (reason: string, path: string, message: string): AppError =>
  new AppError('against_policy', message, { reason, fields: [{ path, message }] })
