// Users and groups that no directory manages may be changed by administrators; what a directory manages, it decides.

import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { deleteGroup } from '#directory/delete-group.ts'
import { type GroupRecord, getGroup } from '#directory/groups.ts'
import type { MemberChange } from '#directory/members.ts'
import { type GroupContent, updateGroup } from '#directory/update-group.ts'
import { updateUser } from '#directory/update-user.ts'
import type { UserContent } from '#directory/user-content.ts'
import type { UserRecord } from '#directory/users.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
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

/** Deletes a local group with its memberships and mappings. @throws AppError not_found, conflict */
export async function deleteLocalGroup(ctx: CallContext, groupId: string): Promise<void> {
  requireLocal('group', await getGroup(ctx, { groupId, directoryId: null }))
  await inTransaction(ctx, (tx) => requireGroupWithinCeiling(tx, ctx, groupId))
  await deleteGroup(ctx, { groupId, directoryId: null })
}
