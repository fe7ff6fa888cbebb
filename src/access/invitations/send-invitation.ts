// The token of an invitation and the mail that carries it. A new token makes the old link void.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { issueToken } from '#platform/crypto.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { queueMail } from '../notices/mail/queue-mail.ts'

type Row = { email: string; note: string | null; expiresAt: string; organizationName: string; inviter: string | null }

const renew = prepared<{ organizationId: string; invitationId: string; tokenHash: string; days: number }, Row>(
  (p) => sql`update invitations i set token_hash = ${p.tokenHash}, sent_count = i.sent_count + 1,
      link_shown_at = null,
      expires_at = now() + make_interval(days => ${p.days}::int)
    from organizations o
    where i.organization_id = ${p.organizationId} and i.id = ${p.invitationId} and i.status = 'pending'
      and o.id = i.organization_id
    returning i.email, i.note, i.expires_at as "expiresAt", o.name as "organizationName",
      (select coalesce(u.display_name, u.user_name) from users u
        where u.organization_id = i.organization_id and u.id = i.invited_by) as inviter`,
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
  const { invitationId, token, email, note, expiresAt, organizationName, inviter } = sending
  const until = new Date(expiresAt).toLocaleDateString('en-GB', {
    ...{ weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' },
  })
  const who = inviter ?? `An administrator of ${organizationName}`
  await queueMail(tx, ctx, {
    ...{ kind: 'invitation', to: email, targetId: invitationId },
    letter: {
      subject: `You are invited to ${organizationName}`,
      paragraphs: [`${who} invites you to join ${organizationName}.`],
      quote: note,
      action: {
        label: 'Accept the invitation',
        url: ctx.urls.page(`/invitation/${token}`),
        isForRecipientAlone: true,
      },
      closing: [
        `The link is for you alone, works once, and is good until ${until}. If you did not expect this, you need not do anything.`,
      ],
    },
  })
}
