// Who and what is in a directory, in numbers.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { isWaiting } from '#db/waiting.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'

export type DirectoryContent = {
  users: number
  activeUsers: number
  waitingUsers: number
  groups: number
  mappings: number
}

const countAll = prepared<{ organizationId: string; directoryId: string }, DirectoryContent>(
  (p) => sql`select count(*)::int as users, (count(*) filter (where u.status = 'active'))::int as "activeUsers",
    (count(*) filter (where ${isWaiting}))::int as "waitingUsers",
    (select count(*)::int from groups g where g.organization_id = ${p.organizationId}
      and g.directory_id = ${p.directoryId}) as groups,
    (select count(*)::int from mappings m join groups g on g.organization_id = m.organization_id and g.id = m.group_id
      where m.organization_id = ${p.organizationId} and g.directory_id = ${p.directoryId}) as mappings
    from users u where u.organization_id = ${p.organizationId} and u.directory_id = ${p.directoryId}
      and u.deleted_at is null`,
)

/** @throws AppError forbidden */
export async function countDirectoryContent(ctx: CallContext, directoryId: string): Promise<DirectoryContent> {
  requirePermission(ctx, 'directories.read')
  const statement = countAll({ organizationId: ctx.organizationId, directoryId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows?.[0] ?? { users: 0, activeUsers: 0, waitingUsers: 0, groups: 0, mappings: 0 }
}
