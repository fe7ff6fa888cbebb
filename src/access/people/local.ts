// Users and groups that no directory manages may be changed by administrators; what a directory manages, it decides.
import { isDeepStrictEqual } from 'node:util'
import { deleteGroupWithin } from '#directory/delete-group.ts'
import { type EmailChange, emailChangeOf } from '#directory/email-change.ts'
import { type GroupRecord, lockGroupRow } from '#directory/groups.ts'
import type { MemberChange } from '#directory/members.ts'
import { provisionWithin } from '#directory/provision-user.ts'
import { type GroupContent, updateGroup, updateGroupWithin } from '#directory/update-group.ts'
import { updateUserWithin } from '#directory/update-user.ts'
import type { UserContent } from '#directory/user-content.ts'
import type { UserRecord } from '#directory/users.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, requirePermission, type Transaction } from '#src/context.ts'
import { requireNotAbove, withinCeiling } from '../ceiling/ceiling.ts'
import type { HolderSelection } from '../ceiling/holdings.ts'
import { requireNotActingAs } from '../ceiling/second-person.ts'

/** @throws AppError conflict (reason `managed_by_directory`) */
function requireLocal(what: string, { directoryId }: { directoryId: string | null }): void {
  if (directoryId === null) return
  const message = `The ${what} is managed by the directory ${directoryId}; change it at the identity provider`
  throw new AppError('conflict', message, { reason: 'managed_by_directory' })
}

type LocalUpdate = { userId: string; change(current: UserRecord): UserContent }

/**
 * Changes what is known of a local user. Whoever chooses somebody's address can get into their account.
 * @throws AppError not_found, conflict; forbidden (reason `ceiling`); whatever `change` throws
 */
export async function updateLocalUser(ctx: CallContext, input: LocalUpdate): Promise<UserRecord> {
  return inTransaction(ctx, (tx) => updateLocalUserWithin(tx, ctx, input))
}

/** The same in a transaction of the caller's. */
export async function updateLocalUserWithin(
  tx: Transaction,
  ctx: CallContext,
  input: LocalUpdate,
): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  const { userId } = input
  const [policy] = await tx.run(emailChangeOf({ organizationId: ctx.organizationId }))
  let isMoved = false
  const change = (current: UserRecord): UserContent => {
    requireLocal('user', current)
    const after = input.change(current)
    if (policy?.emailChange !== 'verified') requireSameAddress(current, after)
    isMoved = !hasSameAddress(current, after)
    return after
  }
  await requireNotAbove(tx, ctx, userId)
  // Mappings by attributes give by what is written here.
  const updated = await withinCeiling(tx, ctx, { users: [userId] }, () =>
    updateUserWithin(tx, ctx, { userId, directoryId: null, change }),
  )
  if (isMoved) await requireNotActingAs(tx, ctx, userId)
  return updated
}

/** Creates a user who belongs to no directory. @throws AppError conflict; forbidden (reason `ceiling`) */
export function provisionLocalUser(ctx: CallContext, content: UserContent): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  return inTransaction(ctx, (tx) =>
    withinCeiling(tx, ctx, { arrivals: ({ id }: UserRecord) => [id] }, () =>
      provisionWithin(tx, ctx, { directoryId: null, content }),
    ),
  )
}

/** Who may change addresses in the organization. */
export async function getEmailChange(ctx: CallContext): Promise<EmailChange> {
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(emailChangeOf({ organizationId: ctx.organizationId })))
  return rows?.[0]?.emailChange ?? 'never'
}

const hasSameAddress = (before: UserRecord, after: UserContent): boolean =>
  before.userName === after.userName && isDeepStrictEqual(before.attributes['emails'], after.attributes['emails'])

/** @throws AppError against_policy (reason `email_immutable`) */
function requireSameAddress(before: UserRecord, after: UserContent): void {
  if (hasSameAddress(before, after)) return
  const message =
    'Addresses are not changed by hand in this organization; deactivate the person and invite the new address'
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
  const local = (current: GroupRecord): GroupContent => {
    requireLocal('group', current)
    const { displayName, externalId, attributes } = current
    return change?.(current) ?? { displayName, externalId, attributes }
  }
  const update = { groupId, directoryId: null, change: local, members }
  if (members.length === 0) {
    await updateGroup(ctx, update)
    return
  }
  await inTransaction(ctx, (tx) =>
    withinCeiling(tx, ctx, affectedByMembers(groupId, members), () => updateGroupWithin(tx, ctx, update)),
  )
}

/** Those who come and go; all members, where it is not said who they are. */
function affectedByMembers(groupId: string, members: readonly MemberChange[]): HolderSelection {
  const ids = members.flatMap((member) => (member.kind === 'removeWhere' ? [] : member.ids))
  const isOpen = members.some(({ kind }) => kind === 'removeWhere' || kind === 'replace')
  const groups = ids.filter((id) => isId('grp', id))
  return { users: ids.filter((id) => isId('usr', id)), groups: isOpen ? [...groups, groupId] : groups }
}

/**
 * A local group that is about to change, and by nobody else meanwhile.
 * @throws AppError not_found, conflict
 */
async function lockLocalGroup(tx: Transaction, ctx: CallContext, groupId: string): Promise<GroupRecord> {
  requirePermission(ctx, 'groups.write')
  if (!isId('grp', groupId)) throw notFound('Group')
  const group = await lockGroupRow(tx, ctx, { groupId, directoryId: null })
  requireLocal('group', group)
  return group
}

/**
 * Deletes a local group with its memberships and mappings, in a transaction of the caller's.
 * @throws AppError not_found, conflict; forbidden (reason `ceiling`)
 */
export async function deleteLocalGroupWithin(tx: Transaction, ctx: CallContext, groupId: string): Promise<void> {
  const group = await lockLocalGroup(tx, ctx, groupId)
  await withinCeiling(tx, ctx, { groups: [groupId] }, () => deleteGroupWithin(tx, ctx, group))
}

/**
 * Puts people and groups into a local group, in a transaction of the caller's; who is in it already does not matter.
 * @throws AppError not_found, conflict; forbidden (reason `ceiling`)
 */
export async function addMembersWithin(
  tx: Transaction,
  ctx: CallContext,
  { groupId, memberIds }: { groupId: string; memberIds: readonly string[] },
): Promise<void> {
  await lockLocalGroup(tx, ctx, groupId)
  const members: MemberChange[] = [{ kind: 'add', ids: [...memberIds] }]
  await withinCeiling(tx, ctx, affectedByMembers(groupId, members), () =>
    updateGroupWithin(tx, ctx, { groupId, directoryId: null, members }),
  )
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
  const members: MemberChange[] = [{ kind: 'remove', ids: [...memberIds] }]
  await withinCeiling(tx, ctx, affectedByMembers(groupId, members), () =>
    updateGroupWithin(tx, ctx, { groupId, directoryId: null, members }),
  )
}
