// A direct assignment is taken back; what the user holds through groups stays.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermissionSomewhere } from '#src/context.ts'
import { lockAssignment } from './lock-assignment.ts'
import { notifyOfAccess } from './notify.ts'

const remove = prepared<{ organizationId: string; assignmentId: string }, never>(
  (p) => sql`delete from assignments where organization_id = ${p.organizationId} and id = ${p.assignmentId}`,
)

/** @throws AppError not_found; forbidden (reason `ceiling`); conflict (reason `last_administrator`) */
export async function deleteAssignment(ctx: CallContext, assignmentId: string): Promise<void> {
  requirePermissionSomewhere(ctx, 'assignments.write')
  if (!isId('asg', assignmentId)) return refuseUnknown(ctx, 'Assignment')
  const { organizationId } = ctx
  await inTransaction(ctx, async (tx) => {
    const { user, role, brand, reason } = await lockAssignment(tx, ctx, assignmentId)
    await tx.run(remove({ organizationId, assignmentId }))
    const notice = { userId: user.id, kind: 'taken', role: role.name, brand: brand?.name ?? null } as const
    await notifyOfAccess(tx, ctx, { ...notice, reason: null, expiresAt: null })
    const entry = { action: 'assignment.delete', targetType: 'assignment', targetId: assignmentId } as const
    const detail = { userId: user.id, roleId: role.id, role: role.key, brandId: brand?.id ?? null, reason }
    await tx.commitWith(recordAudit(ctx, { ...entry, detail }))
  })
}
