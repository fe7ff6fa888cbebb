// What a change of a connection's state would end, counted before it is made.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'

export type StatusEffects = {
  /** Sessions that came in through the connection. */
  ownSessions: number
  /** Sessions that a password or a passkey opened. */
  localSessions: number
  /** People who have signed in through it. */
  people: number
}

const countAll = prepared<{ organizationId: string; connectionId: string }, StatusEffects>(
  (p) => sql`select
    (select count(*)::int from sessions where organization_id = ${p.organizationId} and ended_at is null
      and connection_id = ${p.connectionId}) as "ownSessions",
    (select count(*)::int from sessions where organization_id = ${p.organizationId} and ended_at is null
      and method in ('password', 'passkey')) as "localSessions",
    (select count(distinct user_id)::int from identities where organization_id = ${p.organizationId}
      and connection_id = ${p.connectionId}) as people`,
)

/** @throws AppError forbidden */
export async function previewConnectionStatus(ctx: CallContext, connectionId: string): Promise<StatusEffects> {
  requirePermission(ctx, 'connections.read')
  if (!isId('con', connectionId)) return refuseUnknown(ctx, 'Connection')
  const statement = countAll({ organizationId: ctx.organizationId, connectionId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows?.[0] ?? { ownSessions: 0, localSessions: 0, people: 0 }
}
