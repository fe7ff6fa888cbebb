// The audit trail to take along: as CSV for spreadsheets, or as NDJSON for machines, a page at a time.
import { csvLine } from '#platform/csv.ts'
import { type CallContext, inTransaction, requirePermissionSomewhere } from '#src/context.ts'
import { type AuditEvent, type AuditFilter, listAuditEvents } from './list-events.ts'
import { recordAudit } from './record.ts'

export type ExportFormat = 'csv' | 'ndjson'

const pageSize = 1_000

const headings = [
  ...['id', 'time', 'actor type', 'actor id', 'actor', 'action', 'target type', 'target id', 'target', 'detail'],
  'request id',
]

/**
 * Newest first. The export is itself in the trail, before its first line is sent.
 * @throws AppError forbidden
 */
export async function exportAuditEvents(
  ctx: CallContext,
  { format, filter }: { format: ExportFormat; filter: AuditFilter },
): Promise<AsyncGenerator<string>> {
  requirePermissionSomewhere(ctx, 'audit.read')
  const entry = { action: 'audit.export', targetType: 'organization', targetId: ctx.organizationId } as const
  const said = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
  await inTransaction(ctx, (tx) => tx.commitWith(recordAudit(ctx, { ...entry, detail: { format, filter: said } })))
  return pages(ctx, format, filter)
}

async function* pages(ctx: CallContext, format: ExportFormat, filter: AuditFilter): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(headings)
  let before: string | undefined
  for (;;) {
    const events = await listAuditEvents(ctx, { filter, limit: pageSize, ...(before === undefined ? {} : { before }) })
    if (events.length > 0) yield events.map(format === 'csv' ? csvOf : jsonOf).join('')
    before = events.at(-1)?.id
    if (events.length < pageSize) return
  }
}

const csvOf = (event: AuditEvent): string =>
  csvLine([
    ...[event.id, event.occurredAt, event.actor.type, event.actor.id, event.actor.name],
    ...[
      event.action,
      event.targetType,
      event.targetId,
      event.targetName,
      JSON.stringify(event.detail),
      event.requestId,
    ],
  ])

const jsonOf = (event: AuditEvent): string => `${JSON.stringify({ ...event, occurredAt: event.occurredAt })}\n`
