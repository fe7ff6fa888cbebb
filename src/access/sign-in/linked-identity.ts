// What follows when an identity is linked to somebody who was there before: they are told by mail, with a link that takes it back
// without signing in, since whoever linked it may be in their account by now.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { issueToken } from '#platform/crypto.ts'
import type { CallContext, Transaction } from '#src/context.ts'
import { identityLinkedLetter } from '#words/letters/identity-linked.ts'
import { queueMail } from '../notices/mail/queue-mail.ts'

export const undoDays = 7

export type LinkedIdentity = { userId: string; connectionId: string; subject: string }

type Row = { email: string | null; userName: string; organizationName: string; connectionName: string }

const facts = prepared<{ organizationId: string; userId: string; connectionId: string }, Row>(
  (p) => sql`select ${emailColumn} as email, u.user_name as "userName", o.name as "organizationName",
      c.name as "connectionName"
    from users u join organizations o on o.id = u.organization_id
    join connections c on c.organization_id = u.organization_id and c.id = ${p.connectionId}
    where u.organization_id = ${p.organizationId} and u.id = ${p.userId}`,
)

const insertUndo = prepared<LinkedIdentity & { organizationId: string; tokenHash: string; days: number }, never>(
  (
    p,
  ) => sql`insert into identity_undos (organization_id, user_id, token_hash, connection_id, subject, created_at, expires_at)
    values (${p.organizationId}, ${p.userId}, ${p.tokenHash}, ${p.connectionId}, ${p.subject}, now(),
      now() + make_interval(days => ${p.days}::int))`,
)

/** In the transaction of the link. Nothing where the person has no address. */
export async function tellOfLink(tx: Transaction, ctx: CallContext, linked: LinkedIdentity): Promise<void> {
  const { organizationId } = ctx
  const { userId, connectionId } = linked
  const [found] = await tx.run(facts({ organizationId, userId, connectionId }))
  if (found === undefined || found.email === null) return
  const { plain, hash } = issueToken(ctx.randomBytes)
  const letter = identityLinkedLetter({
    ...{ userName: found.userName, organization: found.organizationName, connection: found.connectionName, undoDays },
    undoUrl: ctx.urls.page(`/login/undo/${plain}`),
  })
  await queueMail(tx, ctx, { kind: 'identity_linked', to: found.email, readerId: userId, targetId: userId, letter })
  await tx.run(insertUndo({ ...linked, organizationId, tokenHash: hash, days: undoDays }))
}
