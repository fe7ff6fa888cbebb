// The way in of an API client: whose key it is, the entry that checks it in the transaction of the work, and its last use.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'
import type { KeyScope } from '../../grants/managers/key-scope.ts'

/** How API keys begin. */
export const apiKeyPrefix = 'rck_'

export type ApiKeyOwner = { organizationId: string; keyId: string; scope: KeyScope }

const resolve = prepared<{ keyHash: string }, ApiKeyOwner>(
  (p) => sql`select organization_id as "organizationId", key_id as "keyId", json_build_object('access', access,
      'permissions', permissions, 'brandIds', brand_ids, 'addressRanges', address_ranges) as scope
    from resolve_api_key_scope(${p.keyHash})`,
)

/**
 * Whose key has this SHA-256, and what it may do, whether it is still good or not; undefined for a hash that was never issued. The answer
 * never changes, so it may be kept; `enterApiKey` decides whether the key works.
 * @throws AppError unavailable
 */
export async function resolveApiKey(database: Database, keyHash: string): Promise<ApiKeyOwner | undefined> {
  const [owner] = await database.read(resolve({ keyHash }))
  return owner
}

/** The entry of a transaction of an API client; it fails (AppError unauthenticated) where the key is dead by now. */
export const enterApiKey = prepared<{ organizationId: string; keyHash: string }, unknown>(
  (p) => sql`select enter_api_key(${p.organizationId}, ${p.keyHash}) as organization_id`,
)

/** Notes the use of a live key, to the minute, so that a busy key is not a row that everybody writes. */
export const touchApiKey = prepared<{ organizationId: string; keyId: string; now: string }, never>(
  (p) => sql`update api_keys set last_used_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.keyId} and revoked_at is null
      and (last_used_at is null or last_used_at < ${p.now}::timestamptz - interval '1 minute')`,
)
