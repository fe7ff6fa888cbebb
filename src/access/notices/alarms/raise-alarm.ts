// Raising an alarm, in the transaction of what it is about. The worker tells the administrators.
import { sql } from 'drizzle-orm'
import { type AuditParameters, auditParameters, insertAudit } from '#audit/record.ts'
import { prepared, type Statement } from '#db/statement.ts'
import { type CallContext, nowOf } from '#src/context.ts'
import type { AlarmKind } from '#words/letters/alarm.ts'

export type NewAlarm = {
  kind: AlarmKind
  detail: Record<string, unknown>
  /** True where it is only kept as a note: nobody is told by it, and there is nothing to settle. */
  isNote?: boolean
}

type Parameters = AuditParameters & {
  organizationId: string
  id: string
  kind: string
  alarmDetail: string
  now: string
  isNote: boolean
}

const raise = prepared<Parameters, { id: string }>(
  (p) => sql`with raised as (
      insert into alarms (organization_id, id, kind, detail, raised_at, notified_at, settled_at, settled_by)
        select ${p.organizationId}, ${p.id}, ${p.kind}, ${p.alarmDetail}::jsonb, ${p.now}::timestamptz,
          case when ${p.isNote}::boolean then ${p.now}::timestamptz end,
          case when ${p.isNote}::boolean then ${p.now}::timestamptz end, case when ${p.isNote}::boolean then 'system' end
        where not exists (select from alarms a where a.organization_id = ${p.organizationId} and a.kind = ${p.kind}
          and a.settled_at is null and a.detail = ${p.alarmDetail}::jsonb)
        returning id),
    audited as (${insertAudit(p)} from raised)
    select id from raised`,
)

const traced = new Set([
  'brand',
  'role',
  'name',
  'why',
  'heldFor',
  'assignment',
  'sha256',
  'limit',
  'minutes',
  'emergencyAccounts',
])

/** The trail is sealed, so that it has people by their ids alone: what is not known to be about things stays out of it. */
const withoutPeople = (detail: NewAlarm['detail']): NewAlarm['detail'] =>
  Object.fromEntries(Object.entries(detail).filter(([key]) => traced.has(key) || /(Id|At|After)$/.test(key)))

/** As a statement; without a row where the same alarm is open already. */
export function raiseAlarm(ctx: CallContext, { kind, detail, isNote = false }: NewAlarm): Statement<{ id: string }> {
  const { organizationId } = ctx
  const id = ctx.ids.next('alm')
  const entry = {
    action: 'alarm.raise',
    targetType: 'alarm',
    targetId: id,
    detail: { kind, ...withoutPeople(detail) },
  } as const
  return raise({
    ...auditParameters(ctx, entry),
    ...{ organizationId, id, kind, isNote },
    alarmDetail: JSON.stringify(detail),
    now: nowOf(ctx),
  })
}
