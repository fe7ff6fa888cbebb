// The people of a team: who they are and how they are in, and those who are added and taken out by hand, by whoever manages teams or
// leads this one, up to their own rights.
import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { afterName, namePage } from '#directory/paging/name-pages.ts'
import type { UserStatus } from '#directory/users.ts'
import { notFound } from '#platform/errors.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { getTeam, lockLedTeam, type TeamKey, type TeamRecord } from './teams.ts'

/** How somebody is in a team. `source` names the group, the filter, or the team within it. */
export type Way = { way: 'leader' | 'hand' | 'group' | 'filter' | 'team'; source: { id: string; name: string } | null }

export type TeamPerson = {
  id: string
  userName: string
  displayName: string | null
  status: UserStatus
  isLeader: boolean
  ways: Way[]
}

export type TeamPeoplePage = { items: TeamPerson[]; nextCursor: string | null }

type PageKey = TeamKey & { key: string | null; after: string | null; limit: number }

const nameOfSource = (organizationId: SQL, teamId: SQL): SQL => sql`case when p.team_id <> ${teamId}
  then (select jsonb_build_object('id', x.id, 'name', x.name) from teams x
    where x.organization_id = ${organizationId} and x.id = p.team_id)
  else (select jsonb_build_object('id', coalesce(g.id, s.id), 'name', coalesce(g.display_name, s.filter)) from team_sources s
    left join groups g on g.organization_id = s.organization_id and g.id = s.group_id
    where s.organization_id = ${organizationId} and s.id = p.source_id) end`

/** The page first, from the team down to its people; how they are in, for those of the page, from each of them up. */
const selectPeople = prepared<PageKey, TeamPerson & { key: string }>(
  (p) => sql`with page as (
      select u.organization_id, u.id, u.user_name, u.display_name, u.status, u.name_key from users u
      where u.organization_id = ${p.organizationId} and u.deleted_at is null and u.status in ('active', 'invited')
        and u.id in (select x.user_id from people_of_teams x where x.organization_id = ${p.organizationId}
          and (x.team_id = ${p.teamId} or x.parent_id = ${p.teamId}))
        and (${p.key}::text is null or (u.name_key, u.id) > (${p.key}, ${p.after}))
      order by u.name_key, u.id limit ${p.limit}::int)
    select u.id, u.user_name as "userName", u.display_name as "displayName", u.status, u.name_key as key, w.*
    from page u cross join lateral (
      select coalesce(bool_or(p.way = 'leader' and p.team_id = ${p.teamId}), false) as "isLeader",
        jsonb_agg(distinct jsonb_build_object('way', case when p.team_id <> ${p.teamId} then 'team' else p.way end,
          'source', ${nameOfSource(p.organizationId, p.teamId)})) as ways
      from teams_of_people p join teams t on t.organization_id = p.organization_id and t.id = p.team_id
      where p.organization_id = ${p.organizationId} and p.user_id = u.id and ${p.teamId} in (t.id, t.parent_id)) w
    order by u.name_key, u.id`,
)

/** By name, in a transaction of the caller's, who has asked whether they may see it. */
export async function peopleOfTeam(
  tx: Transaction,
  { organizationId }: CallContext,
  { teamId, cursor, limit = 50 }: { teamId: string; cursor?: string | undefined; limit?: number },
): Promise<TeamPeoplePage> {
  const [key = null, after = null] = cursor === undefined ? [] : afterName(cursor, 'usr')
  const rows = await tx.run(selectPeople({ organizationId, teamId, key, after, limit: limit + 1 }))
  const { items, nextCursor } = namePage(rows, 0, limit)
  return { items, nextCursor }
}

/** People who are active or invited. @throws AppError not_found; forbidden; invalid (reason `invalidCursor`) */
export async function listTeamPeople(
  ctx: CallContext,
  page: { teamId: string; cursor?: string | undefined; limit?: number },
): Promise<TeamPeoplePage> {
  await getTeam(ctx, page.teamId)
  return inTransaction(ctx, (tx) => peopleOfTeam(tx, ctx, page))
}

const MembersInput = z.object({ teamId: z.string(), userIds: z.array(z.string()).min(1).max(1_000) })

export type TeamMembers = z.input<typeof MembersInput>

type Ids = TeamKey & { userIds: readonly string[] }

const missing = prepared<Omit<Ids, 'teamId'>, { id: string }>(
  (p) => sql`select w.id from unnest(${p.userIds}::text[]) w (id) where not exists (select from users u
    where u.organization_id = ${p.organizationId} and u.id = w.id and u.deleted_at is null)`,
)

const insert = prepared<Ids & { now: string; createdBy: string }, { id: string }>(
  (p) => sql`insert into team_members (organization_id, team_id, user_id, created_at, created_by)
    select ${p.organizationId}, ${p.teamId}, w.id, ${p.now}::timestamptz, ${p.createdBy}
    from unnest(${p.userIds}::text[]) w (id) order by w.id on conflict do nothing returning user_id as id`,
)

// Whoever is added by hand is not left out any more.
const letIn = prepared<Ids, never>(
  (p) => sql`delete from team_exclusions where organization_id = ${p.organizationId} and team_id = ${p.teamId}
    and user_id = any (${p.userIds}::text[])`,
)

const remove = prepared<Ids, { id: string }>(
  (p) => sql`delete from team_members where organization_id = ${p.organizationId} and team_id = ${p.teamId}
    and user_id = any (${p.userIds}::text[]) returning user_id as id`,
)

type Change = {
  action: 'team.members_added' | 'team.members_removed'
  team: TeamRecord
  changed: readonly { id: string }[]
}

async function audit(tx: Transaction, ctx: CallContext, { action, team, changed }: Change): Promise<void> {
  if (changed.length === 0) return
  const ids = changed.map(({ id }) => id).sort()
  const detail = { name: team.name, count: ids.length, ids: ids.slice(0, 100) }
  await tx.run(recordAudit(ctx, { action, targetType: 'team', targetId: team.id, detail }))
}

/** Who is in already stays so. @throws AppError not_found for a team or somebody who is not there; forbidden (reason `ceiling`) */
export async function addTeamMembersWithin(tx: Transaction, ctx: CallContext, input: TeamMembers): Promise<void> {
  const { teamId, userIds } = parseInput(MembersInput, input)
  const team = await lockLedTeam(tx, ctx, teamId)
  const ids = { organizationId: ctx.organizationId, userIds: [...new Set(userIds)].sort() }
  const [gone] = await tx.run(missing(ids))
  if (gone !== undefined) throw notFound('User')
  const row = { ...ids, teamId, now: nowOf(ctx), createdBy: ctx.actor.id }
  const changed = await withinCeiling(tx, ctx, { users: ids.userIds }, async () => {
    await tx.run(letIn({ ...ids, teamId }))
    return tx.run(insert(row))
  })
  await audit(tx, ctx, { action: 'team.members_added', team, changed })
}

/** Who is in by a group or a filter besides, stays in by that. @throws AppError not_found; forbidden (reason `ceiling`) */
export async function removeTeamMembersWithin(tx: Transaction, ctx: CallContext, input: TeamMembers): Promise<void> {
  const { teamId, userIds } = parseInput(MembersInput, input)
  const team = await lockLedTeam(tx, ctx, teamId)
  const ids = { organizationId: ctx.organizationId, teamId, userIds: [...new Set(userIds)].sort() }
  const changed = await withinCeiling(tx, ctx, { users: ids.userIds }, () => tx.run(remove(ids)))
  await audit(tx, ctx, { action: 'team.members_removed', team, changed })
}
