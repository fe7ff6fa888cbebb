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
  /** When one of its access tokens was last used. */
  lastUsedAt: string | null
}

const columns = sql`c.id, c.directory_id as "directoryId", c.name, c.kind, c.settings, c.created_at as "createdAt",
  c.expires_at as "expiresAt", c.revoked_at as "revokedAt", (select max(t.last_used_at) from directory_tokens t
    where t.organization_id = c.organization_id and t.client_id = c.id) as "lastUsedAt"`

/**
 * One client of a directory, locked: whoever is about to get a token for it has it, or does not get it any more. In a statement of
 * its own, since one that waits for the lock would not see the token for which it waited.
 */
export const lockClient = prepared<{ organizationId: string; directoryId: string; clientId: string }, DirectoryClient>(
  (p) => sql`select ${columns} from directory_clients c where c.organization_id = ${p.organizationId}
    and c.directory_id = ${p.directoryId} and c.id = ${p.clientId} for no key update of c`,
)

const select = prepared<{ organizationId: string; directoryId: string }, DirectoryClient>(
  (p) =>
    sql`select ${columns} from directory_clients c where c.organization_id = ${p.organizationId} and c.directory_id = ${p.directoryId} order by c.id`,
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
