// An absence that is under way ends with what lifts it, or takes its place.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, nowOf, type Transaction } from '#src/context.ts'

export type AbsenceEnd = 'returned' | 'ended_early' | 'deactivated'

const end = prepared<{ organizationId: string; userId: string; outcome: string; now: string }, { id: string }>(
  (p) => sql`update absences set status = 'ended', outcome = ${p.outcome}, ended_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and user_id = ${p.userId} and status = 'under_way' returning id`,
)

const expectBack = prepared<{ organizationId: string; userId: string; returnsAt: string | null }, never>(
  (p) => sql`update users set returns_at = ${p.returnsAt}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.userId}`,
)

/**
 * In a transaction that holds the person's row; nothing for somebody who is not absent.
 * @param returnsAt when they are expected back from now on, where another deactivation takes its place
 */
export async function endAbsence(
  tx: Transaction,
  ctx: CallContext,
  { userId, outcome, returnsAt = null }: { userId: string; outcome: AbsenceEnd; returnsAt?: string | null },
): Promise<void> {
  const { organizationId } = ctx
  const [ended] = await tx.run(end({ organizationId, userId, outcome, now: nowOf(ctx) }))
  if (ended === undefined) return
  if (outcome === 'deactivated') await tx.run(expectBack({ organizationId, userId, returnsAt }))
  const detail = { absence: ended.id, outcome }
  await tx.run(recordAudit(ctx, { action: 'absence.end', targetType: 'user', targetId: userId, detail }))
}
