// Who vouches for an assignment, which lasts as long as they do.
import type { CallContext, Transaction } from '#src/context.ts'
import { requireEverything, requireNotAbove } from '../../ceiling/ceiling.ts'

/** Another sponsor decides about its end. @throws AppError forbidden (reason `ceiling`) */
export async function requireVouching(tx: Transaction, ctx: CallContext, userId: string): Promise<void> {
  if (userId === ctx.actor.id) await requireEverything(tx, ctx, 'Changing the sponsor of your own assignment')
  await requireNotAbove(tx, ctx, userId)
}
