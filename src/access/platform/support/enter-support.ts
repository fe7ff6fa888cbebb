// Coming in as support, and leaving. What has been granted is bound to the session that comes in.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { type CallContext, inTransaction, nowOf } from '#src/context.ts'
import { requireOperator } from '../../ground/platform-rights.ts'
import { accessWithin, leaveWithin } from '../../organizations/support/support-accesses.ts'
import { inside } from '../organizations/inside.ts'
import { organizationWithin } from '../organizations/platform-organizations.ts'
import { consentWithin, notAllowed } from './request-support.ts'

type Entering = {
  organizationId: string
  id: string
  operatorId: string
  sessionId: string
  now: string
  endsAt: string
}

const enter = prepared<Entering, { id: string }>(
  (p) => sql`update support_accesses a set status = 'entered', session_id = ${p.sessionId},
      entered_at = ${p.now}::timestamptz, ends_at = ${p.endsAt}::timestamptz
    where a.organization_id = ${p.organizationId} and a.id = ${p.id} and a.operator_id = ${p.operatorId}
      and a.status = 'granted' returning a.id`,
)

export type Entry = { organization: string; id: string; sessionId: string }

/**
 * Once: whoever has left asks again.
 * @param ctx of an operator in person, who has just proven who they are
 * @returns when it ends
 * @throws AppError forbidden; not_found; conflict (reasons `not_granted`, `support_not_allowed`); unauthenticated (reason `fresh_proof`)
 */
export async function enterSupport(
  ctx: CallContext,
  { organization, id, sessionId }: Entry,
): Promise<{ endsAt: string }> {
  requireOperator(ctx)
  return inTransaction(ctx, async (tx) => {
    const { id: organizationId } = await organizationWithin(tx, ctx, organization)
    const target = { targetType: 'support_access', targetId: id } as const
    await tx.run(recordAudit(ctx, { action: 'support.enter', ...target, detail: { organizationId } }))
    return inside(tx, ctx, organizationId, async (own) => {
      const access = await accessWithin(tx, own, id)
      const consent = await consentWithin(tx, own)
      if (consent === undefined) throw notAllowed()
      const now = ctx.clock.now().getTime()
      const until = [now + access.minutes * 60_000, Date.parse(consent.openUntil ?? '9999-12-31')]
      const endsAt = new Date(Math.min(...until)).toISOString()
      const entering = { organizationId, id, operatorId: ctx.actor.id, sessionId, now: nowOf(ctx), endsAt }
      const [entered] = access.status === 'granted' ? await tx.run(enter(entering)) : []
      if (entered === undefined)
        throw new AppError('conflict', 'The organization has not granted this, or it is over: ask again', {
          reason: 'not_granted',
        })
      const detail = { mayWrite: access.mayWrite, endsAt }
      const byId = { ...own, actor: { type: 'support', id } as const }
      await tx.run(recordAudit(byId, { action: 'support.enter', ...target, detail }))
      return { endsAt }
    })
  })
}

const organizationOf = prepared<{ operatorId: string; id: string }, { isOwn: boolean }>(
  (p) =>
    sql`select exists (select from support_accesses a where a.id = ${p.id} and a.operator_id = ${p.operatorId}) as "isOwn"`,
)

/** @throws AppError forbidden, not_found */
export async function leaveSupport(
  ctx: CallContext,
  { organization, id }: { organization: string; id: string },
): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { id: organizationId } = await organizationWithin(tx, ctx, organization)
    await inside(tx, ctx, organizationId, async (own) => {
      const [found] = await tx.run(organizationOf({ operatorId: ctx.actor.id, id }))
      if (found?.isOwn !== true) throw notFound('Support access')
      await leaveWithin(tx, { ...own, actor: { type: 'support', id } }, id)
    })
  })
}
