// People and groups that are taken out of a local group.
import { z } from 'zod'
import { removeMembersWithin } from '../../people/local.ts'
import { membersAffected, membersAmong } from './add-members.ts'
import { id, listOf } from './fields.ts'
import { defineChange } from './kind.ts'

export const removeMembers = defineChange({
  fields: z.strictObject({ groupId: id, memberIds: listOf(id) }),
  label: 'Take them out',
  apply: async (tx, ctx, change) => {
    await removeMembersWithin(tx, ctx, change)
    return change.memberIds.map((member) => ({ id: member }))
  },
  affected: async (_tx, _ctx, { memberIds }) => membersAffected(memberIds),
  inverse: async (tx, ctx, { groupId, memberIds }) => {
    const there = await membersAmong(tx, ctx, { groupId, memberIds })
    return () => (there.length === 0 ? [] : [{ kind: 'add_members', groupId, memberIds: there }])
  },
})
