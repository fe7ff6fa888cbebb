// A client of a directory comes to exist, or is revoked, and its access tokens with it.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { issueSecret } from '#platform/crypto.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { instantSchema, nameSchema, parseInput, requireFuture } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission, requireReach } from '#src/context.ts'
import { lockDirectoryRow } from './directories.ts'
import { type DirectoryClient, lockClient } from './directory-clients.ts'

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']

const isKey = (key: Record<string, unknown>): boolean => ['RSA', 'EC', 'OKP'].includes(String(key['kty']))

/** What is wrong with one is said of all of them: whoever pastes a set has one field for it. */
export const clientKeysSchema = z
  .array(z.record(z.string(), z.unknown()))
  .min(1, 'must have one key at least')
  .max(10, 'must have at most ten keys')
  .refine((keys) => keys.every(isKey), 'must be keys (JWK) of the kind RSA, EC or OKP')
  .refine(
    (keys) => !keys.some((key) => privateMembers.some((name) => Object.hasOwn(key, name))),
    'must be public keys, and this has a private one in it: have that replaced',
  )

/** The audience of tokens for applications that are not in Entra's gallery. */
export const entraAudience = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'

const common = { directoryId: z.string(), name: nameSchema, expiresAt: instantSchema.nullish() }

export const newClientSchemas = {
  secret: z.object({ ...common, kind: z.literal('secret') }),
  private_key_jwt: z.object({
    ...common,
    kind: z.literal('private_key_jwt'),
    keys: clientKeysSchema,
  }),
  entra: z.object({
    ...common,
    kind: z.literal('entra'),
    tenantId: z.guid().transform((id) => id.toLowerCase()),
    audience: z.string().min(1).max(256).default(entraAudience),
    applicationId: z
      .guid()
      .transform((id) => id.toLowerCase())
      .optional(),
  }),
}

const NewClient = z.discriminatedUnion('kind', [
  newClientSchemas.secret,
  newClientSchemas.private_key_jwt,
  newClientSchemas.entra,
])

/** The only time that the secret is shown. */
export type NewDirectoryClient = DirectoryClient & { clientSecret: string | null }

type Row = Omit<DirectoryClient, 'settings' | 'createdAt' | 'revokedAt' | 'lastUsedAt'> & {
  organizationId: string
  secretHash: string | null
  settings: string
  now: string
}

const insert = prepared<Row, never>(
  (
    p,
  ) => sql`insert into directory_clients (organization_id, id, directory_id, name, kind, secret_hash, settings, created_at,
      expires_at)
    values (${p.organizationId}, ${p.id}, ${p.directoryId}, ${p.name}, ${p.kind}, ${p.secretHash}, ${p.settings}::jsonb,
      ${p.now}::timestamptz, ${p.expiresAt}::timestamptz)`,
)

/** @throws AppError not_found, invalid; forbidden (reason `ceiling`) */
export async function createDirectoryClient(
  ctx: CallContext,
  input: z.input<typeof NewClient>,
): Promise<NewDirectoryClient> {
  requirePermission(ctx, 'directories.write')
  const { directoryId, name, kind, expiresAt = null, ...settings } = parseInput(NewClient, input)
  requireFuture(expiresAt, ctx.clock.now(), 'expiresAt')
  if (!isId('dir', directoryId)) return refuseUnknown(ctx, 'Directory')
  const secret = kind === 'secret' ? issueSecret('rcc', ctx.randomBytes) : undefined
  const client = { id: ctx.ids.next('dcl'), directoryId, name, kind, expiresAt }
  await inTransaction(ctx, async (tx) => {
    await lockDirectoryRow(tx, ctx, directoryId)
    await requireReach(tx, ctx, { kind: 'directory', directoryId })
    const row = { organizationId: ctx.organizationId, secretHash: secret?.hash ?? null, now: nowOf(ctx) }
    const entry = { action: 'directory.create_client', targetType: 'directory', targetId: directoryId } as const
    await tx.commitWith<unknown>(
      insert({ ...client, ...row, settings: JSON.stringify(settings) }),
      recordAudit(ctx, { ...entry, detail: { clientId: client.id, kind, expiresAt, ...entraDetail(settings) } }),
    )
  })
  return {
    ...client,
    settings,
    createdAt: nowOf(ctx),
    revokedAt: null,
    lastUsedAt: null,
    clientSecret: secret?.plain ?? null,
  }
}

const entraDetail = (settings: Record<string, unknown>): Record<string, unknown> =>
  'tenantId' in settings ? { tenantId: settings['tenantId'], audience: settings['audience'] } : {}

type Key = { organizationId: string; clientId: string; now: string }

const revoke = prepared<Key, never>(
  (p) => sql`with revoked as (
      update directory_clients set revoked_at = coalesce(revoked_at, ${p.now}::timestamptz)
      where organization_id = ${p.organizationId} and id = ${p.clientId})
    update directory_tokens set revoked_at = ${p.now}::timestamptz
    where organization_id = ${p.organizationId} and client_id = ${p.clientId} and revoked_at is null`,
)

/** Its access tokens are refused from the next request on. @throws AppError not_found; forbidden (reason `ceiling`) */
export async function revokeDirectoryClient(
  ctx: CallContext,
  { directoryId, clientId }: { directoryId: string; clientId: string },
): Promise<void> {
  requirePermission(ctx, 'directories.write')
  if (!isId('dir', directoryId) || !isId('dcl', clientId)) return refuseUnknown(ctx, 'Client')
  await inTransaction(ctx, async (tx) => {
    await lockDirectoryRow(tx, ctx, directoryId)
    await requireReach(tx, ctx, { kind: 'directory', directoryId })
    const { organizationId } = ctx
    const [client] = await tx.run(lockClient({ organizationId, directoryId, clientId }))
    if (client === undefined) throw notFound('Client')
    const entry = { action: 'directory.revoke_client', targetType: 'directory', targetId: directoryId } as const
    await tx.commitWith<unknown>(
      revoke({ organizationId, clientId, now: nowOf(ctx) }),
      recordAudit(ctx, { ...entry, detail: { clientId } }),
    )
  })
}
