// An administrator's word on one link: approved, the identity is the person's from now on; refused, it asks in vain.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import {
  type CallContext,
  inTransaction,
  nowOf,
  refuseUnknown,
  requirePermission,
  type Transaction,
} from '#src/context.ts'
import { requireNotAbove } from '../ceiling/ceiling.ts'
import { requireNotActingAs } from '../ceiling/second-person.ts'
import { settleRequestAlarm } from '../notices/alarms/settle-alarm.ts'
import { lockStatus } from './find-user.ts'
import { identityLink } from './identities.ts'
import { type LinkRequest, linkRequestColumns, linkRequestTables } from './link-requests.ts'
import { tellOfLink } from './linked-identity.ts'

type Key = { organizationId: string; id: string }

const lock = prepared<Key, LinkRequest>(
  (p) => sql`select ${linkRequestColumns} from ${linkRequestTables}
    where l.organization_id = ${p.organizationId} and l.id = ${p.id} for update of l`,
)

const decide = prepared<Key & { status: string; decidedBy: string; now: string }, never>(
  (
    p,
  ) => sql`update link_requests set status = ${p.status}, decided_at = ${p.now}::timestamptz, decided_by = ${p.decidedBy}
    where organization_id = ${p.organizationId} and id = ${p.id}`,
)

/**
 * Links the identity to the person. Whoever approves must not stand below them, and is somebody else: one's own link is made
 * by signing in and asking for it.
 * @throws AppError forbidden (reasons `permission`, `ceiling`, `own_link`); not_found; conflict where it was decided before,
 *   the person is gone, or the identity has become somebody else's
 */
export async function approveLinkRequest(ctx: CallContext, id: string): Promise<LinkRequest> {
  return decideLinkRequest(ctx, { id, status: 'approved' })
}

/** @throws AppError forbidden, not_found; conflict where it was decided before */
export async function refuseLinkRequest(ctx: CallContext, id: string): Promise<LinkRequest> {
  return decideLinkRequest(ctx, { id, status: 'refused' })
}

async function decideLinkRequest(
  ctx: CallContext,
  { id, status }: { id: string; status: 'approved' | 'refused' },
): Promise<LinkRequest> {
  requirePermission(ctx, 'accounts.write')
  if (!isId('lrq', id)) return refuseUnknown(ctx, 'Link request')
  const { organizationId } = ctx
  return inTransaction(ctx, async (tx) => {
    const [request] = await tx.run(lock({ organizationId, id }))
    if (request === undefined) throw notFound('Link request')
    await requireNotAbove(tx, ctx, request.userId)
    if (request.status !== 'pending')
      throw new AppError('conflict', `The link was ${request.status} before`, { reason: 'decided' })
    if (status === 'approved') {
      await requireNotActingAs(tx, ctx, request.userId)
      await link(tx, ctx, request)
    }
    const [now, by] = [nowOf(ctx), ctx.actor.id]
    const { connectionId, subject, userId, email } = request
    const audit = {
      action: status === 'approved' ? 'user.approve_link' : 'user.refuse_link',
      targetType: 'user',
      targetId: userId,
      detail: { linkRequestId: id, connectionId, subject, email },
    } as const
    const statements: Statement<unknown>[] = [
      decide({ organizationId, id, status, decidedBy: by, now }),
      settleRequestAlarm({
        organizationId,
        kind: 'link_request',
        field: 'linkRequestId',
        requestId: id,
        settledBy: by,
        now,
      }),
      recordAudit(ctx, audit),
    ]
    await tx.commitWith(...statements)
    return { ...request, status, decidedAt: now, decidedBy: by }
  })
}

async function link(tx: Transaction, ctx: CallContext, request: LinkRequest): Promise<void> {
  const { connectionId, subject, userId } = request
  if (ctx.actor.id === userId)
    throw new AppError('forbidden', 'Nobody approves a link to themselves: link it on your page Security', {
      reason: 'own_link',
    })
  const { organizationId } = ctx
  if ((await lockStatus(tx, { organizationId, userId })) === undefined)
    throw new AppError('conflict', 'The person is gone', { reason: 'removed' })
  const linked = await tx.run(
    identityLink({
      organizationId,
      connectionId,
      subject,
      userId,
      now: nowOf(ctx),
      signedInAt: null,
      predecessorId: null,
    }),
  )
  if (linked[0]?.userId !== userId)
    throw new AppError('conflict', 'The identity was linked to somebody else meanwhile', { reason: 'linked' })
  await tellOfLink(tx, ctx, { userId, connectionId, subject })
}
