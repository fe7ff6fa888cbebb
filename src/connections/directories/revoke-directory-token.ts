// A token stops working with the next transaction that would begin by it; a second revocation changes nothing.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission, requireReach } from '#src/context.ts'

type TokenKey = { organizationId: string; directoryId: string; tokenId: string }

const lockToken = prepared<TokenKey, { isRevoked: boolean }>(
  (p) => sql`select revoked_at is not null as "isRevoked" from directory_tokens
    where organization_id = ${p.organizationId} and directory_id = ${p.directoryId} and id = ${p.tokenId} for update`,
)

const revoke = prepared<TokenKey & { now: string }, never>(
  (p) => sql`update directory_tokens set revoked_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and directory_id = ${p.directoryId} and id = ${p.tokenId}`,
)

/** @throws AppError not_found, also for a token of another directory; forbidden (reason `ceiling`) */
export async function revokeDirectoryToken(
  ctx: CallContext,
  { directoryId, tokenId }: { directoryId: string; tokenId: string },
): Promise<void> {
  requirePermission(ctx, 'directories.write')
  if (!isId('dir', directoryId) || !isId('tok', tokenId)) return refuseUnknown(ctx, 'Token')
  const key = { organizationId: ctx.organizationId, directoryId, tokenId }
  await inTransaction(ctx, async (tx) => {
    const [token] = await tx.run(lockToken(key))
    if (token === undefined) throw notFound('Token')
    if (token.isRevoked) return
    await requireReach(tx, ctx, { kind: 'directory', directoryId })
    const entry = { action: 'directory.revoke_token', targetType: 'directory', targetId: directoryId } as const
    await tx.commitWith(revoke({ ...key, now: nowOf(ctx) }), recordAudit(ctx, { ...entry, detail: { tokenId } }))
  })
}
