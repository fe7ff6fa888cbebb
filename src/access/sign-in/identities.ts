// The stored link from a provider's subject to a person. Whoever has it already keeps it, while they are there: of somebody who
// was deleted it goes on to whom the directory brought again.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction } from '#src/context.ts'

type Parameters = {
  organizationId: string
  connectionId: string
  subject: string
  userId: string
  now: string
  /** Null where the link is made without a sign-in. */
  signedInAt: string | null
  /** Whom it is taken from besides the deleted: somebody whom their directory has switched off, and brought again. */
  predecessorId: string | null
}

/** As a statement; the row tells whose the identity is, which may be somebody else who was quicker. */
export const identityLink = prepared<Parameters, { userId: string }>(
  (p) => sql`insert into identities as i (organization_id, connection_id, subject, user_id, created_at, last_sign_in_at)
    values (${p.organizationId}, ${p.connectionId}, ${p.subject}, ${p.userId}, ${p.now}::timestamptz,
      ${p.signedInAt}::timestamptz)
    on conflict (organization_id, connection_id, subject)
      do update set last_sign_in_at = coalesce(excluded.last_sign_in_at, i.last_sign_in_at),
        user_id = case when i.user_id = ${p.predecessorId} or exists (select from users u
          where u.organization_id = i.organization_id and u.id = i.user_id and u.deleted_at is not null) then excluded.user_id else i.user_id end
    returning i.user_id as "userId"`,
)

type Key = { organizationId: string; connectionId: string; subject: string }

const ownerOf = prepared<Key, { userId: string }>(
  (p) => sql`select user_id as "userId" from identities where organization_id = ${p.organizationId}
    and connection_id = ${p.connectionId} and subject = ${p.subject}`,
)

/** Whose the identity is; undefined where it is nobody's yet. */
export async function findIdentityOwner(
  ctx: CallContext,
  key: Omit<Key, 'organizationId'>,
): Promise<string | undefined> {
  const statement = ownerOf({ ...key, organizationId: ctx.organizationId })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows?.[0]?.userId
}
