// Invitations: who was invited to what by whom, and what became of it and of the mail.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'

export type InvitationStatus = 'pending' | 'expired' | 'accepted' | 'cancelled' | 'withdrawn'

export type InvitationRecord = {
  id: string
  userId: string
  email: string
  displayName: string | null
  /** `withdrawn`: the person was switched off before they accepted. */
  status: InvitationStatus
  note: string | null
  invitedBy: string
  sentCount: number
  createdAt: string
  expiresAt: string
  acceptedAt: string | null
  /** What the person holds once they have accepted. */
  roles: { role: { id: string; key: string; name: string }; brand: { id: string; slug: string; name: string } | null }[]
  /** Of the last mail; null where none was written. */
  delivery: { mailId: string; status: 'queued' | 'sent' | 'failed' | 'kept'; lastError: string | null } | null
}

const rolesColumn = sql`(select coalesce(json_agg(json_build_object(
      'role', json_build_object('id', r.id, 'key', r.key, 'name', r.name),
      'brand', case when b.id is not null then json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) end)
      order by b.slug nulls first, r.key), '[]')
    from assignments a join roles r on r.organization_id = a.organization_id and r.id = a.role_id
    left join brands b on b.organization_id = a.organization_id and b.id = a.brand_id
    where a.organization_id = i.organization_id and a.user_id = i.user_id)`

const deliveryColumn = sql`(select json_build_object('mailId', m.id, 'status', m.status, 'lastError', m.last_error)
    from mails m where m.organization_id = i.organization_id and m.target_id = i.id order by m.id desc limit 1)`

/** The columns of an InvitationRecord, for `invitations i join users u`. */
const columns = sql`i.id, i.user_id as "userId", i.email, u.display_name as "displayName",
    case when i.status = 'pending' and i.expires_at <= now() then 'expired' else i.status end as status,
    i.note, i.invited_by as "invitedBy", i.sent_count as "sentCount", i.created_at as "createdAt",
    i.expires_at as "expiresAt", i.accepted_at as "acceptedAt", ${rolesColumn} as roles, ${deliveryColumn} as delivery`

const from = sql`from invitations i join users u on u.organization_id = i.organization_id and u.id = i.user_id`

const select = prepared<
  { organizationId: string; after: string | null; status: string | null; limit: number | null },
  InvitationRecord
>(
  (p) => sql`select * from (select ${columns} ${from}
      where i.organization_id = ${p.organizationId} and (${p.after}::text is null or i.id > ${p.after})) found
    where ${p.status}::text is null or found.status = ${p.status} order by found.id limit ${p.limit}::int`,
)

/** One invitation, as a statement. */
export const invitationById = prepared<{ organizationId: string; invitationId: string }, InvitationRecord>(
  (p) => sql`select ${columns} ${from} where i.organization_id = ${p.organizationId} and i.id = ${p.invitationId}`,
)

/** In order of creation. @throws AppError forbidden */
export async function listInvitations(
  ctx: CallContext,
  page: { after?: string | undefined; status?: InvitationStatus | undefined; limit?: number | undefined } = {},
): Promise<InvitationRecord[]> {
  requirePermission(ctx, 'invitations.read')
  const { after = null, status = null, limit = null } = page
  const statement = select({ organizationId: ctx.organizationId, after, status, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

/** @throws AppError not_found, also for another organization's */
export async function getInvitation(ctx: CallContext, invitationId: string): Promise<InvitationRecord> {
  requirePermission(ctx, 'invitations.read')
  if (!isId('inv', invitationId)) return refuseUnknown(ctx, 'Invitation')
  const statement = invitationById({ organizationId: ctx.organizationId, invitationId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const invitation = rows?.[0]
  if (invitation === undefined) throw notFound('Invitation')
  return invitation
}
