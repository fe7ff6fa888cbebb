// A direct assignment is taken back; what the user holds through groups stays.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, requirePermissionSomewhere, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import type { AssignmentRecord } from './assignments.ts'
import { lockAssignment } from './lock-assignment.ts'
import { notifyOfAccess } from './notify-of-access.ts'

const remove = prepared<{ organizationId: string; assignmentId: string }, never>(
  (p) => sql`delete from assignments where organization_id = ${p.organizationId} and id = ${p.assignmentId}`,
)

/** @throws AppError not_found; forbidden (reason `ceiling`); conflict (reason `last_administrator`) */
export async function deleteAssignment(ctx: CallContext, assignmentId: string): Promise<void> {
  await inTransaction(ctx, (tx) => deleteAssignmentWithin(tx, ctx, assignmentId))
}

/** The same in a transaction of the caller's. */
export async function deleteAssignmentWithin(tx: Transaction, ctx: CallContext, assignmentId: string): Promise<void> {
  requirePermissionSomewhere(ctx, 'assignments.write')
  const assignment = await lockAssignment(tx, ctx, assignmentId)
  const { user, role, override, brand } = assignment
  await endAssignment(tx, ctx, assignment)
  const notice = { userId: user.id, kind: 'taken', role: role.name, brand: brand?.name ?? null } as const
  await notifyOfAccess(tx, ctx, { ...notice, override, reason: null, expiresAt: null })
}

/** One that the caller has locked; its person is told by them. @throws AppError forbidden (reason `ceiling`) */
export async function endAssignment(tx: Transaction, ctx: CallContext, assignment: AssignmentRecord): Promise<void> {
  const { organizationId } = ctx
  const { id: assignmentId, user, role, brand, reason } = assignment
  await withinCeiling(tx, ctx, { users: [user.id] }, () => tx.run(remove({ organizationId, assignmentId })))
  const entry = { action: 'assignment.delete', targetType: 'assignment', targetId: assignmentId } as const
  const detail = { userId: user.id, roleId: role.id, role: role.key, brandId: brand?.id ?? null, reason }
  await tx.run(recordAudit(ctx, { ...entry, detail }))
}
