// Somebody is left out of a team, whatever fills it, or let in again.
import { z } from 'zod'
import { leaveOutWithin, letInWithin } from '../../../grants/teams/left-out.ts'
import { id } from '../fields.ts'
import { defineChange, nobody } from '../kind.ts'

const person = { teamId: id, userId: id }

export const leaveOutOfTeam = defineChange({
  fields: z.strictObject({ ...person, reason: z.string() }),
  label: 'Leave them out',
  apply: async (tx, ctx, change) => {
    await leaveOutWithin(tx, ctx, change)
    return [{ id: change.userId }]
  },
  affected: async (_tx, _ctx, { userId }) => ({ ...nobody, userIds: [userId] }),
})

export const letIntoTeam = defineChange({
  fields: z.strictObject(person),
  label: 'Let them in',
  needsWord: 'where_something_is_lost',
  apply: async (tx, ctx, change) => {
    await letInWithin(tx, ctx, change)
    return [{ id: change.userId }]
  },
  affected: async (_tx, _ctx, { userId }) => ({ ...nobody, userIds: [userId] }),
})
