// An administrator deletes somebody: they are switched off by the one verb, leave their groups and are hidden, and what they were is
// kept until the retention ends, so that they can be restored.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { administratorsHold, deactivation } from '#directory/deactivation.ts'
import { hiding } from '#directory/delete-user.ts'
import { lockUserRow, type UserRecord } from '#directory/users.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { requireNotAbove, withinCeiling } from '../../ceiling/ceiling.ts'
import { requireSomebodyElse } from '../../ground/somebody-else.ts'
import { handOverFields, handOverWithin } from '../hand-over/hand-over.ts'
import { noteSchema } from './deactivate-user.ts'

const DeletePersonInput = z.object({
  userId: z.string(),
  note: noteSchema,
  handOver: z.strictObject(handOverFields).nullish(),
})

export type DeletePersonInput = z.input<typeof DeletePersonInput>

type Key = { organizationId: string; userId: string }

const remember = prepared<Key & { byType: string; by: string; note: string | null; now: string }, never>(
  (
    p,
  ) => sql`insert into deleted_people (organization_id, user_id, deleted_at, deleted_by_type, deleted_by, note, status,
      status_reason, group_ids)
    select u.organization_id, u.id, ${p.now}::timestamptz, ${p.byType}, ${p.by}, ${p.note}, u.status, u.status_reason,
      (select coalesce(jsonb_agg(m.group_id order by m.group_id), '[]') from group_members m
        where m.organization_id = u.organization_id and m.user_id = u.id)
    from users u where u.organization_id = ${p.organizationId} and u.id = ${p.userId}`,
)

const isEmergencyAccount = prepared<Key, { userId: string }>(
  (p) => sql`select e.user_id as "userId" from emergency_accounts e
    where e.organization_id = ${p.organizationId} and e.user_id = ${p.userId}`,
)

/** @throws AppError conflict (reasons `yourself`, `emergency_account`) */
async function requireDeletable(tx: Transaction, ctx: CallContext, key: Key): Promise<void> {
  requireSomebodyElse(ctx, key.userId, 'delete you')
  const [sealed] = await tx.run(isEmergencyAccount(key))
  if (sealed === undefined) return
  const message = 'It is an emergency account, which is looked after under Emergency access'
  throw new AppError('conflict', message, { reason: 'emergency_account' })
}

/** The same in a transaction of the caller's. @returns who they were */
export async function deletePersonWithin(
  tx: Transaction,
  ctx: CallContext,
  input: DeletePersonInput,
): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  const { userId, note, handOver } = parseInput(DeletePersonInput, input)
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const key = { organizationId: ctx.organizationId, userId }
  const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
  await requireDeletable(tx, ctx, key)
  await requireNotAbove(tx, ctx, userId)
  if (handOver != null) await handOverWithin(tx, ctx, { userId, handOver })
  const { type: byType, id: by } = ctx.actor
  const words = note == null || note === '' ? null : note
  await withinCeiling(tx, ctx, { users: [userId] }, async () => {
    await tx.run(remember({ ...key, byType, by, note: words, now: nowOf(ctx) }))
    await tx.run(
      user.status === 'inactive'
        ? administratorsHold(ctx, userId)
        : deactivation(ctx, userId, { reason: 'administrator', note: words }),
    )
    await tx.run(hiding(ctx, user, { directoryId: null }))
  })
  return user
}

/**
 * Everything that they hold is closed; memberships of teams and assignments stay for a restoring.
 * @throws AppError invalid (a successor too), not_found, also for somebody who is deleted already; forbidden (reason `ceiling`);
 *   conflict (reasons `last_administrator`, `yourself`, `emergency_account`)
 */
export const deletePerson = (ctx: CallContext, input: DeletePersonInput): Promise<UserRecord> =>
  inTransaction(ctx, (tx) => deletePersonWithin(tx, ctx, input))
