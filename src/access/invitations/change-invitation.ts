// Sending an invitation again, and taking it back.

import { sql } from 'drizzle-orm'
import type { AuditAction } from '#audit/actions.ts'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type CallContext,
  inTransaction,
  isPermitted,
  refuseUnknown,
  requirePermissionIn,
  requirePermissionSomewhere,
  type Transaction,
} from '#src/context.ts'
import { requireNotAbove, withinCeiling } from '../ceiling/ceiling.ts'
import { dropAssignments } from '../grants/assignments/drop-assignments.ts'
import { type InvitationRecord, invitationById, shown } from './invitations.ts'
import { resendWithin } from './send-invitation.ts'

type Key = { organizationId: string; invitationId: string }

type Locked = { userId: string; status: string; days: number; brandIds: (string | null)[] }

const lock = prepared<Key, Locked>(
  (p) => sql`select i.user_id as "userId", i.status, o.invitation_days as days,
      (select coalesce(json_agg(distinct a.brand_id), '[]') from assignments a
        where a.organization_id = i.organization_id and a.user_id = i.user_id) as "brandIds"
    from invitations i join organizations o on o.id = i.organization_id
    where i.organization_id = ${p.organizationId} and i.id = ${p.invitationId} for update of i`,
)

const cancel = prepared<Key, never>(
  (p) => sql`update invitations set status = 'cancelled'
    where organization_id = ${p.organizationId} and id = ${p.invitationId} and status = 'pending'`,
)

/** A new link for a full term, also where the old one has run out. @throws AppError not_found, forbidden; conflict where it is over */
export async function resendInvitation(ctx: CallContext, invitationId: string): Promise<InvitationRecord> {
  requirePermissionSomewhere(ctx, 'invitations.write')
  const { organizationId } = ctx
  if (!isId('inv', invitationId)) return refuseUnknown(ctx, 'Invitation')
  return inTransaction(ctx, async (tx) => {
    const { userId, days, brandIds } = await requirePending(tx, ctx, { organizationId, invitationId })
    await requireNotAbove(tx, ctx, userId)
    await resendWithin(tx, ctx, { invitationId, days })
    const [, rows] = await tx.commitWith<unknown>(
      auditOf(ctx, 'invitation.resend', invitationId, brandIds),
      invitationById({ organizationId, invitationId }),
    )
    const [invitation] = (rows ?? []) as InvitationRecord[]
    if (invitation === undefined) throw notFound('Invitation')
    return shown(invitation)
  })
}

/** The link is void at once, and the roles that it would have brought are gone. @throws AppError not_found; conflict where it is over */
export async function cancelInvitation(ctx: CallContext, invitationId: string): Promise<void> {
  requirePermissionSomewhere(ctx, 'invitations.write')
  const { organizationId } = ctx
  if (!isId('inv', invitationId)) return refuseUnknown(ctx, 'Invitation')
  await inTransaction(ctx, async (tx) => {
    const { userId, brandIds } = await requirePending(tx, ctx, { organizationId, invitationId })
    await withinCeiling(tx, ctx, { users: [userId] }, async () => {
      await tx.run(cancel({ organizationId, invitationId }))
      await dropAssignments(tx, ctx, { userId, at: 'invitation_cancelled' })
    })
    await tx.commitWith(auditOf(ctx, 'invitation.cancel', invitationId, brandIds))
  })
}

const auditOf = (ctx: CallContext, action: AuditAction, targetId: string, brandIds: Locked['brandIds']) => {
  const holdings = brandIds.map((brandId) => ({ brandId }))
  return recordAudit(ctx, { action, targetType: 'invitation', targetId, detail: { holdings } })
}

async function requirePending(tx: Transaction, ctx: CallContext, key: Key): Promise<Locked> {
  const [invitation] = await tx.run(lock(key))
  if (invitation === undefined || !isNear(ctx, invitation)) throw notFound('Invitation')
  if (!isPermitted(ctx, 'invitations.write'))
    for (const brandId of invitation.brandIds) requirePermissionIn(ctx, 'invitations.write', brandId)
  if (invitation.status === 'pending') return invitation
  throw new AppError('conflict', `The invitation is ${invitation.status} already`, { reason: 'invitation_over' })
}

/** Whoever manages single brands knows of invitations to one of them; changing one takes a say in all that it leads to. */
const isNear = (ctx: CallContext, { brandIds }: Locked): boolean =>
  isPermitted(ctx, 'invitations.write') || brandIds.some((brandId) => isPermitted(ctx, 'invitations.write', brandId))
