// Invitations: who was invited to what by whom, and what became of it and of the mail.
import { type SQL, sql } from 'drizzle-orm'
import { isoTime, once, prepared } from '#db/statement.ts'
import { patternsOf } from '#directory/paging/search-text.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  brandsPermitted,
  type CallContext,
  inTransaction,
  refuseUnknown,
  requirePermissionSomewhere,
} from '#src/context.ts'
import type { Override } from '../grants/assignments/assignments.ts'

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
  /** The name of who invited them, where it is known. */
  inviter: string | null
  sentCount: number
  createdAt: string
  expiresAt: string
  acceptedAt: string | null
  /** What the person holds once they have accepted. */
  roles: {
    role: { id: string; key: string; name: string }
    brand: { id: string; slug: string; name: string } | null
    expiresAt: string | null
  }[]
  /** Single permissions on top of them, or taken from them. */
  overrides: (Override & { brand: { id: string; slug: string; name: string } | null; expiresAt: string | null })[]
  /** Of the last mail; null where none was written. */
  delivery: { mailId: string; status: 'queued' | 'sent' | 'failed' | 'kept'; lastError: string | null } | null
}

const rolesColumn = sql`(select coalesce(json_agg(json_build_object(
      'role', json_build_object('id', r.id, 'key', r.key, 'name', r.name),
      'brand', case when b.id is not null then json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) end,
      'expiresAt', ${isoTime(sql`a.expires_at`)})
      order by b.slug nulls first, r.key), '[]')
    from assignments a join roles r on r.organization_id = a.organization_id and r.id = a.role_id and r.kind = 'role'
    left join brands b on b.organization_id = a.organization_id and b.id = a.brand_id
    where a.organization_id = i.organization_id and a.user_id = i.user_id)`

const overridesColumn = sql`(select coalesce(json_agg(json_build_object('permission', rp.permission, 'effect', rp.effect,
      'brand', case when b.id is not null then json_build_object('id', b.id, 'slug', b.slug, 'name', b.name) end,
      'expiresAt', ${isoTime(sql`a.expires_at`)}) order by b.slug nulls first, rp.permission), '[]')
    from assignments a join roles r on r.organization_id = a.organization_id and r.id = a.role_id and r.kind = 'override'
    join role_permissions rp on rp.organization_id = r.organization_id and rp.role_id = r.id
    left join brands b on b.organization_id = a.organization_id and b.id = a.brand_id
    where a.organization_id = i.organization_id and a.user_id = i.user_id)`

const deliveryColumn = sql`(select json_build_object('mailId', m.id, 'status', m.status, 'lastError', m.last_error)
    from mails m where m.organization_id = i.organization_id and m.target_id = i.id order by m.id desc limit 1)`

const inviterColumn = sql`coalesce(
    (select coalesce(x.display_name, x.user_name) from users x where x.organization_id = i.organization_id and x.id = i.invited_by),
    (select k.name from api_keys k where k.organization_id = i.organization_id and k.id = i.invited_by))`

/** The columns of an InvitationRecord, for `invitations i join users u`. */
const columns = sql`i.id, i.user_id as "userId", i.email, u.display_name as "displayName",
    case when i.status = 'pending' and i.expires_at <= now() then 'expired' else i.status end as status,
    i.note, i.invited_by as "invitedBy", ${inviterColumn} as inviter, i.sent_count as "sentCount", i.created_at as "createdAt",
    i.expires_at as "expiresAt", i.accepted_at as "acceptedAt", ${rolesColumn} as roles,
    ${overridesColumn} as overrides, ${deliveryColumn} as delivery`

const from = sql`from invitations i join users u on u.organization_id = i.organization_id and u.id = i.user_id`

/** One invitation, as a statement. */
export const invitationById = prepared<{ organizationId: string; invitationId: string }, InvitationRecord>(
  (p) => sql`select ${columns} ${from} where i.organization_id = ${p.organizationId} and i.id = ${p.invitationId}`,
)

/** Where what they will hold lies within these brands, and nowhere else; for `invitations i`. */
const isWithin = (brandIds: readonly string[]): SQL => sql`(exists (select from assignments a
    where a.organization_id = i.organization_id and a.user_id = i.user_id)
  and not exists (select from assignments a where a.organization_id = i.organization_id and a.user_id = i.user_id
    and (a.brand_id is null or a.brand_id <> all (${sql.param(brandIds)}::text[]))))`

export type InvitationFilter = {
  status?: InvitationStatus | undefined
  /** Parts of the address or the name. */
  q?: string | undefined
  /** To this brand. */
  brandId?: string | undefined
}

type Page = InvitationFilter & {
  after?: string | undefined
  limit?: number | undefined
  order?: 'oldest' | 'newest' | undefined
}

function conditionsOf(ctx: CallContext, { status, q, brandId }: InvitationFilter): SQL {
  const brands = brandsPermitted(ctx, 'invitations.read')
  const isExpired = sql`(i.status = 'pending' and i.expires_at <= now())`
  const patterns = q === undefined ? [] : patternsOf(q)
  const conditions = [
    sql`i.organization_id = ${ctx.organizationId}`,
    ...(brands === 'all' ? [] : [isWithin(brands)]),
    ...(status === undefined ? [] : [status === 'expired' ? isExpired : sql`i.status = ${status}`]),
    ...(status === 'pending' ? [sql`i.expires_at > now()`] : []),
    ...(patterns.length === 0
      ? []
      : [
          sql`bare(i.email || ' ' || coalesce(u.display_name, ''))
      like all (${sql.param(patterns)}::text[])`,
        ]),
    ...(brandId === undefined
      ? []
      : [
          sql`exists (select from assignments a where a.organization_id = i.organization_id and a.user_id = i.user_id
            and a.brand_id = ${brandId})`,
        ]),
  ]
  return sql.join(conditions, sql` and `)
}

/**
 * In order of creation, or the newest first. Whoever manages single brands sees the invitations to those. @throws AppError forbidden
 */
export async function listInvitations(ctx: CallContext, page: Page = {}): Promise<InvitationRecord[]> {
  requirePermissionSomewhere(ctx, 'invitations.read')
  const { after, limit, order = 'oldest' } = page
  const isNewest = order === 'newest'
  const beyond = after === undefined ? sql`true` : isNewest ? sql`i.id < ${after}` : sql`i.id > ${after}`
  const statement = once<InvitationRecord>(
    sql`select ${columns} ${from} where ${conditionsOf(ctx, page)} and ${beyond}
      order by i.id ${sql.raw(isNewest ? 'desc' : 'asc')}${limit === undefined ? sql`` : sql` limit ${limit}::int`}`,
    { isPrepared: false },
  )
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return (rows ?? []).map(shown)
}

/** How many the filter finds. @throws AppError forbidden */
export async function countInvitations(ctx: CallContext, filter: InvitationFilter = {}): Promise<number> {
  requirePermissionSomewhere(ctx, 'invitations.read')
  const statement = once<{ total: number }>(
    sql`select count(*)::int as total ${from} where ${conditionsOf(ctx, filter)}`,
    { isPrepared: false },
  )
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows?.[0]?.total ?? 0
}

/** @throws AppError not_found, also for another organization's, and for one to brands that the caller has no say in */
export async function getInvitation(ctx: CallContext, invitationId: string): Promise<InvitationRecord> {
  requirePermissionSomewhere(ctx, 'invitations.read')
  if (!isId('inv', invitationId)) return refuseUnknown(ctx, 'Invitation')
  const statement = once<InvitationRecord>(
    sql`select ${columns} ${from} where ${conditionsOf(ctx, {})} and i.id = ${invitationId}`,
  )
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  const invitation = rows?.[0]
  if (invitation === undefined) throw notFound('Invitation')
  return shown(invitation)
}

/** With the times inside as they are shown. */
export const shown = (invitation: InvitationRecord): InvitationRecord => ({
  ...invitation,
  roles: invitation.roles,
})
