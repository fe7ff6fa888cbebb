// Paths of our own files and folders, as comments and pages name them: by any end that tells which one is meant.
import { isMarkdown, type Project, placeOf, proseOf, type Text } from './texts.ts'

/** Records and the changelog tell of their own time, and are not edited when a file moves. */
const isOfItsTime = (path: string): boolean => path.startsWith('docs/adr/0') || path === 'CHANGELOG.md'

const before = /(?<![\w/.:@#$}*%-])(?:\.{1,2}\/)*/
const file = /(?:[\w.-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:tsx?|cjs|md)(?![\w/])/
const belowTop = /(?:src|test|docs|scripts|sandbox|conformance|bench|examples|schemas|drizzle)\/[\w./-]*/
const folder = /(?<=`)(?:[\w-]+\/)+(?=`)/

const named = new RegExp(`${before.source}(${file.source}|${belowTop.source})|(${folder.source})`, 'g')

/** Paths at which nothing is, a line each. */
export function checkPaths({ texts, places }: Project): string[] {
  return texts
    .filter(({ path }) => !isOfItsTime(path))
    .flatMap((text) => deadPaths({ path: text.path, text: pathsOf(text) }, places))
}

/** Where a link leads, and what it is called, is looked at by itself. */
const pathsOf = (text: Text): string => {
  const prose = proseOf(text)
  if (!isMarkdown(text)) return prose
  return prose.replaceAll(/\]\([^)]*\)|^\[[^\]]+\]: .*$/gm, ']').replaceAll(/\[[\w/.-]+\]/g, '')
}

/** There is no index.ts, which is what texts say of it; and what a build makes is there once it was made. */
const notAlwaysThere: ReadonlySet<string> = new Set(['index.ts', 'dist'])

const deadPaths = (prose: Text, places: ReadonlySet<string>): string[] =>
  [...prose.text.matchAll(named)]
    .map((found) => ({ index: found.index, path: (found[1] ?? found[2] ?? '').replace(/[/.]+$/, '') }))
    .filter(({ path }) => !notAlwaysThere.has(path) && !places.has(path))
    .map(({ index, path }) => `${placeOf(prose, index)}: there is no ${path}`)
