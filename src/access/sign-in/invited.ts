// Whom an invitation's link lets in; looking does not use it up.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'
import { type CallContext, inTransaction } from '#src/context.ts'

const selectInvited = prepared<{ organizationId: string; tokenHash: string }, { userId: string }>(
  (p) => sql`select i.user_id as "userId" from invitations i
    where i.organization_id = ${p.organizationId} and i.token_hash = ${p.tokenHash} and i.status = 'pending'
      and i.expires_at > now()`,
)

/** The invited user, while the invitation is open. */
export async function findInvited(ctx: CallContext, token: string): Promise<string | undefined> {
  const key = { organizationId: ctx.organizationId, tokenHash: sha256(token) }
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(selectInvited(key)))
  return rows?.[0]?.userId
}
