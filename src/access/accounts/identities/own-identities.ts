// Through which providers a person can sign in, for themselves: the connections that know them, and those they could link.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'
import { ownUserId } from '../../ground/own-user-id.ts'

export type OwnIdentity = {
  connectionId: string
  /** As the connection is called here. */
  name: string
  /** Null: not linked yet. */
  linkedAt: string | null
  lastSignInAt: string | null
}

const select = prepared<{ organizationId: string; userId: string }, OwnIdentity>(
  (p) => sql`select c.id as "connectionId", c.name, min(i.created_at) as "linkedAt",
      max(i.last_sign_in_at) as "lastSignInAt"
    from connections c left join identities i on i.organization_id = c.organization_id and i.connection_id = c.id
      and i.user_id = ${p.userId}
    where c.organization_id = ${p.organizationId} and (c.status in ('optional', 'enforced') or i.user_id is not null)
    group by c.id, c.name order by c.name, c.id`,
)

/** @throws AppError forbidden where the caller is no person; unauthenticated */
export async function listOwnIdentities(ctx: CallContext): Promise<OwnIdentity[]> {
  const userId = ownUserId(ctx)
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(select({ organizationId: ctx.organizationId, userId })))
  return rows ?? []
}
