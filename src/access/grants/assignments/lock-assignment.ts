// A direct assignment that is about to change: who may, and nobody else meanwhile.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, isPermitted, type Transaction } from '#src/context.ts'
import { requireGivable } from '../../ceiling/ceiling.ts'
import { type AssignmentRecord, assignmentById } from './assignments.ts'

type Key = { organizationId: string; assignmentId: string }

const lock = prepared<Key, { id: string }>(
  (p) => sql`select a.id from assignments a
    where a.organization_id = ${p.organizationId} and a.id = ${p.assignmentId} for update`,
)

/**
 * @throws AppError not_found, also for one in a brand that the caller has no say in; forbidden (reason `ceiling`) where the
 *   role allows more than the caller holds
 */
export async function lockAssignment(
  tx: Transaction,
  ctx: CallContext,
  assignmentId: string,
): Promise<AssignmentRecord> {
  const key = { organizationId: ctx.organizationId, assignmentId: isId('asg', assignmentId) ? assignmentId : '' }
  await tx.run(lock(key))
  const [assignment] = await tx.run(assignmentById(key))
  const brandId = assignment?.brand?.id ?? null
  if (assignment === undefined || !isPermitted(ctx, 'assignments.write', brandId)) throw notFound('Assignment')
  await requireGivable(tx, ctx, [{ scope: brandId ?? '', roleId: assignment.role.id }])
  return assignment
}
