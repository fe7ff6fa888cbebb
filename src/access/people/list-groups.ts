// The list of groups, and the members of one, page by page.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { fold } from '#directory/fold.ts'
import { type GroupMember, type GroupRecord, groupColumns } from '#directory/groups.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'

const selectGroups = prepared<
  { organizationId: string; key: string | null; part: string | null; after: string | null; limit: number | null },
  GroupRecord
>(
  (p) => sql`select ${groupColumns} from groups g where g.organization_id = ${p.organizationId}
      and (${p.key}::text is null or g.display_name_key = ${p.key})
      and (${p.part}::text is null or strpos(g.display_name_key, ${p.part}) > 0)
      and (${p.after}::text is null or g.id > ${p.after})
    order by g.id limit ${p.limit}::int`,
)

/** In order of creation, by name or part of it, those after an id and as many as asked for. */
export async function listGroups(
  ctx: CallContext,
  page: {
    displayName?: string | undefined
    q?: string | undefined
    after?: string | undefined
    limit?: number | undefined
  } = {},
): Promise<GroupRecord[]> {
  requirePermission(ctx, 'groups.read')
  const key = page.displayName === undefined ? null : fold(page.displayName)
  const part = page.q === undefined ? null : fold(page.q)
  const { organizationId } = ctx
  const statement = selectGroups({ organizationId, key, part, after: page.after ?? null, limit: page.limit ?? null })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

type MembersKey = { organizationId: string; groupId: string; after: string | null; limit: number | null }

const groupExists = prepared<{ organizationId: string; groupId: string }, { id: string }>(
  (p) => sql`select id from groups where organization_id = ${p.organizationId} and id = ${p.groupId}`,
)

/** Both halves are cut to the page before they are joined, so that a page costs its own size. */
const selectMembers = prepared<MembersKey, GroupMember>(
  (p) => sql`select id, type, display from (
      (select c.id, 'Group' as type, c.display_name as display
       from group_nestings n join groups c on c.organization_id = n.organization_id and c.id = n.child_group_id
       where n.organization_id = ${p.organizationId} and n.group_id = ${p.groupId}
         and (${p.after}::text is null or n.child_group_id > ${p.after})
       order by n.child_group_id limit ${p.limit}::int)
      union all
      (select u.id, 'User', coalesce(u.display_name, u.user_name)
       from group_members gm join users u on u.organization_id = gm.organization_id and u.id = gm.user_id
       where gm.organization_id = ${p.organizationId} and gm.group_id = ${p.groupId}
         and (${p.after}::text is null or gm.user_id > ${p.after})
       order by gm.user_id limit ${p.limit}::int)) m
    order by id limit ${p.limit}::int`,
)

/** Nested groups first, then users, by id. @throws AppError not_found */
export async function listMembers(
  ctx: CallContext,
  { groupId, after, limit }: { groupId: string; after?: string | undefined; limit?: number | undefined },
): Promise<GroupMember[]> {
  requirePermission(ctx, 'groups.read')
  if (!isId('grp', groupId)) return refuseUnknown(ctx, 'Group')
  const key = { organizationId: ctx.organizationId, groupId }
  return inTransaction(ctx, async (tx) => {
    const found = tx.run(groupExists(key))
    const [rows] = await tx.commitWith(selectMembers({ ...key, after: after ?? null, limit: limit ?? null }))
    if ((await found).length === 0) throw notFound('Group')
    return rows ?? []
  })
}
