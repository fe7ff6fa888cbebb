// References by number or id: points of docs/wire.md, decision records, rows of docs/attacks.md and docs/acceptance.md.
import { type Project, placeOf, type Text } from './texts.ts'

type Kind = {
  name: string
  /** Its first group is an id, or a list of them. */
  pattern: RegExp
  /** The page or folder that the ids lead into. */
  home: string
  isIn?: (text: Text) => boolean
}

/** Ids as short as these mean something only where tests and pages speak of promises. */
const speaksOfPromises = ({ path }: Text): boolean => /\.test\.tsx?$|\.md$/.test(path)

const attackId = /\b([SOCWR]-\d{3}|X-\d{2})\b/g

const kinds: readonly Kind[] = [
  { name: 'point', pattern: /\bwire (\d+(?:(?:, | and | to |–)\d+)*)/g, home: 'docs/wire.md' },
  { name: 'record', pattern: /\bADR (\d+)/g, home: 'docs/adr/README.md' },
  { name: 'attack', pattern: attackId, home: 'docs/attacks.md' },
  { name: 'promise', pattern: /\b(00\d-\d{2})\b/g, home: 'docs/acceptance.md' },
  { name: 'promise', pattern: /\b([CJ]\d{1,2}(?:\.\d+)?)\b/g, home: 'docs/acceptance.md', isIn: speaksOfPromises },
]

/** References of which the other end is not in this repository. */
const nowhere = /\bdesign §? ?\d|\(design[ :]|\bidp\/wire\b|(?<![\w/.-])(?:\.\.\/)?shared\//g

/** What leads to no heading, row or record, a line each. */
export function checkIds({ texts }: Project): string[] {
  const faults = kinds.flatMap((kind) => {
    const known = idsIn(texts.find(({ path }) => path === kind.home))
    return texts.filter((text) => kind.isIn?.(text) ?? true).flatMap((text) => unknownIds(text, kind, known))
  })
  const lost = texts.flatMap((text) =>
    [...text.text.matchAll(nowhere)].map((found) => `${placeOf(text, found.index)}: “${found[0]}” leads out of here`),
  )
  return [...faults, ...lost, ...checkAttacks(texts)]
}

function unknownIds(text: Text, { name, pattern, home }: Kind, known: ReadonlySet<string>): string[] {
  return [...text.text.matchAll(pattern)].flatMap((found) =>
    (found[1] ?? '')
      .split(/, | and | to |–/)
      .filter((id) => !known.has(id))
      .map((id) => `${placeOf(text, found.index)}: ${home} has no ${name} ${id}`),
  )
}

/** Of a page: what its numbered headings and list items begin with, and what is in the first column of its tables. */
function idsIn(page: Text | undefined): ReadonlySet<string> {
  const ids = new Set<string>()
  let heading = ''
  for (const line of page?.text.split('\n') ?? []) {
    const titled = /^#+ ([A-Z]?\d+)\.? /.exec(line)?.[1]
    if (titled !== undefined || line.startsWith('#')) heading = titled ?? ''
    const step = /^(\d+)\. /.exec(line)?.[1]
    const row = /^\| \[?([A-Z]?[\d-]*\d)\]?[ (|]/.exec(line)?.[1]
    for (const id of [titled, row, step && heading && `${heading}.${step}`]) if (id) ids.add(id)
  }
  return ids
}

/** The other way round: a test that a row names carries the row's id, and each row names one. */
function checkAttacks(texts: readonly Text[]): string[] {
  const page = texts.find(({ path }) => path === 'docs/attacks.md')
  const rows = page?.text.split('\n').filter((line) => line.search(attackId) === 2 && line.startsWith('| ')) ?? []
  return rows.flatMap((row) => {
    const id = row.match(attackId)?.[0] ?? ''
    const names = [...row.matchAll(/`([\w/.-]+\.test\.tsx?)`/g)].map(([, path]) => path ?? '')
    const faults = names
      .filter((name) => !texts.some(({ path, text }) => path === name && text.includes(id)))
      .map((name) => `docs/attacks.md: ${name} does not carry ${id}`)
    return names.length === 0 ? [`docs/attacks.md: ${id} names no test`] : faults
  })
}
