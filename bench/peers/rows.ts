// A line of the comparison: what each server reached, or why it did not, and how far ahead of the best peer ours is.
import { count, table } from '../numbers.ts'

/** The name by which our own server is kept among the others. */
export const ours = 'Rolecall'

/** What was measured, or in words why nothing was: what is refused or answered wrongly is no speed. */
export type Reached = number | string

export type Row = { what: string; unit: 'a second' | 'ms' | 'MB'; reached: Record<string, Reached> }

/** How many times better than the best peer ours is; nothing where no peer can do it. */
export function aheadBy({ unit, reached }: Row): number | undefined {
  const own = reached[ours]
  if (typeof own !== 'number') return 0
  const others = Object.entries(reached).flatMap(([name, value]) =>
    name !== ours && typeof value === 'number' ? [value] : [],
  )
  if (others.length === 0) return undefined
  return unit === 'a second' ? own / Math.max(...others) : Math.min(...others) / own
}

export const isAheadEverywhere = (rows: readonly Row[]): boolean => rows.every((row) => (aheadBy(row) ?? 2) > 1)

const written = (value: Reached | undefined, unit: Row['unit']): string =>
  typeof value === 'number' ? (unit === 'ms' ? value.toFixed(1) : count(value)) : (value ?? '')

/** The rows as people read them. */
export function describeRows(rows: readonly Row[]): string {
  const names = Object.keys(rows[0]?.reached ?? {})
  return table(
    ['', 'unit', ...names, 'ahead of the best by'],
    rows.map((row) => [
      ...[row.what, row.unit, ...names.map((name) => written(row.reached[name], row.unit))],
      aheadBy(row)?.toFixed(1) ?? 'nobody else',
    ]),
  )
}
