// The reports that there are, which are made on a schedule, and what the last runs found.
import type { ReportKind } from '#access/reports/kinds/report.ts'
import type { ReportRun, ReportSchedule } from '#access/reports/schedules.ts'
import { LinkButton, PrimaryLink } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Badge, Panel, SwitchActions } from '../ui/parts.tsx'

type Described = { kind: ReportKind; title: string; says: string }

type ReportsProps = {
  frame: Frame
  reports: readonly Described[]
  schedules: readonly ReportSchedule[]
  runs: readonly ReportRun[]
}

export const paceWords: Record<ReportSchedule['every'], string> = {
  day: 'Every day',
  week: 'Every week',
  month: 'Every month',
  quarter: 'Every three months',
}

export const ReportsPage = ({ frame, reports, schedules, runs }: ReportsProps) => {
  const titleOf = (kind: ReportKind): string => reports.find((each) => each.kind === kind)?.title ?? kind
  const mayChange = isPermitted(frame.ctx, 'users.write')
  return (
    <ConsolePage
      frame={frame}
      section="reports"
      title="Reports"
      lead="Who has what, how it is used, and what should be looked at."
      actions={
        <>
          {mayChange ? <PrimaryLink href="/console/reports/schedules/new">Schedule a report</PrimaryLink> : null}
          <LinkButton href="/console/reports/roster">Compare with a list</LinkButton>
          <LinkButton href="/console/reports/places">Name places</LinkButton>
        </>
      }
    >
      <Table
        caption="The reports that there are"
        columns={['Report', 'What it says']}
        rows={reports.map(({ kind, title, says }) => [<a href={`/console/reports/${kind}`}>{title}</a>, says])}
      />
      <Panel
        title="On a schedule"
        lead="Whoever is told gets numbers and sentences by mail; names stand in the report."
      >
        {schedules.length === 0 ? (
          <EmptyState title="None yet" text="Schedule a report to have it made by itself, and people told." />
        ) : (
          <Table
            caption="Reports on a schedule"
            columns={['Report', 'How often', 'Who is told', 'Next', { label: 'Actions', isSilent: true }]}
            rows={schedules.map((schedule) => [
              titleOf(schedule.kind),
              `${paceWords[schedule.every]}${schedule.sent === 'findings' ? ', where there is something to look at' : ''}`,
              schedule.recipients.map(({ name }) => name).join(', '),
              schedule.status === 'on' ? <Time at={schedule.nextAt} /> : <Badge tone="quiet">Off</Badge>,
              mayChange ? (
                <SwitchActions
                  action={`/console/reports/schedules/${schedule.id}`}
                  name={titleOf(schedule.kind)}
                  isOn={schedule.status === 'on'}
                />
              ) : null,
            ])}
          />
        )}
      </Panel>
      {runs.length === 0 ? null : (
        <Table
          caption="The last runs"
          columns={['Made', 'Report', 'Found', 'Told']}
          rows={runs.map(({ kind, madeAt, findings, told }) => [
            <a href={`/console/reports/${kind}?at=${madeAt}`}>
              <Time at={madeAt} />
            </a>,
            titleOf(kind),
            findings.length === 0 ? 'Nothing to look at' : `${findings.length} to look at`,
            counted(told, 'person', 'people'),
          ])}
        />
      )}
    </ConsolePage>
  )
}
