// API keys of an organization: issued once in plain, kept as SHA-256, listed without what could be used.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { listText, prepared } from '#db/statement.ts'
import { inDays } from '#platform/clock.ts'
import { issueSecret } from '#platform/crypto.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { instantSchema, nameSchema, parseInput, requireFuture } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import { requireGivableScope, requireUnscoped } from '../../grants/managers/give-scope.ts'
import { type KeyScope, keyScopeFields, keyScopeOf } from '../../grants/managers/key-scope.ts'

export type ApiKeyRecord = KeyScope & {
  id: string
  name: string
  lastFour: string
  createdAt: string
  expiresAt: string | null
  revokedAt: string | null
  lastUsedAt: string | null
}

/** The only time that the key itself is shown. */
export type IssuedApiKey = ApiKeyRecord & { key: string }

/** The columns of a KeyScope, for `api_keys k`. */
const scopeColumns = sql`k.access, k.permissions, k.brand_ids as "brandIds", k.address_ranges as "addressRanges"`

const selectKeys = prepared<{ organizationId: string; after: string | null; limit: number | null }, ApiKeyRecord>(
  (p) => sql`select k.id, k.name, k.last_four as "lastFour", k.created_at as "createdAt", k.expires_at as "expiresAt",
      k.revoked_at as "revokedAt", k.last_used_at as "lastUsedAt", ${scopeColumns}
    from api_keys k where k.organization_id = ${p.organizationId} and (${p.after}::text is null or k.id > ${p.after})
    order by k.id limit ${p.limit}::int`,
)

/** In order of creation, revoked ones too, those after an id and as many as asked for. */
export async function listApiKeys(
  ctx: CallContext,
  page: { after?: string | undefined; limit?: number | undefined } = {},
): Promise<ApiKeyRecord[]> {
  requirePermission(ctx, 'api_keys.write')
  const { organizationId } = ctx
  const statement = selectKeys({ organizationId, after: page.after ?? null, limit: page.limit ?? null })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

const IssueApiKeyInput = z.object({
  name: nameSchema,
  /** A year from now, unless said otherwise; null: without end. */
  expiresAt: instantSchema.nullish(),
  ...keyScopeFields,
})

const usualDays = 365

const insertKey = prepared<
  {
    organizationId: string
    id: string
    name: string
    keyHash: string
    lastFour: string
    now: string
    expiresAt: string | null
    access: string
    permissions: string | null
    brandIds: string | null
    addressRanges: string | null
  },
  never
>(
  (p) => sql`insert into api_keys (organization_id, id, name, key_hash, last_four, created_at, expires_at, access,
      permissions, brand_ids, address_ranges)
    values (${p.organizationId}, ${p.id}, ${p.name}, ${p.keyHash}, ${p.lastFour}, ${p.now}::timestamptz,
      ${p.expiresAt}::timestamptz, ${p.access}, ${p.permissions}::jsonb, ${p.brandIds}::jsonb, ${p.addressRanges}::jsonb)`,
)

/** @returns the key, which is shown this once. @throws AppError invalid; forbidden (reason `ceiling`) */
export async function issueApiKey(ctx: CallContext, input: z.input<typeof IssueApiKeyInput>): Promise<IssuedApiKey> {
  requirePermission(ctx, 'api_keys.write')
  const { name, expiresAt = inDays(ctx.clock, usualDays), ...given } = parseInput(IssueApiKeyInput, input)
  requireFuture(expiresAt, ctx.clock.now(), 'expiresAt')
  const scope = keyScopeOf(given)
  const { plain, hash, lastFour } = issueSecret('rck', ctx.randomBytes)
  const [id, now] = [ctx.ids.next('key'), nowOf(ctx)]
  const { organizationId } = ctx
  const detail = { name, expiresAt, ...scope }
  await inTransaction(ctx, async (tx) => {
    requireUnscoped(ctx, 'issues no further keys')
    await requireGivableScope(tx, ctx, { ...scope, until: expiresAt }, 'Issuing an API key that may do everything')
    await tx.commitWith(
      insertKey({
        ...{ organizationId, id, name, keyHash: hash, lastFour, now, expiresAt, access: scope.access },
        permissions: listText(scope.permissions),
        brandIds: listText(scope.brandIds),
        addressRanges: listText(scope.addressRanges),
      }),
      recordAudit(ctx, { action: 'api_key.issue', targetType: 'api_key', targetId: id, detail }),
    )
  })
  return { id, name, lastFour, createdAt: now, expiresAt, revokedAt: null, lastUsedAt: null, ...scope, key: plain }
}

type ApiKeyKey = { organizationId: string; keyId: string }

const lockKey = prepared<ApiKeyKey, KeyScope & { isRevoked: boolean }>(
  (p) => sql`select k.revoked_at is not null as "isRevoked", ${scopeColumns} from api_keys k
    where k.organization_id = ${p.organizationId} and k.id = ${p.keyId} for update`,
)

const revoke = prepared<ApiKeyKey & { now: string }, never>(
  (p) => sql`update api_keys set revoked_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and id = ${p.keyId}`,
)

/** The key is refused from the next transaction on; a second revocation changes nothing. @throws AppError not_found */
export async function revokeApiKey(ctx: CallContext, keyId: string): Promise<void> {
  requirePermission(ctx, 'api_keys.write')
  if (!isId('key', keyId)) return refuseUnknown(ctx, 'API key')
  const key = { organizationId: ctx.organizationId, keyId }
  await inTransaction(ctx, async (tx) => {
    const [found] = await tx.run(lockKey(key))
    if (found === undefined) throw notFound('API key')
    if (found.isRevoked) return
    await requireGivableScope(
      tx,
      ctx,
      { ...found, brandIds: null, until: nowOf(ctx) },
      'Revoking an API key that may do everything',
    )
    const entry = { action: 'api_key.revoke', targetType: 'api_key', targetId: keyId } as const
    await tx.commitWith(revoke({ ...key, now: nowOf(ctx) }), recordAudit(ctx, entry))
  })
}
