// An organization moves from one directory to another: a new provider, or an enterprise application that was made anew. Whom both
// have becomes the new one's, the mappings of the old one's groups go to those of the new one, and the old one is switched off; all
// of it at once, so that nobody is without access for a moment.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { type DirectoryRecord, lockDirectoryRow } from '#connections/directories/directories.ts'
import { updateDirectoryWithin } from '#connections/directories/update-directory.ts'
import { prepared } from '#db/statement.ts'
import { asBrought } from '#directory/adopt-user.ts'
import { memberStatements } from '#directory/members.ts'
import type { UserContent } from '#directory/user-content.ts'
import { lockUserRow } from '#directory/users.ts'
import { AppError, invalid, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, requirePermission, requireReach, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { createMappingWithin } from '../../grants/mappings/create-mapping.ts'
import { deleteMappingWithin } from '../../grants/mappings/delete-mapping.ts'
import { addTeamSourceWithin, removeTeamSourceWithin } from '../../grants/teams/team-sources.ts'
import { takeOver } from './take-over.ts'

export type GroupPair = { from: string; to: string }

export type DirectoryMove = {
  fromDirectoryId: string
  toDirectoryId: string
  /** Whose mappings go to which group. */
  groups: readonly GroupPair[]
}

type Key = { organizationId: string; fromDirectoryId: string; toDirectoryId: string }

const asked = prepared<Key, { userId: string; content: UserContent }>(
  (p) => sql`select r.user_id as "userId", r.content from adoption_requests r
    join users u on u.organization_id = r.organization_id and u.id = r.user_id and u.deleted_at is null
      and u.directory_id = ${p.fromDirectoryId}
    where r.organization_id = ${p.organizationId} and r.directory_id = ${p.toDirectoryId} and r.status = 'pending'
    order by r.user_id`,
)

const people = prepared<Key, { userId: string }>(
  (p) => sql`select u.id as "userId" from users u where u.organization_id = ${p.organizationId} and u.deleted_at is null
    and u.directory_id in (${p.fromDirectoryId}, ${p.toDirectoryId})`,
)

export type MovedPeople = {
  /** Of the new directory already. */
  moved: number
  /** Asked for by it, and adopted by the move. */
  waiting: number
  /** Not brought by it yet. */
  left: number
}

export const countPeople = prepared<Key, MovedPeople>(
  (p) => sql`select count(*) filter (where u.directory_id = ${p.toDirectoryId})::int as moved,
      count(*) filter (where u.directory_id = ${p.fromDirectoryId} and r.id is not null)::int as waiting,
      count(*) filter (where u.directory_id = ${p.fromDirectoryId} and r.id is null)::int as left
    from users u left join adoption_requests r on r.organization_id = u.organization_id and r.user_id = u.id
      and r.directory_id = ${p.toDirectoryId} and r.status = 'pending'
    where u.organization_id = ${p.organizationId} and u.deleted_at is null
      and u.directory_id in (${p.fromDirectoryId}, ${p.toDirectoryId})`,
)

const ownGroups = prepared<{ organizationId: string; directoryId: string; ids: readonly string[] }, { id: string }>(
  (p) => sql`select g.id from groups g where g.organization_id = ${p.organizationId}
    and g.directory_id = ${p.directoryId} and g.id = any (${p.ids}::text[])`,
)

type Handed = {
  id: string
  from: string
  to: string
  roleId: string
  brandId: string | null
  pattern: string | null
  isThere: boolean
}

const mappingsOf = prepared<{ organizationId: string; from: readonly string[]; to: readonly string[] }, Handed>(
  (
    p,
  ) => sql`select m.id, g.from_id as "from", g.to_id as "to", m.role_id as "roleId", m.brand_id as "brandId", m.pattern,
      exists (select from mappings t where t.organization_id = m.organization_id and t.group_id = g.to_id
        and t.role_id = m.role_id and t.brand_id is not distinct from m.brand_id) as "isThere"
    from unnest(${p.from}::text[], ${p.to}::text[]) g (from_id, to_id)
    join mappings m on m.organization_id = ${p.organizationId} and m.group_id = g.from_id order by m.id`,
)

type Filled = { id: string; from: string; to: string; teamId: string; isThere: boolean }

const filledBy = prepared<{ organizationId: string; from: readonly string[]; to: readonly string[] }, Filled>(
  (p) => sql`select s.id, g.from_id as "from", g.to_id as "to", s.team_id as "teamId",
      exists (select from team_sources t where t.organization_id = s.organization_id and t.team_id = s.team_id
        and t.group_id = g.to_id) as "isThere"
    from unnest(${p.from}::text[], ${p.to}::text[]) g (from_id, to_id)
    join team_sources s on s.organization_id = ${p.organizationId} and s.group_id = g.from_id order by s.id`,
)

type Member = { id: string; isOfNewDirectory: boolean }

// Of the old group and the groups within, those who are not in the new one.
const missingMembers = prepared<{ organizationId: string; from: string; to: string; toDirectoryId: string }, Member>(
  (p) => sql`with recursive within (group_id) as (
      select ${p.from}::text
      union select n.child_group_id from within w join group_nestings n
        on n.organization_id = ${p.organizationId} and n.group_id = w.group_id)
    select distinct u.id, u.directory_id is not distinct from ${p.toDirectoryId} as "isOfNewDirectory"
    from within w join group_members m on m.organization_id = ${p.organizationId} and m.group_id = w.group_id
    join users u on u.organization_id = m.organization_id and u.id = m.user_id and u.deleted_at is null
    where not exists (select from group_members t where t.organization_id = m.organization_id and t.group_id = ${p.to}
      and t.user_id = u.id) order by u.id`,
)

/** The people whom a move may concern. */
export async function usersOfMove(
  tx: Transaction,
  ctx: CallContext,
  move: Pick<DirectoryMove, 'fromDirectoryId' | 'toDirectoryId'>,
): Promise<string[]> {
  const { fromDirectoryId, toDirectoryId } = move
  const rows = await tx.run(people({ organizationId: ctx.organizationId, fromDirectoryId, toDirectoryId }))
  return rows.map(({ userId }) => userId)
}

/**
 * In a transaction of the caller's. Nobody loses anything by it: members of an old group whom the new directory has are put into the
 * new group, and whom it has not brought stays the old one's, with the mappings that give them what they have.
 * @returns the old directory as it is now
 * @throws AppError not_found; conflict (reason `nobody_brought`) where the new directory has nobody yet; invalid where the directories are one, or a group is not of its directory; forbidden (reasons
 *   `permission`, `ceiling`)
 */
export async function moveDirectoryWithin(
  tx: Transaction,
  ctx: CallContext,
  { fromDirectoryId, toDirectoryId, groups }: DirectoryMove,
): Promise<DirectoryRecord> {
  requirePermission(ctx, 'directories.write')
  requirePermission(ctx, 'users.write')
  for (const id of [...new Set([fromDirectoryId, toDirectoryId])].sort()) {
    if (!isId('dir', id)) throw notFound('Directory')
    await lockDirectoryRow(tx, ctx, id)
    await requireReach(tx, ctx, { kind: 'directory', directoryId: id })
  }
  if (fromDirectoryId === toDirectoryId) throw invalid('The directories must be two', 'invalidValue')
  await requireGroups(tx, ctx, { directoryId: fromDirectoryId, ids: groups.map(({ from }) => from) })
  await requireGroups(tx, ctx, { directoryId: toDirectoryId, ids: groups.map(({ to }) => to) })
  const { organizationId } = ctx
  const key = { organizationId, fromDirectoryId, toDirectoryId }
  const [found] = await tx.run(countPeople(key))
  if (found !== undefined && found.left > 0 && found.moved + found.waiting === 0)
    throw new AppError('conflict', 'The new directory has brought nobody yet; let its provider deliver people first', {
      reason: 'nobody_brought',
    })
  for (const { userId, content } of await tx.run(asked(key))) {
    const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
    await withinCeiling(tx, ctx, { users: [userId] }, () =>
      takeOver(tx, ctx, user, { directoryId: toDirectoryId, by: 'move', change: asBrought(content) }),
    )
  }
  const kept = new Set<string>()
  for (const pair of groups) if (await carryMembers(tx, ctx, { ...pair, toDirectoryId })) kept.add(pair.from)
  await handMappings(tx, ctx, groups, kept)
  await handTeams(tx, ctx, groups, kept)
  const detail = { toDirectoryId, groups, kept: [...kept] }
  await tx.run(
    recordAudit(ctx, { action: 'directory.move', targetType: 'directory', targetId: fromDirectoryId, detail }),
  )
  return updateDirectoryWithin(tx, ctx, { directoryId: fromDirectoryId, status: 'disabled' })
}

/** @throws AppError invalid */
async function requireGroups(
  tx: Transaction,
  { organizationId }: CallContext,
  { directoryId, ids }: { directoryId: string; ids: readonly string[] },
): Promise<void> {
  const found = new Set((await tx.run(ownGroups({ organizationId, directoryId, ids }))).map(({ id }) => id))
  const missing = ids.find((id) => !found.has(id))
  if (missing !== undefined) throw invalid(`${missing} is no group of the directory ${directoryId}`, 'invalidValue')
}

/** @returns whether somebody of the old group is left whom the new directory has not brought */
async function carryMembers(
  tx: Transaction,
  ctx: CallContext,
  { from, to, toDirectoryId }: GroupPair & { toDirectoryId: string },
): Promise<boolean> {
  const { organizationId } = ctx
  const members = await tx.run(missingMembers({ organizationId, from, to, toDirectoryId }))
  const ids = members.filter(({ isOfNewDirectory }) => isOfNewDirectory).map(({ id }) => id)
  const group = { organizationId, groupId: to, directoryId: toDirectoryId }
  if (ids.length > 0) for (const each of memberStatements(ctx, group, { kind: 'add', ids })) await tx.run(each)
  return ids.length < members.length
}

/** The new ones first, so that nobody loses in between what they keep; old ones stay where people are left. */
async function handMappings(
  tx: Transaction,
  ctx: CallContext,
  groups: readonly GroupPair[],
  kept: ReadonlySet<string>,
): Promise<void> {
  const pairs = { from: groups.map(({ from }) => from), to: groups.map(({ to }) => to) }
  const made = new Set<string>()
  const found = await tx.run(mappingsOf({ organizationId: ctx.organizationId, ...pairs }))
  for (const { id, from, to, roleId, brandId, pattern, isThere } of found) {
    const key = `${to} ${roleId} ${brandId}`
    if (!isThere && !made.has(key)) await createMappingWithin(tx, ctx, { groupId: to, roleId, brandId, pattern })
    made.add(key)
    if (!kept.has(from)) await deleteMappingWithin(tx, ctx, id)
  }
}

/** The same for the teams that the groups fill. */
async function handTeams(
  tx: Transaction,
  ctx: CallContext,
  groups: readonly GroupPair[],
  kept: ReadonlySet<string>,
): Promise<void> {
  const pairs = { from: groups.map(({ from }) => from), to: groups.map(({ to }) => to) }
  const made = new Set<string>()
  for (const { id, from, to, teamId, isThere } of await tx.run(
    filledBy({ organizationId: ctx.organizationId, ...pairs }),
  )) {
    const key = `${to} ${teamId}`
    if (!isThere && !made.has(key)) await addTeamSourceWithin(tx, ctx, { teamId, groupId: to })
    made.add(key)
    if (!kept.has(from)) await removeTeamSourceWithin(tx, ctx, { teamId, sourceId: id })
  }
}
