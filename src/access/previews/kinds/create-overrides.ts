// One permission more or less for single people, on top of their roles.
import { z } from 'zod'
import { createOverrideWithin } from '../../grants/assignments/create-override.ts'
import { id, listOf, permission, timeInput } from './fields.ts'
import { defineChange, idsOf, oneByOne, usersAffected } from './kind.ts'

const override = z.strictObject({
  userId: id,
  permission,
  effect: z.enum(['allow', 'deny']),
  brandId: id.nullish(),
  reason: z.string(),
  sponsor: z.string().nullish(),
  expiresAt: timeInput,
})

export const createOverrides = defineChange({
  fields: z.strictObject({ overrides: listOf(override) }),
  label: 'Save this change',
  needsWord: 'where_something_is_lost',
  apply: (tx, ctx, { overrides }) => oneByOne(overrides, (each) => createOverrideWithin(tx, ctx, each)),
  affected: async (_tx, _ctx, { overrides }) => usersAffected(overrides),
  inverse: async () => (made) => [{ kind: 'delete_assignments', assignmentIds: idsOf(made) }],
})
