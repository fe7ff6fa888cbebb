// Somebody is switched off.
import { z } from 'zod'
import { isId } from '#platform/ids.ts'
import { deactivateUserWithin } from '../../people/status/deactivate-user.ts'
import { id, timeInput } from './fields.ts'
import { defineChange, usersAffected } from './kind.ts'

export const deactivateUser = defineChange({
  fields: z.strictObject({ userId: id, note: z.string().nullish(), returnsAt: timeInput.nullish() }),
  label: 'Deactivate',
  apply: async (tx, ctx, change) => [await deactivateUserWithin(tx, ctx, change)],
  affected: async (_tx, _ctx, { userId }) => usersAffected(isId('usr', userId) ? [{ userId }] : []),
})
