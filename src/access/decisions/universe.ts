// Every permission that could make a difference. Roles and policies are written with wildcards and apply to names that nobody has
// listed; so what is compared are the names of the catalogue, the names that are written somewhere, and for each pattern, and for
// whatever several of them have in common, a name that nothing else covers.
import { AppError } from '#platform/errors.ts'
import { splitPermission } from './permissions.ts'

/** Stands for whatever name a wildcard covers and nobody has written. */
const anyName = 'any_other'

/**
 * The most general pattern that both cover; undefined where nothing is covered by both.
 * @example meet('app.*', '*.delete') === 'app.delete'
 */
export function meet(left: string, right: string): string | undefined {
  const [a, b] = [splitPermission(left), splitPermission(right)]
  const segments = meetSegments(a.segments, b.segments)
  if (segments === undefined) return undefined
  if (a.parameter !== undefined && b.parameter !== undefined && a.parameter !== b.parameter) return undefined
  const parameter = a.parameter ?? b.parameter
  return `${segments.join('.')}${parameter === undefined ? '' : `:${parameter}`}`
}

function meetSegments(a: readonly string[], b: readonly string[]): string[] | undefined {
  const length = Math.max(a.length, b.length)
  // A last wildcard goes on for as long as it has to; anything else is exactly as long as it is written.
  const at = (segments: readonly string[], index: number): string | undefined =>
    segments[index] ?? (segments.at(-1) === '*' ? '*' : undefined)
  const met: string[] = []
  for (let index = 0; index < length; index += 1) {
    const [x, y] = [at(a, index), at(b, index)]
    if (x === undefined || y === undefined || (x !== y && x !== '*' && y !== '*')) return undefined
    met.push(x === '*' ? y : x)
  }
  return met
}

/** Names that a pattern covers and that stand for all that it covers; a name stands for itself. */
function instancesOf(pattern: string): string[] {
  const { segments, parameter } = splitPermission(pattern)
  const named = segments.map((segment) => (segment === '*' ? anyName : segment))
  const lengths = segments.at(-1) === '*' ? [named, [...named, anyName]] : [named]
  return lengths.map((names) => `${names.join('.')}${parameter === undefined ? '' : `:${parameter}`}`)
}

/** More patterns than that are nobody's roles. */
const mostPatterns = 3_000

/**
 * All patterns, and whatever any number of them have in common.
 * @throws AppError conflict where there would be too many to compare
 */
function closure(patterns: readonly string[]): Set<string> {
  const found = new Set(patterns)
  const wild = [...found].filter((pattern) => pattern.includes('*'))
  for (let next = wild.shift(); next !== undefined; next = wild.shift()) {
    for (const other of [...found]) {
      const met = meet(next, other)
      if (met === undefined || found.has(met)) continue
      found.add(met)
      if (met.includes('*')) wild.push(met)
    }
    if (found.size > mostPatterns)
      throw new AppError(
        'conflict',
        'The roles and policies hold too many wildcards to be compared; write fewer of them',
      )
  }
  return found
}

/**
 * @param catalogue the names of the organization's catalogue
 * @param patterns what roles and policies allow and deny, as it is written
 * @returns each name once, with the pattern that it stands for
 * @throws AppError conflict where there are too many wildcards
 */
export function universeOf(catalogue: readonly string[], patterns: readonly string[]): Map<string, string> {
  const universe = new Map(catalogue.map((name) => [name, name]))
  for (const pattern of closure(patterns))
    for (const name of instancesOf(pattern)) if (!universe.has(name)) universe.set(name, pattern)
  return universe
}
