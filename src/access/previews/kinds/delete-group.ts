// A local group that goes, and with it what its members have through it.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { deleteLocalGroupWithin } from '../../people/local.ts'
import { id } from './fields.ts'
import { defineChange, removeEach, usersAffected } from './kind.ts'

const usersBelow = prepared<{ organizationId: string; groupId: string }, { userId: string }>(
  (p) => sql`with recursive below (group_id) as (
      select ${p.groupId}::text
      union select n.child_group_id from below b join group_nestings n
        on n.organization_id = ${p.organizationId} and n.group_id = b.group_id)
    select distinct gm.user_id as "userId" from below b join group_members gm
      on gm.organization_id = ${p.organizationId} and gm.group_id = b.group_id`,
)

export const deleteGroup = defineChange({
  fields: z.strictObject({ groupId: id }),
  label: 'Delete the group',
  apply: (tx, ctx, { groupId }) => removeEach([groupId], (each) => deleteLocalGroupWithin(tx, ctx, each)),
  // Each by themselves: once it is gone, nobody is found through it.
  affected: async (tx, { organizationId }, { groupId }) =>
    usersAffected(await tx.run(usersBelow({ organizationId, groupId }))),
})
