// Assignments that somebody vouched for who has gone: they end two weeks later, unless somebody else stands up for them.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError } from '#platform/errors.ts'
import { type CallContext, inTransaction, type Transaction } from '#src/context.ts'
import { raiseAlarm } from '../notices/alarms/raise-alarm.ts'

/** To find another sponsor. */
const graceDays = 14

type Left = {
  id: string
  userId: string
  userName: string
  displayName: string | null
  role: string
  brandId: string | null
  brand: string | null
  sponsor: string
  endedBefore: string | null
  /** Null where it does not end: the last administrator's. */
  expiresAt: string | null
}

type Claim = { organizationId: string; limit: number; isEnding: boolean }

const claim = prepared<Claim, Left>(
  (p) => sql`update assignments a set sponsor_left_at = now(),
      expires_at = case when ${p.isEnding}::boolean
        then least(a.expires_at, now() + make_interval(days => ${sql.raw(String(graceDays))})) else a.expires_at end
    from assignments before, users u, roles r
    where a.organization_id = ${p.organizationId} and before.organization_id = a.organization_id and before.id = a.id
      and a.id in (select assignment_id from assignments_without_sponsor where organization_id = ${p.organizationId}
        order by assignment_id limit ${p.limit}::int)
      and u.organization_id = a.organization_id and u.id = a.user_id
      and r.organization_id = a.organization_id and r.id = a.role_id
    returning a.id, u.id as "userId", u.user_name as "userName", u.display_name as "displayName", r.name as role,
      a.brand_id as "brandId", a.sponsor, before.expires_at as "endedBefore", a.expires_at as "expiresAt",
      (select b.name from brands b where b.organization_id = a.organization_id and b.id = a.brand_id) as brand`,
)

const atOnce = 200

/**
 * With an audit row and an alarm for each: administrators are told, and confirm it by another end or another sponsor. What the
 * organization's last administrator holds does not end by it.
 */
export async function endUnsponsored(ctx: CallContext): Promise<void> {
  if ((await end(ctx, { limit: atOnce, isEnding: true })) !== 'refused') return
  // One of them is the last administrator's: one by one, so that only that one is spared.
  for (let left = atOnce; left > 0; left -= 1) {
    const done = await end(ctx, { limit: 1, isEnding: true })
    if (done === 'nothing') return
    if (done === 'refused') await end(ctx, { limit: 1, isEnding: false })
  }
}

async function end(ctx: CallContext, how: Omit<Claim, 'organizationId'>): Promise<'done' | 'nothing' | 'refused'> {
  try {
    return await inTransaction(ctx, async (tx) => {
      const claimed = await tx.run(claim({ organizationId: ctx.organizationId, ...how }))
      for (const left of claimed) await tell(tx, ctx, left)
      return claimed.length === 0 ? 'nothing' : 'done'
    })
  } catch (error) {
    if (error instanceof AppError && error.reason === 'last_administrator') return 'refused'
    throw error
  }
}

async function tell(tx: Transaction, ctx: CallContext, left: Left): Promise<void> {
  const { id, userId, role, brandId, sponsor, endedBefore, expiresAt } = left
  const detail = { userId, role, brandId, sponsor, before: { expiresAt: endedBefore }, after: { expiresAt } }
  const entry = { action: 'assignment.sponsor_left', targetType: 'assignment', targetId: id } as const
  await tx.run(recordAudit(ctx, { ...entry, detail }))
  const { userName, displayName, brand } = left
  const about = { assignmentId: id, userId, userName, displayName, role, brand, sponsor, expiresAt }
  await tx.run(raiseAlarm(ctx, { kind: 'sponsor_left', detail: about }))
}
