// A list of people to invite, as it is pasted: addresses in whatever way they are parted, or a table with headings.
import { parseCsv } from '#platform/csv.ts'
import { invalid } from '#platform/errors.ts'

/** One person of the list; `line` counts from 1, without empty lines. */
export type AddressRow = {
  line: number
  email: string
  displayName: string | null
  /** As written: a role's key or name. */
  role: string | null
  /** As written: a brand's slug or name. */
  brand: string | null
  /** As written: a date. */
  until: string | null
}

export const maxRows = 1_000

const columns = {
  email: ['email', 'e-mail', 'mail', 'address', 'e-mail address', 'email address'],
  displayName: ['name', 'display name', 'full name'],
  firstName: ['first name', 'given name', 'firstname'],
  lastName: ['last name', 'family name', 'surname', 'lastname'],
  role: ['role'],
  brand: ['brand', 'workspace'],
  until: ['until', 'end', 'end date', 'ends', 'expires'],
} as const

type Column = keyof typeof columns

/** @throws AppError invalid (reasons `invalidSyntax`, `tooMany`) */
export function parseAddresses(text: string): AddressRow[] {
  const rows = isTable(text) ? tableRows(text) : plainRows(text)
  if (rows.length > maxRows) throw invalid(`A list has at most ${maxRows} people`, 'tooMany')
  return rows
}

const headingsOf = (text: string): string[] => {
  const [first = ''] = text.trimStart().split(/\r?\n/, 1)
  return (parseCsv(first)[0] ?? []).map((cell) => cell.trim().toLowerCase())
}

const isTable = (text: string): boolean =>
  !/@/.test(text.trimStart().split(/\r?\n/, 1)[0] ?? '') &&
  headingsOf(text).some((heading) => (columns.email as readonly string[]).includes(heading))

function tableRows(text: string): AddressRow[] {
  const [headings = [], ...rows] = parseCsv(text)
  const names = headings.map((cell) => cell.trim().toLowerCase())
  const at = (column: Column): number =>
    names.findIndex((name) => (columns[column] as readonly string[]).includes(name))
  return rows.map((cells, index) => {
    const cell = (column: Column): string | null => {
      const value = (cells[at(column)] ?? '').trim()
      return value === '' ? null : value
    }
    const parts = [cell('firstName'), cell('lastName')].filter((part) => part !== null)
    return {
      line: index + 2,
      email: cell('email') ?? '',
      displayName: cell('displayName') ?? (parts.length === 0 ? null : parts.join(' ')),
      ...{ role: cell('role'), brand: cell('brand'), until: cell('until') },
    }
  })
}

/** `a@example.com, Name <b@example.com>` over as many lines as there are. */
function plainRows(text: string): AddressRow[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  return lines.flatMap((line, index) => partsOf(inAngles(line)).map((part) => ({ line: index + 1, ...personOf(part) })))
}

const addressForm = String.raw`[^\s<>()[\]",;:]+@[^\s<>()[\]",;:]+`
const bracketed = new RegExp(String.raw`\[(?:mailto:)?(${addressForm})\]`, 'gi')
const nameBehind = new RegExp(
  String.raw`^\s*(${addressForm})\s*(?:\(([^()@]+)\)|[,\t]\s*([^@,;<>]*[^\s@,;<>.][^@,;<>]*\s[^@,;<>]*))\s*$`,
)
const nameBefore = new RegExp(String.raw`^([^@<>";]*[^@<>";,\s])\s+(${addressForm})\s*$`)

/** A line about one person in the other ways in which programs write one, as `Name <address>`. */
function inAngles(line: string): string {
  const angled = line.replaceAll(bracketed, '<$1>')
  if ((angled.match(/@/g) ?? []).length !== 1 || angled.includes('<')) return angled
  const behind = nameBehind.exec(angled)
  if (behind !== null) return `"${(behind[2] ?? behind[3] ?? '').trim()}" <${behind[1]}>`
  const before = nameBefore.exec(angled)
  return before === null ? angled : `"${(before[1] ?? '').trim()}" <${before[2]}>`
}

/** A comma in a name parts nobody, as mail programs write it: `Müller, Jörg <…>`, with quotes or without. */
const partsOf = (line: string): string[] =>
  (line.match(/(?:"[^"]*"|<[^<>]*>|[^;\t])+/g) ?? []).flatMap((group) => {
    const parts: string[] = []
    let name = ''
    for (const piece of group.match(/(?:"[^"]*"|<[^<>]*>|[^,])+/g) ?? []) {
      if (piece.includes('<')) parts.push(`${name}${piece}`)
      else if (piece.includes('@')) parts.push(name, ...piece.split(/\s+/))
      name = piece.includes('@') ? '' : `${name}${piece},`
    }
    return [...parts, name].map((part) => part.replace(/,$/, '').trim()).filter((part) => part !== '')
  })

function personOf(part: string): Omit<AddressRow, 'line'> {
  const named = /^"?([^"<]*?)"?\s*<([^<>]+)>$/.exec(part)
  const name = named?.[1]?.trim() ?? ''
  return {
    email: (named?.[2] ?? part).trim(),
    displayName: name === '' ? null : name,
    ...{ role: null, brand: null, until: null },
  }
}
