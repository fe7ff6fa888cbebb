// Roles of teams: everybody in the team, and in the teams within it, holds them; for a reason, and better until a date.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { isoTime, prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { instantSchema, invalidField, parseInput, requireFuture } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  isPermitted,
  nowOf,
  requirePermissionIn,
  requirePermissionSomewhere,
  type Transaction,
} from '#src/context.ts'
import { type Given, withinCeiling } from '../../ceiling/ceiling.ts'
import { requireTargets } from '../managers/targets.ts'
import { requireFitForFilter } from '../roles/attribute-roles.ts'
import { getTeam, lockTeamRow, type TeamKey } from './teams.ts'

export type TeamRole = {
  id: string
  team: { id: string; name: string }
  role: { id: string; key: string; name: string }
  /** Null: in the organization. */
  brand: { id: string; slug: string; name: string } | null
  reason: string
  expiresAt: string | null
  createdAt: string
  createdBy: string
}

const reason = z
  .string()
  .trim()
  .min(1, 'the role of a team needs a reason')
  .max(1_000, 'must have at most 1000 characters')

const GiveInput = z.object({
  teamId: z.string(),
  roleId: z.string(),
  /** Absent or null: in the organization, or in the brand that the team is of. */
  brandId: z.string().nullish(),
  reason,
  expiresAt: instantSchema.nullish(),
})

const UpdateInput = z.object({ teamRoleId: z.string(), reason: reason.optional(), expiresAt: instantSchema.nullish() })

export type NewTeamRole = z.input<typeof GiveInput>
export type TeamRoleChange = z.input<typeof UpdateInput>

type Key = { organizationId: string; teamRoleId: string }

/** Of `team_roles x`, with the names of what it binds. */
const selectRole = sql`select x.id, json_build_object('id', t.id, 'name', t.name) as team,
    json_build_object('id', r.id, 'key', r.key, 'name', r.name) as role,
    case when b.id is not null then json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) end as brand,
    x.reason, ${isoTime(sql`x.expires_at`)} as "expiresAt", x.created_at as "createdAt", x.created_by as "createdBy"
  from team_roles x
  join teams t on t.organization_id = x.organization_id and t.id = x.team_id
  join roles r on r.organization_id = x.organization_id and r.id = x.role_id
  left join brands b on b.organization_id = x.organization_id and b.id = x.brand_id`

const roleById = prepared<Key, TeamRole>(
  (p) => sql`${selectRole} where x.organization_id = ${p.organizationId} and x.id = ${p.teamRoleId}`,
)

const lock = prepared<Key, { id: string }>(
  (p) =>
    sql`select x.id from team_roles x where x.organization_id = ${p.organizationId} and x.id = ${p.teamRoleId} for update`,
)

const rolesOfTeam = prepared<TeamKey, TeamRole>(
  (p) => sql`${selectRole} where x.organization_id = ${p.organizationId} and x.team_id in (
      select unnest(array[y.id, y.parent_id]) from teams y where y.organization_id = ${p.organizationId} and y.id = ${p.teamId})
    order by b.name nulls first, r.rank desc, x.id`,
)

/** Those of the team that it is within included, and those that have ended. @throws AppError not_found; forbidden */
export async function listTeamRoles(ctx: CallContext, teamId: string): Promise<TeamRole[]> {
  await getTeam(ctx, teamId)
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith(rolesOfTeam({ organizationId: ctx.organizationId, teamId })),
  )
  return rows ?? []
}

const givenBy = prepared<TeamKey, Given>(
  (p) => sql`select coalesce(x.brand_id, '') as scope, x.role_id as "roleId" from team_roles x
    where x.organization_id = ${p.organizationId} and x.team_id in (select unnest(array[y.id, y.parent_id]) from teams y
      where y.organization_id = ${p.organizationId} and y.id = ${p.teamId})`,
)

/** What whoever comes into the team gets by it. */
export const grantsOfTeam = (tx: Transaction, { organizationId }: CallContext, teamId: string): Promise<Given[]> =>
  tx.run(givenBy({ organizationId, teamId }))

const byFilter = prepared<TeamKey, { key: string; allows: string[] }>(
  (p) => sql`select r.key, (select coalesce(json_agg(rp.permission), '[]') from role_permissions rp
      where rp.organization_id = r.organization_id and rp.role_id = r.id and rp.effect = 'allow') as allows
    from teams t
    join team_sources s on s.organization_id = t.organization_id and s.team_id = t.id and s.filter is not null
    join team_roles x on x.organization_id = t.organization_id and x.team_id in (t.id, t.parent_id)
    join roles r on r.organization_id = x.organization_id and r.id = x.role_id
    where t.organization_id = ${p.organizationId} and ${p.teamId} in (t.id, t.parent_id)`,
)

/** Of a team as it is by now, and the teams within it. @throws AppError invalid where a filter would make administrators */
export async function requireFitForFilters(tx: Transaction, ctx: CallContext, teamId: string): Promise<void> {
  for (const role of await tx.run(byFilter({ organizationId: ctx.organizationId, teamId }))) requireFitForFilter(role)
}

type Columns = Key &
  TeamKey & {
    roleId: string
    brandId: string | null
    reason: string
    expiresAt: string | null
    now: string
    createdBy: string
  }

const insert = prepared<Columns, never>(
  (
    p,
  ) => sql`insert into team_roles (organization_id, id, team_id, role_id, brand_id, reason, expires_at, created_at, created_by)
    values (${p.organizationId}, ${p.teamRoleId}, ${p.teamId}, ${p.roleId}, ${p.brandId}, ${p.reason},
      ${p.expiresAt}::timestamptz, ${p.now}::timestamptz, ${p.createdBy})`,
)

/**
 * @throws AppError invalid (a reason is required, the end is to come; a brand's team holds roles of that brand); not_found; forbidden
 *   (reasons `permission`, `other_brand`, `ceiling`); conflict where the team holds it already
 */
export async function giveTeamRoleWithin(tx: Transaction, ctx: CallContext, input: NewTeamRole): Promise<TeamRole> {
  const { teamId, roleId, reason: why, expiresAt = null, ...named } = parseInput(GiveInput, input)
  requirePermissionSomewhere(ctx, 'assignments.write')
  const team = await lockTeamRow(tx, ctx, teamId)
  if (!isPermitted(ctx, 'teams.read', team.brand?.id ?? null)) throw notFound('Team')
  const brandId = named.brandId ?? team.brand?.id ?? null
  if (team.brand !== null && brandId !== team.brand.id)
    throw invalidField('brandId', `${team.name} is a team of ${team.brand.name} and holds roles there alone`)
  requirePermissionIn(ctx, 'assignments.write', brandId)
  requireFuture(expiresAt, ctx.clock.now(), 'expiresAt')
  const { role, brand } = await requireTargets(tx, ctx, { roleId, brandId })
  const { organizationId } = ctx
  const [teamRoleId, now, createdBy] = [ctx.ids.next('tmr'), nowOf(ctx), ctx.actor.id]
  const row = { organizationId, teamRoleId, teamId, roleId, brandId, reason: why, expiresAt, now, createdBy }
  await withinCeiling(tx, ctx, { teams: [teamId] }, () => tx.run(insert(row)))
  await requireFitForFilters(tx, ctx, teamId)
  const detail = {
    name: team.name,
    teamRoleId,
    role: role.key,
    roleId,
    brand: brand?.slug ?? null,
    brandId,
    reason: why,
    expiresAt,
  }
  await tx.run(recordAudit(ctx, { action: 'team.give_role', targetType: 'team', targetId: teamId, detail }))
  const { id, name } = team
  return { id: teamRoleId, team: { id, name }, role, brand, reason: why, expiresAt, createdAt: now, createdBy }
}

/** @throws AppError not_found, also for one in a brand that the caller has no say in; forbidden (reason `ceiling`) */
async function lockTeamRole(tx: Transaction, ctx: CallContext, teamRoleId: string): Promise<TeamRole> {
  requirePermissionSomewhere(ctx, 'assignments.write')
  const key = { organizationId: ctx.organizationId, teamRoleId: isId('tmr', teamRoleId) ? teamRoleId : '' }
  await tx.run(lock(key))
  const [found] = await tx.run(roleById(key))
  const brandId = found?.brand?.id ?? null
  if (found === undefined || !isPermitted(ctx, 'assignments.write', brandId)) throw notFound('Role of the team')
  await requireTargets(tx, ctx, { roleId: found.role.id, brandId })
  return found
}

const update = prepared<Key & { reason: string; expiresAt: string | null }, never>(
  (p) => sql`update team_roles set reason = ${p.reason}, expires_at = ${p.expiresAt}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.teamRoleId}`,
)

/** What is not mentioned stays. @throws AppError invalid; not_found; forbidden; conflict (reason `last_administrator`) */
export async function updateTeamRoleWithin(
  tx: Transaction,
  ctx: CallContext,
  input: TeamRoleChange,
): Promise<TeamRole> {
  const { teamRoleId, ...changes } = parseInput(UpdateInput, input)
  requireFuture(changes.expiresAt, ctx.clock.now(), 'expiresAt')
  const before = await lockTeamRole(tx, ctx, teamRoleId)
  const { reason: why = before.reason, expiresAt = before.expiresAt } = changes
  const row = { organizationId: ctx.organizationId, teamRoleId, reason: why, expiresAt }
  await withinCeiling(tx, ctx, { teams: [before.team.id] }, () => tx.run(update(row)))
  const detail = {
    ...{
      name: before.team.name,
      teamRoleId,
      role: before.role.key,
      roleId: before.role.id,
      brandId: before.brand?.id ?? null,
    },
    before: { reason: before.reason, expiresAt: before.expiresAt },
    after: { reason: why, expiresAt },
  }
  await tx.run(recordAudit(ctx, { action: 'team.update_role', targetType: 'team', targetId: before.team.id, detail }))
  return { ...before, reason: why, expiresAt }
}

const remove = prepared<Key, never>(
  (p) => sql`delete from team_roles where organization_id = ${p.organizationId} and id = ${p.teamRoleId}`,
)

/** @throws AppError not_found; forbidden (reason `ceiling`); conflict (reason `last_administrator`) */
export async function takeTeamRoleWithin(tx: Transaction, ctx: CallContext, teamRoleId: string): Promise<void> {
  const { team, role, brand } = await lockTeamRole(tx, ctx, teamRoleId)
  await withinCeiling(tx, ctx, { teams: [team.id] }, () =>
    tx.run(remove({ organizationId: ctx.organizationId, teamRoleId })),
  )
  const detail = {
    name: team.name,
    teamRoleId,
    role: role.key,
    roleId: role.id,
    brand: brand?.slug ?? null,
    brandId: brand?.id ?? null,
  }
  await tx.run(recordAudit(ctx, { action: 'team.take_role', targetType: 'team', targetId: team.id, detail }))
}
