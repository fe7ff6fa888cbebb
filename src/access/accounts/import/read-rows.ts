// Rows of a file as it comes, without ever holding more than one: NDJSON (a JSON object a line), or CSV with a line of headings.
import { parseCsv } from '#platform/csv.ts'
import { asAppError, invalid } from '#platform/errors.ts'
import { parseJson } from '#platform/json.ts'

export type ImportFormat = 'ndjson' | 'csv'

/** A row with the line that it begins at, counted from 1; what cannot be read is an error in its place. */
export type ReadRow = { line: number; value: unknown } | { line: number; error: string }

const longestRecord = 1_048_576

type Record = { line: number; text: string }

/** @throws AppError invalid for a record that does not end */
async function* recordsOf(chunks: AsyncIterable<string>, isQuoted: boolean): AsyncGenerator<Record> {
  let [text, line, from] = ['', 1, 1]
  let isOpen = false
  const ended = function* (part: string): Generator<Record> {
    let start = 0
    for (let at = 0; at < part.length; at += 1) {
      if (isQuoted && part[at] === '"') isOpen = !isOpen
      if (part[at] !== '\n') continue
      line += 1
      if (isOpen) continue
      yield { line: from, text: text + part.slice(start, at) }
      ;[text, start, from] = ['', at + 1, line]
    }
    text += part.slice(start)
    if (text.length > longestRecord)
      throw invalid(`Line ${from} does not end within a million characters`, 'invalidSyntax')
  }
  for await (const chunk of chunks) yield* ended(chunk)
  if (text.trim() !== '') yield { line: from, text }
}

/** The rows in their order. @throws AppError invalid for a file that is none of the format */
export async function* readRows(chunks: AsyncIterable<string>, format: ImportFormat): AsyncGenerator<ReadRow> {
  let headings: string | undefined
  for await (const { line, text } of recordsOf(chunks, format === 'csv')) {
    if (text.trim() === '') continue
    if (format === 'csv' && headings === undefined) {
      headings = text.replace(/^\ufeff/, '')
      continue
    }
    yield readRow(line, () =>
      headings === undefined ? parseJson(text.replace(/^\ufeff/, '')) : cellsOf(headings, text),
    )
  }
}

function readRow(line: number, read: () => unknown): ReadRow {
  try {
    return { line, value: read() }
  } catch (error) {
    return { line, error: asAppError(error).message }
  }
}

/** Headings as people write them, without case, blanks and hyphens; what is none of them stays, and is told or translated. */
const headingFields = new Map<string, string>([
  ...[
    ...['userName', 'externalId', 'displayName', 'givenName', 'familyName', 'email', 'emails', 'status'],
    ...['roles', 'identities', 'passwordHash', 'totpSecret'],
  ].map((field) => [field.toLowerCase(), field] as const),
  ...([
    ['emailaddress', 'email'],
    ['firstname', 'givenName'],
    ['lastname', 'familyName'],
  ] as const),
])

const fieldOf = (heading: string): string =>
  headingFields.get(heading.toLowerCase().replaceAll(/[\s-]/g, '')) ?? heading

/** Under its headings: an empty cell says nothing. */
function cellsOf(headings: string, text: string): unknown {
  const [names = [], cells = []] = parseCsv(`${headings}\n${text}`)
  if (cells.length > names.length) throw invalid('There are more cells than headings', 'invalidSyntax')
  const pairs = names.map((name, index) => [fieldOf(name.trim()), cells[index]?.trim() ?? ''] as const)
  return Object.fromEntries(pairs.filter(([name, cell]) => name !== '' && cell !== ''))
}
