// Making the reports that are due, and telling those who shall know: in numbers and sentences, with a link to the report as it was
// at that moment. Names stand on the page, not in the mail.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { emailColumn } from '#directory/email.ts'
import { timeZoneColumn } from '#directory/time-zone.ts'
import { type CallContext, inTransaction, nowOf } from '#src/context.ts'
import { reportLetter } from '#words/letters/report.ts'
import { knownZone } from '#words/zones.ts'
import { organizationName } from '../notices/alarms/organization-name.ts'
import { queueMail } from '../notices/mail/queue-mail.ts'
import type { ReportKind } from './kinds/report.ts'
import { makeReport } from './make-report.ts'
import type { ReportPace } from './schedules.ts'

type Due = { id: string; kind: ReportKind; every: ReportPace; unusedDays: number; sent: 'always' | 'findings' }

const due = prepared<{ organizationId: string; now: string }, Due>(
  (p) => sql`select s.id, s.kind, s.every, s.unused_days as "unusedDays", s.sent from report_schedules s
    where s.organization_id = ${p.organizationId} and s.status = 'on' and s.next_at <= ${p.now}::timestamptz order by s.id`,
)

type Key = { organizationId: string; scheduleId: string; now: string }

/** The next time after now: what was missed while nobody worked is not made up for. No row where another node was faster. */
const moveOn = prepared<Key, { id: string }>(
  (p) => sql`update report_schedules s set next_at = (select min(t) from generate_series(s.next_at,
        ${p.now}::timestamptz + interval '100 days', case s.every when 'day' then interval '1 day' when 'week' then interval '7 days'
          when 'month' then interval '1 month' else interval '3 months' end) t where t > ${p.now}::timestamptz)
    where s.organization_id = ${p.organizationId} and s.id = ${p.scheduleId} and s.next_at <= ${p.now}::timestamptz returning s.id`,
)

type Reader = { email: string | null; timeZone: string | null }

const readers = prepared<Omit<Key, 'now'>, Reader>(
  (p) => sql`select ${emailColumn} as email, ${timeZoneColumn} as "timeZone" from report_schedules s
    join users u on u.organization_id = s.organization_id and s.recipients ? u.id and u.status = 'active' and u.deleted_at is null
    where s.organization_id = ${p.organizationId} and s.id = ${p.scheduleId} order by u.id`,
)

type Run = Omit<Key, 'now'> & {
  id: string
  kind: string
  madeAt: string
  facts: string
  findings: string
  told: number
}

const keep = prepared<Run, never>(
  (p) => sql`insert into report_runs (organization_id, id, schedule_id, kind, made_at, facts, findings, told)
    values (${p.organizationId}, ${p.id}, ${p.scheduleId}, ${p.kind}, ${p.madeAt}::timestamptz, ${p.facts}::jsonb,
      ${p.findings}::jsonb, ${p.told}::int)`,
)

/** @param ctx the worker's */
export async function runReportSchedules(ctx: CallContext): Promise<void> {
  const { organizationId } = ctx
  const [schedules = []] = await inTransaction(ctx, (tx) => tx.commitWith(due({ organizationId, now: nowOf(ctx) })))
  for (const schedule of schedules) await runSchedule(ctx, schedule)
}

async function runSchedule(ctx: CallContext, { id: scheduleId, kind, unusedDays, sent }: Due): Promise<void> {
  const { organizationId } = ctx
  const report = await makeReport({ ...ctx, permissions: 'all' }, kind, { unusedDays, limit: 1 })
  const key = { organizationId, scheduleId, now: nowOf(ctx) }
  await inTransaction(ctx, async (tx) => {
    const [mine] = await tx.run(moveOn(key))
    if (mine === undefined) return
    const isTold = sent === 'always' || report.findings.length > 0
    const people = isTold ? await tx.run(readers(key)) : []
    const told = people.filter((person): person is Reader & { email: string } => person.email !== null)
    const organization = await organizationName(tx, ctx)
    const runId = ctx.ids.next('rpr')
    for (const { email, timeZone } of told) {
      const url = ctx.urls.page(
        `/console/reports/${kind}?at=${encodeURIComponent(report.madeAt)}&unusedDays=${unusedDays}`,
      )
      const letter = reportLetter(report, { organization, url, zone: knownZone(timeZone) })
      await queueMail(tx, ctx, { kind: 'report', to: email, letter, targetId: runId })
    }
    const { madeAt, facts, findings } = report
    const found = { facts: JSON.stringify(facts), findings: JSON.stringify(findings) }
    await tx.run(keep({ ...key, id: runId, kind, madeAt, ...found, told: told.length }))
  })
}
