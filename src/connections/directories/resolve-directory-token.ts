// The way in of an identity provider: whose token it is, the entry that checks it in the transaction of the work, and
// when it was last used.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'

export type DirectoryToken = { organizationId: string; directoryId: string; tokenId: string }

const resolve = prepared<{ tokenHash: string }, DirectoryToken>(
  (p) => sql`select organization_id as "organizationId", directory_id as "directoryId", token_id as "tokenId"
    from resolve_directory_token(${p.tokenHash})`,
)

/**
 * Whose token has this SHA-256, whether it is still good or not; undefined for a hash that was never issued. The answer
 * never changes, so it may be kept; `enterDirectory` decides whether the token works.
 * @throws AppError unavailable
 */
export async function resolveDirectoryToken(
  database: Database,
  tokenHash: string,
): Promise<DirectoryToken | undefined> {
  const [token] = await database.read(resolve({ tokenHash }))
  return token
}

/**
 * The entry of a transaction of a directory. It fails (AppError unauthenticated) where the token is revoked, expired or of
 * another directory, or the directory or the organization is switched off.
 */
export const enterDirectory = prepared<{ organizationId: string; directoryId: string; tokenHash: string }, unknown>(
  (p) => sql`select enter_directory(${p.organizationId}, ${p.directoryId}, ${p.tokenHash}) as organization_id`,
)

/** Notes the use of a live token, to the minute, so that a busy token is not a row that everybody writes. */
export const touchDirectoryToken = prepared<{ organizationId: string; tokenId: string; now: string }, never>(
  (p) => sql`update directory_tokens set last_used_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.tokenId} and revoked_at is null
      and (last_used_at is null or last_used_at < ${p.now}::timestamptz - interval '1 minute')`,
)
