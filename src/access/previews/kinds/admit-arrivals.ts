// People of a directory that was opened for review, who are let in.
import { z } from 'zod'
import { admitArrivalsWithin, lockArrivals } from '../../people/status/admit-arrivals.ts'
import { id } from './fields.ts'
import { defineChange, nobody } from './kind.ts'

export const admitArrivals = defineChange({
  fields: z.strictObject({ directoryId: id }),
  label: 'Let them in',
  apply: async (tx, ctx, { directoryId }) => {
    const admitted = await admitArrivalsWithin(tx, ctx, directoryId)
    return admitted.map((userId) => ({ id: userId }))
  },
  affected: async (tx, ctx, { directoryId }) => ({ ...nobody, userIds: await lockArrivals(tx, ctx, directoryId) }),
})
