// Keys of the platform: issued once in plain, kept as SHA-256, listed without what could be used. The operator
// issues them: no key makes another one.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { listText, prepared } from '#db/statement.ts'
import { inDays } from '#platform/clock.ts'
import { issueSecret } from '#platform/crypto.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { instantSchema, invalidField, nameSchema, parseInput, requireFuture } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, type PlatformScope, refuseUnknown } from '#src/context.ts'
import { addressRangesOf, keyScopeFields } from '../../grants/managers/key-scope.ts'
import { areOrganizations } from '../../ground/organizations-there.ts'
import { platformScopes, requireOperator, requireScope } from '../../ground/platform-rights.ts'

export type PlatformKeyRecord = {
  id: string
  name: string
  lastFour: string
  /** Above the organizations. */
  scopes: PlatformScope[]
  /** Inside of those that it reaches. */
  access: 'nothing' | 'decisions' | 'permissions' | 'everything'
  permissions: string[] | null
  reach: 'all' | 'only' | 'except'
  organizationIds: string[]
  addressRanges: string[] | null
  createdAt: string
  expiresAt: string | null
  revokedAt: string | null
  lastUsedAt: string | null
}

const columns = sql`k.id, k.name, k.last_four as "lastFour", k.scopes, k.access, k.permissions, k.reach,
  k.organization_ids as "organizationIds", k.address_ranges as "addressRanges", k.created_at as "createdAt",
  k.expires_at as "expiresAt", k.revoked_at as "revokedAt", k.last_used_at as "lastUsedAt"`

const selectKeys = prepared<Record<string, never>, PlatformKeyRecord>(
  () => sql`select ${columns} from platform_keys k order by k.id`,
)

/** In order of creation, revoked ones too. @throws AppError forbidden */
export async function listPlatformKeys(ctx: CallContext): Promise<PlatformKeyRecord[]> {
  requireScope(ctx, 'operate')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(selectKeys({})))
  return rows ?? []
}

const { permissions, addressRanges } = keyScopeFields

const IssueInput = z.object({
  name: nameSchema,
  scopes: z.array(z.enum(platformScopes)).default([]),
  access: z.enum(['nothing', 'decisions', 'permissions', 'everything']).default('nothing'),
  permissions,
  reach: z.enum(['all', 'only', 'except']).default('all'),
  organizationIds: z.array(z.string()).max(1_000, 'must name at most 1000 organizations').default([]),
  addressRanges,
  /** A year from now, unless said otherwise; null: without end. */
  expiresAt: instantSchema.nullish(),
})

const usualDays = 365

const insertKey = prepared<
  Omit<
    PlatformKeyRecord,
    'scopes' | 'permissions' | 'organizationIds' | 'addressRanges' | 'revokedAt' | 'lastUsedAt'
  > & {
    keyHash: string
    scopes: string
    permissions: string | null
    organizationIds: string
    addressRanges: string | null
    createdBy: string
  },
  never
>(
  (
    p,
  ) => sql`insert into platform_keys (id, name, key_hash, last_four, scopes, access, permissions, reach, organization_ids,
      address_ranges, created_at, created_by, expires_at)
    values (${p.id}, ${p.name}, ${p.keyHash}, ${p.lastFour}, ${p.scopes}::jsonb, ${p.access}, ${p.permissions}::jsonb, ${p.reach},
      ${p.organizationIds}::jsonb, ${p.addressRanges}::jsonb, ${p.createdAt}::timestamptz, ${p.createdBy}, ${p.expiresAt}::timestamptz)`,
)

/** @returns the key, which is shown this once. @throws AppError invalid; not_found for an organization that is not there */
export async function issuePlatformKey(
  ctx: CallContext,
  input: z.input<typeof IssueInput>,
): Promise<PlatformKeyRecord & { key: string }> {
  requireOperator(ctx)
  const { expiresAt = inDays(ctx.clock, usualDays), ...wanted } = parseInput(IssueInput, input)
  requireFuture(expiresAt, ctx.clock.now(), 'expiresAt')
  const scope = scopeOf(wanted)
  const { plain, hash, lastFour } = issueSecret('rpk', ctx.randomBytes)
  const key = { id: ctx.ids.next('plk'), name: wanted.name, lastFour, ...scope, createdAt: nowOf(ctx), expiresAt }
  const detail = { name: key.name, ...scope, expiresAt }
  await inTransaction(ctx, async (tx) => {
    if (!(await areOrganizations(tx, scope.organizationIds))) throw notFound('Organization')
    await tx.commitWith(
      insertKey({
        ...{ ...key, keyHash: hash, scopes: JSON.stringify(scope.scopes), createdBy: ctx.actor.id },
        organizationIds: JSON.stringify(scope.organizationIds),
        permissions: listText(scope.permissions),
        addressRanges: listText(scope.addressRanges),
      }),
      recordAudit(ctx, { action: 'platform_key.issue', targetType: 'platform_key', targetId: key.id, detail }),
    )
  })
  return { ...key, revokedAt: null, lastUsedAt: null, key: plain }
}

/** @throws AppError invalid where the parts do not fit together */
function scopeOf(given: Omit<z.output<typeof IssueInput>, 'name' | 'expiresAt'>) {
  const { access, reach, permissions: names = null, addressRanges: ranges = null } = given
  if ((access === 'permissions') !== (names !== null))
    throw invalidField('permissions', 'belong to keys whose access is `permissions`, and only to those')
  const organizationIds = [...new Set(given.organizationIds)]
  if ((reach === 'all') !== (organizationIds.length === 0))
    throw invalidField('organizationIds', 'belong to keys whose reach is `only` or `except`, and only to those')
  const ofAll = given.scopes.filter((scope) => !scope.startsWith('organizations.'))
  if (reach !== 'all' && ofAll.length > 0)
    throw invalidField('scopes', `${ofAll.join(', ')} concern all organizations: for keys whose reach is \`all\``)
  if (access === 'nothing' && given.scopes.length === 0)
    throw invalidField('scopes', 'a key needs a scope, or access to organizations')
  return {
    ...{ scopes: [...new Set(given.scopes)], access, permissions: names, reach, organizationIds },
    addressRanges: addressRangesOf(ranges),
  }
}

const revoke = prepared<{ keyId: string; now: string }, { isNew: boolean }>(
  (
    p,
  ) => sql`update platform_keys k set revoked_at = coalesce(k.revoked_at, ${p.now}::timestamptz) where k.id = ${p.keyId}
    returning k.revoked_at = ${p.now}::timestamptz as "isNew"`,
)

/** The key is refused from the next transaction on; a second revocation changes nothing. @throws AppError not_found */
export async function revokePlatformKey(ctx: CallContext, keyId: string): Promise<void> {
  requireOperator(ctx)
  if (!isId('plk', keyId)) return refuseUnknown(ctx, 'Platform key')
  await inTransaction(ctx, async (tx) => {
    const [found] = await tx.run(revoke({ keyId, now: nowOf(ctx) }))
    if (found === undefined) throw notFound('Platform key')
    if (!found.isNew) return
    await tx.commitWith(
      recordAudit(ctx, { action: 'platform_key.revoke', targetType: 'platform_key', targetId: keyId }),
    )
  })
}
