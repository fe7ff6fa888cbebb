// People and groups that come into a local group.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { addMembersWithin } from '../../people/local.ts'
import { id, listOf } from './fields.ts'
import { type Affected, defineChange, nobody } from './kind.ts'

const members = prepared<{ organizationId: string; groupId: string; ids: readonly string[] }, { id: string }>(
  (p) => sql`select user_id as id from group_members where organization_id = ${p.organizationId}
      and group_id = ${p.groupId} and user_id = any (${p.ids}::text[])
    union all select child_group_id from group_nestings where organization_id = ${p.organizationId}
      and group_id = ${p.groupId} and child_group_id = any (${p.ids}::text[])`,
)

/** Those of them who are in the group. */
export async function membersAmong(
  tx: Transaction,
  { organizationId }: CallContext,
  { groupId, memberIds }: { groupId: string; memberIds: readonly string[] },
): Promise<string[]> {
  const found = await tx.run(members({ organizationId, groupId, ids: memberIds }))
  return found.map((row) => row.id)
}

/** Whom it concerns that these come in, or go. */
export const membersAffected = (memberIds: readonly string[]): Affected => ({
  ...nobody,
  userIds: memberIds.filter((member) => isId('usr', member)),
  groupIds: memberIds.filter((member) => isId('grp', member)),
})

export const addMembers = defineChange({
  fields: z.strictObject({ groupId: id, memberIds: listOf(id) }),
  label: 'Add them',
  needsWord: 'where_something_is_lost',
  apply: async (tx, ctx, change) => {
    await addMembersWithin(tx, ctx, change)
    return change.memberIds.map((member) => ({ id: member }))
  },
  affected: async (_tx, _ctx, { memberIds }) => membersAffected(memberIds),
  // Who was in it already stays.
  inverse: async (tx, ctx, { groupId, memberIds }) => {
    const found = new Set(await membersAmong(tx, ctx, { groupId, memberIds }))
    const added = memberIds.filter((member) => !found.has(member))
    return () => (added.length === 0 ? [] : [{ kind: 'remove_members', groupId, memberIds: added }])
  },
})
