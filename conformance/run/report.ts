// What the runner prints: one line per failure and skip, a summary per suite, a total as the last line.
import type { Outcome, SuiteName } from './outcome.ts'

export type Print = (line: string) => void

/** The lines for one outcome; a pass prints nothing. */
export function describeOutcome(outcome: Outcome): string[] {
  if (outcome.status === 'passed') return []
  if (outcome.status === 'skipped') return [`SKIP ${outcome.suite}: ${outcome.name}: ${outcome.reason}`]
  const { suite, name, step, expected, received, detail } = outcome
  const line = `FAIL ${suite}: ${name} [${step}] expected ${oneLine(expected)}, received ${oneLine(received)}`
  return [
    line,
    ...(detail ?? '')
      .split('\n')
      .filter(Boolean)
      .map((text) => `       ${text}`),
  ]
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}

/** Totals per suite, then over all. */
export function describeTotals(outcomes: readonly Outcome[]): string[] {
  const suites: SuiteName[] = ['replay', 'rfc']
  const perSuite = suites
    .map((suite) => ({ suite, own: outcomes.filter((outcome) => outcome.suite === suite) }))
    .filter(({ own }) => own.length > 0)
    .map(({ suite, own }) => `${suite}: ${describeCounts(own)}`)
  return [...perSuite, describeCounts(outcomes)]
}

function describeCounts(outcomes: readonly Outcome[]): string {
  return `${count(outcomes, 'passed')} passed, ${count(outcomes, 'failed')} failed, ${count(outcomes, 'skipped')} skipped`
}

/** How many outcomes ended this way. */
export function count(outcomes: readonly Outcome[], status: Outcome['status']): number {
  return outcomes.filter((outcome) => outcome.status === status).length
}
