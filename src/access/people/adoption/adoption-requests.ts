// People whom a directory brought, and whom the organization has from elsewhere, where the directory's word is not enough: they
// wait for an administrator's.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { getDirectory } from '#connections/directories/directories.ts'
import { prepared } from '#db/statement.ts'
import type { AdoptionBarrier } from '#directory/adopt-user.ts'
import { fold } from '#directory/fold.ts'
import type { UserContent } from '#directory/user-content.ts'
import type { Attributes, UserStatus } from '#directory/users.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'
import { raiseAlarm } from '../../notices/alarms/raise-alarm.ts'

export type AdoptionRequest = {
  id: string
  directoryId: string
  directoryName: string
  reason: AdoptionBarrier
  status: 'pending' | 'adopted' | 'refused'
  user: {
    id: string
    userName: string
    displayName: string | null
    status: UserStatus
    /** The directory that has them now. */
    directory: { id: string; name: string } | null
    /** Whether they hold a role that lets them manage something. */
    managesAnything: boolean
    attributes: Attributes
  }
  /** What the directory says of them. */
  content: UserContent
  createdAt: string
  lastSeenAt: string
  decidedAt: string | null
  decidedBy: string | null
}

/** The columns of an AdoptionRequest, for `adoptionTables`. */
export const adoptionColumns = sql`r.id, r.directory_id as "directoryId", d.name as "directoryName", r.reason, r.status,
  json_build_object('id', u.id, 'userName', u.user_name, 'displayName', u.display_name, 'status', u.status,
    'directory', case when f.id is not null then json_build_object('id', f.id, 'name', f.name) end,
    'managesAnything', manages_anything(u.organization_id, u.id), 'attributes', u.attributes) as user,
  r.content, r.created_at as "createdAt", r.last_seen_at as "lastSeenAt", r.decided_at as "decidedAt",
  r.decided_by as "decidedBy"`

/** What `adoptionColumns` are selected from. */
export const adoptionTables = sql`adoption_requests r
  join directories d on d.organization_id = r.organization_id and d.id = r.directory_id
  join users u on u.organization_id = r.organization_id and u.id = r.user_id and u.deleted_at is null
  left join directories f on f.organization_id = u.organization_id and f.id = u.directory_id`

export type WantedAdoption = { directoryId: string; userId: string; reason: AdoptionBarrier; content: UserContent }

type Kept = { id: string; isNew: boolean; userName: string; displayName: string | null; name: string }

// Decided before, it stays decided; otherwise it waits, with what the directory says now.
const keep = prepared<
  Omit<WantedAdoption, 'content'> & {
    organizationId: string
    id: string
    content: string
    userNameKey: string
    externalId: string | null
    now: string
  },
  Kept
>(
  (p) => sql`with kept as (
      insert into adoption_requests as r (organization_id, id, directory_id, user_id, reason, content, user_name_key, external_id,
        status, created_at, last_seen_at)
      values (${p.organizationId}, ${p.id}, ${p.directoryId}, ${p.userId}, ${p.reason}, ${p.content}::jsonb, ${p.userNameKey},
        ${p.externalId}, 'pending',
        ${p.now}::timestamptz, ${p.now}::timestamptz)
      on conflict (organization_id, directory_id, user_id) do update set content = excluded.content,
        user_name_key = excluded.user_name_key, external_id = excluded.external_id,
        last_seen_at = excluded.last_seen_at, reason = excluded.reason,
        status = case when r.status = 'adopted' then 'pending' else r.status end
      returning r.id, r.user_id, r.directory_id, r.id = ${p.id} as is_new)
    select k.id, k.is_new as "isNew", u.user_name as "userName", u.display_name as "displayName", d.name
    from kept k join users u on u.organization_id = ${p.organizationId} and u.id = k.user_id
    join directories d on d.organization_id = u.organization_id and d.id = k.directory_id`,
)

/** Keeps that the directory asked for the person, who is findable for it from then on, and tells the administrators the first time, unless they are told already. */
export async function requestAdoption(
  ctx: CallContext,
  { content, ...wanted }: WantedAdoption,
  { isTold = false }: { isTold?: boolean } = {},
): Promise<void> {
  const { organizationId } = ctx
  await inTransaction(ctx, async (tx) => {
    const own = { organizationId, id: ctx.ids.next('ado'), now: nowOf(ctx), content: JSON.stringify(content) }
    const names = { userNameKey: fold(content.userName), externalId: content.externalId }
    const [kept] = await tx.run(keep({ ...wanted, ...own, ...names }))
    if (kept === undefined || !kept.isNew) return
    const { id, isNew: _, ...known } = kept
    const detail = { adoptionRequestId: id, ...wanted, ...known }
    const audit = { action: 'user.request_adoption', targetType: 'user', targetId: wanted.userId, detail } as const
    const alarm = isTold ? [] : [raiseAlarm(ctx, { kind: 'adoption_request', detail })]
    await tx.commitWith<unknown>(...alarm, recordAudit(ctx, audit))
  })
}

type Filter = {
  organizationId: string
  directoryId: string
  status: string | null
  after: string | null
  limit: number
}

const select = prepared<Filter, AdoptionRequest>(
  (p) => sql`select ${adoptionColumns} from ${adoptionTables}
    where r.organization_id = ${p.organizationId} and r.directory_id = ${p.directoryId}
      and (${p.status}::text is null or r.status = ${p.status}) and (${p.after}::text is null or r.id < ${p.after})
    order by r.id desc limit ${p.limit}::int`,
)

/** The newest first. @throws AppError forbidden; not_found for a directory that is not there */
export async function listAdoptionRequests(
  ctx: CallContext,
  page: {
    directoryId: string
    status?: AdoptionRequest['status'] | undefined
    after?: string | undefined
    limit: number
  },
): Promise<AdoptionRequest[]> {
  requirePermission(ctx, 'directories.read')
  requirePermission(ctx, 'users.read')
  const { directoryId, status = null, after = null, limit } = page
  await getDirectory(ctx, directoryId)
  const statement = select({ organizationId: ctx.organizationId, directoryId, status, after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}
