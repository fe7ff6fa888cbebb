// How a directory is doing: when its provider last asked, changed something, or was refused.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'

export type DirectoryActivity = {
  directoryId: string
  firstRequestAt: string
  lastRequestAt: string
  lastChangeAt: string | null
  lastErrorAt: string | null
  /** Status, scimType and detail of the last refusal, as one line. */
  lastError: string | null
  /** As the provider last named itself. */
  userAgent: string | null
}

const select = prepared<{ organizationId: string; directoryId: string | null }, DirectoryActivity>(
  (p) => sql`select a.directory_id as "directoryId", a.first_request_at as "firstRequestAt",
      a.last_request_at as "lastRequestAt", a.last_change_at as "lastChangeAt", a.last_error_at as "lastErrorAt",
      a.last_error as "lastError", a.user_agent as "userAgent"
    from directory_activity a where a.organization_id = ${p.organizationId}
      and (${p.directoryId}::text is null or a.directory_id = ${p.directoryId}) order by a.directory_id`,
)

/** Of every directory that was ever asked anything. @throws AppError forbidden */
export const listDirectoryActivity = (ctx: CallContext): Promise<DirectoryActivity[]> => read(ctx, null)

/** Null where the directory was never asked anything, or is not there. @throws AppError forbidden */
export async function getDirectoryActivity(ctx: CallContext, directoryId: string): Promise<DirectoryActivity | null> {
  const [activity] = await read(ctx, directoryId)
  return activity ?? null
}

async function read(ctx: CallContext, directoryId: string | null): Promise<DirectoryActivity[]> {
  requirePermission(ctx, 'directories.read')
  const statement = select({ organizationId: ctx.organizationId, directoryId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}
