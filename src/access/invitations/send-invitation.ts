// The token of an invitation and the mail that carries it. A new token makes the old link void.
import { sql } from 'drizzle-orm'
import { isoTime, prepared } from '#db/statement.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { issueToken } from '#platform/crypto.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { invitationLetter } from '#words/letters/invitation.ts'
import { knownZone } from '#words/zones.ts'
import { queueMail } from '../notices/mail/queue-mail.ts'

type Row = {
  /** Who is invited. */
  userId: string
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
    returning i.user_id as "userId", i.email, i.note, i.expires_at as "expiresAt", o.name as "organizationName",
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

type Terms = {
  roles: { role: string; brand: string | null; expiresAt: string | null }[]
  overrides: { permission: string; effect: 'allow' | 'deny'; brand: string | null; expiresAt: string | null }[]
  provider: string | null
}

// What they will hold, and through which provider everybody of the organization signs in.
const termsOf = prepared<{ organizationId: string; invitationId: string }, Terms>(
  (p) => sql`select
      (select coalesce(json_agg(json_build_object('role', r.name, 'brand', b.name, 'expiresAt', ${isoTime(sql`a.expires_at`)})
          order by b.name nulls first, r.rank desc, r.key), '[]')
        from assignments a join roles r on r.organization_id = a.organization_id and r.id = a.role_id and r.kind = 'role'
        left join brands b on b.organization_id = a.organization_id and b.id = a.brand_id
        where a.organization_id = i.organization_id and a.user_id = i.user_id) as roles,
      (select coalesce(json_agg(json_build_object('permission', rp.permission, 'effect', rp.effect, 'brand', b.name,
          'expiresAt', ${isoTime(sql`a.expires_at`)}) order by b.name nulls first, rp.permission), '[]')
        from assignments a join roles r on r.organization_id = a.organization_id and r.id = a.role_id and r.kind = 'override'
        join role_permissions rp on rp.organization_id = r.organization_id and rp.role_id = r.id
        left join brands b on b.organization_id = a.organization_id and b.id = a.brand_id
        where a.organization_id = i.organization_id and a.user_id = i.user_id) as overrides,
      (select c.name from connections c where c.organization_id = i.organization_id and c.status = 'enforced'
        order by c.id limit 1) as provider
    from invitations i where i.organization_id = ${p.organizationId} and i.id = ${p.invitationId}`,
)

type Sending = Row & { invitationId: string; token: string }

export async function queueInvitation(tx: Transaction, ctx: CallContext, sending: Sending): Promise<void> {
  const { invitationId, token, userId, email, note, expiresAt, organizationName, inviter, timeZone } = sending
  const [terms = { roles: [], overrides: [], provider: null }] = await tx.run(
    termsOf({ organizationId: ctx.organizationId, invitationId }),
  )
  const letter = invitationLetter({
    ...{ organization: organizationName, inviter, note, expiresAt, ...terms },
    acceptUrl: ctx.urls.page(`/invitation/${token}`),
    zone: knownZone(timeZone),
  })
  await queueMail(tx, ctx, { kind: 'invitation', to: email, readerId: userId, targetId: invitationId, letter })
}
