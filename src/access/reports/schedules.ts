// Reports on a schedule: who is told how often, and what each run found.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAudit } from '#audit/record.ts'
import { isoTime, prepared } from '#db/statement.ts'
import { notFound } from '#platform/errors.ts'
import { isId } from '#platform/ids.ts'
import { instantSchema, invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, nowOf, refuseUnknown, requirePermission } from '#src/context.ts'
import { type ReportFinding, type ReportKind, reportKinds } from './kinds/report.ts'

export const reportPaces = ['day', 'week', 'month', 'quarter'] as const

export type ReportPace = (typeof reportPaces)[number]

export type ReportSchedule = {
  id: string
  kind: ReportKind
  every: ReportPace
  unusedDays: number
  recipients: { id: string; name: string }[]
  /** `findings`: nobody is told where there is nothing to look at. */
  sent: 'always' | 'findings'
  status: 'on' | 'off'
  nextAt: string
  createdAt: string
  createdBy: string
}

export type ReportRun = {
  id: string
  scheduleId: string
  kind: ReportKind
  madeAt: string
  facts: { term: string; value: string }[]
  findings: ReportFinding[]
  /** How many people were told. */
  told: number
}

const Input = z.object({
  kind: z.enum(reportKinds),
  every: z.enum(reportPaces),
  unusedDays: z.int().min(1).max(3_650).default(90),
  recipients: z.array(z.string().max(100)).min(1, 'name somebody who is told').max(50, 'must be at most 50'),
  sent: z.enum(['always', 'findings']).default('always'),
  /** The first run; without it a run is made at once. */
  firstAt: instantSchema.optional(),
})

export type ReportScheduleInput = z.input<typeof Input>

const columns = sql`s.id, s.kind, s.every, s.unused_days as "unusedDays", s.sent, s.status, ${isoTime(sql`s.next_at`)} as "nextAt",
  ${isoTime(sql`s.created_at`)} as "createdAt", s.created_by as "createdBy",
  (select coalesce(json_agg(json_build_object('id', u.id, 'name', coalesce(u.display_name, u.user_name)) order by u.id), '[]')
    from users u where u.organization_id = s.organization_id and s.recipients ? u.id and u.deleted_at is null) as recipients`

type Key = { organizationId: string; scheduleId: string }

const select = prepared<{ organizationId: string; scheduleId: string | null }, ReportSchedule>(
  (p) => sql`select ${columns} from report_schedules s where s.organization_id = ${p.organizationId}
    and (${p.scheduleId}::text is null or s.id = ${p.scheduleId}) order by s.id`,
)

/** @throws AppError forbidden */
export async function listReportSchedules(ctx: CallContext): Promise<ReportSchedule[]> {
  requirePermission(ctx, 'audit.read')
  const statement = select({ organizationId: ctx.organizationId, scheduleId: null })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}

const known = prepared<{ organizationId: string; ids: readonly string[] }, { count: number }>(
  (p) => sql`select count(*)::int as count from users u where u.organization_id = ${p.organizationId}
    and u.id = any (${p.ids}::text[]) and u.deleted_at is null and u.status = 'active'`,
)

type Row = Key & {
  kind: string
  every: string
  unusedDays: number
  recipients: string
  sent: string
  nextAt: string
  createdBy: string
  now: string
}

const insert = prepared<Row, never>(
  (
    p,
  ) => sql`insert into report_schedules (organization_id, id, kind, every, unused_days, recipients, sent, status, next_at,
      created_at, created_by)
    values (${p.organizationId}, ${p.scheduleId}, ${p.kind}, ${p.every}, ${p.unusedDays}::int, ${p.recipients}::jsonb,
      ${p.sent}, 'on', ${p.nextAt}::timestamptz, ${p.now}::timestamptz, ${p.createdBy})`,
)

/** @throws AppError forbidden; invalid, also where somebody who shall be told is not active here */
export async function createReportSchedule(ctx: CallContext, input: ReportScheduleInput): Promise<ReportSchedule> {
  requirePermission(ctx, 'audit.read')
  requirePermission(ctx, 'users.write')
  const { recipients, firstAt, ...wanted } = parseInput(Input, input)
  const ids = [...new Set(recipients)]
  const key = { organizationId: ctx.organizationId, scheduleId: ctx.ids.next('rps') }
  const now = nowOf(ctx)
  const [rows] = await inTransaction(ctx, async (tx) => {
    const [found] = await tx.run(known({ organizationId: ctx.organizationId, ids }))
    if (found?.count !== ids.length) throw invalidField('recipients', 'names somebody who is not active here')
    const row = { ...key, ...wanted, recipients: JSON.stringify(ids), createdBy: ctx.actor.id, now }
    await tx.run(insert({ ...row, nextAt: firstAt ?? now }))
    const entry = { action: 'report_schedule.create', targetType: 'report_schedule', targetId: key.scheduleId } as const
    await tx.run(recordAudit(ctx, { ...entry, detail: { ...wanted, recipients: ids } }))
    return tx.commitWith(select(key))
  })
  const made = rows?.[0]
  if (made === undefined) throw new Error('What was just written is there')
  return made
}

const setStatus = prepared<Key & { status: string }, { id: string }>(
  (p) => sql`update report_schedules set status = ${p.status}
    where organization_id = ${p.organizationId} and id = ${p.scheduleId} returning id`,
)

const remove = prepared<Key, { id: string }>(
  (p) =>
    sql`delete from report_schedules where organization_id = ${p.organizationId} and id = ${p.scheduleId} returning id`,
)

/** @throws AppError forbidden, not_found */
export async function changeReportSchedule(
  ctx: CallContext,
  { scheduleId, change }: { scheduleId: string; change: 'on' | 'off' | 'delete' },
): Promise<void> {
  requirePermission(ctx, 'audit.read')
  requirePermission(ctx, 'users.write')
  if (!isId('rps', scheduleId)) return refuseUnknown(ctx, 'Report schedule')
  const key = { organizationId: ctx.organizationId, scheduleId }
  await inTransaction(ctx, async (tx) => {
    const [done] = await tx.run(change === 'delete' ? remove(key) : setStatus({ ...key, status: change }))
    if (done === undefined) throw notFound('Report schedule')
    const action = change === 'delete' ? 'report_schedule.delete' : 'report_schedule.update'
    const target = { targetType: 'report_schedule', targetId: scheduleId } as const
    await tx.run(recordAudit(ctx, { action, ...target, detail: { change } }))
  })
}

const selectRuns = prepared<{ organizationId: string; limit: number }, ReportRun>(
  (
    p,
  ) => sql`select r.id, r.schedule_id as "scheduleId", r.kind, ${isoTime(sql`r.made_at`)} as "madeAt", r.facts, r.findings, r.told
    from report_runs r where r.organization_id = ${p.organizationId} order by r.id desc limit ${p.limit}::int`,
)

/** The newest first, at most two hundred. @throws AppError forbidden */
export async function listReportRuns(ctx: CallContext, limit = 50): Promise<ReportRun[]> {
  requirePermission(ctx, 'audit.read')
  const statement = selectRuns({ organizationId: ctx.organizationId, limit: Math.min(limit, 200) })
  const [rows] = await inTransaction(ctx, (tx) => tx.commitWith(statement))
  return rows ?? []
}
