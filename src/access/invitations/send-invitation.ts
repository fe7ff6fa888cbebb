// The token of an invitation and the mail that carries it. A new token makes the old link void.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { issueToken } from '#platform/crypto.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { invitationLetter } from '#words/letters/invitation.ts'
import { knownZone } from '#words/zones.ts'
import { queueMail } from '../notices/mail/queue-mail.ts'

type Row = {
  email: string
  note: string | null
  expiresAt: string
  organizationName: string
  inviter: string | null
  timeZone: string | null
}

const renew = prepared<{ organizationId: string; invitationId: string; tokenHash: string; days: number }, Row>(
  (p) => sql`update invitations i set token_hash = ${p.tokenHash}, sent_count = i.sent_count + 1,
      link_shown_at = null,
      expires_at = now() + make_interval(days => ${p.days}::int)
    from organizations o
    where i.organization_id = ${p.organizationId} and i.id = ${p.invitationId} and i.status = 'pending'
      and o.id = i.organization_id
    returning i.email, i.note, i.expires_at as "expiresAt", o.name as "organizationName",
      (select coalesce(u.display_name, u.user_name) from users u
        where u.organization_id = i.organization_id and u.id = i.invited_by) as inviter, (select ${timeZoneColumn} from users u
        where u.organization_id = i.organization_id and u.id = i.user_id) as "timeZone"`,
)

/** @returns false where the invitation does not wait any more */
export async function resendWithin(
  tx: Transaction,
  ctx: CallContext,
  { invitationId, days }: { invitationId: string; days: number },
): Promise<boolean> {
  const { plain, hash } = issueToken(ctx.randomBytes)
  const [row] = await tx.run(renew({ organizationId: ctx.organizationId, invitationId, tokenHash: hash, days }))
  if (row === undefined) return false
  await queueInvitation(tx, ctx, { invitationId, token: plain, ...row })
  return true
}

type Sending = Row & { invitationId: string; token: string }

export async function queueInvitation(tx: Transaction, ctx: CallContext, sending: Sending): Promise<void> {
  const { invitationId, token, email, note, expiresAt, organizationName, inviter, timeZone } = sending
  const letter = invitationLetter({
    ...{ organization: organizationName, inviter, note, expiresAt },
    acceptUrl: ctx.urls.page(`/invitation/${token}`),
    zone: knownZone(timeZone),
  })
  await queueMail(tx, ctx, { kind: 'invitation', to: email, targetId: invitationId, letter })
}
