// Making a report: of now, or of a moment of the past where everything that it reads has a history.
import { z } from 'zod'
import { csvLine } from '#platform/csv.ts'
import { notFound } from '#platform/errors.ts'
import { parseInput } from '#platform/input.ts'
import { type CallContext, requirePermission } from '#src/context.ts'
import { brands } from './kinds/brands.ts'
import { drift } from './kinds/drift.ts'
import { exceptions } from './kinds/exceptions.ts'
import { permissionAudit } from './kinds/permission-audit.ts'
import { type Report, type ReportKind, type ReportKindOf, reportKinds } from './kinds/report.ts'
import { roleUsage } from './kinds/role-usage.ts'
import { separation } from './kinds/separation.ts'
import { signInRisk } from './kinds/sign-in-risk.ts'

const kinds: Record<ReportKind, ReportKindOf> = {
  permission_audit: permissionAudit,
  role_usage: roleUsage,
  exceptions,
  separation,
  brands,
  drift,
  sign_in_risk: signInRisk,
}

const Options = z.object({
  unusedDays: z.int().min(1, 'must be at least 1').max(3_650, 'must be at most 3650').default(90),
  cursor: z.string().max(100).optional(),
  limit: z.int().min(1).max(1_000).default(200),
})

export type ReportInput = z.input<typeof Options>

export const isReportKind = (text: string): text is ReportKind => (reportKinds as readonly string[]).includes(text)

type Described = { kind: ReportKind; title: string; says: string }

/** What there is, with a sentence about each. */
export const reports: readonly Described[] = reportKinds.map((kind) => ({
  kind,
  title: kinds[kind].title,
  says: kinds[kind].says,
}))

/** The same, for whoever may make them. @throws AppError forbidden */
export function listReports(ctx: CallContext): readonly Described[] {
  requirePermission(ctx, 'audit.read')
  return reports
}

/** @throws AppError forbidden, invalid; not_found for a kind that there is not */
export async function makeReport(ctx: CallContext, kind: string, input: ReportInput = {}): Promise<Report> {
  requirePermission(ctx, 'audit.read')
  requirePermission(ctx, 'users.read')
  if (!isReportKind(kind)) throw notFound('Report')
  const { title, make } = kinds[kind]
  return { kind, title, madeAt: ctx.clock.now().toISOString(), ...(await make(ctx, parseInput(Options, input))) }
}

/** All of its rows as CSV, a page at a time. @throws AppError as `makeReport` does */
export async function* reportCsv(ctx: CallContext, kind: string, input: ReportInput = {}): AsyncGenerator<string> {
  let cursor: string | undefined
  let isFirst = true
  do {
    const { columns, rows, nextCursor } = await makeReport(ctx, kind, {
      ...input,
      ...(cursor === undefined ? {} : { cursor }),
      limit: 1_000,
    })
    yield [...(isFirst ? [csvLine(columns)] : []), ...rows.map(csvLine)].join('')
    isFirst = false
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
}
