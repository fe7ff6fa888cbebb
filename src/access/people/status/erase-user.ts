// Erasing a person: what is known of them goes for good; their id stays, so that the audit trail still says that it was one and
// the same. Only of somebody who has been inactive for as long as the organization keeps people, and with their name typed again.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { invalidField, parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { requireNotAbove } from '../../ceiling/ceiling.ts'
import { forgetInAlarms } from './forget-in-alarms.ts'

const EraseInput = z.object({
  userId: z.string(),
  /** The userName, typed again. */
  confirm: z.string(),
})

type Key = { organizationId: string; userId: string }

/** Whom their directory has deleted, too. */
const lock = prepared<Key, { userName: string }>(
  (p) => sql`select u.user_name as "userName" from users u
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.status <> 'erased' for no key update`,
)

const retention = prepared<Key, { days: number; isOver: boolean }>(
  (p) => sql`select o.erase_after_days as days,
      u.status = 'inactive' and greatest(u.status_changed_at, u.deleted_at) <= now() - make_interval(days => o.erase_after_days) as "isOver"
    from users u join organizations o on o.id = u.organization_id
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId}`,
)

const forgetMails = prepared<Key, never>(
  (p) => sql`delete from mails m where m.organization_id = ${p.organizationId} and (m.target_id = ${p.userId}
    or m.target_id in (select i.id from invitations i where i.organization_id = ${p.organizationId} and i.user_id = ${p.userId})
    or m.target_id in (select a.id from alarms a where a.organization_id = ${p.organizationId} and a.detail ->> 'userId' = ${p.userId}))`,
)

const pseudonymise = prepared<Key & { now: string }, never>(
  (p) => sql`update users set status = 'erased', status_reason = null, status_changed_at = ${p.now}::timestamptz,
      user_name = 'erased-' || id, user_name_key = 'erased-' || id, external_id = null, display_name = null, attributes = '{}',
      deleted_at = coalesce(deleted_at, ${p.now}::timestamptz), returns_at = null, last_active_at = null,
      epoch = epoch + 1, version = version + 1, updated_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.userId}`,
)

const forgetLeader = prepared<Key, never>(
  (p) => sql`update teams set leader_id = null where organization_id = ${p.organizationId} and leader_id = ${p.userId}`,
)

const reserveNames = prepared<Key, { count: number }>(
  (p) => sql`select reserve_names(${p.organizationId}, ${p.userId}) as count`,
)

const forgetPast = prepared<{ userId: string }, unknown>((p) => sql`select forget_past_of(${p.userId})`)

/** What hangs on a person, by `user_id`; a new table of theirs is one more line. */
export const tables = [
  ...[
    'user_emails',
    'identities',
    'group_members',
    'assignments',
    'team_members',
    'team_exclusions',
    'asset_people',
    'sessions',
    'api_keys',
    'passwords',
    'totp_factors',
  ],
  ...['passkeys', 'recovery_codes', 'password_resets', 'emergency_accounts', 'invitations', 'sign_in_requests'],
  ...[
    'sign_in_attempts',
    'application_logouts',
    'user_change_people',
    'link_requests',
    'adoption_requests',
    'address_proposals',
    'former_names',
    'address_changes',
    'email_proofs',
    'identity_undos',
    'directory_losses',
    'checklists',
    'access_review_reviewers',
    'review_tasks',
    'inactivity_exceptions',
    'inactivity_notices',
    'absences',
    'ownerships',
    'access_digest_people',
    'deleted_people',
  ],
] as const

const forgetTables = tables.map((table) =>
  prepared<Key, { count: number }>(
    (p) => sql`with gone as (delete from ${sql.identifier(table)}
        where organization_id = ${p.organizationId} and user_id = ${p.userId} returning 1)
      select count(*)::int as count from gone`,
  ),
)

const forgetRequests = prepared<Key, never>(
  (p) => sql`delete from provisioning_events where organization_id = ${p.organizationId} and target_id = ${p.userId}`,
)

// Evidence of access reviews keeps that there was somebody, and not who.
const forgetInReviews = prepared<Key, never>(
  (p) => sql`update access_review_lines l set
      user_name = case when l.user_id = ${p.userId} then 'erased-' || l.user_id else l.user_name end,
      display_name = case when l.user_id = ${p.userId} then null else l.display_name end,
      through = case when l.user_id = ${p.userId} then l.through - 'reason' - 'sponsor' else l.through end,
      comment = case when l.user_id = ${p.userId} then null else l.comment end,
      taken = case when l.user_id = ${p.userId} then null else l.taken end,
      answered_by_name = case when l.answered_by = ${p.userId} then null else l.answered_by_name end
    where l.organization_id = ${p.organizationId} and (l.user_id = ${p.userId} or l.answered_by = ${p.userId})`,
)

// What went from whom to whom stays, without the name of whom it was about.
const forgetInHandOvers = prepared<Key, never>(
  (p) => sql`update hand_overs set name = 'erased-' || subject_id, about = null
    where organization_id = ${p.organizationId} and subject_id = ${p.userId}`,
)

const statementsOf = (key: Key, now: string): Statement<unknown>[] => [
  forgetRequests(key),
  forgetInReviews(key),
  forgetInHandOvers(key),
  forgetLeader(key),
  pseudonymise({ ...key, now }),
  forgetPast({ userId: key.userId }),
]

/** @returns how many rows went, by table; those of which none was there are left out */
async function removeRows(tx: Transaction, key: Key): Promise<Record<string, number>> {
  await tx.run(reserveNames(key))
  await tx.run(forgetMails(key))
  for (const statement of forgetInAlarms(key)) await tx.run(statement)
  const counted: [string, number][] = []
  for (const [index, forget] of forgetTables.entries()) {
    const [row] = await tx.run(forget(key))
    counted.push([tables[index] ?? '', row?.count ?? 0])
  }
  return Object.fromEntries(counted.filter(([, count]) => count > 0))
}

/**
 * There is no way back. @throws AppError not_found; invalid where the name is not the one; forbidden (reason `ceiling`);
 * conflict (reason `retention`) before the time is over
 */
export async function eraseUser(ctx: CallContext, input: z.input<typeof EraseInput>): Promise<void> {
  requirePermission(ctx, 'users.write')
  const { userId, confirm } = parseInput(EraseInput, input)
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const key = { organizationId: ctx.organizationId, userId }
  await inTransaction(ctx, async (tx) => {
    const [user] = await tx.run(lock(key))
    if (user === undefined) throw notFound('User')
    await requireNotAbove(tx, ctx, userId)
    const [kept] = await tx.run(retention(key))
    if (kept?.isOver !== true) {
      const message = `Only somebody who has been inactive for ${kept?.days ?? 0} days can be erased`
      throw new AppError('conflict', message, { reason: 'retention' })
    }
    if (confirm !== user.userName)
      throw invalidField('confirm', 'is not the user name; type it exactly as it is written')
    const removed = await removeRows(tx, key)
    for (const statement of statementsOf(key, nowOf(ctx))) await tx.run(statement)
    const entry = { action: 'user.erase', targetType: 'user', targetId: userId } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { removed } }))
  })
}
