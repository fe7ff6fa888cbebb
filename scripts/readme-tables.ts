// Tables of the README that are written from the code: environment variables, from the JSON Schema of the configuration, and the
// identity providers that have a preset.
import type { IdentityProvider } from '../src/connections/providers/provider.ts'

type Property = { description?: string; default?: unknown; enum?: readonly unknown[] }

/** The text with the table of settings renewed. @throws Error where its markers are missing */
export function withConfigTable(text: string, schema: { properties?: Record<string, unknown> }): string {
  const rows = Object.entries(schema.properties ?? {}).map(([name, property]) => row(name, property as Property))
  return withTable(text, 'config', [['Variable', 'Default', 'Meaning'], ...rows])
}

/** The text with the table of identity providers renewed. @throws Error where its markers are missing */
export function withProvidersTable(text: string, providers: readonly IdentityProvider[]): string {
  const rows = providers.map(({ title, guide, provisioning }) => [
    `[${title}](docs/connect/${guide})`,
    'SAML, OpenID Connect',
    provisioning,
  ])
  return withTable(text, 'providers', [['', 'Sign-in', 'Provisioning by SCIM'], ...rows])
}

function withTable(text: string, name: string, rows: readonly string[][]): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)]
  if (start === -1 || stop < start) throw new Error(`README.md lacks the markers ${begin} and ${end}`)
  return `${text.slice(0, start)}${begin}\n\n${aligned(rows)}\n\n${text.slice(stop)}`
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
