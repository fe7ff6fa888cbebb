// Deleting an organization is staged: suspended at once, erased after a time in which it can be exported, or made active again.
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { requirePlatform } from '../../ground/platform-rights.ts'
import { setStatusWithin } from '../../organizations/update-organization.ts'
import { inside } from './inside.ts'
import { lockedWithin, type PlatformOrganization, requireKept, saveFacts } from './platform-organizations.ts'

const DeleteInput = z.object({
  /** How long it can be had back. */
  retentionDays: z.int().min(0, 'must be at least 0').max(365, 'must be at most 365').default(30),
})

const dayMillis = 86_400_000

/**
 * By id or slug. Deleted once more, the new retention counts. @returns it with the time at which it is erased
 * @throws AppError forbidden, invalid, not_found
 */
export async function deleteOrganization(
  ctx: CallContext,
  reference: string,
  input: z.input<typeof DeleteInput> = {},
): Promise<PlatformOrganization> {
  requirePlatform(ctx, 'organizations.delete')
  const { retentionDays } = parseInput(DeleteInput, input)
  return inTransaction(ctx, async (tx) => {
    const before = await lockedWithin(tx, ctx, reference)
    const deletionDueAt = new Date(ctx.clock.now().getTime() + retentionDays * dayMillis).toISOString()
    await requireKept(tx, ctx, before.id, { endsAccess: true })
    await tx.run(saveFacts({ ...before, deletionDueAt }, ctx.actor.id))
    if (before.status !== 'suspended') await inside(tx, ctx, before.id, (own) => setStatusWithin(tx, own, 'suspended'))
    const target = { targetType: 'organization', targetId: before.id } as const
    const detail = { slug: before.slug, name: before.name, deletionDueAt }
    await tx.commitWith(recordAudit(ctx, { action: 'organization.delete', ...target, detail }))
    return { ...before, status: 'suspended', deletionDueAt }
  })
}
