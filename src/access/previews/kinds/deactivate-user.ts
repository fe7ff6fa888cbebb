// Somebody is switched off.
import { z } from 'zod'
import { isId } from '#platform/ids.ts'
import { handOverFields, successorIds } from '../../people/hand-over/hand-over.ts'
import { deactivateUserWithin } from '../../people/status/deactivate-user.ts'
import { id, timeInput } from './fields.ts'
import { defineChange, usersAffected } from './kind.ts'

export const deactivateUser = defineChange({
  fields: z.strictObject({
    ...{ userId: id, note: z.string().nullish(), returnsAt: timeInput.nullish() },
    handOver: z.strictObject(handOverFields).nullish(),
  }),
  label: 'Deactivate',
  apply: async (tx, ctx, change) => [await deactivateUserWithin(tx, ctx, change)],
  affected: async (tx, ctx, { userId, handOver }) => {
    if (!isId('usr', userId)) return usersAffected([])
    // Whoever leads a team from then on holds what it gives.
    const others = handOver == null ? [] : await successorIds(tx, ctx, { userId, handOver })
    return usersAffected([userId, ...others].map((id) => ({ userId: id })))
  },
})
