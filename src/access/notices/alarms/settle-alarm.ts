// Settling an alarm: somebody has seen to it.
import { sql } from 'drizzle-orm'
import { type AuditRowParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared } from '#db/statement.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import { type Alarm, alarmColumns } from './alarms.ts'

type Key = { organizationId: string; alarmId: string }

const settle = prepared<AuditRowParameters & Key & { now: string }, never>(
  (p) => sql`with settled as (
      update alarms set settled_at = ${p.now}::timestamptz, settled_by = ${p.actorId}
      where organization_id = ${p.organizationId} and id = ${p.alarmId} and settled_at is null
        and not (kind = 'self_grant' and detail ->> 'userId' = ${p.actorId}) returning kind)
    ${insertAudit(p, sql`jsonb_build_object('kind', settled.kind)`)} from settled`,
)

const select = prepared<Key, Alarm>(
  (p) =>
    sql`select ${alarmColumns} from alarms a where a.organization_id = ${p.organizationId} and a.id = ${p.alarmId}`,
)

/** The alarm of a request that has been decided, found by the field of its detail that names the request. */
export const settleRequestAlarm = prepared<
  { organizationId: string; kind: string; field: string; requestId: string; settledBy: string; now: string },
  never
>(
  (p) => sql`update alarms set settled_at = ${p.now}::timestamptz, settled_by = ${p.settledBy}
    where organization_id = ${p.organizationId} and kind = ${p.kind} and settled_at is null
      and detail ->> ${p.field}::text = ${p.requestId}`,
)

/**
 * Doing it twice is no error; who did it first stays.
 * @throws AppError not_found; forbidden (reasons `permission`; `yourself` for what somebody gave themselves)
 */
export async function settleAlarm(ctx: CallContext, alarmId: string): Promise<Alarm> {
  requirePermission(ctx, 'users.write')
  if (!isId('alm', alarmId)) return refuseUnknown(ctx, 'Alarm')
  const key = { organizationId: ctx.organizationId, alarmId }
  const entry = { action: 'alarm.settle', targetType: 'alarm', targetId: alarmId } as const
  const statement = settle({ ...auditParameters(ctx, entry), ...key, now: nowOf(ctx) })
  const [, rows] = await inTransaction(ctx, (tx) => tx.commitWith<Alarm>(statement, select(key)))
  const alarm = rows?.[0]
  if (alarm === undefined) throw notFound('Alarm')
  if (alarm.settledAt === null)
    throw new AppError('forbidden', 'This is about what you gave yourself; somebody else has to look at it', {
      reason: 'yourself',
    })
  return alarm
}
