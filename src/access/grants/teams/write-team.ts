// A team is made, renamed, led by somebody else, put within another one, or deleted.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { invalidField, nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, nowOf, requirePermissionIn, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { requireUser } from '../../ground/require-user.ts'
import { requireFitForFilters } from './team-roles.ts'
import { lockTeam, lockTeamRow, requireNoTeamsWithin, type TeamKey, type TeamRecord } from './teams.ts'

const CreateTeamInput = z.object({
  name: nameSchema,
  /** Absent or null: of the organization. */
  brandId: z.string().nullish(),
  /** A team that this one is within; it has none above it. */
  parentId: z.string().nullish(),
  leaderId: z.string().nullish(),
})

const UpdateTeamInput = z.object({
  teamId: z.string(),
  name: nameSchema.optional(),
  parentId: z.string().nullish(),
  leaderId: z.string().nullish(),
})

export type NewTeam = z.input<typeof CreateTeamInput>
export type TeamChange = z.input<typeof UpdateTeamInput>

type Columns = TeamKey & { name: string; nameKey: string; parentId: string | null; leaderId: string | null }

const insert = prepared<Columns & { brandId: string | null; now: string; createdBy: string }, never>(
  (
    p,
  ) => sql`insert into teams (organization_id, id, name, name_key, brand_id, parent_id, leader_id, created_at, created_by)
    values (${p.organizationId}, ${p.teamId}, ${p.name}, ${p.nameKey}, ${p.brandId}, ${p.parentId}, ${p.leaderId},
      ${p.now}::timestamptz, ${p.createdBy})`,
)

const update = prepared<Columns, never>(
  (
    p,
  ) => sql`update teams set name = ${p.name}, name_key = ${p.nameKey}, parent_id = ${p.parentId}, leader_id = ${p.leaderId}
    where organization_id = ${p.organizationId} and id = ${p.teamId}`,
)

const brandIsThere = prepared<{ organizationId: string; brandId: string }, { id: string }>(
  (p) =>
    sql`select b.id from brands b where b.organization_id = ${p.organizationId} and b.id = ${p.brandId} for key share`,
)

/** @throws AppError not_found */
async function requireBrand(tx: Transaction, { organizationId }: CallContext, brandId: string | null): Promise<void> {
  if (brandId === null) return
  const [found] = isId('brd', brandId) ? await tx.run(brandIsThere({ organizationId, brandId })) : []
  if (found === undefined) throw notFound('Brand')
}

/** @throws AppError not_found; invalid (field `parentId`) where a team cannot be within it */
async function requireParent(
  tx: Transaction,
  ctx: CallContext,
  { parentId, brandId, teamId }: { parentId: string | null; brandId: string | null; teamId?: string },
): Promise<void> {
  if (parentId === null) return
  if (parentId === teamId) throw invalidField('parentId', 'a team is not within itself')
  const parent = await lockTeamRow(tx, ctx, parentId)
  requirePermissionIn(ctx, 'teams.write', parent.brand?.id ?? null)
  if (parent.parent !== null) throw invalidField('parentId', 'a team within another has no teams of its own')
  if (parent.brand !== null && parent.brand.id !== brandId)
    throw invalidField('parentId', `${parent.name} is a team of ${parent.brand.name}, and so are the teams within it`)
}

/**
 * @throws AppError invalid; not_found for a brand, team or leader that is not there; forbidden (reasons `permission`, `other_brand`,
 *   `ceiling`); conflict where there is a team of the name
 */
export async function createTeamWithin(tx: Transaction, ctx: CallContext, input: NewTeam): Promise<TeamRecord> {
  const { name, brandId = null, parentId = null, leaderId = null } = parseInput(CreateTeamInput, input)
  requirePermissionIn(ctx, 'teams.write', brandId)
  await requireBrand(tx, ctx, brandId)
  await requireParent(tx, ctx, { parentId, brandId })
  if (leaderId !== null) await requireUser(tx, ctx, leaderId)
  const { organizationId } = ctx
  const teamId = ctx.ids.next('tea')
  const columns = { organizationId, teamId, name, nameKey: fold(name), brandId, parentId, leaderId }
  const concern = { users: leaderId === null ? [] : [leaderId], teams: [teamId] }
  await withinCeiling(tx, ctx, concern, () => tx.run(insert({ ...columns, now: nowOf(ctx), createdBy: ctx.actor.id })))
  const detail = { name, brandId, parentId, leaderId }
  await tx.run(recordAudit(ctx, { action: 'team.create', targetType: 'team', targetId: teamId, detail }))
  return lockTeamRow(tx, ctx, teamId)
}

/** What is not mentioned stays. @throws AppError as above; conflict (reason `has_teams`) */
export async function updateTeamWithin(tx: Transaction, ctx: CallContext, input: TeamChange): Promise<TeamRecord> {
  const { teamId, ...changes } = parseInput(UpdateTeamInput, input)
  const before = await lockTeam(tx, ctx, teamId)
  const { name = before.name, parentId = before.parent?.id ?? null, leaderId = before.leader?.id ?? null } = changes
  if (parentId !== (before.parent?.id ?? null)) {
    await requireParent(tx, ctx, { parentId, brandId: before.brand?.id ?? null, teamId })
    if (parentId !== null) await requireNoTeamsWithin(tx, ctx, teamId)
  }
  if (leaderId !== null && leaderId !== before.leader?.id) await requireUser(tx, ctx, leaderId)
  const columns = { organizationId: ctx.organizationId, teamId, name, nameKey: fold(name), parentId, leaderId }
  const leaders = [before.leader?.id, leaderId].filter((id) => id != null)
  await withinCeiling(tx, ctx, { users: leaders, teams: [teamId] }, () => tx.run(update(columns)))
  await requireFitForFilters(tx, ctx, teamId)
  const was = { name: before.name, parentId: before.parent?.id ?? null, leaderId: before.leader?.id ?? null }
  const detail = { name, before: was, after: { name, parentId, leaderId } }
  await tx.run(recordAudit(ctx, { action: 'team.update', targetType: 'team', targetId: teamId, detail }))
  return lockTeamRow(tx, ctx, teamId)
}

// Each by a statement of its own: what the cascade of a foreign key takes is gone before any trigger looks at it.
const removals = [
  prepared<TeamKey, never>(
    (p) => sql`delete from team_roles where organization_id = ${p.organizationId} and team_id = ${p.teamId}`,
  ),
  prepared<TeamKey, never>(
    (p) => sql`delete from team_sources where organization_id = ${p.organizationId} and team_id = ${p.teamId}`,
  ),
  prepared<TeamKey, never>(
    (p) => sql`delete from team_members where organization_id = ${p.organizationId} and team_id = ${p.teamId}`,
  ),
  prepared<TeamKey, never>(
    (p) => sql`update teams set leader_id = null where organization_id = ${p.organizationId} and id = ${p.teamId}
      and leader_id is not null`,
  ),
  prepared<TeamKey, never>(
    (p) => sql`delete from teams where organization_id = ${p.organizationId} and id = ${p.teamId}`,
  ),
]

/** The same for a team that goes with its brand. */
export async function removeTeamRows(tx: Transaction, key: TeamKey): Promise<void> {
  for (const remove of removals) await tx.run(remove(key))
}

/**
 * With the roles that it gave. What was restricted to it stays restricted. @throws AppError not_found; forbidden; conflict (reasons
 * `has_teams`, `last_administrator`)
 */
export async function deleteTeamWithin(tx: Transaction, ctx: CallContext, teamId: string): Promise<void> {
  const { name, brand } = await lockTeam(tx, ctx, teamId)
  await requireNoTeamsWithin(tx, ctx, teamId)
  await withinCeiling(tx, ctx, { teams: [teamId] }, () =>
    removeTeamRows(tx, { organizationId: ctx.organizationId, teamId }),
  )
  const detail = { name, brandId: brand?.id ?? null }
  await tx.run(recordAudit(ctx, { action: 'team.delete', targetType: 'team', targetId: teamId, detail }))
}
