// A directory can go once nobody is left in it; people who were deleted by it stay on record without a directory.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { lockDirectoryRow } from './directories.ts'

type Key = { organizationId: string; directoryId: string }

const content = prepared<Key, { hasUsers: boolean; hasGroups: boolean }>(
  (p) => sql`select
    exists (select from users where organization_id = ${p.organizationId} and directory_id = ${p.directoryId}
      and deleted_at is null) as "hasUsers",
    exists (select from groups where organization_id = ${p.organizationId} and directory_id = ${p.directoryId}) as "hasGroups"`,
)

const detachDeletedUsers = prepared<Key, never>(
  (p) => sql`update users set directory_id = null
    where organization_id = ${p.organizationId} and directory_id = ${p.directoryId} and deleted_at is not null`,
)

const remove = prepared<Key, never>(
  (p) => sql`delete from directories where organization_id = ${p.organizationId} and id = ${p.directoryId}`,
)

/** @throws AppError not_found; conflict (reason `in_use`) while the directory has users or groups */
export async function deleteDirectory(ctx: CallContext, directoryId: string): Promise<void> {
  requirePermission(ctx, 'directories.write')
  if (!isId('dir', directoryId)) return refuseUnknown(ctx, 'Directory')
  const key = { organizationId: ctx.organizationId, directoryId }
  await inTransaction(ctx, async (tx) => {
    const { name } = await lockDirectoryRow(tx, ctx, directoryId)
    const [found] = await tx.run(content(key))
    if (found?.hasUsers === true || found?.hasGroups === true) {
      const what = found.hasUsers ? 'users' : 'groups'
      const message = `The directory still has ${what}; disable it instead, or let the identity provider remove them first`
      throw new AppError('conflict', message, { reason: 'in_use' })
    }
    const entry = {
      action: 'directory.delete',
      targetType: 'directory',
      targetId: directoryId,
      detail: { name },
    } as const
    await tx.commitWith(detachDeletedUsers(key), remove(key), recordAudit(ctx, entry))
  })
}
