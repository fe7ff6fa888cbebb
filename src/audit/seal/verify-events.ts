// Holds an organization's audit trail against its seals: segment by segment, a page at a time, so that neither memory nor locks
// grow with the trail.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, inTransaction, requirePermission } from '#src/context.ts'
import { compareSegment, type Finding } from './compare-segment.ts'
import { RowReader } from './row-reader.ts'
import { beginning, type Place, type Segment, selectLastSegment, selectSegments } from './segments.ts'

export type Verdict = {
  segments: number
  /** Rows that were held against their seals. */
  events: number
  /** Rows that no segment holds yet, and when the oldest of them was written: minutes ago where the worker runs. */
  unsealed: { events: number; since: string | null }
  findings: Finding[]
  /** True where more was found than `findings` holds. */
  hasMore: boolean
}

const maxFindings = 100
const segmentsAtOnce = 100

const selectUnsealed = prepared<{ organizationId: string; after: string }, { events: number; since: string | null }>(
  (p) => sql`select count(*)::int as events, min(a.occurred_at)::text as since from audit_events a
    where a.organization_id = ${p.organizationId} and a.position > ${p.after}::bigint`,
)

/**
 * @param head a hash that was kept elsewhere (`getAuditHead`): the trail has to lead to it, and so nothing before it was rewritten
 * @throws AppError forbidden; unavailable
 */
export async function verifyEvents(ctx: CallContext, { head }: { head?: string | undefined } = {}): Promise<Verdict> {
  requirePermission(ctx, 'audit.read')
  const { organizationId } = ctx
  const [[end] = []] = await inTransaction(ctx, (tx) => tx.commitWith(selectLastSegment({ organizationId })))
  const rows = new RowReader(ctx, end?.lastPosition ?? beginning.lastPosition)
  const findings: Finding[] = []
  const [counts, found] = [{ segments: 0, events: 0, findings: 0 }, (finding: Finding) => note(finding)]
  function note(finding: Finding): void {
    counts.findings += 1
    if (findings.length < maxFindings) findings.push(finding)
  }
  let previous: Place = beginning
  let isHeadFound = head === undefined
  for await (const segment of segmentsUpTo(ctx, end)) {
    checkPlace(segment, previous, found)
    if (segment.sequence > previous.sequence + 1) await passOver(rows.until(segment.afterPosition))
    counts.events += await compareSegment(organizationId, segment, { rows: rows.until(segment.lastPosition), found })
    counts.segments += 1
    previous = segment
    isHeadFound ||= segment.hash === head
  }
  if (!isHeadFound) note({ kind: 'head_unknown', segment: null, eventId: null })
  const place = { organizationId, after: previous.lastPosition }
  const [[unsealed] = []] = await inTransaction(ctx, (tx) => tx.commitWith(selectUnsealed(place)))
  return {
    ...{ segments: counts.segments, events: counts.events, unsealed: unsealed ?? { events: 0, since: null } },
    ...{ findings, hasMore: counts.findings > findings.length },
  }
}

/** What was in segments that are missing is not to be taken for rows that somebody added to the next one. */
async function passOver(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of rows);
}

async function* segmentsUpTo(ctx: CallContext, end: Segment | undefined): AsyncGenerator<Segment> {
  if (end === undefined) return
  let after = 0
  for (;;) {
    const page = { organizationId: ctx.organizationId, after, limit: segmentsAtOnce }
    const [segments = []] = await inTransaction(ctx, (tx) => tx.commitWith(selectSegments(page)))
    for (const segment of segments) if (segment.sequence <= end.sequence) yield segment
    after = segments.at(-1)?.sequence ?? after
    if (segments.length < segmentsAtOnce || after >= end.sequence) return
  }
}

function checkPlace(segment: Segment, previous: Place, found: (finding: Finding) => void): void {
  const { sequence } = segment
  for (let missing = previous.sequence + 1; missing < sequence; missing += 1) {
    found({ kind: 'segment_missing', segment: missing, eventId: null })
  }
  const isNext = sequence === previous.sequence + 1
  const follows = segment.previousHash === previous.hash && segment.afterPosition === previous.lastPosition
  if (isNext && !follows) found({ kind: 'segment_detached', segment: sequence, eventId: null })
}
