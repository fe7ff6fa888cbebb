// Roles that people are given directly.
import { z } from 'zod'
import { createAssignmentWithin } from '../../grants/assignments/create-assignment.ts'
import { id, listOf, timeInput } from './fields.ts'
import { defineChange, idsOf, oneByOne, usersAffected } from './kind.ts'

const assignment = z.strictObject({
  ...{ userId: id, roleId: id, brandId: id.nullish(), reason: z.string(), sponsor: z.string().nullish() },
  ...{ validFrom: timeInput.nullish(), expiresAt: timeInput.nullish(), reviewAt: timeInput.nullish() },
})

export const createAssignments = defineChange({
  fields: z.strictObject({ assignments: listOf(assignment) }),
  label: 'Save this change',
  needsWord: 'where_something_is_lost',
  apply: (tx, ctx, { assignments }) => oneByOne(assignments, (each) => createAssignmentWithin(tx, ctx, each)),
  affected: async (_tx, _ctx, { assignments }) => usersAffected(assignments),
  inverse: async () => (made) => [{ kind: 'delete_assignments', assignmentIds: idsOf(made) }],
})
