// Sessions as people and administrators see them.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import type { SessionMethod } from './resolve-session.ts'

export type SessionRecord = {
  id: string
  userId: string
  method: SessionMethod
  connectionId: string | null
  connectionName: string | null
  hasSecondFactor: boolean
  ip: string | null
  userAgent: string | null
  createdAt: string
  lastSeenAt: string
  expiresAt: string
}

const list = prepared<{ organizationId: string; userId: string }, SessionRecord>(
  (
    p,
  ) => sql`select s.id, s.user_id as "userId", s.method, s.connection_id as "connectionId", c.name as "connectionName",
      s.has_second_factor as "hasSecondFactor", s.ip, s.user_agent as "userAgent", s.created_at as "createdAt",
      s.last_seen_at as "lastSeenAt", least(s.expires_at, s.idle_expires_at) as "expiresAt"
    from live_sessions s
    left join connections c on c.organization_id = s.organization_id and c.id = s.connection_id
    where s.organization_id = ${p.organizationId} and s.user_id = ${p.userId}
    order by s.last_seen_at desc, s.id limit 200`,
)

/** A person's live sessions as a statement. */
export const liveSessionsOf = list

const person = prepared<{ organizationId: string; userId: string }, { id: string }>(
  (p) => sql`select id from users where organization_id = ${p.organizationId} and id = ${p.userId}`,
)

/** A person's live sessions, the last seen first. @throws AppError not_found, forbidden */
export async function listSessions(ctx: CallContext, userId: string): Promise<SessionRecord[]> {
  requirePermission(ctx, 'sessions.read')
  if (!isId('usr', userId)) return refuseUnknown(ctx, 'User')
  const key = { organizationId: ctx.organizationId, userId }
  return inTransaction(ctx, async (tx) => {
    const known = tx.run(person(key))
    const [rows] = await tx.commitWith(list(key))
    if ((await known).length === 0) throw notFound('User')
    return rows ?? []
  })
}
