// A new directory comes with its first token, so that an identity provider can start.
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { instantSchema, nameSchema, parseInput, requireFuture } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, requirePermission, requireReach } from '#src/context.ts'
import { adoptionPolicies, type DirectoryRecord, insertDirectory, newBrake } from './directories.ts'
import { type IssuedDirectoryToken, newToken } from './directory-tokens.ts'

const CreateDirectoryInput = z.object({
  name: nameSchema,
  arrivals: z.enum(['active', 'staged']).default('active'),
  adoption: z.enum(adoptionPolicies).default('verified_domain'),
  tokenExpiresAt: instantSchema.nullish(),
})

export type CreateDirectoryInput = z.input<typeof CreateDirectoryInput>

/** @returns the directory and its first token, which is shown this once. @throws AppError invalid; forbidden (reason `ceiling`) */
export async function createDirectory(
  ctx: CallContext,
  input: CreateDirectoryInput,
): Promise<{ directory: DirectoryRecord; token: IssuedDirectoryToken }> {
  requirePermission(ctx, 'directories.write')
  const { name, arrivals, adoption, tokenExpiresAt } = parseInput(CreateDirectoryInput, input)
  requireFuture(tokenExpiresAt, ctx.clock.now(), 'tokenExpiresAt')
  const { organizationId } = ctx
  const [id, now] = [ctx.ids.next('dir'), nowOf(ctx)]
  const { issued, insert } = newToken(ctx, { directoryId: id, expiresAt: tokenExpiresAt ?? null })
  const detail = { name, arrivals, adoption, tokenId: issued.id }
  const audit = recordAudit(ctx, { action: 'directory.create', targetType: 'directory', targetId: id, detail })
  await inTransaction(ctx, async (tx) => {
    await requireReach(tx, ctx, { kind: 'directory', directoryId: null, adoption })
    await tx.commitWith(insertDirectory({ organizationId, id, name, arrivals, adoption, now }), insert, audit)
  })
  return {
    directory: { id, name, status: 'active', arrivals, adoption, ...newBrake, createdAt: now, updatedAt: now },
    token: issued,
  }
}
