// API keys of an organization: issued once in plain, kept as SHA-256, listed without what could be used.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { instantSchema, nameSchema, parseInput, requireFuture } from '#connections/input.ts'
import { prepared } from '#db/statement.ts'
import { issueSecret } from '#platform/crypto.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import { requireEverything } from '../ceiling/ceiling.ts'

export type ApiKeyRecord = {
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

const selectKeys = prepared<{ organizationId: string; after: string | null; limit: number | null }, ApiKeyRecord>(
  (p) => sql`select k.id, k.name, k.last_four as "lastFour", k.created_at as "createdAt", k.expires_at as "expiresAt",
      k.revoked_at as "revokedAt", k.last_used_at as "lastUsedAt"
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

const IssueApiKeyInput = z.object({ name: nameSchema, expiresAt: instantSchema.nullish() })

const insertKey = prepared<
  {
    organizationId: string
    id: string
    name: string
    keyHash: string
    lastFour: string
    now: string
    expiresAt: string | null
  },
  never
>(
  (p) => sql`insert into api_keys (organization_id, id, name, key_hash, last_four, created_at, expires_at)
    values (${p.organizationId}, ${p.id}, ${p.name}, ${p.keyHash}, ${p.lastFour}, ${p.now}::timestamptz,
      ${p.expiresAt}::timestamptz)`,
)

/** @returns the key, which is shown this once. @throws AppError invalid; forbidden (reason `ceiling`) */
export async function issueApiKey(ctx: CallContext, input: z.input<typeof IssueApiKeyInput>): Promise<IssuedApiKey> {
  requirePermission(ctx, 'api_keys.write')
  const { name, expiresAt = null } = parseInput(IssueApiKeyInput, input)
  requireFuture(expiresAt, ctx.clock.now(), 'expiresAt')
  const { plain, hash, lastFour } = issueSecret('rck', ctx.randomBytes)
  const [id, now] = [ctx.ids.next('key'), nowOf(ctx)]
  const { organizationId } = ctx
  const detail = { name, expiresAt }
  await inTransaction(ctx, async (tx) => {
    // A key may do everything, so only whoever may do everything gives one away.
    await requireEverything(tx, ctx, 'Issuing an API key')
    await tx.commitWith(
      insertKey({ organizationId, id, name, keyHash: hash, lastFour, now, expiresAt }),
      recordAudit(ctx, { action: 'api_key.issue', targetType: 'api_key', targetId: id, detail }),
    )
  })
  return { id, name, lastFour, createdAt: now, expiresAt, revokedAt: null, lastUsedAt: null, key: plain }
}

type ApiKeyKey = { organizationId: string; keyId: string }

const lockKey = prepared<ApiKeyKey, { isRevoked: boolean }>(
  (p) => sql`select revoked_at is not null as "isRevoked" from api_keys
    where organization_id = ${p.organizationId} and id = ${p.keyId} for update`,
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
    await requireEverything(tx, ctx, 'Revoking an API key')
    const entry = { action: 'api_key.revoke', targetType: 'api_key', targetId: keyId } as const
    await tx.commitWith(revoke({ ...key, now: nowOf(ctx) }), recordAudit(ctx, entry))
  })
}
