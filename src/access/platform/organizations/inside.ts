// The platform inside of one of its organizations, for a part of its transaction.
import { type CallContext, enterInstance, enterOrganization, partOf, type Transaction } from '#src/context.ts'

/** Runs `work` as the same caller in the organization, who may do everything there, and comes back. @throws what `work` throws */
export async function inside<T>(
  tx: Transaction,
  ctx: CallContext,
  organizationId: string,
  work: (own: CallContext) => Promise<T>,
): Promise<T> {
  const entry = enterOrganization({ organizationId })
  await tx.run(entry)
  const result = await work({ ...partOf(ctx, tx), organizationId, entry, permissions: 'all' })
  await tx.run(enterInstance({}))
  return result
}
