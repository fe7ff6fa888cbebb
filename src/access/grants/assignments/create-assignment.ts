// Somebody gives a user a role directly: for a reason, and better until a date.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { instantSchema, nameSchema, parseInput, requireFuture } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermissionIn } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import { raiseAlarm } from '../../notices/alarms/raise-alarm.ts'
import { requireTargets } from '../managers/targets.ts'
import type { AssignmentRecord } from './assignments.ts'
import { requireGuestEnd } from './guests.ts'
import { notifyOfAccess } from './notify-of-access.ts'

const CreateAssignmentInput = z.object({
  userId: z.string(),
  roleId: z.string(),
  /** Absent or null: the role is held in the organization. */
  brandId: z.string().nullish(),
  reason: z
    .string()
    .trim()
    .min(1, 'a direct assignment needs a reason')
    .max(1_000, 'must have at most 1000 characters'),
  sponsor: nameSchema.nullish(),
  validFrom: instantSchema.nullish(),
  expiresAt: instantSchema.nullish(),
  reviewAt: instantSchema.nullish(),
})

const insertAssignment = prepared<
  {
    organizationId: string
    id: string
    userId: string
    roleId: string
    brandId: string | null
    reason: string
    sponsor: string | null
    validFrom: string | null
    expiresAt: string | null
    reviewAt: string | null
    now: string
    createdBy: string
  },
  never
>(
  (p) => sql`insert into assignments (organization_id, id, user_id, role_id, brand_id, reason, sponsor, valid_from,
      expires_at, review_at, created_at, created_by)
    values (${p.organizationId}, ${p.id}, ${p.userId}, ${p.roleId}, ${p.brandId}, ${p.reason}, ${p.sponsor},
      ${p.validFrom}::timestamptz, ${p.expiresAt}::timestamptz, ${p.reviewAt}::timestamptz, ${p.now}::timestamptz, ${p.createdBy})`,
)

/**
 * @throws AppError invalid (a reason is required, the end is to come); not_found; forbidden (reasons `permission`,
 *   `other_brand`, `ceiling`); against_policy (reason `guest_end_date`); conflict where they hold it already
 */
export async function createAssignment(
  ctx: CallContext,
  input: z.input<typeof CreateAssignmentInput>,
): Promise<AssignmentRecord> {
  const parsed = parseInput(CreateAssignmentInput, input)
  const { userId, roleId, brandId = null, reason, sponsor = null, validFrom = null } = parsed
  const { expiresAt = null, reviewAt = null } = parsed
  requirePermissionIn(ctx, 'assignments.write', brandId)
  requirePeriod(ctx, validFrom, expiresAt)
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const { user, role, brand } = await requireTargets(tx, ctx, { userId, roleId, brandId })
    if (user === null) throw notFound('User')
    await requireGuestEnd(tx, ctx, { userId, expiresAt })
    const [id, now, createdBy] = [ctx.ids.next('asg'), nowOf(ctx), ctx.actor.id]
    const own = { id, reason, sponsor, validFrom, expiresAt, reviewAt }
    const isSelf = ctx.actor.type === 'user' && userId === createdBy
    const detail = {
      ...{ userId, role: role.key, roleId, brand: brand?.slug ?? null, brandId, reason, validFrom, expiresAt },
      ...(isSelf ? { isSelfGrant: true } : {}),
    }
    const row = { organizationId, ...own, userId, roleId, brandId, now, createdBy }
    await withinCeiling(tx, ctx, { users: [userId] }, () => tx.run(insertAssignment(row)))
    if (isSelf) await tx.run(raiseAlarm(ctx, { kind: 'self_grant', detail: { assignment: id, ...detail } }))
    await notifyOfAccess(tx, ctx, {
      userId,
      kind: 'given',
      role: role.name,
      brand: brand?.name ?? null,
      reason,
      expiresAt,
    })
    await tx.commitWith(
      recordAudit(ctx, { action: 'assignment.create', targetType: 'assignment', targetId: id, detail }),
    )
    return { ...own, user, role, brand, createdAt: now, createdBy }
  })
}

function requirePeriod(ctx: CallContext, validFrom: string | null, expiresAt: string | null): void {
  requireFuture(expiresAt, ctx.clock.now(), 'expiresAt')
  if (validFrom === null || expiresAt === null || validFrom < expiresAt) return
  const fields = [{ path: 'expiresAt', message: 'must come after validFrom' }]
  throw new AppError('invalid', 'expiresAt: must come after validFrom', { reason: 'invalidValue', fields })
}
