// A direct assignment is taken back; what the user holds through groups stays.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'

const remove = prepared<
  { organizationId: string; assignmentId: string },
  { userId: string; roleId: string; brandId: string | null }
>(
  (p) => sql`delete from assignments where organization_id = ${p.organizationId} and id = ${p.assignmentId}
    returning user_id as "userId", role_id as "roleId", brand_id as "brandId"`,
)

/** @throws AppError not_found */
export async function deleteAssignment(ctx: CallContext, assignmentId: string): Promise<void> {
  requirePermission(ctx, 'assignments.write')
  if (!isId('asg', assignmentId)) return refuseUnknown(ctx, 'Assignment')
  await inTransaction(ctx, async (tx) => {
    const [detail] = await tx.run(remove({ organizationId: ctx.organizationId, assignmentId }))
    if (detail === undefined) throw notFound('Assignment')
    const entry = { action: 'assignment.delete', targetType: 'assignment', targetId: assignmentId } as const
    await tx.commitWith(recordAudit(ctx, { ...entry, detail: { ...detail } }))
  })
}
