// Somebody is switched off.
import { z } from 'zod'
import { isId } from '#platform/ids.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { type HandOver, handOverFields, successorIds } from '../../people/hand-over/hand-over.ts'
import { deactivateUserWithin } from '../../people/status/deactivate-user.ts'
import { id, timeInput } from './fields.ts'
import { type Affected, defineChange, usersAffected } from './kind.ts'

type Leaving = { userId: string; handOver?: HandOver | null | undefined }

/** Whoever goes, and whoever leads a team from then on and holds what it gives. */
export async function leavingAffected(
  tx: Transaction,
  ctx: CallContext,
  { userId, handOver }: Leaving,
): Promise<Affected> {
  if (!isId('usr', userId)) return usersAffected([])
  const others = handOver == null ? [] : await successorIds(tx, ctx, { userId, handOver })
  return usersAffected([userId, ...others].map((each) => ({ userId: each })))
}

export const deactivateUser = defineChange({
  fields: z.strictObject({
    ...{ userId: id, note: z.string().nullish(), returnsAt: timeInput.nullish() },
    handOver: z.strictObject(handOverFields).nullish(),
  }),
  label: 'Deactivate',
  apply: async (tx, ctx, change) => [await deactivateUserWithin(tx, ctx, change)],
  affected: leavingAffected,
})
