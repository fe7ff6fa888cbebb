// One report: what should be looked at first, then the rows.
import type { Report, ReportFinding } from '#access/reports/kinds/report.ts'
import { EmptyState, Facts, Table } from '#http/ui/content.tsx'
import { isTime } from '#http/ui/said.tsx'
import { Time } from '#http/ui/time.tsx'
import type { Cell } from '#platform/csv.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Moment } from '../ui/moment.tsx'
import { Badge, Pager, Panel } from '../ui/parts.tsx'

type ReportProps = {
  frame: Frame
  report: Report
  /** As they stood in the address. */
  at: string | undefined
  cursor: string | undefined
  unusedDays: string | undefined
  /** Since when there is a history. */
  beginsAt: string
}

export const ReportPage = ({ frame, report, at, cursor, unusedDays, beginsAt }: ReportProps) => {
  const { kind, title, madeAt, facts, findings, columns, rows, nextCursor } = report
  const path = `/console/reports/${kind}`
  const query = (more: Record<string, string | undefined>): string => {
    const given = Object.entries({ at, unusedDays, ...more }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    )
    return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
  }
  return (
    <ConsolePage
      frame={frame}
      section="reports"
      title={title}
      lead={
        <>
          As of <Time at={madeAt} />
        </>
      }
      trail={sectionTrail('reports')}
      actions={
        <a class="btn" href={`${path}/rows.csv${query({})}`} download={`${kind}.csv`}>
          Export
        </a>
      }
    >
      {cursor === undefined ? (
        <Panel title="To be looked at">
          {facts.length === 0 ? null : <Facts facts={facts} />}
          {findings.length === 0 ? <p>Nothing.</p> : <Findings findings={findings} />}
        </Panel>
      ) : null}
      {rows.length === 0 ? (
        <EmptyState title="No rows" text="There is nothing that this report would list." />
      ) : (
        <Table
          caption={title}
          columns={columns.map((label) => label[0]?.toUpperCase() + label.slice(1))}
          rows={rows.map((row) => row.map((cell) => <Value cell={cell} />))}
        />
      )}
      <Pager
        shown={rows.length}
        next={nextCursor === null ? undefined : `${path}${query({ cursor: nextCursor })}`}
        first={cursor === undefined ? undefined : `${path}${query({})}`}
      />
      <Moment path={path} at={madeAt} beginsAt={beginsAt} now={frame.ctx.clock.now()} />
    </ConsolePage>
  )
}

const Findings = ({ findings }: { findings: readonly ReportFinding[] }) => (
  <ul class="attention">
    {findings.map(({ text, count, href, sample }) => (
      <li>
        <Badge tone="warning">{String(count)}</Badge>
        <div>
          <a href={href}>{text}</a>
          {sample.length === 0 ? null : (
            <div class="under">
              {sample.join(', ')}
              {count > sample.length ? ' …' : ''}
            </div>
          )}
        </div>
      </li>
    ))}
  </ul>
)

const Value = ({ cell }: { cell: Cell }) => {
  if (cell === null) return <>–</>
  return typeof cell === 'string' && isTime(cell) ? <Time at={cell} /> : <span>{String(cell)}</span>
}
