// Taking an identity away from a person: its sessions end, and it comes back by nobody's word but theirs or an administrator's.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, nowOf, type Transaction } from '#src/context.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import type { LinkedIdentity } from '../../sign-in/linked-identity.ts'
import { connectionSessionsEnd } from '../../sign-in/sessions/end-sessions.ts'
import { findAccount, type LocalAccount } from '../account/account.ts'
import { barrierOf } from '../account/barriers.ts'

const remove = prepared<LinkedIdentity & { organizationId: string }, { subject: string }>(
  (p) => sql`delete from identities where organization_id = ${p.organizationId} and connection_id = ${p.connectionId}
    and subject = ${p.subject} and user_id = ${p.userId} returning subject`,
)

// What was taken back is not linked again by itself: it waits, like the identities that administrators decide on.
const remember = prepared<LinkedIdentity & { organizationId: string; id: string; now: string }, never>(
  (
    p,
  ) => sql`insert into link_requests as l (organization_id, id, connection_id, subject, user_id, email, status, created_at,
      last_seen_at)
    select ${p.organizationId}, ${p.id}, ${p.connectionId}, ${p.subject}, u.id, u.user_name, 'pending',
      ${p.now}::timestamptz, ${p.now}::timestamptz
    from users u where u.organization_id = ${p.organizationId} and u.id = ${p.userId}
    on conflict (organization_id, connection_id, subject, user_id)
      do update set status = 'pending', decided_at = null, decided_by = null`,
)

/** @returns false where it is not theirs (any more) */
export async function removeIdentityWithin(
  tx: Transaction,
  ctx: CallContext,
  linked: LinkedIdentity,
): Promise<boolean> {
  const { organizationId } = ctx
  const { userId, connectionId, subject } = linked
  const [removed] = await tx.run(remove({ ...linked, organizationId }))
  if (removed === undefined) return false
  await tx.run(remember({ ...linked, organizationId, id: ctx.ids.next('lrq'), now: nowOf(ctx) }))
  await tx.run(connectionSessionsEnd(ctx, connectionId, { reason: 'identity_removed', subject }))
  const detail = { connectionId, subject }
  await tx.run(recordAudit(ctx, { action: 'user.unlink_identity', targetType: 'user', targetId: userId, detail }))
  return true
}

type Key = { organizationId: string; userId: string; connectionId: string }

const ofConnection = prepared<Key, { subject: string }>(
  (p) => sql`select subject from identities where organization_id = ${p.organizationId} and user_id = ${p.userId}
    and connection_id = ${p.connectionId} order by subject for update`,
)

const others = prepared<Key, { count: number }>(
  (p) => sql`select count(*)::int as count from identities i join connections c on c.organization_id = i.organization_id
      and c.id = i.connection_id and c.status in ('optional', 'enforced')
    where i.organization_id = ${p.organizationId} and i.user_id = ${p.userId} and i.connection_id <> ${p.connectionId}`,
)

const hasLocalWay = (account: LocalAccount): boolean =>
  (account.passwordHash !== null && barrierOf(account, 'password') === undefined) ||
  (account.passkeys > 0 && barrierOf(account, 'passkey') === undefined)

/**
 * Whether the person could not sign in any more without this provider.
 * @throws AppError forbidden where the caller is no person; not_found, unauthenticated
 */
export async function isLastWayIn(ctx: CallContext, connectionId: string): Promise<boolean> {
  const userId = ownUserId(ctx)
  const account = await findAccount(ctx, userId)
  if (account === undefined) throw notFound('User')
  if (hasLocalWay(account)) return false
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith(others({ organizationId: ctx.organizationId, userId, connectionId })),
  )
  return (rows?.[0]?.count ?? 0) === 0
}

/**
 * One's own: what a provider is linked to them by.
 * @param input.isLastAccepted whether they know that they cannot sign in any more afterwards
 * @throws AppError not_found; conflict (reason `last_way_in`); forbidden, unauthenticated
 */
export async function removeOwnIdentity(
  ctx: CallContext,
  { connectionId, isLastAccepted }: { connectionId: string; isLastAccepted: boolean },
): Promise<void> {
  const userId = ownUserId(ctx)
  if (!isId('con', connectionId)) throw notFound('Identity')
  if (!isLastAccepted && (await isLastWayIn(ctx, connectionId))) {
    const message = 'This is your only way to sign in; without it, only an administrator can let you in again'
    throw new AppError('conflict', message, { reason: 'last_way_in' })
  }
  await inTransaction(ctx, async (tx) => {
    const subjects = await tx.run(ofConnection({ organizationId: ctx.organizationId, userId, connectionId }))
    if (subjects.length === 0) throw notFound('Identity')
    for (const { subject } of subjects) await removeIdentityWithin(tx, ctx, { userId, connectionId, subject })
  })
}
