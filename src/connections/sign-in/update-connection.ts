// Changes of a connection: its name and policies, the certificates an administrator vouches for, and its state.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  requireReach,
  type Transaction,
} from '#src/context.ts'
import { changedSettings, type SettingsChange, settingsChange } from './changed-settings.ts'
import { anyIdentity } from './configure-connection.ts'
import {
  type Connection,
  connectionColumns,
  connectionSecretPlace,
  lockConnectionRow,
  type RequireDefaultRole,
  reachOf,
} from './connections.ts'
import { requireDirectory } from './create-connection.ts'
import { requireSecret } from './recognize-client.ts'

const UpdateConnectionInput = z.strictObject({
  connectionId: z.string(),
  name: nameSchema.optional(),
  jit: z.enum(['off', 'verified_domains', 'approval']).optional(),
  defaultRoleId: z.string().nullish(),
  directoryId: z.string().nullish(),
  isIdpInitiatedAllowed: z.boolean().optional(),
  ...settingsChange,
})

export type UpdateConnectionInput = z.input<typeof UpdateConnectionInput>

type Parameters = {
  organizationId: string
  connectionId: string
  name: string
  jit: string
  defaultRoleId: string | null
  directoryId: string | null
  isIdpInitiatedAllowed: boolean
  settings: string
  secretSealed: string | null
  now: string
}

const update = prepared<Parameters, Connection>(
  (p) => sql`update connections c set name = ${p.name}, jit = ${p.jit}, default_role_id = ${p.defaultRoleId},
      directory_id = ${p.directoryId}, is_idp_initiated_allowed = ${p.isIdpInitiatedAllowed}::boolean,
      settings = ${p.settings}::jsonb, secret_sealed = ${p.secretSealed}, updated_at = ${p.now}::timestamptz
    where c.organization_id = ${p.organizationId} and c.id = ${p.connectionId} returning ${connectionColumns}`,
)

/** @returns the connection as it is now. @throws AppError not_found, invalid; forbidden (reason `ceiling`) */
export async function updateConnection(
  ctx: CallContext,
  input: UpdateConnectionInput,
  requireDefaultRole: RequireDefaultRole,
): Promise<Connection> {
  requirePermission(ctx, 'connections.write')
  const changes = parseInput(UpdateConnectionInput, input)
  const { connectionId } = changes
  if (!isId('con', connectionId)) return refuseUnknown(ctx, 'Connection')
  return inTransaction(ctx, async (tx) => {
    const before = await lockConnectionRow(tx, ctx, connectionId)
    await requireDirectory(tx, ctx, changes.directoryId)
    if (changes.defaultRoleId != null) await requireDefaultRole(tx, ctx, changes.defaultRoleId)
    await requireReach(tx, ctx, reachOf(before))
    await requireSameSubject(tx, before, changes, ctx)
    requireSecretOf(ctx, before, changes.clientSecret)
    const { clientSecret, connectionId: _, ...shown } = changes
    const { organizationId } = ctx
    const changed = update({
      ...{ organizationId, connectionId },
      name: changes.name ?? before.name,
      jit: changes.jit ?? before.jit,
      defaultRoleId: changes.defaultRoleId === undefined ? before.defaultRoleId : changes.defaultRoleId,
      directoryId: changes.directoryId === undefined ? before.directoryId : changes.directoryId,
      isIdpInitiatedAllowed: changes.isIdpInitiatedAllowed ?? before.isIdpInitiatedAllowed,
      settings: JSON.stringify(changedSettings(before, settingsOf(changes), ctx.clock.now())),
      secretSealed:
        clientSecret === undefined
          ? before.secretSealed
          : ctx.sealing.seal(clientSecret, connectionSecretPlace(organizationId, connectionId)),
      now: nowOf(ctx),
    })
    const detail = { ...shown, ...(clientSecret === undefined ? {} : { clientSecret: 'replaced' }) }
    const audit = { action: 'connection.update', targetType: 'connection', targetId: connectionId, detail } as const
    const [rows] = await tx.commitWith<Connection>(changed, recordAudit(ctx, audit))
    return rows?.[0] ?? before
  })
}

type Changes = z.output<typeof UpdateConnectionInput>

const settingsOf = (changes: Changes): SettingsChange =>
  Object.fromEntries(Object.entries(changes).filter(([name]) => Object.hasOwn(settingsChange, name)))

/** @throws AppError invalid for what is no client secret, saying what it is */
function requireSecretOf(ctx: CallContext, { preset, ...before }: Connection, clientSecret: string | undefined): void {
  if (before.type !== 'oidc' || clientSecret === undefined) return
  const { issuer, clientId } = before.settings
  requireSecret(clientSecret, { preset, issuer, clientId, origin: ctx.urls.origin })
}

/** Another name for the person would meet the names that are stored. @throws AppError conflict (reason `in_use`) */
async function requireSameSubject(
  tx: Transaction,
  { id: connectionId, ...before }: Connection,
  { subjectAttribute }: Changes,
  { organizationId }: CallContext,
): Promise<void> {
  if (subjectAttribute === undefined || before.type !== 'saml') return
  if (subjectAttribute === (before.settings.subjectAttribute ?? null)) return
  const [used] = await tx.run(anyIdentity({ organizationId, connectionId }))
  if (used?.isInUse === true)
    throw new AppError('conflict', 'People have signed in under another name; make another connection for this one', {
      reason: 'in_use',
    })
}
