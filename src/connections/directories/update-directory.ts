// A directory gets another name, or is switched off and on. Switched off, all of its tokens are refused at once.
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { invalidField, nameSchema, parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  requireReach,
  type Transaction,
} from '#src/context.ts'
import { brakeLimit } from './brake-limit.ts'
import { adoptionPolicies, type DirectoryRecord, directoryColumns, lockDirectoryRow } from './directories.ts'

const UpdateDirectoryInput = z.object({
  directoryId: z.string(),
  name: nameSchema.optional(),
  status: z.enum(['active', 'disabled']).optional(),
  arrivals: z.enum(['active', 'staged']).optional(),
  adoption: z.enum(adoptionPolicies).optional(),
  brake: z.enum(['on', 'off']).optional(),
  /** Setting one of them unsets the other; null for both has the limit learned. */
  brakePeople: z.int().min(1).max(1_000_000).nullish(),
  brakeShare: z.int().min(1).max(100).nullish(),
  brakeMinutes: z.int().min(5, 'must be at least 5').max(1_440, 'must be at most 1440').optional(),
})

type Setting = 'name' | 'status' | 'arrivals' | 'adoption' | 'brake' | 'brakePeople' | 'brakeShare' | 'brakeMinutes'

type Settings = Pick<DirectoryRecord, Setting>

const update = prepared<Settings & { organizationId: string; directoryId: string; now: string }, DirectoryRecord>(
  (p) => sql`update directories d set name = ${p.name}, status = ${p.status}, arrivals = ${p.arrivals},
      adoption = ${p.adoption}, brake = ${p.brake}, brake_people = ${p.brakePeople}, brake_share = ${p.brakeShare},
      brake_minutes = ${p.brakeMinutes}, brake_limit = ${brakeLimit({ people: p.brakePeople, share: p.brakeShare })},
      updated_at = ${p.now}::timestamptz
    where d.organization_id = ${p.organizationId} and d.id = ${p.directoryId} returning ${directoryColumns}`,
)

const settingsOf = (directory: DirectoryRecord): Settings => {
  const { name, status, arrivals, adoption, brake, brakePeople, brakeShare, brakeMinutes } = directory
  return { name, status, arrivals, adoption, brake, brakePeople, brakeShare, brakeMinutes }
}

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
  const kept = settingsOf(before)
  const present = Object.entries(changes).filter(([, value]) => value !== undefined)
  const isNumber = changes.brakePeople !== undefined && changes.brakePeople !== null
  const isShare = changes.brakeShare !== undefined && changes.brakeShare !== null
  if (isNumber && isShare) throw invalidField('brakeShare', 'goes without brakePeople: a number or a share, not both')
  const unset = isNumber ? { brakeShare: null } : isShare ? { brakePeople: null } : {}
  const after: Settings = { ...kept, ...Object.fromEntries(present), ...unset }
  if (isDeepStrictEqual(after, kept)) return before
  if (!isDeepStrictEqual({ ...after, name: before.name }, kept))
    await requireReach(tx, ctx, { kind: 'directory', directoryId, adoption: after.adoption })
  const [changed] = await tx.run(update({ organizationId: ctx.organizationId, directoryId, ...after, now: nowOf(ctx) }))
  const detail = { ...after, before: kept }
  await tx.run(recordAudit(ctx, { action: 'directory.update', targetType: 'directory', targetId: directoryId, detail }))
  return changed ?? before
}
