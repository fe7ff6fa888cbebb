// Clients of a directory: whoever gets access tokens for it, each by a proof of its kind.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission } from '#src/context.ts'
import { lockDirectoryRow } from './directories.ts'

export type ClientKind = 'secret' | 'private_key_jwt' | 'entra'

/** Public keys of a client (RFC 7517). */
export type KeySettings = { keys: Record<string, unknown>[] }

/** Tokens of Entra ID: of this tenant, for this audience, and if it is said, for this application alone. */
export type EntraSettings = { tenantId: string; audience: string; applicationId?: string | undefined }

export type DirectoryClient = {
  id: string
  directoryId: string
  name: string
  kind: ClientKind
  settings: Record<string, unknown>
  createdAt: string
  expiresAt: string | null
  revokedAt: string | null
}

const select = prepared<{ organizationId: string; directoryId: string }, DirectoryClient>(
  (p) => sql`select c.id, c.directory_id as "directoryId", c.name, c.kind, c.settings, c.created_at as "createdAt",
      c.expires_at as "expiresAt", c.revoked_at as "revokedAt"
    from directory_clients c where c.organization_id = ${p.organizationId} and c.directory_id = ${p.directoryId} order by c.id`,
)

/** Revoked ones too. @throws AppError not_found */
export async function listDirectoryClients(ctx: CallContext, directoryId: string): Promise<DirectoryClient[]> {
  requirePermission(ctx, 'directories.read')
  if (!isId('dir', directoryId)) return refuseUnknown(ctx, 'Directory')
  return inTransaction(ctx, async (tx) => {
    await lockDirectoryRow(tx, ctx, directoryId)
    return tx.run(select({ organizationId: ctx.organizationId, directoryId }))
  })
}
