// Sending an invitation again, and taking it back.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission, type Transaction } from '#src/context.ts'
import { type InvitationRecord, invitationById } from './invitations.ts'
import { resendWithin } from './send-invitation.ts'

type Key = { organizationId: string; invitationId: string }

const lock = prepared<Key, { userId: string; status: string; days: number }>(
  (p) => sql`select i.user_id as "userId", i.status, o.invitation_days as days
    from invitations i join organizations o on o.id = i.organization_id
    where i.organization_id = ${p.organizationId} and i.id = ${p.invitationId} for update of i`,
)

const cancel = prepared<Key, never>(
  (p) => sql`update invitations set status = 'cancelled'
    where organization_id = ${p.organizationId} and id = ${p.invitationId} and status = 'pending'`,
)

const dropRoles = prepared<{ organizationId: string; userId: string }, never>(
  (p) => sql`delete from assignments a using users u
    where a.organization_id = ${p.organizationId} and a.user_id = ${p.userId}
      and u.organization_id = a.organization_id and u.id = a.user_id and u.status = 'invited'`,
)

/** A new link for a full term, also where the old one has run out. @throws AppError not_found; conflict where it is over */
export async function resendInvitation(ctx: CallContext, invitationId: string): Promise<InvitationRecord> {
  requirePermission(ctx, 'invitations.write')
  const { organizationId } = ctx
  if (!isId('inv', invitationId)) return refuseUnknown(ctx, 'Invitation')
  return inTransaction(ctx, async (tx) => {
    const { days } = await requirePending(tx, { organizationId, invitationId })
    await resendWithin(tx, ctx, { invitationId, days })
    const [, rows] = await tx.commitWith<unknown>(
      recordAudit(ctx, { action: 'invitation.resend', targetType: 'invitation', targetId: invitationId }),
      invitationById({ organizationId, invitationId }),
    )
    const [invitation] = (rows ?? []) as InvitationRecord[]
    if (invitation === undefined) throw notFound('Invitation')
    return invitation
  })
}

/** The link is void at once, and the roles that it would have brought are gone. @throws AppError not_found; conflict where it is over */
export async function cancelInvitation(ctx: CallContext, invitationId: string): Promise<void> {
  requirePermission(ctx, 'invitations.write')
  const { organizationId } = ctx
  if (!isId('inv', invitationId)) return refuseUnknown(ctx, 'Invitation')
  await inTransaction(ctx, async (tx) => {
    const { userId } = await requirePending(tx, { organizationId, invitationId })
    await tx.commitWith(
      cancel({ organizationId, invitationId }),
      dropRoles({ organizationId, userId }),
      recordAudit(ctx, { action: 'invitation.cancel', targetType: 'invitation', targetId: invitationId }),
    )
  })
}

async function requirePending(tx: Transaction, key: Key): Promise<{ userId: string; days: number }> {
  const [invitation] = await tx.run(lock(key))
  if (invitation === undefined) throw notFound('Invitation')
  if (invitation.status === 'pending') return invitation
  throw new AppError('conflict', `The invitation is ${invitation.status} already`, { reason: 'invitation_over' })
}
