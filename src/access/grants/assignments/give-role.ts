// What giving somebody a role directly comes to, once role and person are known: it is kept, judged, told and recorded.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { instantSchema, nameSchema, requireFuture } from '#platform/input.ts'
import { type CallContext, nowOf, type Transaction } from '#src/context.ts'
import { withinCeiling } from '../../ceiling/ceiling.ts'
import type { RoleKind } from '../../decisions/evaluate.ts'
import { raiseAlarm } from '../../notices/alarms/raise-alarm.ts'
import type { AssignmentRecord, Override } from './assignments.ts'
import { requireGuestEnd } from './guests.ts'
import { keepApart } from './keep-apart.ts'
import { notifyOfAccess } from './notify-of-access.ts'

/** Why, by whose word, and from when until when. */
export const termsFields = {
  reason: z
    .string()
    .trim()
    .min(1, 'a direct assignment needs a reason')
    .max(1_000, 'must have at most 1000 characters'),
  sponsor: nameSchema.nullish(),
  validFrom: instantSchema.nullish(),
  expiresAt: instantSchema.nullish(),
  reviewAt: instantSchema.nullish(),
}

type Terms = {
  reason: string
  sponsor: string | null
  validFrom: string | null
  expiresAt: string | null
  reviewAt: string | null
}

export type Gift = {
  user: AssignmentRecord['user']
  role: AssignmentRecord['role']
  kind: RoleKind
  override: Override | null
  brand: AssignmentRecord['brand']
  terms: Terms
  /** What was taken from them for it, in the same transaction. */
  insteadOf?: AssignmentRecord
}

const insertAssignment = prepared<
  Terms & {
    organizationId: string
    id: string
    userId: string
    roleId: string
    brandId: string | null
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

// What has ended stays listed until the same is given again; the history keeps it then.
const dropEnded = prepared<{ organizationId: string; userId: string; roleId: string; brandId: string | null }, never>(
  (p) => sql`delete from assignments where organization_id = ${p.organizationId} and user_id = ${p.userId}
    and role_id = ${p.roleId} and brand_id is not distinct from ${p.brandId} and expires_at <= now()`,
)

/** With what was left out as nothing. */
export const termsOf = (input: { [Name in keyof Terms]?: Terms[Name] | undefined } & { reason: string }): Terms => ({
  ...{ reason: input.reason, sponsor: input.sponsor ?? null, validFrom: input.validFrom ?? null },
  ...{ expiresAt: input.expiresAt ?? null, reviewAt: input.reviewAt ?? null },
})

/**
 * In a transaction of the caller’s, who may give something there and has found all of it to exist.
 * @throws AppError invalid (the end is to come, and after the begin); forbidden (reason `ceiling`); against_policy (reason
 *   `guest_end_date`); conflict where they hold it already, or a rule keeps it apart from what they hold (reason
 *   `separation_of_duties`)
 */
export async function giveRole(tx: Transaction, ctx: CallContext, gift: Gift): Promise<AssignmentRecord> {
  const { user, role, brand, terms, insteadOf, ...what } = gift
  requirePeriod(ctx, terms)
  await requireGuestEnd(tx, ctx, { userId: user.id, expiresAt: terms.expiresAt })
  const [id, createdAt, createdBy] = [ctx.ids.next('asg'), nowOf(ctx), ctx.actor.id]
  const [userId, roleId, brandId] = [user.id, role.id, brand?.id ?? null]
  const row = { organizationId: ctx.organizationId, id, ...terms, userId, roleId, brandId, now: createdAt, createdBy }
  const write = async (): Promise<void> => {
    await tx.run(dropEnded({ organizationId: ctx.organizationId, userId, roleId, brandId }))
    await tx.run(insertAssignment(row))
  }
  await keepApart(tx, ctx, userId, () => withinCeiling(tx, ctx, { users: [userId] }, write))
  const isSelf = ctx.actor.type === 'user' && userId === createdBy
  const { reason, validFrom, expiresAt } = terms
  const detail = {
    ...{ userId, role: role.key, roleId, brand: brand?.slug ?? null, brandId, reason, validFrom, expiresAt },
    ...(isSelf ? { isSelfGrant: true } : {}),
    ...(insteadOf === undefined ? {} : { insteadOf: insteadOf.id, roleBefore: insteadOf.role.key }),
  }
  if (isSelf) await tx.run(raiseAlarm(ctx, { kind: 'self_grant', detail: { assignment: id, ...detail } }))
  const told = { userId, role: role.name, override: gift.override, brand: brand?.name ?? null, reason, expiresAt }
  await notifyOfAccess(tx, ctx, { ...told, kind: 'given', insteadOf: insteadOf?.role.name })
  await tx.run(recordAudit(ctx, { action: 'assignment.create', targetType: 'assignment', targetId: id, detail }))
  return { id, user, role, brand, ...what, ...terms, createdAt, createdBy }
}

function requirePeriod(ctx: CallContext, { validFrom, expiresAt }: Terms): void {
  requireFuture(expiresAt, ctx.clock.now(), 'expiresAt')
  if (validFrom === null || expiresAt === null || validFrom < expiresAt) return
  const fields = [{ path: 'expiresAt', message: 'must come after validFrom' }]
  throw new AppError('invalid', 'expiresAt: must come after validFrom', { reason: 'invalidValue', fields })
}
