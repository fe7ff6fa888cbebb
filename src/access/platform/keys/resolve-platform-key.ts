// The way in of the product that runs Rolecall: which key it is, and the entries that check it in the transaction of the work.
import { sql } from 'drizzle-orm'
import type { Database } from '#db/database.ts'
import { prepared } from '#db/statement.ts'
import { isId } from '#platform/ids.ts'
import type { PlatformRights, PlatformScope } from '#src/context.ts'

export const platformKeyPrefix = 'rpk_'

export type PlatformKeyOwner = {
  keyId: string
  scopes: PlatformScope[]
  /** Inside of an organization. */
  access: 'nothing' | 'decisions' | 'permissions' | 'everything'
  permissions: string[] | null
  reach: PlatformRights['reach']
  organizationIds: string[]
  addressRanges: string[] | null
}

const resolve = prepared<{ keyHash: string }, PlatformKeyOwner>(
  (p) => sql`select key_id as "keyId", scopes, access, permissions, reach, organization_ids as "organizationIds",
      address_ranges as "addressRanges" from resolve_platform_key(${p.keyHash})`,
)

/**
 * Which key has this SHA-256 and what it may do, whether it is still good or not; undefined for a hash that was never issued. The
 * answer never changes, so it may be kept. @throws AppError unavailable
 */
export async function resolvePlatformKey(database: Database, keyHash: string): Promise<PlatformKeyOwner | undefined> {
  const [owner] = await database.read(resolve({ keyHash }))
  return owner
}

/** The entry above the organizations; it fails (AppError unauthenticated) where the key is dead by now. */
export const enterPlatform = prepared<{ keyHash: string }, unknown>(
  (p) => sql`select enter_platform(${p.keyHash}) as organization_id`,
)

/** The entry of one organization; it fails (AppError unauthenticated, not_found) for a dead key, and out of its reach. */
export const enterByPlatformKey = prepared<{ organizationId: string; keyHash: string }, unknown>(
  (p) => sql`select enter_by_platform_key(${p.organizationId}, ${p.keyHash}) as organization_id`,
)

/** Notes the use of a live key, to the minute. */
export const touchPlatformKey = prepared<{ keyHash: string }, unknown>(
  (p) => sql`select touch_platform_key(${p.keyHash})`,
)

const bySlug = prepared<{ slug: string }, { id: string | null }>(
  (p) => sql`select organization_of_slug(${p.slug}) as id`,
)

/** The id of an organization that is named by its id or its slug; undefined for a slug of none. @throws AppError unavailable */
export async function organizationIdOf(database: Database, reference: string): Promise<string | undefined> {
  if (isId('org', reference)) return reference
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(reference)) return undefined
  const [found] = await database.read(bySlug({ slug: reference }))
  return found?.id ?? undefined
}
