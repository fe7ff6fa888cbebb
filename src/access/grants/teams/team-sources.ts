// What fills a team beside single people: a group, with those within it, or a filter over users. Whoever comes or goes there, comes
// or goes here.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { userFilterPath } from '#directory/filter/filter-path.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, type Transaction } from '#src/context.ts'
import { requireGivable, withinCeiling } from '../../ceiling/ceiling.ts'
import { grantsOfTeam, requireFitForFilters } from './team-roles.ts'
import { getTeam, lockTeam, type TeamKey } from './teams.ts'

export type TeamSource = {
  id: string
  /** Null where a filter takes its place. */
  group: { id: string; displayName: string } | null
  /** A SCIM filter over the user. */
  filter: string | null
  createdAt: string
  createdBy: string
}

const SourceInput = z
  .object({ teamId: z.string(), groupId: z.string().nullish(), filter: z.string().trim().min(1).nullish() })
  .refine(({ groupId, filter }) => ((groupId ?? null) === null) !== ((filter ?? null) === null), {
    path: ['groupId'],
    message: 'a team is filled by a group or by a filter: name one of them',
  })

export type NewTeamSource = z.input<typeof SourceInput>

const selectSource = sql`select s.id,
    case when g.id is not null then json_build_object('id', g.id, 'displayName', g.display_name) end as "group", s.filter,
    s.created_at as "createdAt", s.created_by as "createdBy"
  from team_sources s left join groups g on g.organization_id = s.organization_id and g.id = s.group_id`

const sourcesOf = prepared<TeamKey, TeamSource>(
  (p) => sql`${selectSource} where s.organization_id = ${p.organizationId} and s.team_id = ${p.teamId} order by s.id`,
)

const sourceById = prepared<TeamKey & { sourceId: string }, TeamSource & { filterPath: string | null }>(
  (
    p,
  ) => sql`select x.*, (select f.filter_path from team_sources f where f.organization_id = ${p.organizationId} and f.id = x.id)
      as "filterPath" from (${selectSource}
    where s.organization_id = ${p.organizationId} and s.team_id = ${p.teamId} and s.id = ${p.sourceId}) x`,
)

/** @throws AppError not_found; forbidden */
export async function listTeamSources(ctx: CallContext, teamId: string): Promise<TeamSource[]> {
  await getTeam(ctx, teamId)
  const [rows] = await inTransaction(ctx, (tx) =>
    tx.commitWith(sourcesOf({ organizationId: ctx.organizationId, teamId })),
  )
  return rows ?? []
}

const groupNamed = prepared<{ organizationId: string; groupId: string }, { id: string; displayName: string }>(
  (p) => sql`select g.id, g.display_name as "displayName" from groups g
    where g.organization_id = ${p.organizationId} and g.id = ${p.groupId}`,
)

type Columns = TeamKey & {
  id: string
  groupId: string | null
  filter: string | null
  filterPath: string | null
  now: string
  createdBy: string
}

const insert = prepared<Columns, never>(
  (
    p,
  ) => sql`insert into team_sources (organization_id, id, team_id, group_id, filter, filter_path, created_at, created_by)
    values (${p.organizationId}, ${p.id}, ${p.teamId}, ${p.groupId}, ${p.filter}, (${p.filterPath}::jsonpath)::text,
      ${p.now}::timestamptz, ${p.createdBy})`,
)

/**
 * Groups and filters reach everybody in the organization, so that it takes the right to read them there.
 * @throws AppError invalid; not_found; forbidden (reason `ceiling`); conflict where it fills the team already
 */
export async function addTeamSourceWithin(
  tx: Transaction,
  ctx: CallContext,
  input: NewTeamSource,
): Promise<TeamSource> {
  const { teamId, groupId = null, filter = null } = parseInput(SourceInput, input)
  const team = await lockTeam(tx, ctx, teamId)
  requirePermission(ctx, groupId === null ? 'users.read' : 'groups.read')
  const { organizationId } = ctx
  const [group] = groupId === null ? [] : await tx.run(groupNamed({ organizationId, groupId }))
  if (groupId !== null && group === undefined) throw notFound('Group')
  const filterPath = filter === null ? null : userFilterPath(filter)
  const given = await grantsOfTeam(tx, ctx, teamId)
  await requireGivable(tx, ctx, given)
  const [id, now, createdBy] = [ctx.ids.next('tms'), nowOf(ctx), ctx.actor.id]
  const grants = given.map((after) => ({ after }))
  const concern = groupId === null ? { filterPaths: [filterPath ?? ''], grants } : { groups: [groupId] }
  const row = { organizationId, id, teamId, groupId, filter, filterPath, now, createdBy }
  await withinCeiling(tx, ctx, concern, () => tx.run(insert(row)))
  await requireFitForFilters(tx, ctx, teamId)
  const detail = { name: team.name, ...(group === undefined ? { filter } : { group: group.displayName, groupId }) }
  await tx.run(recordAudit(ctx, { action: 'team.fill', targetType: 'team', targetId: teamId, detail }))
  return { id, group: group ?? null, filter, createdAt: now, createdBy }
}

const remove = prepared<{ organizationId: string; id: string }, never>(
  (p) => sql`delete from team_sources where organization_id = ${p.organizationId} and id = ${p.id}`,
)

/** @throws AppError not_found; forbidden (reason `ceiling`); conflict (reason `last_administrator`) */
export async function removeTeamSourceWithin(
  tx: Transaction,
  ctx: CallContext,
  { teamId, sourceId }: { teamId: string; sourceId: string },
): Promise<void> {
  const team = await lockTeam(tx, ctx, teamId)
  const { organizationId } = ctx
  const [source] = isId('tms', sourceId) ? await tx.run(sourceById({ organizationId, teamId, sourceId })) : []
  if (source === undefined) throw notFound('Source of the team')
  const { group, filter, filterPath } = source
  const grants = (await grantsOfTeam(tx, ctx, teamId)).map((before) => ({ before }))
  const concern = group === null ? { filterPaths: [filterPath ?? ''] } : { groups: [group.id] }
  await withinCeiling(tx, ctx, { ...concern, grants }, () => tx.run(remove({ organizationId, id: sourceId })))
  const detail = { name: team.name, ...(group === null ? { filter } : { group: group.displayName, groupId: group.id }) }
  await tx.run(recordAudit(ctx, { action: 'team.unfill', targetType: 'team', targetId: teamId, detail }))
}
