// What commands print: one JSON line for programs, a table or a sentence for people.
import type { CliRuntime } from './runtime.ts'

export type OutputOptions = { json?: true }

type Cell = string | number | null | undefined

/** One JSON line with `--json`, otherwise the lines for people. */
export function print(
  runtime: CliRuntime,
  options: OutputOptions,
  { json, human }: { json: unknown; human: () => readonly string[] },
): void {
  const lines = options.json === true ? [JSON.stringify(json)] : human()
  for (const line of lines) runtime.print(line)
}

/** A listing: `{"items": […]}` with `--json`, otherwise a table. */
export function printList<Item>(
  runtime: CliRuntime,
  options: OutputOptions,
  items: readonly Item[],
  columns: Record<string, (item: Item) => Cell>,
): void {
  const rows = () => items.map((item) => Object.values(columns).map((cell) => cell(item)))
  print(runtime, options, { json: { items }, human: () => table(Object.keys(columns), rows()) })
}

/** Left-aligned columns two blanks apart, under their headings. */
function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const texts = [headings, ...rows.map((row) => row.map((cell) => String(cell ?? '')))]
  const widths = headings.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)))
  return texts.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
