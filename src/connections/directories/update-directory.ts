// A directory gets another name, or is switched off and on. Switched off, all of its tokens are refused at once.
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  requireReach,
  type Transaction,
} from '#src/context.ts'
import { adoptionPolicies, type DirectoryRecord, directoryColumns, lockDirectoryRow } from './directories.ts'

const UpdateDirectoryInput = z.object({
  directoryId: z.string(),
  name: nameSchema.optional(),
  status: z.enum(['active', 'disabled']).optional(),
  arrivals: z.enum(['active', 'staged']).optional(),
  adoption: z.enum(adoptionPolicies).optional(),
})

type Settings = Pick<DirectoryRecord, 'name' | 'status' | 'arrivals' | 'adoption'>

const update = prepared<Settings & { organizationId: string; directoryId: string; now: string }, DirectoryRecord>(
  (p) => sql`update directories d set name = ${p.name}, status = ${p.status}, arrivals = ${p.arrivals},
      adoption = ${p.adoption}, updated_at = ${p.now}::timestamptz
    where d.organization_id = ${p.organizationId} and d.id = ${p.directoryId} returning ${directoryColumns}`,
)

export type UpdateDirectoryInput = z.input<typeof UpdateDirectoryInput>

/** What is not mentioned stays. @returns the directory as it is now. @throws AppError not_found, invalid; forbidden (reason `ceiling`) */
export async function updateDirectory(ctx: CallContext, input: UpdateDirectoryInput): Promise<DirectoryRecord> {
  requirePermission(ctx, 'directories.write')
  if (!isId('dir', input.directoryId)) return refuseUnknown(ctx, 'Directory')
  return inTransaction(ctx, (tx) => updateDirectoryWithin(tx, ctx, input))
}

/** The same in a transaction of the caller's. */
export async function updateDirectoryWithin(
  tx: Transaction,
  ctx: CallContext,
  input: UpdateDirectoryInput,
): Promise<DirectoryRecord> {
  requirePermission(ctx, 'directories.write')
  const { directoryId, ...changes } = parseInput(UpdateDirectoryInput, input)
  const before = await lockDirectoryRow(tx, ctx, directoryId)
  const { name, status, arrivals, adoption } = before
  const kept: Settings = { name, status, arrivals, adoption }
  const present = Object.entries(changes).filter(([, value]) => value !== undefined)
  const after: Settings = { ...kept, ...Object.fromEntries(present) }
  if (isDeepStrictEqual(after, kept)) return before
  if (!isDeepStrictEqual({ ...after, name }, kept))
    await requireReach(tx, ctx, { kind: 'directory', directoryId, adoption: after.adoption })
  const [changed] = await tx.run(update({ organizationId: ctx.organizationId, directoryId, ...after, now: nowOf(ctx) }))
  const detail = { ...after, before: kept }
  await tx.run(recordAudit(ctx, { action: 'directory.update', targetType: 'directory', targetId: directoryId, detail }))
  return changed ?? before
}
