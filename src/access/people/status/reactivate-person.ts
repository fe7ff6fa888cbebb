// An administrator switches somebody on again, and says what of their direct assignments comes back with them. What groups give
// comes back by itself; old sessions and keys never do.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { parseInput } from '#connections/input.ts'
import { prepared } from '#db/statement.ts'
import { reactivation } from '#directory/reactivate-user.ts'
import { lockUserRow, type UserRecord } from '#directory/users.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'
import { requireNotAbove } from '../../managers/ceiling.ts'

const ReactivatePersonInput = z.object({
  userId: z.string(),
  /** All direct assignments that have not ended, none, or those with these ids. */
  restore: z.union([z.enum(['all', 'none']), z.array(z.string()).max(1_000)]).default('all'),
  /** Whoever has a password chooses a new one at the next sign-in. */
  mustChangePassword: z.boolean().default(false),
})

export type ReactivatePersonInput = z.input<typeof ReactivatePersonInput>

type Dropped = { id: string; roleId: string; brandId: string | null; reason: string }

const dropAssignments = prepared<{ organizationId: string; userId: string; kept: readonly string[] }, Dropped>(
  (p) => sql`delete from assignments where organization_id = ${p.organizationId} and user_id = ${p.userId}
      and id <> all (${p.kept}::text[])
    returning id, role_id as "roleId", brand_id as "brandId", reason`,
)

const requireNewPassword = prepared<{ organizationId: string; userId: string }, never>(
  (p) => sql`update passwords set must_change = true
    where organization_id = ${p.organizationId} and user_id = ${p.userId}`,
)

/**
 * Nothing changes for somebody who is not inactive. @throws AppError invalid, not_found; forbidden (reason `ceiling`) where they
 * would hold more than the caller
 */
export async function reactivatePerson(ctx: CallContext, input: ReactivatePersonInput): Promise<UserRecord> {
  requirePermission(ctx, 'users.write')
  const { userId, restore, mustChangePassword } = parseInput(ReactivatePersonInput, input)
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const user = await lockUserRow(tx, ctx, { userId, directoryId: null })
    if (user.status !== 'inactive') return user
    if (restore !== 'all') await dropOthers(tx, ctx, userId, restore === 'none' ? [] : restore)
    await requireNotAbove(tx, ctx, userId)
    if (mustChangePassword) await tx.run(requireNewPassword({ organizationId, userId }))
    const [rows] = await tx.commitWith(reactivation(ctx, userId, 'administrator'))
    return { ...user, ...rows?.[0] }
  })
}

async function dropOthers(tx: Transaction, ctx: CallContext, userId: string, kept: readonly string[]): Promise<void> {
  const dropped = await tx.run(dropAssignments({ organizationId: ctx.organizationId, userId, kept }))
  for (const { id, ...detail } of dropped) {
    const entry = { action: 'assignment.delete', targetType: 'assignment', targetId: id } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { userId, ...detail, at: 'reactivation' } }))
  }
}
