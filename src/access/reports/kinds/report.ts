// Reports: what is the case, in numbers, findings and rows. How each is made stands beside it.
import type { Cell } from '#platform/csv.ts'
import type { CallContext } from '#src/context.ts'

export const reportKinds = [
  ...(['permission_audit', 'role_usage', 'exceptions', 'separation', 'brands', 'drift', 'sign_in_risk'] as const),
] as const

export type ReportKind = (typeof reportKinds)[number]

/** Something that somebody should look at, with the page on which it is settled. */
export type ReportFinding = {
  code: string
  /** What is the case, as a sentence. */
  text: string
  count: number
  /** A path of the console. */
  href: string
  /** Names of the first of them. */
  sample: string[]
}

export type Report = {
  kind: ReportKind
  title: string
  madeAt: string
  facts: { term: string; value: string }[]
  findings: ReportFinding[]
  columns: string[]
  rows: Cell[][]
  /** Where the next page of rows begins; null on the last one, and where all rows are here. */
  nextCursor: string | null
}

export type ReportOptions = {
  /** After how many days without a sign of life something counts as unused. */
  unusedDays: number
  cursor?: string | undefined
  limit: number
}

/** What makes a kind: findings and facts are of the whole organization, rows may come in pages. */
export type ReportKindOf = {
  title: string
  /** What it is for, in a sentence. */
  says: string
  make(ctx: CallContext, options: ReportOptions): Promise<Omit<Report, 'kind' | 'title' | 'madeAt'>>
}

export const samples = 5

/** A finding, or nothing where there is none of it. */
export const finding = (found: ReportFinding): ReportFinding[] => (found.count === 0 ? [] : [found])
