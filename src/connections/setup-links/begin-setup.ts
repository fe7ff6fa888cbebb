// The beginning of a set-up: a draft connection and, where the provider speaks SCIM, a directory that decides about its people.
// Both are there or neither; a setup link is bound to them.
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import type { Statement } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { nameSchema, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, requireReach } from '#src/context.ts'
import { insertDirectory } from '../directories/directories.ts'
import { presetNames, presets } from '../providers/providers.ts'
import { draftSettings } from '../sign-in/configure-connection.ts'
import { type Connection, connectionSecretPlace } from '../sign-in/connections.ts'
import { insertConnection } from '../sign-in/create-connection.ts'
import { provisioningScreenOf } from '../sign-in/setup-screens.ts'
import { bindToSetupLink } from './use-setup-link.ts'

/** What whoever sets up chooses first. */
export const BeginSetupInput = z.object({
  preset: z.enum(presetNames, { error: 'Choose a provider' }),
  type: z.enum(['saml', 'oidc'], { error: 'Choose how people sign in' }),
  name: nameSchema.optional(),
  arrivals: z.enum(['active', 'staged']).default('active'),
})

export type BeginSetupInput = {
  preset: string
  type: string
  name?: string | undefined
  /** Of the directory. */
  arrivals?: 'active' | 'staged'
}

/** @param linkId the setup link by which it is done. @throws AppError invalid; conflict where the link is used already */
export async function beginSetup(ctx: CallContext, input: BeginSetupInput, linkId?: string): Promise<Connection> {
  requirePermission(ctx, 'connections.write')
  requirePermission(ctx, 'directories.write')
  const { preset, type, arrivals, ...given } = parseInput(BeginSetupInput, input)
  const name = given.name ?? presets[preset].title
  const { organizationId } = ctx
  const [id, now] = [ctx.ids.next('con'), nowOf(ctx)]
  const directoryId = provisioningScreenOf(preset, '') === undefined ? null : ctx.ids.next('dir')
  const { settings, secret } = await draftSettings(ctx, { id, type, preset })
  const place = connectionSecretPlace(organizationId, id)
  const insert = insertConnection({
    ...{ organizationId, id, type, preset, name, directoryId, now },
    settings: JSON.stringify(settings),
    secretSealed: secret === null ? null : ctx.sealing.seal(secret, place),
    jit: firstSignInsOf(directoryId),
    ...{ defaultRoleId: null, isIdpInitiatedAllowed: false, refreshedAt: null },
  })
  return inTransaction(ctx, async (tx) => {
    if (directoryId !== null)
      await requireReach(tx, ctx, { kind: 'directory', directoryId: null, adoption: 'verified_domain' })
    for (const statement of directoryId === null ? [] : directoryStatements(ctx, { directoryId, name, arrivals, now }))
      await tx.run(statement)
    const [created] = await tx.run(insert)
    if (created === undefined) throw new Error('The insert returned no row')
    if (linkId !== undefined) await bind(ctx, tx, { linkId, connectionId: id, directoryId: directoryId ?? undefined })
    const detail = { name, type, preset, directoryId }
    await tx.commitWith(
      recordAudit(ctx, { action: 'connection.create', targetType: 'connection', targetId: id, detail }),
    )
    return created
  })
}

/** Where a directory decides who is there, first sign-ins create nobody. */
export const firstSignInsOf = (directoryId: string | null): 'verified_domains' | 'off' =>
  directoryId === null ? 'verified_domains' : 'off'

export function directoryStatements(
  ctx: CallContext,
  { directoryId, name, arrivals, now }: { directoryId: string; name: string; arrivals: string; now: string },
): Statement<never>[] {
  const entry = {
    action: 'directory.create',
    targetType: 'directory',
    targetId: directoryId,
    detail: { name, arrivals },
  } as const
  return [
    insertDirectory({
      ...{ organizationId: ctx.organizationId, id: directoryId, name, arrivals },
      ...{ adoption: 'verified_domain', now },
    }),
    recordAudit(ctx, entry),
  ]
}

async function bind(
  ctx: CallContext,
  tx: Parameters<typeof bindToSetupLink>[0],
  made: Parameters<typeof bindToSetupLink>[2],
): Promise<void> {
  await bindToSetupLink(tx, ctx, made).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'not_found') throw error
    throw new AppError('conflict', 'This link has connected a provider already; reload the page', { reason: 'in_use' })
  })
}
