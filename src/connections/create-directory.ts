// A new directory comes with its first token, so that an identity provider can start.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, nowOf, requirePermission } from '#src/context.ts'
import type { DirectoryRecord } from './directories.ts'
import { type IssuedDirectoryToken, newToken } from './directory-tokens.ts'
import { instantSchema, nameSchema, parseInput, requireFuture } from './input.ts'

const CreateDirectoryInput = z.object({ name: nameSchema, tokenExpiresAt: instantSchema.nullish() })

export type CreateDirectoryInput = z.input<typeof CreateDirectoryInput>

const insertDirectory = prepared<{ organizationId: string; id: string; name: string; now: string }, never>(
  (p) => sql`insert into directories (organization_id, id, name, created_at, updated_at)
    values (${p.organizationId}, ${p.id}, ${p.name}, ${p.now}::timestamptz, ${p.now}::timestamptz)`,
)

/** @returns the directory and its first token, which is shown this once. @throws AppError invalid */
export async function createDirectory(
  ctx: CallContext,
  input: CreateDirectoryInput,
): Promise<{ directory: DirectoryRecord; token: IssuedDirectoryToken }> {
  requirePermission(ctx, 'directories.write')
  const { name, tokenExpiresAt } = parseInput(CreateDirectoryInput, input)
  requireFuture(tokenExpiresAt, ctx.clock.now(), 'tokenExpiresAt')
  const { organizationId } = ctx
  const [id, now] = [ctx.ids.next('dir'), nowOf(ctx)]
  const { issued, insert } = newToken(ctx, { directoryId: id, expiresAt: tokenExpiresAt ?? null })
  const detail = { name, tokenId: issued.id }
  const audit = recordAudit(ctx, { action: 'directory.create', targetType: 'directory', targetId: id, detail })
  await inTransaction(ctx, (tx) => tx.commitWith(insertDirectory({ organizationId, id, name, now }), insert, audit))
  return { directory: { id, name, status: 'active', createdAt: now, updatedAt: now }, token: issued }
}
