// Who comes into a team and who leaves it: by hand, by a group or by a filter.

import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { prepared } from '#db/statement.ts'
import { userFilterPath } from '#directory/filter/filter-path.ts'
import { addTeamMembersWithin, removeTeamMembersWithin } from '../../../grants/teams/team-people.ts'
import { addTeamSourceWithin, removeTeamSourceWithin } from '../../../grants/teams/team-sources.ts'
import { behindMappings, type MappingTarget } from '../delete-mappings.ts'
import { id, listOf } from '../fields.ts'
import { defineChange, idsOf, nobody, oneByOne, removeEach } from '../kind.ts'

const members = z.strictObject({ teamId: id, userIds: listOf(id) })

/** Those of them who were added to the team by hand. */
const byHand = prepared<{ organizationId: string; teamId: string; ids: readonly string[] }, { id: string }>(
  (p) => sql`select user_id as id from team_members where organization_id = ${p.organizationId}
    and team_id = ${p.teamId} and user_id = any (${p.ids}::text[])`,
)

export const addTeamMembers = defineChange({
  fields: members,
  label: 'Add them',
  needsWord: 'where_something_is_lost',
  apply: async (tx, ctx, change) => {
    await addTeamMembersWithin(tx, ctx, change)
    return change.userIds.map((userId) => ({ id: userId }))
  },
  affected: async (_tx, _ctx, { userIds }) => ({ ...nobody, userIds }),
  inverse: async (tx, { organizationId }, { teamId, userIds }) => {
    const there = new Set((await tx.run(byHand({ organizationId, teamId, ids: userIds }))).map((row) => row.id))
    const added = userIds.filter((userId) => !there.has(userId))
    return () => (added.length === 0 ? [] : [{ kind: 'remove_team_members', teamId, userIds: added }])
  },
})

export const removeTeamMembers = defineChange({
  fields: members,
  label: 'Take them out',
  apply: async (tx, ctx, change) => {
    await removeTeamMembersWithin(tx, ctx, change)
    return change.userIds.map((userId) => ({ id: userId }))
  },
  affected: async (_tx, _ctx, { userIds }) => ({ ...nobody, userIds }),
  inverse: async (tx, { organizationId }, { teamId, userIds }) => {
    const there = idsOf(await tx.run(byHand({ organizationId, teamId, ids: userIds })))
    return () => (there.length === 0 ? [] : [{ kind: 'add_team_members', teamId, userIds: there }])
  },
})

export const fillTeam = defineChange({
  fields: z.strictObject({
    teamId: id,
    sources: listOf(z.strictObject({ groupId: id.nullish(), filter: z.string().nullish() })),
  }),
  label: 'Save this change',
  apply: (tx, ctx, { teamId, sources }) =>
    oneByOne(sources, (source) => addTeamSourceWithin(tx, ctx, { teamId, ...source })),
  affected: async (_tx, _ctx, { sources }) => ({
    ...nobody,
    groupIds: sources.flatMap(({ groupId }) => groupId ?? []),
    filterPaths: sources.flatMap(({ filter }) => filter ?? []).map(userFilterPath),
  }),
  inverse:
    async (_tx, _ctx, { teamId }) =>
    (made) => [{ kind: 'unfill_team', teamId, sourceIds: idsOf(made) }],
})

const behind = prepared<{ organizationId: string; ids: readonly string[] }, MappingTarget>(
  (p) => sql`select s.group_id as "groupId", s.filter_path as "filterPath" from team_sources s
    where s.organization_id = ${p.organizationId} and s.id = any (${p.ids}::text[])`,
)

const contents = prepared<
  { organizationId: string; ids: readonly string[] },
  { groupId: string | null; filter: string | null }
>(
  (p) => sql`select s.group_id as "groupId", s.filter from team_sources s
    where s.organization_id = ${p.organizationId} and s.id = any (${p.ids}::text[]) order by s.id`,
)

export const unfillTeam = defineChange({
  fields: z.strictObject({ teamId: id, sourceIds: listOf(id) }),
  label: 'Save this change',
  apply: (tx, ctx, { teamId, sourceIds }) =>
    removeEach(sourceIds, (sourceId) => removeTeamSourceWithin(tx, ctx, { teamId, sourceId })),
  affected: async (tx, { organizationId }, { sourceIds }) =>
    behindMappings(await tx.run(behind({ organizationId, ids: sourceIds }))),
  inverse: async (tx, { organizationId }, { teamId, sourceIds }) => {
    const sources = await tx.run(contents({ organizationId, ids: sourceIds }))
    return () => [{ kind: 'fill_team', teamId, sources }]
  },
})
