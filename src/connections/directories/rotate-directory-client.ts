// What a client proves itself by is replaced: the secret by a new one of ours, the public keys by those that it has now. Its id
// stays, so that nothing else has to be changed at the provider.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { issueSecret } from '#platform/crypto.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission, requireReach } from '#src/context.ts'
import { clientKeysSchema, type NewDirectoryClient } from './change-directory-clients.ts'
import { lockDirectoryRow } from './directories.ts'
import { type DirectoryClient, lockClient } from './directory-clients.ts'

const RotateInput = z.object({
  directoryId: z.string(),
  clientId: z.string(),
  /** Of the kind `private_key_jwt`: all that it has from now on. */
  keys: clientKeysSchema.optional(),
})

type Replaced = {
  organizationId: string
  clientId: string
  secretHash: string | null
  settings: string
  now: string
}

// What the old secret or key got ends with it: whoever has it may be somebody else.
const replace = prepared<Replaced, never>(
  (p) => sql`with replaced as (
      update directory_clients set secret_hash = ${p.secretHash}, settings = ${p.settings}::jsonb
      where organization_id = ${p.organizationId} and id = ${p.clientId} returning organization_id, id)
    update directory_tokens t set revoked_at = ${p.now}::timestamptz from replaced
    where t.organization_id = replaced.organization_id and t.client_id = replaced.id and t.revoked_at is null`,
)

/**
 * The old secret or keys, and the access tokens that they got, are refused from the next request on.
 * @returns the client, with the new secret where it has one, shown this once
 * @throws AppError not_found; invalid naming `keys`; forbidden (reason `ceiling`); conflict for a client that is revoked
 *   (reason `revoked`) or proves itself by Entra ID's keys, which are not ours to replace (reason `no_secret`)
 */
export async function rotateDirectoryClient(
  ctx: CallContext,
  input: z.input<typeof RotateInput>,
): Promise<NewDirectoryClient> {
  requirePermission(ctx, 'directories.write')
  const { directoryId, clientId, keys } = parseInput(RotateInput, input)
  if (!isId('dir', directoryId) || !isId('dcl', clientId)) return refuseUnknown(ctx, 'Client')
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    await lockDirectoryRow(tx, ctx, directoryId)
    await requireReach(tx, ctx, { kind: 'directory', directoryId })
    const [client] = await tx.run(lockClient({ organizationId, directoryId, clientId }))
    if (client === undefined) throw notFound('Client')
    const { settings, secret } = replacementOf(ctx, client, keys)
    const entry = { action: 'directory.rotate_client', targetType: 'directory', targetId: directoryId } as const
    await tx.commitWith<unknown>(
      replace({
        ...{ organizationId, clientId, now: nowOf(ctx) },
        ...{ secretHash: secret?.hash ?? null, settings: JSON.stringify(settings) },
      }),
      recordAudit(ctx, { ...entry, detail: { clientId, kind: client.kind } }),
    )
    return { ...client, settings, clientSecret: secret?.plain ?? null }
  })
}

function replacementOf(
  ctx: CallContext,
  { kind, settings, revokedAt }: DirectoryClient,
  keys: z.output<typeof clientKeysSchema> | undefined,
) {
  if (revokedAt !== null)
    throw new AppError('conflict', 'The client is revoked; make another one', { reason: 'revoked' })
  if (kind === 'entra')
    throw new AppError('conflict', 'Entra ID signs with keys of its own, which it replaces itself', {
      reason: 'no_secret',
    })
  if (kind === 'secret') {
    if (keys !== undefined) throw invalidField('keys', 'This client has a secret and no keys')
    return { settings, secret: issueSecret('rcc', ctx.randomBytes) }
  }
  if (keys === undefined) throw invalidField('keys', 'Give the public keys that it has from now on')
  return { settings: { ...settings, keys }, secret: undefined }
}
