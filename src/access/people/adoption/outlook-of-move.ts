// What a move from one directory to another would find, before pairs of groups are chosen.
import { sql } from 'drizzle-orm'
import { lockDirectoryRow } from '#connections/directories/directories.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'
import { countPeople, type DirectoryMove, type MovedPeople } from './move-directory.ts'

type Key = { organizationId: string; fromDirectoryId: string; toDirectoryId: string }

export type MovableGroup = { id: string; displayName: string; members: number }

export type MoveOutlook = {
  people: MovedPeople
  /** Groups of the old directory that are mapped to roles or fill teams, each with the groups of the new one that it could be. */
  groups: (MovableGroup & { mappings: number; suggested: string | null })[]
  targets: MovableGroup[]
}

// By the provider's own name of the group, else by what people call it.
const mappedGroups = prepared<Key, MoveOutlook['groups'][number]>(
  (p) => sql`select g.id, g.display_name as "displayName",
      (select count(*)::int from group_members gm where gm.organization_id = g.organization_id and gm.group_id = g.id) as members,
      (select count(*)::int from mappings m where m.organization_id = g.organization_id and m.group_id = g.id) as mappings,
      (select t.id from groups t where t.organization_id = g.organization_id and t.directory_id = ${p.toDirectoryId}
        and (t.external_id = g.external_id or t.display_name_key = g.display_name_key)
        order by (t.external_id = g.external_id) desc nulls last, t.id limit 1) as suggested
    from groups g where g.organization_id = ${p.organizationId} and g.directory_id = ${p.fromDirectoryId}
      and (exists (select from mappings m where m.organization_id = g.organization_id and m.group_id = g.id)
        or exists (select from team_sources s where s.organization_id = g.organization_id and s.group_id = g.id))
    order by g.display_name_key, g.id limit 500`,
)

const targetGroups = prepared<Omit<Key, 'fromDirectoryId'>, MovableGroup>(
  (p) => sql`select g.id, g.display_name as "displayName",
      (select count(*)::int from group_members gm where gm.organization_id = g.organization_id and gm.group_id = g.id) as members
    from groups g where g.organization_id = ${p.organizationId} and g.directory_id = ${p.toDirectoryId}
    order by g.display_name_key, g.id limit 1000`,
)

/** What a move would find, before pairs of groups are chosen. @throws AppError forbidden, not_found */
export async function outlookOfMove(
  ctx: CallContext,
  move: Pick<DirectoryMove, 'fromDirectoryId' | 'toDirectoryId'>,
): Promise<MoveOutlook> {
  requirePermission(ctx, 'directories.read')
  requirePermission(ctx, 'mappings.read')
  const { organizationId } = ctx
  const { toDirectoryId } = move
  const key = { organizationId, ...move }
  return inTransaction(ctx, async (tx) => {
    for (const id of [move.fromDirectoryId, move.toDirectoryId]) await lockDirectoryRow(tx, ctx, id)
    const [counted] = await tx.run(countPeople(key))
    const [groups, targets] = [
      await tx.run(mappedGroups(key)),
      await tx.run(targetGroups({ organizationId, toDirectoryId })),
    ]
    return { people: counted ?? { moved: 0, waiting: 0, left: 0 }, groups, targets }
  })
}
