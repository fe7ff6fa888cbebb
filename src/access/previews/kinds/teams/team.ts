// Teams that are made, changed or deleted.
import { z } from 'zod'
import { createTeamWithin, deleteTeamWithin, updateTeamWithin } from '../../../grants/teams/write-team.ts'
import { id } from '../fields.ts'
import { defineChange, nobody, removeEach } from '../kind.ts'

export const createTeam = defineChange({
  fields: z.strictObject({ name: z.string(), brandId: id.nullish(), parentId: id.nullish(), leaderId: id.nullish() }),
  label: 'Create the team',
  // Alone, a new team gives nothing to anybody.
  isAboutAccess: ({ parentId, leaderId }) => parentId != null && leaderId != null,
  apply: async (tx, ctx, change) => [await createTeamWithin(tx, ctx, change)],
  affected: async (_tx, _ctx, { leaderId }) => ({ ...nobody, userIds: leaderId == null ? [] : [leaderId] }),
})

export const updateTeam = defineChange({
  fields: z.strictObject({
    teamId: id,
    name: z.string().optional(),
    parentId: id.nullish(),
    leaderId: id.nullish(),
  }),
  label: 'Save this change',
  isAboutAccess: ({ parentId, leaderId }) => parentId !== undefined || leaderId !== undefined,
  apply: async (tx, ctx, change) => [await updateTeamWithin(tx, ctx, change)],
  affected: async (_tx, _ctx, { teamId, leaderId }) => ({
    ...{ ...nobody, teamIds: [teamId] },
    userIds: leaderId == null ? [] : [leaderId],
  }),
})

export const deleteTeam = defineChange({
  fields: z.strictObject({ teamId: id }),
  label: 'Delete the team',
  apply: (tx, ctx, { teamId }) => removeEach([teamId], (each) => deleteTeamWithin(tx, ctx, each)),
  affected: async (_tx, _ctx, { teamId }) => ({ ...nobody, teamIds: [teamId] }),
})
