// Users and groups that no directory manages may be changed by administrators; what a directory manages, it decides.

import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { deleteGroupWithin } from '#directory/delete-group.ts'
import { type GroupRecord, lockGroupRow } from '#directory/groups.ts'
import type { MemberChange } from '#directory/members.ts'
import { type GroupContent, updateGroup, updateGroupWithin } from '#directory/update-group.ts'
import { updateUser } from '#directory/update-user.ts'
import type { UserContent } from '#directory/user-content.ts'
import type { UserRecord } from '#directory/users.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, requirePermission, type Transaction } from '#src/context.ts'
import { requireGroupWithinCeiling, requireNotAbove } from '../managers/ceiling.ts'

/** @throws AppError conflict (reason `managed_by_directory`) */
function requireLocal(what: string, { directoryId }: { directoryId: string | null }): void {
  if (directoryId === null) return
  const message = `The ${what} is managed by the directory ${directoryId}; change it at the identity provider`
  throw new AppError('conflict', message, { reason: 'managed_by_directory' })
}

/**
 * Changes what is known of a local user. Whoever chooses somebody's address can get into their account.
 * @throws AppError not_found, conflict; forbidden (reason `ceiling`); whatever `change` throws
 */
export async function updateLocalUser(
  ctx: CallContext,
  input: { userId: string; change(current: UserRecord): UserContent },
): Promise<UserRecord> {
  const { organizationId } = ctx
  const isFixed = await inTransaction(ctx, async (tx) => {
    await requireNotAbove(tx, ctx, input.userId)
    return (await tx.run(emailPolicy({ organizationId })))[0]?.emailChange === 'never'
  })
  const change = (current: UserRecord): UserContent => {
    requireLocal('user', current)
    const after = input.change(current)
    if (isFixed) requireSameAddress(current, after)
    return after
  }
  return updateUser(ctx, { userId: input.userId, directoryId: null, change })
}

const emailPolicy = prepared<{ organizationId: string }, { emailChange: 'allowed' | 'never' }>(
  (p) => sql`select email_change as "emailChange" from organizations where id = ${p.organizationId}`,
)

/** @throws AppError against_policy (reason `email_immutable`) */
function requireSameAddress(before: UserRecord, after: UserContent): void {
  const [old, wanted] = [before.attributes['emails'], after.attributes['emails']]
  if (before.userName === after.userName && isDeepStrictEqual(old, wanted)) return
  const message = 'Addresses are never changed in this organization; deactivate the person and invite the new address'
  const fields = [{ path: 'emails', message }]
  throw new AppError('against_policy', message, { reason: 'email_immutable', fields })
}

/** Changes name or members of a local group. @throws AppError not_found, conflict, invalid; forbidden (reason `ceiling`) */
export async function updateLocalGroup(
  ctx: CallContext,
  input: {
    groupId: string
    change?: (current: GroupRecord) => GroupContent
    members?: readonly MemberChange[]
  },
): Promise<void> {
  const { groupId, members = [], change } = input
  const guarded = (current: GroupRecord): GroupContent => {
    requireLocal('group', current)
    const { displayName, externalId, attributes } = current
    return change?.(current) ?? { displayName, externalId, attributes }
  }
  if (members.length > 0) await inTransaction(ctx, (tx) => requireGroupWithinCeiling(tx, ctx, groupId))
  await updateGroup(ctx, { groupId, directoryId: null, change: guarded, members })
}

/**
 * A local group that is about to change, and by nobody else meanwhile.
 * @throws AppError not_found, conflict; forbidden (reason `ceiling`)
 */
async function lockLocalGroup(tx: Transaction, ctx: CallContext, groupId: string): Promise<GroupRecord> {
  requirePermission(ctx, 'groups.write')
  if (!isId('grp', groupId)) throw notFound('Group')
  const group = await lockGroupRow(tx, ctx, { groupId, directoryId: null })
  requireLocal('group', group)
  await requireGroupWithinCeiling(tx, ctx, groupId)
  return group
}

/**
 * Deletes a local group with its memberships and mappings, in a transaction of the caller's.
 * @throws AppError not_found, conflict; forbidden (reason `ceiling`)
 */
export async function deleteLocalGroupWithin(tx: Transaction, ctx: CallContext, groupId: string): Promise<void> {
  await deleteGroupWithin(tx, ctx, await lockLocalGroup(tx, ctx, groupId))
}

/**
 * Takes people and groups out of a local group, in a transaction of the caller's; who is not in it does not matter.
 * @throws AppError not_found, conflict; forbidden (reason `ceiling`)
 */
export async function removeMembersWithin(
  tx: Transaction,
  ctx: CallContext,
  { groupId, memberIds }: { groupId: string; memberIds: readonly string[] },
): Promise<void> {
  await lockLocalGroup(tx, ctx, groupId)
  await updateGroupWithin(tx, ctx, { groupId, directoryId: null, members: [{ kind: 'remove', ids: [...memberIds] }] })
}
