// Somebody who was deleted comes back as they were: shown, in the groups that are still there, and active if they were. What a
// directory deleted is the directory's to bring back, where the organization says so.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { reactivation } from '#directory/reactivation.ts'
import { showing } from '#directory/show-user.ts'
import type { Attributes, StatusReason, UserRecord } from '#directory/users.ts'
import { getUser } from '#directory/users.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { requireOurs } from './reactivate-user.ts'

type Key = { organizationId: string; userId: string }

type Deleted = {
  id: string
  directoryId: string | null
  statusReason: StatusReason | null
  attributes: Attributes
  isRestorable: boolean
  /** As they were before; null where their directory deleted them. */
  before: { status: string; statusReason: StatusReason | null; groupIds: string[] } | null
}

const lock = prepared<Key, Deleted>(
  (p) => sql`select u.id, u.directory_id as "directoryId", u.status_reason as "statusReason", u.attributes,
      greatest(u.deleted_at, u.status_changed_at) > now() - make_interval(days => o.erase_after_days) as "isRestorable",
      (select json_build_object('status', d.status, 'statusReason', d.status_reason, 'groupIds', d.group_ids)
        from deleted_people d where d.organization_id = u.organization_id and d.user_id = u.id) as before
    from users u join organizations o on o.id = u.organization_id
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and u.deleted_at is not null and u.status = 'inactive'
    for no key update of u`,
)

const rejoin = prepared<Key & { groupIds: readonly string[]; now: string }, { groupId: string }>(
  (p) => sql`with joined as (
      insert into group_members (organization_id, group_id, user_id, created_at)
      select g.organization_id, g.id, ${p.userId}, ${p.now}::timestamptz from groups g
      where g.organization_id = ${p.organizationId} and g.id = any (${p.groupIds}::text[])
      on conflict do nothing returning group_id)
    update groups set version = version + 1, updated_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id in (select group_id from joined) returning id as "groupId"`,
)

// Whoever was pending is so again, unless their directory has let them go meanwhile, and whoever was off before by somebody's word
// stays off by it.
const asBefore = prepared<Key & { status: string; statusReason: string | null }, never>(
  (p) => sql`update users set status = ${p.status}, status_reason = ${p.statusReason}
    where organization_id = ${p.organizationId} and id = ${p.userId} and (status <> ${p.status} or status_reason <> ${p.statusReason})
      and (${p.status} = 'inactive' or status = 'active')`,
)

const forget = prepared<Key, never>(
  (p) => sql`delete from deleted_people where organization_id = ${p.organizationId} and user_id = ${p.userId}`,
)

/** @returns the ids of the groups that they are in again */
async function bringBack(tx: Transaction, ctx: CallContext, person: Deleted): Promise<string[]> {
  const { organizationId } = ctx
  const { id: userId, before } = person
  const key = { organizationId, userId }
  await tx.run(showing(ctx, person))
  const rejoined = await tx.run(rejoin({ ...key, groupIds: before?.groupIds ?? [], now: nowOf(ctx) }))
  if (before === null || before.status !== 'inactive') await tx.run(reactivation(ctx, userId, 'administrator'))
  if (before?.status === 'invited' || before?.status === 'inactive') {
    const { status, statusReason } = before
    await tx.run(asBefore({ ...key, status, statusReason }))
  }
  await tx.run(forget(key))
  return rejoined.map(({ groupId }) => groupId)
}

/**
 * No session or key revives. @returns the person as they are now
 * @throws AppError not_found for whoever is not deleted; conflict (reasons `retention` where the time is over, `uniqueness` where
 *   somebody else has their name by now, `held_by_directory`); forbidden (reason `ceiling`) where they would hold more than the caller; against_policy
 *   (reason `second_person`) for an operator where they would have rights over others
 */
export async function restoreDeleted(ctx: CallContext, userId: string): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'Deleted user')
  const key = { organizationId: ctx.organizationId, userId }
  await inTransaction(ctx, async (tx) => {
    const [person] = await tx.run(lock(key))
    if (person === undefined) throw notFound('Deleted user')
    if (!person.isRestorable)
      throw new AppError('conflict', 'The time in which they could be restored is over', { reason: 'retention' })
    if (person.before === null) await requireOurs(tx, ctx, person)
    const groups = await withinCeiling(tx, ctx, { users: [userId], operatorOnly: true }, () =>
      bringBack(tx, ctx, person),
    )
    await tx.run(
      recordAudit(ctx, { action: 'user.restore_deleted', targetType: 'user', targetId: userId, detail: { groups } }),
    )
  })
  return getUser(ctx, { userId, directoryId: null })
}
