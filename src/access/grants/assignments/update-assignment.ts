// A direct assignment gets another role, end, reason or sponsor: extended with a reason, ended early, put up for review.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { instantSchema, invalidField, nameSchema, parseInput, requireFuture } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  refuseUnknown,
  requirePermissionSomewhere,
  type Transaction,
} from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import type { AssignmentRecord } from './assignments.ts'
import { changeRole } from './change-role.ts'
import { requireGuestEnd } from './guests.ts'
import { lockAssignment } from './lock-assignment.ts'
import { notifyOfAccess } from './notify-of-access.ts'
import { requireVouching } from './vouching.ts'

export const UpdateAssignmentInput = z.object({
  assignmentId: z.string(),
  /** Another role: then it is a new assignment that is left. */
  roleId: z.string().optional(),
  reason: z.string().trim().min(1, 'a direct assignment needs a reason').max(1_000).optional(),
  sponsor: nameSchema.nullish(),
  expiresAt: instantSchema.nullish(),
  reviewAt: instantSchema.nullish(),
})

type Columns = {
  organizationId: string
  assignmentId: string
  reason: string
  sponsor: string | null
  expiresAt: string | null
  reviewAt: string | null
}

// Another end wants reminders of its own.
const update = prepared<Columns, never>(
  (
    p,
  ) => sql`update assignments set reason = ${p.reason}, sponsor = ${p.sponsor}, review_at = ${p.reviewAt}::timestamptz,
      sponsor_left_at = case when sponsor is not distinct from ${p.sponsor} then sponsor_left_at end,
      reminded_days = case when expires_at is distinct from ${p.expiresAt}::timestamptz then null else reminded_days end,
      expires_at = ${p.expiresAt}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.assignmentId}`,
)

/**
 * What is not mentioned stays.
 * @returns the assignment as it is now; with another role, the new one
 * @throws AppError invalid (the end is to come, and after the begin); not_found; forbidden; against_policy (reason
 *   `guest_end_date`); conflict where they hold the other role already
 */
export const updateAssignment = (
  ctx: CallContext,
  input: z.input<typeof UpdateAssignmentInput>,
): Promise<AssignmentRecord> => inTransaction(ctx, (tx) => updateAssignmentWithin(tx, ctx, input))

/** The same in a transaction of the caller's. */
export async function updateAssignmentWithin(
  tx: Transaction,
  ctx: CallContext,
  input: z.input<typeof UpdateAssignmentInput>,
): Promise<AssignmentRecord> {
  requirePermissionSomewhere(ctx, 'assignments.write')
  const { assignmentId, roleId, ...changes } = parseInput(UpdateAssignmentInput, input)
  if (!isId('asg', assignmentId)) return refuseUnknown(ctx, 'Assignment')
  requireFuture(changes.expiresAt, ctx.clock.now(), 'expiresAt')
  const before = await lockAssignment(tx, ctx, assignmentId)
  const present = Object.entries(changes).filter(([, value]) => value !== undefined)
  const after: AssignmentRecord = { ...before, ...Object.fromEntries(present) }
  if (changes.expiresAt === null && before.kind !== 'role')
    throw invalidField('expiresAt', 'an exception for one person has an end')
  if (roleId !== undefined && roleId !== before.role.id) return changeRole(tx, ctx, { before, after, roleId })
  const { reason, sponsor, expiresAt, reviewAt, validFrom } = after
  if (expiresAt !== null && validFrom !== null && Date.parse(expiresAt) <= Date.parse(validFrom))
    throw invalidField('expiresAt', 'must come after validFrom')
  if (changes.expiresAt !== undefined) await requireGuestEnd(tx, ctx, { userId: before.user.id, expiresAt })
  if (sponsor !== before.sponsor) await requireVouching(tx, ctx, before.user.id)
  const row = { organizationId: ctx.organizationId, assignmentId, reason, sponsor, expiresAt, reviewAt }
  await withinCeiling(tx, ctx, { users: [before.user.id] }, () => tx.run(update(row)))
  if (changes.expiresAt !== undefined) await tellOfEnd(tx, ctx, after)
  const detail = {
    ...{ userId: before.user.id, role: before.role.key, roleId: before.role.id, brandId: before.brand?.id ?? null },
    before: termsOf(before),
    after: termsOf(after),
  }
  const entry = { action: 'assignment.update', targetType: 'assignment', targetId: assignmentId } as const
  await tx.run(recordAudit(ctx, { ...entry, detail }))
  return after
}

const termsOf = ({ reason, sponsor, expiresAt, reviewAt }: AssignmentRecord) => ({
  ...{ reason, sponsor, expiresAt, reviewAt },
})

function tellOfEnd(tx: Transaction, ctx: CallContext, assignment: AssignmentRecord): Promise<void> {
  const { user, role, override, brand, reason, expiresAt } = assignment
  const notice = { userId: user.id, kind: 'moved', role: role.name, brand: brand?.name ?? null } as const
  return notifyOfAccess(tx, ctx, { ...notice, override, reason, expiresAt })
}
