// Who of a mass change has really left: they stay out, and what was kept of them goes, when the rest is put back.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { requireNotAbove } from '../../ceiling/ceiling.ts'
import { isOfChange, lockMassChange, type MassChangeKey } from './mass-changes.ts'

const Input = z.object({
  massChangeId: z.string(),
  userIds: z.array(z.string()).min(1, 'name somebody').max(10_000, 'must be at most 10,000'),
  hasLeft: z.boolean(),
})

const note = prepared<MassChangeKey & { userIds: readonly string[]; hasLeft: boolean }, { userId: string }>(
  (p) => sql`with noted as (update directory_losses l set has_left = ${p.hasLeft}::boolean from mass_changes m
      where m.organization_id = ${p.organizationId} and m.id = ${p.massChangeId} and ${isOfChange}
        and l.user_id = any (${p.userIds}::text[]) and l.outcome is null
      returning l.user_id)
    select distinct user_id as "userId" from noted`,
)

/**
 * Whoever is not of the mass change, or has been put back already, is passed over.
 * @returns how many people it was noted of
 * @throws AppError forbidden (reasons `permission`, `ceiling`), not_found, invalid
 */
export async function noteLeavers(ctx: CallContext, input: z.input<typeof Input>): Promise<number> {
  requirePermission(ctx, 'directories.write')
  requirePermission(ctx, 'users.write')
  const { massChangeId, userIds, hasLeft } = parseInput(Input, input)
  if (!isId('mch', massChangeId)) return refuseUnknown(ctx, 'Mass change')
  return inTransaction(ctx, async (tx) => {
    const { directoryId } = await lockMassChange(tx, ctx, massChangeId)
    await requireNotAbove(tx, ctx, ...userIds)
    const noted = await tx.run(note({ organizationId: ctx.organizationId, massChangeId, userIds, hasLeft }))
    const detail = {
      massChange: massChangeId,
      hasLeft,
      people: noted.length,
      users: noted.slice(0, 100).map(({ userId }) => userId),
    }
    const entry = { action: 'directory.note_leavers', targetType: 'directory', targetId: directoryId, detail } as const
    await tx.run(recordAudit(ctx, entry))
    return noted.length
  })
}
