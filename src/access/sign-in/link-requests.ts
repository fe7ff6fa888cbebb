// Identities that wait for an administrator's word: a provider has named the address of somebody who manages something, and
// that alone makes nobody that person.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'
import { raiseAlarm } from '../notices/alarms/raise-alarm.ts'

export type LinkRequest = {
  id: string
  connectionId: string
  connectionName: string
  /** How the provider calls them. */
  subject: string
  userId: string
  userName: string
  displayName: string | null
  /** The address by which the person was found. */
  email: string
  status: 'pending' | 'approved' | 'refused'
  createdAt: string
  lastSeenAt: string
  decidedAt: string | null
  decidedBy: string | null
}

/** The columns of a LinkRequest, for `link_requests l` with its connection `c` and user `u`. */
export const linkRequestColumns = sql`l.id, l.connection_id as "connectionId", c.name as "connectionName", l.subject,
  l.user_id as "userId", u.user_name as "userName", u.display_name as "displayName", l.email, l.status,
  l.created_at as "createdAt", l.last_seen_at as "lastSeenAt", l.decided_at as "decidedAt", l.decided_by as "decidedBy"`

/** What `linkRequestColumns` are selected from. */
export const linkRequestTables = sql`link_requests l
  join connections c on c.organization_id = l.organization_id and c.id = l.connection_id
  join users u on u.organization_id = l.organization_id and u.id = l.user_id`

export type WantedLink = { connectionId: string; subject: string; userId: string; email: string }

/** A provider that invents one name after the other must not drown the administrators in requests. */
const mostPending = 10

type Parameters = WantedLink & { organizationId: string; id: string; now: string; most: number }

const keep = prepared<Parameters, { id: string; status: LinkRequest['status']; isNew: boolean }>(
  (p) => sql`insert into link_requests as l (organization_id, id, connection_id, subject, user_id, email, status,
      created_at, last_seen_at)
    select ${p.organizationId}, ${p.id}, ${p.connectionId}, ${p.subject}, ${p.userId}, ${p.email}, 'pending',
      ${p.now}::timestamptz, ${p.now}::timestamptz
    where (select count(*) filter (where k.subject <> ${p.subject}) from link_requests k
      where k.organization_id = ${p.organizationId} and k.user_id = ${p.userId} and k.connection_id = ${p.connectionId}
        and k.status = 'pending') < ${p.most}::int
    on conflict (organization_id, connection_id, subject, user_id)
      do update set last_seen_at = excluded.last_seen_at, email = excluded.email
    returning l.id, l.status, l.id = ${p.id} as "isNew"`,
)

const selectOne = prepared<{ organizationId: string; id: string }, LinkRequest>(
  (p) => sql`select ${linkRequestColumns} from ${linkRequestTables}
    where l.organization_id = ${p.organizationId} and l.id = ${p.id}`,
)

/**
 * Keeps that the provider's identity asked to be this person, and tells the administrators the first time. One that was
 * refused stays refused, in silence.
 * @returns how it stands; `not_kept` where too many of this provider wait for the same person
 */
export async function requestLink(ctx: CallContext, wanted: WantedLink): Promise<LinkRequest['status'] | 'not_kept'> {
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const own = { organizationId, id: ctx.ids.next('lrq'), now: nowOf(ctx), most: mostPending }
    const [kept] = await tx.run(keep({ ...wanted, ...own }))
    if (kept === undefined) return 'not_kept'
    if (!kept.isNew) return kept.status
    const [request] = await tx.run(selectOne({ organizationId, id: kept.id }))
    const { connectionId, subject, userId, email } = wanted
    const detail = {
      ...{ linkRequestId: kept.id, userId, userName: request?.userName, displayName: request?.displayName },
      ...{ connectionId, name: request?.connectionName, email, subject },
    }
    const audit = { action: 'user.request_link', targetType: 'user', targetId: userId, detail } as const
    await tx.commitWith<unknown>(raiseAlarm(ctx, { kind: 'link_request', detail }), recordAudit(ctx, audit))
    return kept.status
  })
}

type Filter = { organizationId: string; status: string | null; after: string | null; limit: number }

const select = prepared<Filter, LinkRequest>(
  (p) => sql`select ${linkRequestColumns} from ${linkRequestTables}
    where l.organization_id = ${p.organizationId} and (${p.status}::text is null or l.status = ${p.status})
      and (${p.after}::text is null or l.id < ${p.after})
    order by l.id desc limit ${p.limit}::int`,
)

/** The newest first. @throws AppError forbidden */
export async function listLinkRequests(
  ctx: CallContext,
  page: { status?: LinkRequest['status'] | undefined; after?: string | undefined; limit: number },
): Promise<LinkRequest[]> {
  requirePermission(ctx, 'sign_ins.read')
  const { status = null, after = null, limit } = page
  const statement = select({ organizationId: ctx.organizationId, status, after, limit })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}
