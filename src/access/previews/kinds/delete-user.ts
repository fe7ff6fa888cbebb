// Somebody is deleted.
import { z } from 'zod'
import { handOverFields } from '../../people/hand-over/hand-over.ts'
import { deletePersonWithin } from '../../people/status/delete-person.ts'
import { leavingAffected } from './deactivate-user.ts'
import { id } from './fields.ts'
import { defineChange } from './kind.ts'

export const deleteUser = defineChange({
  fields: z.strictObject({
    userId: id,
    note: z.string().nullish(),
    handOver: z.strictObject(handOverFields).nullish(),
  }),
  label: 'Delete',
  apply: async (tx, ctx, change) => [await deletePersonWithin(tx, ctx, change)],
  affected: leavingAffected,
})
