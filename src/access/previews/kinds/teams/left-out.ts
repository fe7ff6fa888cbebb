// Somebody is left out of a team, whatever fills it, or let in again.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { leaveOutWithin, letInWithin } from '../../../grants/teams/left-out.ts'
import { id } from '../fields.ts'
import { defineChange, nobody } from '../kind.ts'

const person = { teamId: id, userId: id }

const isByHand = prepared<{ organizationId: string; teamId: string; userId: string }, { id: string }>(
  (p) => sql`select user_id as id from team_members where organization_id = ${p.organizationId}
    and team_id = ${p.teamId} and user_id = ${p.userId}`,
)

export const leaveOutOfTeam = defineChange({
  fields: z.strictObject({ ...person, reason: z.string() }),
  label: 'Leave them out',
  apply: async (tx, ctx, change) => {
    await leaveOutWithin(tx, ctx, change)
    return [{ id: change.userId }]
  },
  affected: async (_tx, _ctx, { userId }) => ({ ...nobody, userIds: [userId] }),
  inverse: async (tx, { organizationId }, { teamId, userId }) => {
    const [byHand] = await tx.run(isByHand({ organizationId, teamId, userId }))
    return () => [
      byHand === undefined
        ? { kind: 'let_into_team', teamId, userId }
        : { kind: 'add_team_members', teamId, userIds: [userId] },
    ]
  },
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
