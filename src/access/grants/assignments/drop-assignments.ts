// Direct assignments of somebody go together with something else: each leaves its audit row.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import type { CallContext, Transaction } from '#src/context.ts'

type Dropped = { id: string; roleId: string; brandId: string | null; reason: string }

const drop = prepared<{ organizationId: string; userId: string; kept: readonly string[] }, Dropped>(
  (p) => sql`delete from assignments where organization_id = ${p.organizationId} and user_id = ${p.userId}
      and id <> all (${p.kept}::text[])
    returning id, role_id as "roleId", brand_id as "brandId", reason`,
)

/** @param at on which occasion, for the audit rows */
export async function dropAssignments(
  tx: Transaction,
  ctx: CallContext,
  { userId, kept = [], at }: { userId: string; kept?: readonly string[]; at: string },
): Promise<void> {
  for (const { id, ...detail } of await tx.run(drop({ organizationId: ctx.organizationId, userId, kept }))) {
    const entry = { action: 'assignment.delete', targetType: 'assignment', targetId: id } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { userId, ...detail, at } }))
  }
}
