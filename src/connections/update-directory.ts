// A directory gets another name, or is switched off and on. Switched off, all of its tokens are refused at once.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import { type DirectoryRecord, directoryColumns, lockDirectoryRow } from './directories.ts'
import { nameSchema, parseInput } from './input.ts'

const UpdateDirectoryInput = z.object({
  directoryId: z.string(),
  name: nameSchema.optional(),
  status: z.enum(['active', 'disabled']).optional(),
})

const update = prepared<
  { organizationId: string; directoryId: string; name: string; status: string; now: string },
  DirectoryRecord
>(
  (p) => sql`update directories d set name = ${p.name}, status = ${p.status}, updated_at = ${p.now}::timestamptz
    where d.organization_id = ${p.organizationId} and d.id = ${p.directoryId} returning ${directoryColumns}`,
)

/** @returns the directory as it is now. @throws AppError not_found, invalid */
export async function updateDirectory(
  ctx: CallContext,
  input: z.input<typeof UpdateDirectoryInput>,
): Promise<DirectoryRecord> {
  requirePermission(ctx, 'directories.write')
  const { directoryId, ...changes } = parseInput(UpdateDirectoryInput, input)
  if (!isId('dir', directoryId)) return refuseUnknown(ctx, 'Directory')
  return inTransaction(ctx, async (tx) => {
    const before = await lockDirectoryRow(tx, ctx, directoryId)
    const { name = before.name, status = before.status } = changes
    if (name === before.name && status === before.status) return before
    const detail = { name, status, before: { name: before.name, status: before.status } }
    const audit = { action: 'directory.update', targetType: 'directory', targetId: directoryId, detail } as const
    const { organizationId } = ctx
    const changed = update({ organizationId, directoryId, name, status, now: nowOf(ctx) })
    const [rows] = await tx.commitWith<DirectoryRecord>(changed, recordAudit(ctx, audit))
    return rows?.[0] ?? before
  })
}
