// Accounts that one human has in several organizations. They stay separate rows under separate rules; that they are one human's is known
// to whoever holds a session of one of them, and to nobody in any of the organizations.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, enterInstance, inTransaction, platformId, type Services, servicesOf } from '#src/context.ts'
import type { BrowserSession } from '../../sign-in/sessions/resolve-session.ts'
import { newTrace } from '../../sign-in/trace.ts'
import { findAccount } from '../account/account.ts'
import { barrierOf } from '../account/barriers.ts'
import { signInContext } from '../account/sign-in-context.ts'
import { type Browser, openSession, type SignedIn } from '../sign-in/complete-sign-in.ts'

export type LinkedAccount = {
  organizationId: string
  slug: string
  organizationName: string
  userId: string
  userName: string
  /** Whether the organization takes the session here for a sign-in there. */
  isAccepted: boolean
}

/** Both sessions have to have been proven within so many minutes. */
export const proofMinutes = 10

const find = prepared<{ tokenHash: string }, LinkedAccount>(
  (
    p,
  ) => sql`select organization_id as "organizationId", slug, organization_name as "organizationName", user_id as "userId",
      user_name as "userName", is_accepted as "isAccepted" from linked_accounts(${p.tokenHash})`,
)

/** Of the account of a live session; none where the session is over. @throws AppError unavailable */
export const linkedAccounts = (database: Database, tokenHash: string): Promise<LinkedAccount[]> =>
  database.read(find({ tokenHash }))

type Outcome = 'linked' | 'stale' | 'other_stale' | 'refused'

const link = prepared<{ tokenHash: string; otherTokenHash: string; minutes: number }, { outcome: Outcome }>(
  (p) => sql`select link_accounts(${p.tokenHash}, ${p.otherTokenHash}, ${p.minutes}::int) as outcome`,
)

/** Above the organizations, whose trails say nothing of it: the platform's has the ids. */
const aboveAs = (services: Services, userId: string, requestId: string): CallContext => ({
  ...{ ...servicesOf(services), organizationId: platformId, actor: { type: 'user', id: userId } },
  ...{ permissions: new Set<never>(), entry: enterInstance({}), requestId },
})

type Pair = { session: BrowserSession; other: { tokenHash: string; userId: string }; requestId: string }

/**
 * Joins the accounts of two sessions of one browser. `stale`, `other_stale`: the person has to prove who they are there first.
 * @throws AppError conflict where there is nothing to join; unavailable
 */
export function linkAccounts(
  services: Services,
  { session, other, requestId }: Pair,
): Promise<Exclude<Outcome, 'refused'>> {
  const ctx = aboveAs(services, session.userId, requestId)
  return inTransaction(ctx, async (tx) => {
    const hashes = { tokenHash: session.tokenHash, otherTokenHash: other.tokenHash }
    const [{ outcome } = { outcome: 'refused' as const }] = await tx.run(link({ ...hashes, minutes: proofMinutes }))
    if (outcome === 'refused')
      throw new AppError('conflict', 'These accounts cannot be linked, or one of the sessions has ended', {
        reason: 'not_linkable',
      })
    if (outcome === 'linked') await tx.run(recordAudit(ctx, entryOf('account.link', session.userId, other.userId)))
    return outcome
  })
}

const entryOf = (action: 'account.link' | 'account.unlink', userId: string, otherUserId: string) =>
  ({ action, targetType: 'user', targetId: userId, detail: { otherUserId } }) as const

const unlink = prepared<{ tokenHash: string; userId: string }, { isDone: boolean }>(
  (p) => sql`select unlink_accounts(${p.tokenHash}, ${p.userId}) as "isDone"`,
)

/** From either side; sessions stay as they are. @throws AppError unavailable */
export async function unlinkAccounts(
  services: Services,
  { session, userId, requestId }: { session: BrowserSession; userId: string; requestId: string },
): Promise<void> {
  const ctx = aboveAs(services, session.userId, requestId)
  await inTransaction(ctx, async (tx) => {
    const [row] = await tx.run(unlink({ tokenHash: session.tokenHash, userId }))
    if (row?.isDone === true) await tx.run(recordAudit(ctx, entryOf('account.unlink', session.userId, userId)))
  })
}

export type Switch = {
  /** The live session that vouches. */
  session: BrowserSession
  organizationId: string
  browser: Browser
  requestId: string
}

/**
 * A session at a linked account, by the proof of this one: as old as that, and under the rules that its organization has for a
 * sign-in of this kind.
 * @returns undefined where the organization wants a sign-in of its own, or there is no such link. @throws AppError unavailable
 */
export async function switchToLinked(
  services: Services,
  { session, organizationId, browser, requestId }: Switch,
): Promise<SignedIn | undefined> {
  const { method, tokenHash, authenticatedAt } = session
  if (method !== 'password' && method !== 'passkey') return undefined
  const linked = await linkedAccounts(services.database, tokenHash)
  const wanted = linked.find((one) => one.organizationId === organizationId && one.isAccepted)
  if (wanted === undefined) return undefined
  const ctx = signInContext(services, organizationId, requestId)
  const account = await findAccount(ctx, wanted.userId)
  if (account === undefined || barrierOf(account, method) !== undefined) return undefined
  const progress = { method, hasSecondFactor: true, hasNewPassword: false } as const
  const opening = { account, progress, browser, trace: newTrace(), attemptMethod: method, authenticatedAt }
  const opened = await openSession(ctx, opening)
  return opened.kind === 'signed_in' ? opened : undefined
}
