// Roles that were given directly, and are taken back.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { deleteAssignmentWithin } from '../../grants/assignments/delete-assignment.ts'
import { id, listOf } from './fields.ts'
import { defineChange, removeEach, usersAffected } from './kind.ts'

const holders = prepared<{ organizationId: string; ids: readonly string[] }, { userId: string }>(
  (p) => sql`select user_id as "userId" from assignments
    where organization_id = ${p.organizationId} and id = any (${p.ids}::text[])`,
)

export const deleteAssignments = defineChange({
  fields: z.strictObject({ assignmentIds: listOf(id) }),
  label: 'Save this change',
  apply: (tx, ctx, { assignmentIds }) => removeEach(assignmentIds, (each) => deleteAssignmentWithin(tx, ctx, each)),
  affected: async (tx, { organizationId }, { assignmentIds }) =>
    usersAffected(await tx.run(holders({ organizationId, ids: assignmentIds }))),
})
