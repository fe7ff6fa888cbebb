// What a provider sends counts once: a message is known by its id until it would be refused for its age anyway.
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import { sha256 } from '#platform/crypto.ts'
import { type CallContext, inTransaction, type Transaction } from '#src/context.ts'

export type ReceivedMessage = { id: string; expiresAt: string }

const markUsed = prepared<
  { organizationId: string; connectionId: string; messageHash: string; expiresAt: string },
  { isFirst: boolean }
>(
  (p) => sql`insert into used_messages (organization_id, connection_id, message_hash, expires_at)
    values (${p.organizationId}, ${p.connectionId}, ${p.messageHash}, ${p.expiresAt}::timestamptz)
    on conflict do nothing returning true as "isFirst"`,
)

/** Marks a message as used, as a statement; no row where it was used before. */
export const messageMark = (
  { organizationId }: CallContext,
  connectionId: string,
  { id, expiresAt }: ReceivedMessage,
): Statement<{ isFirst: boolean }> => markUsed({ organizationId, connectionId, messageHash: sha256(id), expiresAt })

/** The same where no sign-in follows, such as of a logout request. @returns whether it was the first time */
export async function markMessageUsed(
  tx: Transaction,
  ctx: CallContext,
  connectionId: string,
  message: ReceivedMessage,
): Promise<boolean> {
  const [mark] = await tx.run(messageMark(ctx, connectionId, message))
  return mark !== undefined
}

const isUsed = prepared<{ organizationId: string; connectionId: string; messageHash: string }, { isUsed: boolean }>(
  (p) => sql`select exists (select from used_messages where organization_id = ${p.organizationId}
    and connection_id = ${p.connectionId} and message_hash = ${p.messageHash}) as "isUsed"`,
)

/** Whether the message was used before; looking does not use it. @throws AppError unavailable */
export async function isMessageUsed(ctx: CallContext, connectionId: string, { id }: ReceivedMessage): Promise<boolean> {
  const statement = isUsed({ organizationId: ctx.organizationId, connectionId, messageHash: sha256(id) })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows?.[0]?.isUsed === true
}
