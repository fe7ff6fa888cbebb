// Roles that a team gets, holds for another time, or loses.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { isoTime, prepared } from '#db/statement.ts'
import { giveTeamRoleWithin, takeTeamRoleWithin, updateTeamRoleWithin } from '../../../grants/teams/team-roles.ts'
import { id, listOf, timeInput } from '../fields.ts'
import { type Affected, defineChange, type EarlierEnd, idsOf, nobody, oneByOne, removeEach } from '../kind.ts'

const role = z.strictObject({ roleId: id, brandId: id.nullish(), reason: z.string(), expiresAt: timeInput.nullish() })

export const giveTeamRoles = defineChange({
  fields: z.strictObject({ teamId: id, roles: listOf(role) }),
  label: 'Save this change',
  apply: (tx, ctx, { teamId, roles }) => oneByOne(roles, (each) => giveTeamRoleWithin(tx, ctx, { teamId, ...each })),
  affected: async (_tx, _ctx, { teamId }) => ({ ...nobody, teamIds: [teamId] }),
  inverse: async () => (made) => [{ kind: 'take_team_roles', teamRoleIds: idsOf(made) }],
})

type Found = { teamId: string; team: string; role: string; brand: string | null; before: string | null }

const teamRoles = prepared<{ organizationId: string; ids: readonly string[] }, Found>(
  (
    p,
  ) => sql`select x.team_id as "teamId", t.name as team, r.name as role, b.name as brand, ${isoTime(sql`x.expires_at`)} as before
    from team_roles x join teams t on t.organization_id = x.organization_id and t.id = x.team_id
    join roles r on r.organization_id = x.organization_id and r.id = x.role_id
    left join brands b on b.organization_id = x.organization_id and b.id = x.brand_id
    where x.organization_id = ${p.organizationId} and x.id = any (${p.ids}::text[])`,
)

const peopleOf = (found: readonly Found[]): Affected => ({ ...nobody, teamIds: found.map(({ teamId }) => teamId) })

export const updateTeamRole = defineChange({
  fields: z.strictObject({ teamRoleId: id, reason: z.string().optional(), expiresAt: timeInput.nullish() }),
  label: 'Save this change',
  needsWord: 'where_something_is_lost',
  apply: async (tx, ctx, change) => [await updateTeamRoleWithin(tx, ctx, change)],
  affected: async (tx, { organizationId }, { teamRoleId }) =>
    peopleOf(await tx.run(teamRoles({ organizationId, ids: [teamRoleId] }))),
  earlierEnds: async (tx, { organizationId }, { teamRoleId, expiresAt }): Promise<EarlierEnd[]> => {
    if (typeof expiresAt !== 'string') return []
    const found = await tx.run(teamRoles({ organizationId, ids: [teamRoleId] }))
    return found
      .filter(({ before }) => before === null || Date.parse(before) > Date.parse(expiresAt))
      .map(({ teamId, team, ...end }) => ({ ...end, userId: teamId, name: `everybody in ${team}`, after: expiresAt }))
  },
})

type Content = { teamId: string; roleId: string; brandId: string | null; reason: string; expiresAt: string | null }

const contents = prepared<{ organizationId: string; ids: readonly string[] }, Content>(
  (
    p,
  ) => sql`select team_id as "teamId", role_id as "roleId", brand_id as "brandId", reason, ${isoTime(sql`expires_at`)} as "expiresAt"
    from team_roles where organization_id = ${p.organizationId} and id = any (${p.ids}::text[]) order by id`,
)

export const takeTeamRoles = defineChange({
  fields: z.strictObject({ teamRoleIds: listOf(id) }),
  label: 'Save this change',
  apply: (tx, ctx, { teamRoleIds }) => removeEach(teamRoleIds, (each) => takeTeamRoleWithin(tx, ctx, each)),
  affected: async (tx, { organizationId }, { teamRoleIds }) =>
    peopleOf(await tx.run(teamRoles({ organizationId, ids: teamRoleIds }))),
  inverse: async (tx, { organizationId }, { teamRoleIds }) => {
    const was = await tx.run(contents({ organizationId, ids: teamRoleIds }))
    return () => was.map(({ teamId, ...each }) => ({ kind: 'give_team_roles', teamId, roles: [each] }))
  },
})
