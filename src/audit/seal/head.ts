// The head of an organization's sealed trail: kept elsewhere, it proves later that nothing before it was rewritten.
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'
import { selectLastSegment } from './segments.ts'

export type AuditHead = {
  /** Number of the last segment. */
  sequence: number
  hash: string
  /** ISO time. */
  sealedAt: string
  /** The last event that it covers. */
  lastEventId: string
}

/** @returns undefined where nothing is sealed yet. @throws AppError forbidden */
export async function getAuditHead(ctx: CallContext): Promise<AuditHead | undefined> {
  requirePermission(ctx, 'audit.read')
  const { organizationId } = ctx
  const [[last] = []] = await inTransaction(ctx, (tx) => tx.commitWith(selectLastSegment({ organizationId })))
  if (last === undefined) return undefined
  const { sequence, hash, sealedAt, eventIds } = last
  return {
    ...{ sequence, hash },
    sealedAt: new Date(Number(sealedAt)).toISOString(),
    lastEventId: eventIds.slice(eventIds.lastIndexOf(' ') + 1),
  }
}
