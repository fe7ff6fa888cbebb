// What the suites found, held against what we fail on purpose, as tables of docs/interoperability.md.
import type { Deviation } from './deviations.ts'
import type { Outcome } from './suites.ts'

export type Found = { suite: string; version: string; outcomes: readonly Outcome[] }

const deviationOf = (deviations: readonly Deviation[], suite: string, { check }: Outcome): Deviation | undefined =>
  deviations.find((deviation) => deviation.suite === suite && check.startsWith(deviation.check))

/** The failed checks that no deviation explains, by suite. */
export function surprisesIn(found: readonly Found[], deviations: readonly Deviation[]): string[] {
  return found.flatMap(({ suite, outcomes }) =>
    outcomes
      .filter((outcome) => outcome.result === 'failed' && deviationOf(deviations, suite, outcome) === undefined)
      .map(({ check }) => `${suite}: ${check}`),
  )
}

/** A row for each suite. */
export function countTable(found: readonly Found[]): string {
  const rows = found.map(({ suite, version, outcomes }) => {
    const count = (result: Outcome['result']) => String(outcomes.filter((outcome) => outcome.result === result).length)
    return [suite, version, count('passed'), count('failed'), count('skipped')]
  })
  return table(['Suite', 'Version', 'Passed', 'Failed', 'Not asked'], rows)
}

/** A row for each check that we fail on purpose. */
export function deviationTable(deviations: readonly Deviation[]): string {
  return table(
    ['Suite', 'Check', 'Why'],
    deviations.map(({ suite, check, reason }) => [suite, `\`${check}\``, reason]),
  )
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
