// One more token for a directory, so that tokens can be changed without an interruption.
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { isId } from '#platform/ids.ts'
import { instantSchema, parseInput, requireFuture } from '#platform/input.ts'
import { type CallContext, inTransaction, refuseUnknown, requirePermission, requireReach } from '#src/context.ts'
import { lockDirectoryRow } from './directories.ts'
import { type IssuedDirectoryToken, newToken } from './directory-tokens.ts'

const IssueDirectoryTokenInput = z.object({ directoryId: z.string(), expiresAt: instantSchema.nullish() })

/** @returns the token, which is shown this once. @throws AppError not_found, invalid; forbidden (reason `ceiling`) */
export async function issueDirectoryToken(
  ctx: CallContext,
  input: z.input<typeof IssueDirectoryTokenInput>,
): Promise<IssuedDirectoryToken> {
  requirePermission(ctx, 'directories.write')
  const { directoryId, expiresAt = null } = parseInput(IssueDirectoryTokenInput, input)
  requireFuture(expiresAt, ctx.clock.now(), 'expiresAt')
  if (!isId('dir', directoryId)) return refuseUnknown(ctx, 'Directory')
  return inTransaction(ctx, async (tx) => {
    await lockDirectoryRow(tx, ctx, directoryId)
    await requireReach(tx, ctx, { kind: 'directory', directoryId })
    const { issued, insert } = newToken(ctx, { directoryId, expiresAt })
    const detail = { tokenId: issued.id, expiresAt }
    const audit = { action: 'directory.issue_token', targetType: 'directory', targetId: directoryId, detail } as const
    await tx.commitWith(insert, recordAudit(ctx, audit))
    return issued
  })
}
