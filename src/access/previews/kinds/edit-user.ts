// What is on the page of one person, in one save.
import { z } from 'zod'
import { editUserWithin } from '../../people/edit/edit-user.ts'
import { id } from './fields.ts'
import { defineChange, usersAffected } from './kind.ts'

export const editUser = defineChange({
  fields: z.strictObject({
    userId: id,
    profile: z.record(z.string(), z.string()).optional(),
    roles: z.array(z.strictObject({ brandId: id.nullable(), roleId: id.nullable() })).optional(),
    reason: z.string().optional(),
    status: z.enum(['active', 'inactive']).optional(),
  }),
  label: 'Save this change',
  needsWord: 'where_something_is_lost',
  apply: async (tx, ctx, change) => [await editUserWithin(tx, ctx, change)],
  affected: async (_tx, _ctx, { userId }) => usersAffected([{ userId }]),
})
