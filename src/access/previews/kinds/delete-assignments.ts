// Roles that were given directly, and are taken back.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { type AssignmentRecord, assignmentById } from '../../grants/assignments/assignments.ts'
import { deleteAssignmentWithin } from '../../grants/assignments/delete-assignment.ts'
import { id, listOf } from './fields.ts'
import { defineChange, type Inverse, removeEach, usersAffected } from './kind.ts'

const holders = prepared<{ organizationId: string; ids: readonly string[] }, { userId: string }>(
  (p) => sql`select user_id as "userId" from assignments
    where organization_id = ${p.organizationId} and id = any (${p.ids}::text[])`,
)

/** What has not ended is given once more, as what it was. */
function givenAgain(assignment: AssignmentRecord): Inverse {
  const { user, role, kind, override, brand, reason, sponsor, validFrom, expiresAt, reviewAt } = assignment
  const place = { userId: user.id, brandId: brand?.id ?? null, reason, sponsor, expiresAt }
  if (kind === 'override') return { kind: 'create_overrides', overrides: [{ ...place, ...override }] }
  if (kind === 'exception') return { kind: 'create_exception', exception: { ...place, ruleId: role.key.slice(1) } }
  return { kind: 'create_assignments', assignments: [{ ...place, roleId: role.id, validFrom, reviewAt }] }
}

export const deleteAssignments = defineChange({
  fields: z.strictObject({ assignmentIds: listOf(id) }),
  label: 'Save this change',
  apply: (tx, ctx, { assignmentIds }) => removeEach(assignmentIds, (each) => deleteAssignmentWithin(tx, ctx, each)),
  affected: async (tx, { organizationId }, { assignmentIds }) =>
    usersAffected(await tx.run(holders({ organizationId, ids: assignmentIds }))),
  inverse: async (tx, { organizationId }, { assignmentIds }) => {
    const was: AssignmentRecord[] = []
    for (const assignmentId of assignmentIds)
      was.push(...(await tx.run(assignmentById({ organizationId, assignmentId }))))
    return () => was.map(givenAgain)
  },
})
