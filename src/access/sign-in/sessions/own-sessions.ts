// What people do with their own sessions: see them, end one, end all.
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, refuseUnknown } from '#src/context.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import { type EndedSession, type EndReason, ownSessionEnd, userSessionsEnd } from './end-sessions.ts'
import { liveSessionsOf, type SessionRecord } from './sessions.ts'

/** One's own live sessions, the last seen first. @throws AppError forbidden, unauthenticated */
export async function listOwnSessions(ctx: CallContext): Promise<SessionRecord[]> {
  const userId = ownUserId(ctx)
  const { organizationId } = ctx
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(liveSessionsOf({ organizationId, userId })))
  return rows ?? []
}

/**
 * Ends one of one's own sessions. @returns what it was
 * @throws AppError not_found for one that has ended or is somebody else's; forbidden; unauthenticated
 */
export async function endOwnSession(
  ctx: CallContext,
  sessionId: string,
  reason: EndReason = 'signed_out',
): Promise<EndedSession> {
  const userId = ownUserId(ctx)
  if (!isId('ses', sessionId)) return refuseUnknown(ctx, 'Session')
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(ownSessionEnd(ctx, { sessionId, userId }, reason)))
  const ended = rows?.[0]
  if (ended === undefined) throw notFound('Session')
  return ended
}

/** Ends all of one's own sessions. @throws AppError forbidden, unauthenticated */
export async function endOwnSessions(ctx: CallContext): Promise<EndedSession[]> {
  const userId = ownUserId(ctx)
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(userSessionsEnd(ctx, userId, { reason: 'signed_out' })))
  return rows ?? []
}
