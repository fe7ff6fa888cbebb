// The table of environment variables in the README, from the JSON Schema of the configuration.

type Property = { description?: string; default?: unknown; enum?: readonly unknown[] }

const begin = '<!-- config:begin -->'
const end = '<!-- config:end -->'

/** The text with the table between its markers renewed. @throws Error where the markers are missing */
export function withConfigTable(text: string, schema: { properties?: Record<string, unknown> }): string {
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)]
  if (start === -1 || stop < start) throw new Error(`README.md lacks the markers ${begin} and ${end}`)
  const rows = Object.entries(schema.properties ?? {}).map(([name, property]) => row(name, property as Property))
  return `${text.slice(0, start)}${begin}\n\n${aligned([['Variable', 'Default', 'Meaning'], ...rows])}\n\n${text.slice(stop)}`
}

function row(name: string, property: Property): string[] {
  const standard = property.default === undefined ? '' : `\`${property.default}\``
  const choices = property.enum === undefined ? '' : `: ${property.enum.map((value) => `\`${value}\``).join(', ')}`
  return [`\`${name}\``, standard, `${property.description ?? ''}${choices}`]
}

/** Columns of one width, as the formatter wants them. */
function aligned(rows: readonly string[][]): string {
  const widths = [0, 1, 2].map((column) => Math.max(3, ...rows.map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [header = [], ...body] = rows.map(line)
  return [header, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n')
}
