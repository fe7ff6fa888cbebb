// Assignments that somebody vouched for who has gone: they end two weeks later, unless somebody else stands up for them.
import { sql } from 'drizzle-orm'
import { recordAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, type Transaction } from '#src/context.ts'
import { raiseAlarm } from '../alarms/raise-alarm.ts'

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
  expiresAt: string
}

const claim = prepared<{ organizationId: string }, Left>(
  (p) => sql`update assignments a set sponsor_left_at = now(),
      expires_at = least(a.expires_at, now() + make_interval(days => ${sql.raw(String(graceDays))}))
    from assignments before, users u, roles r
    where a.organization_id = ${p.organizationId} and before.organization_id = a.organization_id and before.id = a.id
      and a.id in (select assignment_id from assignments_without_sponsor where organization_id = ${p.organizationId} limit 200)
      and u.organization_id = a.organization_id and u.id = a.user_id
      and r.organization_id = a.organization_id and r.id = a.role_id
    returning a.id, u.id as "userId", u.user_name as "userName", u.display_name as "displayName", r.name as role,
      a.brand_id as "brandId", a.sponsor, before.expires_at as "endedBefore", a.expires_at as "expiresAt",
      (select b.name from brands b where b.organization_id = a.organization_id and b.id = a.brand_id) as brand`,
)

/** With an audit row and an alarm for each: administrators are told, and confirm it by another end or another sponsor. */
export async function endUnsponsored(ctx: CallContext): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    for (const left of await tx.run(claim({ organizationId: ctx.organizationId }))) await tell(tx, ctx, left)
  })
}

async function tell(tx: Transaction, ctx: CallContext, left: Left): Promise<void> {
  const { id, userId, role, brandId, sponsor, endedBefore } = left
  const expiresAt = new Date(left.expiresAt).toISOString()
  const detail = { userId, role, brandId, sponsor, before: { expiresAt: endedBefore }, after: { expiresAt } }
  const entry = { action: 'assignment.sponsor_left', targetType: 'assignment', targetId: id } as const
  await tx.run(recordAudit(ctx, { ...entry, detail }))
  const { userName, displayName, brand } = left
  const about = { assignmentId: id, userId, userName, displayName, role, brand, sponsor, expiresAt }
  await tx.run(raiseAlarm(ctx, { kind: 'sponsor_left', detail: about }))
}
