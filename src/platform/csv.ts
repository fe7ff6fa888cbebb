// Comma-separated values (RFC 4180): written so that no spreadsheet runs what is in a cell, and read strictly.
import { invalid } from './errors.ts'

export type Cell = string | number | boolean | null

/** One line with its end. A cell that a spreadsheet would take for a formula begins with an apostrophe. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(written).join(',')}\r\n`

function written(cell: Cell): string {
  const text = typeof cell === 'string' ? inert(cell) : String(cell ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const inert = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)

const maxCells = 1_000_000

/**
 * The rows of a text, without empty ones. Lines may end with CRLF or LF; a comma, a semicolon or a tab parts the cells,
 * whichever the first line has.
 * @throws AppError invalid (reason `invalidSyntax`) for a quote that is not closed, or that stands within a cell
 */
export function parseCsv(text: string): string[][] {
  const source = text.replace(/^\uFEFF/, '')
  const separator = separatorOf(source)
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  let cells = 0
  while (at <= source.length) {
    const cell = readCell(source, at, separator)
    row.push(cell.text)
    cells += 1
    if (cells > maxCells) throw invalid('The text has too many cells', 'invalidSyntax')
    const end = source[cell.end]
    at = cell.end + (source.startsWith('\r\n', cell.end) ? 2 : 1)
    if (end === separator) continue
    if (row.some((each) => each.trim() !== '')) rows.push(row)
    row = []
  }
  return rows
}

function separatorOf(source: string): string {
  const [line = ''] = source.split(/\r?\n/, 1)
  const counted = [',', ';', '\t'].map((each) => ({ each, count: line.split(each).length }))
  return counted.toSorted((a, b) => b.count - a.count)[0]?.each ?? ','
}

function readCell(source: string, start: number, separator: string): { text: string; end: number } {
  if (source[start] === '"') return readQuoted(source, start, separator)
  let end = start
  while (end < source.length && source[end] !== separator && !isLineEnd(source, end)) {
    if (source[end] === '"')
      throw invalid('There is a quotation mark within a cell; quote the whole cell', 'invalidSyntax')
    end += 1
  }
  return { text: source.slice(start, end), end }
}

function readQuoted(source: string, start: number, separator: string): { text: string; end: number } {
  let text = ''
  let at = start + 1
  for (;;) {
    const quote = source.indexOf('"', at)
    if (quote < 0) throw invalid('A quote is not closed', 'invalidSyntax')
    text += source.slice(at, quote)
    if (source[quote + 1] === '"') {
      text += '"'
      at = quote + 2
      continue
    }
    const end = quote + 1
    if (end < source.length && source[end] !== separator && !isLineEnd(source, end))
      throw invalid('Something follows a closing quote', 'invalidSyntax')
    return { text, end }
  }
}

const isLineEnd = (source: string, at: number): boolean => source[at] === '\n' || source.startsWith('\r\n', at)
