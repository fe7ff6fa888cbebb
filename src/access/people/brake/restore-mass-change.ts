// A mass change was a mistake: everybody is put back to the moment before, but those who have really left, those whom an
// administrator holds, and those of whom the directory has said it again. What was kept is given back at once, people follow in
// steps, each a transaction of its own: what stops in the middle is gone on with by asking again.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { deleteGroupWithin } from '#directory/delete-group.ts'
import { lockGroupRow } from '#directory/groups.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { keptOf, noteDecision } from './confirm-mass-change.ts'
import { getMassChange, isOfChange, lockMassChange, type MassChange, type MassChangeKey } from './mass-changes.ts'
import { nextLost, restoration } from './restore-person.ts'

const atOnce = 200

const release = {
  members: prepared<MassChangeKey, never>(
    (p) => sql`with left_for_good as (
        delete from group_members gm using mass_changes m where m.organization_id = ${p.organizationId}
          and m.id = ${p.massChangeId} and gm.organization_id = m.organization_id and gm.held_by = m.id
          and exists (select from directory_losses l where ${isOfChange} and l.user_id = gm.user_id and l.has_left)
        returning gm.user_id)
      update group_members set held_by = null where organization_id = ${p.organizationId} and held_by = ${p.massChangeId}
        and user_id not in (select user_id from left_for_good)`,
  ),
  nestings: prepared<MassChangeKey, never>(
    (p) => sql`with again as (
        insert into group_nestings (organization_id, group_id, child_group_id, created_at)
        select distinct g.organization_id, g.id, c.id, now()
        from mass_changes m join directory_losses l on ${isOfChange} and l.kind = 'left_nesting'
        join groups g on g.organization_id = l.organization_id and g.id = l.group_id
        join groups c on c.organization_id = l.organization_id and c.id = l.child_group_id
        where m.organization_id = ${p.organizationId} and m.id = ${p.massChangeId}
          and not exists (select from groups_over(g.id) o where o.group_id = c.id)
        on conflict (organization_id, group_id, child_group_id) do update set held_by = null
          where group_nestings.held_by is not null
        returning group_id)
      update groups set version = version + 1 where organization_id = ${p.organizationId}
        and id in (select group_id from again)`,
  ),
}

type GroupKey = MassChangeKey & { groupId: string }

/** The directory has brought a group of the same name, or the same externalId, again: it takes over the mappings, the teams that it fills, and the people. */
const handOver = prepared<GroupKey, { id: string }>(
  (p) => sql`with successor as (
      select n.id from mass_changes m join groups g on g.organization_id = m.organization_id and g.id = ${p.groupId}
      join groups n on n.organization_id = g.organization_id and n.directory_id = m.directory_id
        and (n.external_id = g.external_id or g.external_id is null and n.display_name_key = g.display_name_key)
      where m.organization_id = ${p.organizationId} and m.id = ${p.massChangeId} order by n.id limit 1),
    people as (
      insert into group_members (organization_id, group_id, user_id, created_at)
      select gm.organization_id, s.id, gm.user_id, gm.created_at from successor s, group_members gm
      where gm.organization_id = ${p.organizationId} and gm.group_id = ${p.groupId} on conflict do nothing),
    moved as (
      update mappings x set group_id = s.id from successor s
      where x.organization_id = ${p.organizationId} and x.group_id = ${p.groupId}
        and not exists (select from mappings y where y.organization_id = x.organization_id and y.group_id = s.id
          and y.role_id = x.role_id and y.brand_id is not distinct from x.brand_id)),
    filled as (
      insert into team_sources (organization_id, id, team_id, group_id, created_at, created_by)
      select x.organization_id, new_id('tms'), x.team_id, s.id, x.created_at, x.created_by from successor s, team_sources x
      where x.organization_id = ${p.organizationId} and x.group_id = ${p.groupId} on conflict do nothing)
    select id from successor`,
)

const giveBack = prepared<GroupKey, never>(
  (
    p,
  ) => sql`update groups g set directory_id = m.directory_id, held_by = null, version = g.version + 1 from mass_changes m
    where m.organization_id = ${p.organizationId} and m.id = ${p.massChangeId}
      and g.organization_id = m.organization_id and g.id = ${p.groupId}`,
)

const leave = prepared<GroupKey, never>(
  (p) => sql`delete from group_members gm using mass_changes m where m.organization_id = ${p.organizationId}
    and m.id = ${p.massChangeId} and gm.organization_id = m.organization_id and gm.group_id = ${p.groupId}
    and exists (select from directory_losses l where ${isOfChange} and l.user_id = gm.user_id and l.has_left)`,
)

async function restoreGroup(tx: Transaction, ctx: CallContext, key: GroupKey): Promise<void> {
  await tx.run(leave(key))
  const [successor] = await tx.run(handOver(key))
  if (successor === undefined) {
    await tx.run(giveBack(key))
    return
  }
  await deleteGroupWithin(tx, ctx, await lockGroupRow(tx, ctx, { groupId: key.groupId, directoryId: null }))
}

/**
 * What was confirmed can be put back, too, but for groups that were deleted by it.
 * @returns how it is now: `restoring` where somebody else goes on with it at the moment
 * @throws AppError forbidden (reasons `permission`, `ceiling`), not_found
 */
export async function restoreMassChange(ctx: CallContext, massChangeId: string): Promise<MassChange> {
  requirePermission(ctx, 'directories.write')
  requirePermission(ctx, 'users.write')
  if (!isId('mch', massChangeId)) return refuseUnknown(ctx, 'Mass change')
  const key = { organizationId: ctx.organizationId, massChangeId }
  await inTransaction(ctx, (tx) => releaseKept(tx, ctx, key))
  while (await inTransaction(ctx, (tx) => restoreNext(tx, ctx, key)));
  return getMassChange(ctx, massChangeId)
}

async function releaseKept(tx: Transaction, ctx: CallContext, key: MassChangeKey): Promise<void> {
  const change = await lockMassChange(tx, ctx, key.massChangeId)
  const kept = await keptOf(tx, key)
  await withinCeiling(tx, ctx, { users: kept.members, groups: kept.groups, operatorOnly: true }, async () => {
    for (const groupId of kept.groups) await restoreGroup(tx, ctx, { ...key, groupId })
    await tx.run(release.members(key))
    await tx.run(release.nestings(key))
  })
  const detail = { memberships: kept.members.length, groups: kept.groups.length }
  if (change.status === 'open' || change.status === 'confirmed')
    await noteDecision(tx, ctx, change, { status: 'restoring', detail })
}

const finish = prepared<MassChangeKey, never>(
  (p) => sql`update mass_changes set status = 'restored'
    where organization_id = ${p.organizationId} and id = ${p.massChangeId}`,
)

/** @returns whether there may be more */
async function restoreNext(tx: Transaction, ctx: CallContext, key: MassChangeKey): Promise<boolean> {
  await lockMassChange(tx, ctx, key.massChangeId)
  const people = await nextLost(tx, key, atOnce)
  await withinCeiling(tx, ctx, { users: people.map(({ id }) => id), operatorOnly: true }, async () => {
    const statements = people.flatMap((person) => restoration(ctx, key, person))
    await Promise.all(statements.map((statement) => tx.run(statement)))
  })
  if (people.length < atOnce) await tx.run(finish(key))
  return people.length === atOnce
}
